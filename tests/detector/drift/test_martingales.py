"""Test martingales: alarms as rare as promised while the promise holds, and soon where it does not."""

import numpy as np

from detector.drift.limits import DriftLimits
from detector.drift.martingales import capital_on_accusations, capital_on_p_values, conformal_p_values
from detector.drift.promise import ConfirmedAccounts, check_promise
from detector.drift.scored import ScoredAccounts

TRIALS = 100
LEVEL = 0.05
ALARM = np.log(1 / LEVEL)
TOO_MANY = 11
"""Of 100 at a level of 5 %: more false alarms have a probability under 1 %."""


def alarms(paths):
    return sum(path.max() >= ALARM for path in paths)


def wrong_accusations(draw, rates):
    happened = draw.uniform(size=len(rates)) < rates
    return capital_on_accusations(np.flatnonzero(happened) + 1, len(rates), 0.01)


def test_false_alarms_are_as_rare_as_the_level():
    draw = np.random.default_rng(1)
    assert alarms(capital_on_p_values(draw.uniform(size=400)) for _ in range(TRIALS)) <= TOO_MANY
    # Ties, a distribution that nobody knows: ranks are uniform all the same.
    scores = (np.round(draw.normal(size=200), 1) for _ in range(TRIALS))
    assert alarms(capital_on_p_values(conformal_p_values(one, 3)) for one in scores) <= TOO_MANY
    assert alarms(wrong_accusations(draw, np.full(3000, 0.01)) for _ in range(TRIALS)) <= TOO_MANY


def test_a_change_is_found_also_where_it_comes_late():
    draw = np.random.default_rng(2)
    late = np.concatenate([np.full(5000, 0.005), np.full(3000, 0.04)])
    assert alarms(wrong_accusations(draw, late) for _ in range(20)) == 20
    changed = (np.concatenate([draw.uniform(size=500), draw.beta(0.4, 1, size=200)]) for _ in range(20))
    assert alarms(map(capital_on_p_values, changed)) == 20


def test_a_bet_pays_at_most_what_it_costs():
    """The mean factor over a uniform p-value, and over accusations at the promised rate, is at most one."""
    roots = (np.arange(500) + 0.5) / 500  # p-values by their tenth root: most is won on the smallest
    factors = np.array([np.exp(capital_on_p_values(np.array([root**10]))[0]) for root in roots])
    assert 0.9 < (factors * 10 * roots**9).mean() <= 1.001
    hit, miss = (np.exp(capital_on_accusations(places, 1, 0.01)[-1]) for places in ([1], []))
    assert np.isclose(0.01 * hit + 0.99 * miss, 1.0)


def scored(label, suspicion):
    n = len(label)
    texts = [np.array([f"a{at}" for at in range(n)], dtype=object), np.full(n, "x", object)]
    texts += [np.full(n, "profile", object), np.array(label, dtype=object), np.full(n, "m", object)]
    return ScoredAccounts(*texts, np.asarray(suspicion), 1 - np.asarray(suspicion), np.full(n, 0.01))


def test_looking_at_accused_accounts_alone_raises_no_alarm():
    """Eight in a thousand authentic accounts are accused, and nobody looks at others."""
    draw = np.random.default_rng(4)
    accused = draw.uniform(size=4000) < 0.008
    accounts = scored(np.where(accused, "inflated", "authentic"), draw.uniform(size=4000))
    found = check_promise(ConfirmedAccounts.of(accounts, accused), 0.01, DriftLimits(), one_look=True)
    assert found.confirmed == found.wrong  # every account that was confirmed authentic had been accused
    assert found.broken is None


def test_more_wrong_accusations_than_promised_are_said():
    accused = np.arange(1000) % 25 == 0
    accounts = scored(np.where(accused, "automated", "authentic"), np.full(1000, 0.2))
    known = ConfirmedAccounts.of(accounts, accused)
    for one_look in (True, False):
        found = check_promise(known, 0.01, DriftLimits(), one_look=one_look)
        assert found.binomial < 1e-6
        assert "40 of 1,000 accounts were accused and later confirmed authentic" in found.broken


def test_accounts_that_were_looked_at_whatever_was_said_are_held_against_the_promise_itself():
    draw = np.random.default_rng(5)
    suspicion = draw.beta(4, 1, size=300)
    accounts = scored(["review"] * 300, suspicion)
    everyone = np.ones(300, dtype=bool)
    chosen = ConfirmedAccounts.of(accounts, everyone)
    assert check_promise(chosen, 0.01, DriftLimits(), one_look=True).broken is None
    unselected = ConfirmedAccounts.of(accounts, everyone, unselected=True)
    assert "more suspicious" in check_promise(unselected, 0.01, DriftLimits(), one_look=True).broken
