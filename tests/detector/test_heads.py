import numpy as np
import pytest

from accounts.errors import NoUsableModel
from detector.heads import Scorer, ScorerParams, fit_scorer

PARAMS = ScorerParams(trees=30, leaves=7, least_accounts=20)
CONSTRAINTS = [0, 1, 1, 0, 0, 0]


@pytest.fixture(scope="module")
def scorer(accounts):
    frame, labels, _ = accounts
    return fit_scorer(frame, labels["inflated"], constraints=CONSTRAINTS, params=PARAMS)


def test_the_same_rows_give_the_same_bytes(accounts, scorer):
    frame, labels, _ = accounts
    again = fit_scorer(frame, labels["inflated"], constraints=CONSTRAINTS, params=PARAMS)
    assert again.text == scorer.text


def test_another_seed_gives_another_model(accounts, scorer):
    frame, labels, _ = accounts
    other = ScorerParams(trees=30, leaves=7, least_accounts=20, seed=1)
    assert fit_scorer(frame, labels["inflated"], constraints=CONSTRAINTS, params=other).text != scorer.text


def test_the_text_is_all_there_is(more_accounts, scorer):
    frame, _, _ = more_accounts
    read = Scorer(scorer.text)
    assert read == scorer
    assert read.features == tuple(frame.columns)
    assert (read.score(frame) == scorer.score(frame)).all()


def test_it_learns(more_accounts, scorer):
    frame, labels, _ = more_accounts
    scores = scorer.score(frame)
    assert ((scores > 0) & (scores < 1)).all()
    yes, no = scores[labels["inflated"]], scores[~labels["inflated"]]
    assert (yes[:, None] > no[None, :]).mean() > 0.75


def test_alone_as_in_the_batch(more_accounts, scorer):
    frame, _, _ = more_accounts
    alone = [scorer.score(frame.iloc[[row]])[0] for row in range(50)]
    assert alone == scorer.score(frame)[:50].tolist()
    alone = np.concatenate([scorer.contributions(frame.iloc[[row]]) for row in range(50)])
    assert (alone == scorer.contributions(frame)[:50]).all()


def test_contributions_sum_to_the_log_odds(more_accounts, scorer):
    frame, _, _ = more_accounts
    scores = scorer.score(frame)
    contributions = scorer.contributions(frame)
    assert contributions.shape == (len(frame), len(frame.columns) + 1)
    np.testing.assert_allclose(contributions.sum(axis=1), np.log(scores / (1 - scores)), atol=1e-9)


@pytest.mark.filterwarnings("ignore")
def test_contributions_are_shap_values(more_accounts, scorer):
    import shap

    frame, _, _ = more_accounts
    explainer = shap.TreeExplainer(scorer.booster)
    contributions = scorer.contributions(frame)
    assert (explainer.shap_values(frame) == contributions[:, :-1]).all()
    # The line above lets LightGBM answer for shap; without its name shap walks the trees
    # itself, which it can do only where nothing is absent.
    explainer.model.model_type = "internal"
    whole = frame.dropna()
    np.testing.assert_allclose(
        explainer.shap_values(whole), contributions[frame.notna().all(axis=1), :-1], atol=1e-6
    )


def test_no_account_scores_lower_for_more_of_a_constrained_feature(more_accounts, scorer):
    frame, _, _ = more_accounts
    steps = np.linspace(-4, 6, 60)
    scores = np.stack([scorer.score(frame.assign(burst=step)) for step in steps])
    assert (np.diff(scores, axis=0) >= 0).all()
    assert scores[-1].mean() > scores[0].mean()


def test_weights_count(accounts):
    frame, labels, _ = accounts
    sample_weight = np.where(labels["inflated"], 5.0, 1.0)
    heavy = fit_scorer(frame, labels["inflated"], sample_weight, constraints=[0] * 6, params=PARAMS)
    light = fit_scorer(frame, labels["inflated"], constraints=[0] * 6, params=PARAMS)
    assert heavy.score(frame).mean() > light.score(frame).mean() + 0.1


def test_no_rows_no_scores(accounts, scorer):
    frame, _, _ = accounts
    assert scorer.score(frame.iloc[:0]).shape == (0,)
    assert scorer.contributions(frame.iloc[:0]).shape == (0, 7)


def test_a_missing_column_is_refused_by_name(accounts, scorer):
    frame, _, _ = accounts
    for measure in (scorer.score, scorer.contributions):
        with pytest.raises(NoUsableModel, match="reads noise, which was not given"):
            measure(frame.drop(columns="noise"))


def test_columns_are_read_by_name_whatever_stands_beside_them(accounts, scorer):
    frame, _, _ = accounts
    mixed = frame.assign(other=9.0)[["other", *frame.columns[::-1]]]
    assert (scorer.score(mixed) == scorer.score(frame)).all()
    assert (scorer.contributions(mixed) == scorer.contributions(frame)).all()


def test_a_head_of_a_quantile_estimates_it(accounts, more_accounts):
    frame, _, _ = accounts
    number, fresh = (one[0]["spread"].fillna(0).clip(-5, 5) / 10 for one in (accounts, more_accounts))
    for quantile in (0.1, 0.9):
        head = fit_scorer(frame, number, constraints=[0] * 6, params=PARAMS, quantile=quantile)
        assert (fresh <= head.score(more_accounts[0])).mean() == pytest.approx(quantile, abs=0.1)


def test_constraints_must_fit(accounts):
    frame, labels, _ = accounts
    with pytest.raises(ValueError, match="constraints"):
        fit_scorer(frame, labels["inflated"], constraints=[1], params=PARAMS)
