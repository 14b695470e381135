"""How much was added: estimates in order, intervals that cover, and a form that reads back."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.amounts import COUNT_OF, COUNTS, COVERAGE, QUANTILES, Amount, Amounts, features_of, widening_of
from detector.heads import ScorerParams, fit_scorer
from detector.signals import SIGNALS, signal_named
from features.declaration import INFLATED

shares = st.floats(0, 1)


@pytest.mark.parametrize("coverage", [0.5, COVERAGE, 0.95])
def test_widened_intervals_hold_that_share_of_fresh_accounts(coverage):
    """Of 400 samples of 200 accounts, intervals far too narrow at first: covered on average, as promised."""
    random = np.random.default_rng(4)
    covered = []
    for _ in range(400):
        truth, fresh = random.normal(size=200), random.normal(size=200)
        widening = widening_of(np.full(200, -0.1), np.full(200, 0.1), truth, coverage)
        covered.append((np.abs(fresh) <= 0.1 + widening).mean())
    assert np.mean(covered) == pytest.approx(coverage, abs=0.02)
    assert np.mean(covered) >= coverage - 0.005


def test_intervals_that_were_too_wide_are_narrowed():
    truth = np.linspace(0.4, 0.6, 101)
    widening = widening_of(np.zeros(101), np.ones(101), truth)
    assert widening < 0
    inside = (truth >= -widening) & (truth <= 1 + widening)
    assert inside.mean() >= COVERAGE


@given(st.lists(st.tuples(shares, shares, shares), min_size=1, max_size=60), st.floats(0.01, 0.99))
def test_the_accounts_measured_on_are_covered(rows, coverage):
    low, high, truth = np.array([(*sorted(row[:2]), row[2]) for row in rows]).T
    widening = widening_of(low, high, truth, coverage)
    inside = (truth >= low - widening - 1e-6) & (truth <= high + widening + 1e-6)
    assert inside.mean() >= min(coverage, 1.0)


def test_estimates_are_in_order_and_shares(bundle, more_crowd):
    for count, amount in bundle.amounts.by_count.items():
        found = amount.estimate(more_crowd.features)
        assert found.shape == (len(more_crowd.features), 3)
        assert ((found >= 0) & (found <= 1)).all()
        assert (np.diff(found, axis=1) >= 0).all()
        assert np.ptp(found[:, 1]) > 0.1, count


@pytest.mark.parametrize("widening", [-2.0, -0.2, 0.0, 0.3, 5.0])
def test_no_widening_takes_them_out_of_order(bundle, more_crowd, widening):
    heads = bundle.amounts.by_count["likes"].heads
    found = Amount(heads, widening).estimate(more_crowd.features)
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found, axis=1) >= 0).all()


def test_alone_as_in_the_batch(bundle, more_crowd):
    amount = bundle.amounts.by_count["followers"]
    together = amount.estimate(more_crowd.features)
    alone = [amount.estimate(more_crowd.features.iloc[[row]])[0] for row in range(40)]
    assert (np.array(alone) == together[:40]).all()
    assert amount.estimate(more_crowd.features.iloc[:0]).shape == (0, 3)


def test_written_and_read_back(bundle, more_crowd):
    content = bundle.amounts.to_bytes()
    read = Amounts.from_bytes(content)
    assert read.to_bytes() == content
    assert set(read.by_count) == set(COUNTS)
    for count, amount in bundle.amounts.by_count.items():
        before, after = (one.estimate(more_crowd.features) for one in (amount, read.by_count[count]))
        assert (before == after).all()
        assert json.loads(content)[count]["widening"] == amount.widening
    assert Amounts.from_bytes(Amounts({}).to_bytes()) == Amounts({})


def test_a_count_is_estimated_from_what_its_signals_read():
    for count, names in COUNTS.items():
        read = {name for signal in names for name in signal_named(signal).features}
        assert set(features_of(count)) == read
        assert all(COUNT_OF[name] == count for name in names)
    assert set(COUNT_OF) < {signal.name for signal in SIGNALS if signal.label is INFLATED}
    assert "inflation" not in COUNT_OF  # of all ways together no one count is known


def test_heads_of_quantiles_stand_where_the_quantiles_are():
    random = np.random.default_rng(5)
    frame = more_frame(random, 4_000)
    truth = np.clip(0.5 + 0.2 * frame["a"] + 0.1 * random.normal(size=len(frame)), 0, 1)
    params = ScorerParams(trees=120, leaves=8, column_share=1.0)
    fresh = more_frame(random, 4_000)
    actual = np.clip(0.5 + 0.2 * fresh["a"] + 0.1 * random.normal(size=len(fresh)), 0, 1)
    for quantile in QUANTILES:
        head = fit_scorer(frame, truth, constraints=[0, 0], params=params, quantile=quantile)
        assert (actual <= head.score(fresh)).mean() == pytest.approx(quantile, abs=0.06)


def more_frame(random, count):
    return pd.DataFrame(random.normal(size=(count, 2)), columns=["a", "b"])
