import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from detector.threshold import (
    accusation_threshold,
    allowed_errors,
    clearing_threshold,
    clopper_pearson,
    p_value,
    upper_bound,
)

shares = st.floats(0, 1)
rates = st.sampled_from([0.005, 0.01, 0.05, 0.1, 0.3])
suspicions = st.lists(st.one_of(shares, st.sampled_from([-1.0, 0.5, 1.0])), max_size=800)


@given(st.integers(0, 5_000), rates, st.sampled_from([0.9, 0.95, 0.99]))
def test_allowed_errors_is_the_largest_that_the_bound_bears(n, rate, confidence):
    k = allowed_errors(n, rate, confidence)
    tail = 1 - confidence
    assert k is None or binom.cdf(k, n, rate) <= tail
    assert n == 0 or binom.cdf(0 if k is None else k + 1, n, rate) > tail


@given(st.integers(1, 3_000), rates)
def test_allowed_errors_agrees_with_the_upper_bound(n, rate):
    k = allowed_errors(n, rate)
    assert k is None or upper_bound(k, n) <= rate + 1e-12
    assert upper_bound(0 if k is None else k + 1, n) > rate


def test_nobody_is_accused_below_299_authentic_accounts():
    assert accusation_threshold(np.linspace(0, 1, 298), alpha=0.01) is None
    assert accusation_threshold(np.linspace(0, 1, 299), alpha=0.01) == 1.0


@given(suspicions, rates)
def test_no_more_than_the_allowed_errors_lie_above(values, alpha):
    threshold = accusation_threshold(values, alpha)
    k = allowed_errors(len(values), alpha)
    if threshold is None:
        assert k is None
    else:
        assert sum(value > threshold for value in values) <= k
        # It is the lowest such: one step lower would accuse too many.
        assert sum(value >= threshold for value in values) > k


@given(suspicions, rates)
def test_clearing_is_as_high_as_the_allowed_misses_bear(values, most):
    threshold = clearing_threshold(values, most)
    k = allowed_errors(len(values), most)
    if threshold is None:
        assert k is None
    else:
        cleared = [value for value in values if 0 <= value <= threshold]
        assert len(cleared) <= k
        above = np.nextafter(threshold, np.inf)
        assert threshold == 1 or sum(0 <= value <= above for value in values) > k


@given(suspicions.filter(bool), st.integers(0, 10_000), rates)
def test_raising_one_suspicion_never_lowers_the_threshold(values, place, alpha):
    before = accusation_threshold(values, alpha)
    raised = [*values]
    raised[place % len(values)] = 1.0
    after = accusation_threshold(raised, alpha)
    assert (before is None and after is None) or after >= before


def test_a_strange_fake_is_not_cleared():
    assert clearing_threshold([-1.0] * 5 + [0.5] * 95) == np.nextafter(0.5, 0)


def test_an_absent_suspicion_is_refused():
    with pytest.raises(ValueError, match="suspicion"):
        accusation_threshold([0.1, float("nan")], alpha=0.01)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_rate_outside_the_open_interval_is_refused(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        allowed_errors(100, rate)


def uniform(random, size):
    return random.random(size)


def with_ties(random, size):
    return np.floor(random.random(size) * 40) / 40


def with_strange(random, size):
    values = random.random(size) ** 4
    return np.where(random.random(size) < 0.05, -1.0, values)


@pytest.mark.parametrize("alpha", [0.01, 0.02, 0.1])
@pytest.mark.parametrize("draw", [uniform, with_ties, with_strange])
@pytest.mark.parametrize("count", [299, 1_000, 2_137])
def test_the_promise_holds(draw, alpha, count):
    """Over many calibration sets the true false-accusation rate exceeds alpha in at most 5 %."""
    random = np.random.default_rng(7)
    everyone = np.sort(draw(random, 1_000_000))
    sets = 1_000
    broken = 0
    for _ in range(sets):
        threshold = accusation_threshold(draw(random, count), alpha)
        far = 1 - np.searchsorted(everyone, threshold, side="right") / len(everyone)
        broken += far > alpha
    # 5 % and three standard errors of that share.
    assert broken / sets <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / sets)


def test_the_promise_is_not_bought_with_needless_caution():
    random = np.random.default_rng(8)
    rates = [1 - accusation_threshold(random.random(2_000), 0.01) for _ in range(300)]
    assert 0.005 < np.mean(rates) < 0.01


def test_p_values_of_authentic_accounts_are_valid():
    random = np.random.default_rng(9)
    found = np.array([p_value(random.random(), random.random(99)) for _ in range(4_000)])
    for level in (0.01, 0.05, 0.2):
        assert (found <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / len(found))


@given(st.lists(shares, min_size=1, max_size=50), shares, shares)
def test_a_larger_suspicion_never_has_a_larger_p_value(authentic, one, other):
    assert p_value(max(one, other), authentic) <= p_value(min(one, other), authentic)


@given(st.integers(1, 2_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_are_those_of_scipy(kn):
    k, n = kn
    two_sided = binomtest(k, n).proportion_ci(0.95, method="exact")
    one_sided = binomtest(k, n, alternative="less").proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((two_sided.low, two_sided.high))
    assert upper_bound(k, n) == pytest.approx(one_sided.high)
