"""What each signal's head is fitted to, and by which heads each row is scored."""

import numpy as np
import pytest

from detector.heads import fit_scorer
from detector.signals import SIGNALS
from features.declaration import Head
from training.fit_heads import fit_head, rows_of
from training.split import groups, pick
from training.training_rows import fold_of

every_signal = pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)


@pytest.fixture(scope="module")
def fold(run):
    """The fold of each training row."""
    own = pick(run.population, (run.fitted.split_of["split"] == "train").to_numpy())
    return fold_of(run.fitted.train, own, run.config)


@every_signal
def test_rows_are_authentic_or_of_the_signal_s_kind_and_their_evidence_serves_it(signal, run):
    train = run.fitted.train
    rows, truth = rows_of(signal, train)
    dose = train.doses(signal)
    assert (truth == (dose > 0)).all()
    assert (rows <= train.heard[:, SIGNALS.index(signal)]).all()
    assert (train.authentic | truth)[rows].all()
    assert truth[rows].sum() > 5 and (~truth[rows]).sum() > 50
    others = ~train.authentic & ~truth
    assert others.any() and not rows[others].any()


def test_kinds_of_the_other_label_are_in_nobody_s_rows(run):
    train = run.fitted.train
    for signal in SIGNALS:
        rows, truth = rows_of(signal, train)
        (other,) = {Head.INFLATED, Head.AUTOMATED} - {signal.label}
        alone = train.truth(other) & ~train.truth(signal.label)
        assert not (rows & alone & ~truth).any(), signal.name


@every_signal
def test_weak_purchases_count_for_less(signal, run):
    train, config = run.fitted.train, run.config
    rows, truth = rows_of(signal, train)
    weak = truth & (train.doses(signal) < config.weak_below_strength)
    sample_weight = np.where(weak, config.weak_weight, 1.0)[rows]
    wanted = fit_scorer(
        train.features.loc[rows, list(signal.features)], truth[rows], sample_weight,
        constraints=signal.constraints, params=config.scorer,
    )  # fmt: skip
    assert run.fitted.bundle.scorers[signal.name].text == wanted.text


def test_out_of_fold_rows_are_scored_by_heads_that_never_saw_their_group(run, fold):
    train, config = run.fitted.train, run.config
    chosen = (run.fitted.split_of["split"] == "train").to_numpy()
    ids = run.population.labels["account_id"].to_numpy()[chosen]
    group_of = dict(zip(ids, groups(run.population)[chosen], strict=True))
    for held in range(config.folds):
        inside, outside = (
            {group_of[name] for name in train.features.index[rows]} for rows in (fold == held, fold != held)
        )
        assert inside and not inside & outside
        for at, signal in enumerate(SIGNALS):
            other = fit_head(signal, train, config, fold != held)
            rows = np.flatnonzero(fold == held)
            wanted = other.score(train.features.iloc[rows])
            assert (run.fitted.out_of_fold[rows, at] == wanted).all(), signal.name


def test_a_head_sees_nothing_outside_the_rows_it_may_use(run, fold):
    """Its held-out rows spoilt, it is byte for byte the same."""
    train, config = run.fitted.train, run.config
    spoilt = train.features.copy()
    spoilt[fold == 0] = 12_345.0
    other = type(train)(spoilt, train.levels, train.labels)
    other.__dict__["heard"] = train.heard  # what is served follows from the numbers
    signal = SIGNALS[0]
    assert fit_head(signal, other, config, fold != 0).text == fit_head(signal, train, config, fold != 0).text
    assert fit_head(signal, other, config, fold != 1).text != fit_head(signal, train, config, fold != 1).text


FEWEST = 20  # of those whose views were bought there are a dozen


def test_a_head_tells_its_own_kind_from_authentic_accounts_that_it_never_saw(run):
    aucs = []
    for at, signal in enumerate(SIGNALS):
        rows, truth = rows_of(signal, run.fitted.train)
        scores = run.fitted.out_of_fold[:, at]
        yes, no = scores[rows & truth], scores[rows & ~truth]
        if len(yes) >= FEWEST:
            aucs.append((yes[:, None] > no[None, :]).mean())
    assert min(aucs) > 0.35
    assert np.mean(aucs) > 0.65


@every_signal
def test_calibrations_are_fitted_out_of_fold(signal, run):
    """On average over its rows, the calibrated chance is the share that shows its kind."""
    train, at = run.fitted.train, SIGNALS.index(signal)
    rows, truth = rows_of(signal, train)
    probabilities = run.fitted.bundle.manifest.calibrations[signal.name].pooled.apply(
        run.fitted.out_of_fold[rows, at]
    )
    assert probabilities.mean() == pytest.approx(truth[rows].mean(), abs=0.03)
