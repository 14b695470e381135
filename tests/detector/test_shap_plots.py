import io
import subprocess
import sys
import warnings

import numpy as np
import pytest

from detector.shap_plots import beeswarm, explanation
from detector.signals import SIGNALS

NAMES = [signal.name for signal in SIGNALS]


@pytest.fixture(scope="module")
def rows(fitted):
    return fitted.test.features.iloc[:60]


@pytest.mark.parametrize("head", NAMES)
def test_the_values_are_those_of_shap_s_own_tree_explainer(head, fitted, rows):
    scorer = fitted.bundle.scorers[head]
    ours = explanation(scorer, rows)  # also imports shap, whose own warnings are filtered there
    from shap import TreeExplainer

    theirs = TreeExplainer(scorer.booster)(rows[list(scorer.features)].to_numpy())
    assert np.array_equal(ours.values, theirs.values)
    assert np.array_equal(ours.base_values, theirs.base_values)
    assert np.abs(ours.values).max() > 0.05


def test_values_sum_to_the_score(fitted, rows):
    for head in NAMES:
        scorer = fitted.bundle.scorers[head]
        ours = explanation(scorer, rows)
        logit = ours.values.sum(axis=1) + ours.base_values
        assert 1 / (1 + np.exp(-logit)) == pytest.approx(scorer.score(rows), abs=1e-12)
        assert ours.feature_names == list(scorer.features)
        assert np.array_equal(ours.data, rows[ours.feature_names].to_numpy(), equal_nan=True)


def test_a_beeswarm_shows_the_weightiest_features_and_warns_of_nothing(fitted, rows):
    from matplotlib import pyplot as plt

    scorer = fitted.bundle.scorers["inflation"]
    before = plt.get_fignums()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = beeswarm(scorer, rows, features=8)
        figure.savefig(picture := io.BytesIO(), format="png")
    assert picture.getvalue().startswith(b"\x89PNG")
    weights = np.abs(scorer.contributions(rows)[:, :-1]).mean(axis=0)
    named = {label.get_text() for label in figure.axes[0].get_yticklabels()}
    assert set(np.array(scorer.features)[np.argsort(-weights)[:5]]) <= named
    assert plt.get_fignums() == before


def test_columns_that_nobody_has_do_not_disturb_the_plot(fitted, rows):
    absent = rows.copy()
    absent.iloc[:, ::2] = np.nan
    assert beeswarm(fitted.bundle.scorers["rhythm"], absent, features=60).axes


def test_shap_is_imported_when_a_plot_is_asked_for_and_not_before():
    code = "import sys, detector.shap_plots; print('shap' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
