import numpy as np
import pytest

from training.evaluation_page import evaluation_page
from training.labelled_evaluation import evaluate_labelled
from training.metrics import ACCUSING


@pytest.fixture(scope="module")
def evaluation(detector, fitted):
    """With intervals of few draws, as none is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.metrics.ACCOUNT_RESAMPLES", 30)
        return evaluate_labelled(detector, fitted.test_population)


def test_the_rates_are_those_of_screening(evaluation, detector, fitted):
    labels = fitted.test_population.labels
    fake = (labels["inflated"] | labels["automated"]).to_numpy()
    verdicts = detector.screen(fitted.test_population.tables)
    accused = np.array([one.label.value in ACCUSING for one in verdicts])
    assert (evaluation.accused.k, evaluation.accused.n) == (int(accused[fake].sum()), int(fake.sum()))
    assert (evaluation.falsely_accused.k, evaluation.falsely_accused.n) == (
        int(accused[~fake].sum()),
        int((~fake).sum()),
    )


def test_slices_and_levels_add_up(evaluation):
    for name in ("platform: ", ""):
        rates = [
            pair
            for key, pair in (evaluation.slices if name else evaluation.levels).items()
            if key.startswith(name)
        ]
        assert sum(wrong.n for wrong, _ in rates) == evaluation.falsely_accused.n
        assert sum(right.k for _, right in rates) == evaluation.accused.k


def test_the_worst_errors_are_errors_with_their_reasons(evaluation):
    assert evaluation.worst
    for one in evaluation.worst:
        assert (one.truth == "authentic") == (one.label in ACCUSING)
        assert one.label in ACCUSING or one.label == "authentic"
    accused = [one.suspicion for one in evaluation.worst if one.truth == "authentic"]
    assert accused == sorted(accused, reverse=True)
    assert any(one.reasons for one in evaluation.worst)


def test_calibration_holds_every_account(evaluation):
    assert (
        sum(one.found.n for one in evaluation.calibration)
        == evaluation.accused.n + evaluation.falsely_accused.n
    )
    given = [one.given for one in evaluation.calibration]
    assert given == sorted(given)
    assert 0 <= evaluation.calibration_error < 0.5


def test_the_page_has_every_figure_and_escapes_names(evaluation):
    hostile = evaluation.worst[0].__class__(
        "<script>alert(1)</script>", "authentic", "inflated", 0.9, ("a <b>",)
    )
    page = evaluation_page(
        evaluation.__class__(
            **{
                **{name: getattr(evaluation, name) for name in evaluation.__dataclass_fields__},
                "worst": (hostile,),
            }
        ),
        "v1",
        "Measured.",
    )
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert f"{evaluation.falsely_accused.k} of {evaluation.falsely_accused.n}" in page
