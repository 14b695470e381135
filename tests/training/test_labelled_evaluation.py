import numpy as np
import pytest

from training.evaluation_page import evaluation_page
from training.labelled_evaluation import evaluate_labelled
from training.metrics import ACCUSING


@pytest.fixture(scope="module")
def found(detector, fitted):
    """With intervals of few draws, as none is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.metrics.ACCOUNT_RESAMPLES", 30)
        return evaluate_labelled(detector, fitted.test_population)


def test_the_rates_are_those_of_screening(found, detector, fitted):
    labels = fitted.test_population.labels
    fake = (labels["inflated"] | labels["automated"]).to_numpy()
    verdicts = detector.screen(fitted.test_population.tables)
    accused = np.array([one.label.value in ACCUSING for one in verdicts])
    assert (found.accused.k, found.accused.n) == (int(accused[fake].sum()), int(fake.sum()))
    assert (found.falsely_accused.k, found.falsely_accused.n) == (
        int(accused[~fake].sum()),
        int((~fake).sum()),
    )


def test_slices_and_levels_add_up(found):
    for name in ("platform: ", ""):
        rates = [
            pair for key, pair in (found.slices if name else found.levels).items() if key.startswith(name)
        ]
        assert sum(wrong.n for wrong, _ in rates) == found.falsely_accused.n
        assert sum(right.k for _, right in rates) == found.accused.k


def test_the_worst_errors_are_errors_with_their_reasons(found):
    assert found.worst
    for one in found.worst:
        assert (one.truth == "authentic") == (one.label in ACCUSING)
        assert one.label in ACCUSING or one.label == "authentic"
    accused = [one.suspicion for one in found.worst if one.truth == "authentic"]
    assert accused == sorted(accused, reverse=True)
    assert any(one.reasons for one in found.worst)


def test_calibration_holds_every_account(found):
    assert sum(one.found.n for one in found.calibration) == found.accused.n + found.falsely_accused.n
    given = [one.given for one in found.calibration]
    assert given == sorted(given)
    assert 0 <= found.calibration_error < 0.5


def test_the_page_has_every_figure_and_escapes_names(found):
    hostile = found.worst[0].__class__("<script>alert(1)</script>", "authentic", "inflated", 0.9, ("a <b>",))
    page = evaluation_page(
        found.__class__(
            **{**{name: getattr(found, name) for name in found.__dataclass_fields__}, "worst": (hostile,)}
        ),
        "v1",
        "Measured.",
    )
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert f"{found.falsely_accused.k} of {found.falsely_accused.n}" in page
