"""Comparison of scores: a stated rate of false alarms, drift found, and slices that add up."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from accounts.errors import WrongUsage
from detector.drift.comparison import compare
from detector.drift.distances import psi
from detector.drift.features import feature_shifts
from detector.drift.limits import DriftLimits
from detector.drift.scored import ScoredAccounts

LIMITS = DriftLimits(level=0.05, rounds=99)


def population(draw, size, power=1.0):
    """Accounts whose suspicion is a power of a uniform number; a tenth has none."""
    suspicion = draw.uniform(size=size) ** power
    suspicion[draw.uniform(size=size) < 0.1] = np.nan
    labels = np.array(["authentic", "insufficient", "review", "inflated"], dtype=object)
    label = labels[np.digitize(np.nan_to_num(suspicion, nan=0.5), [0.3, 0.7, 0.9])]
    texts = [np.array([f"a{at}" for at in range(size)], dtype=object), draw.choice(["x", "tiktok"], size)]
    texts += [np.full(size, "profile", object), label, np.full(size, "m", object)]
    return ScoredAccounts(*texts, suspicion, 1 - suspicion, np.full(size, 0.01))


def test_false_alarms_are_as_rare_as_the_level_where_the_rule_of_thumb_is_always_wrong():
    draw = np.random.default_rng(6)
    found = [compare(population(draw, 60), population(draw, 50), LIMITS) for _ in range(50)]
    assert sum(one.alarm for one in found) <= 7  # more: under 1 % at a level of 5 %
    assert np.mean([one.statistics["psi suspicion"].value > 0.1 for one in found]) > 0.9


def test_drift_is_found():
    draw = np.random.default_rng(7)
    found = [compare(population(draw, 500), population(draw, 300, 0.6), LIMITS) for _ in range(10)]
    assert sum(one.alarm for one in found) >= 9
    same = compare(population(draw, 100), population(draw, 100, 0.3), LIMITS)
    assert same.as_dict() == replace(same).as_dict()


def test_a_trifle_is_no_alarm_however_sure_it_is():
    draw = np.random.default_rng(8)
    before, after = population(draw, 8000), population(draw, 8000, 0.9)
    found = compare(before, after, LIMITS)
    assert found.p_value <= LIMITS.level
    assert not found.alarm
    assert compare(before, after, replace(LIMITS, ks=0.01)).alarm


def test_slices_add_up_and_few_accounts_are_refused():
    draw = np.random.default_rng(9)
    found = compare(population(draw, 200), population(draw, 100), LIMITS)
    for kind in ("platform", "level"):
        own = [one for one in found.slices if one.kind == kind]
        assert sum(sum(one.before.values()) for one in own) == 200
        assert sum(sum(one.after.values()) for one in own) == 100
    assert sum(found.histograms[0]) == pytest.approx(1)
    with pytest.raises(WrongUsage, match=r"at least 20 accounts on either side. current: 19"):
        compare(population(draw, 20), population(draw, 19), LIMITS)
    with pytest.raises(WrongUsage, match="level"):
        DriftLimits(level=0.0001)


def test_features_are_sorted_by_how_far_they_moved_and_absence_counts():
    draw = np.random.default_rng(10)
    before = pd.DataFrame({"same": draw.normal(size=500), "gone": draw.normal(size=500)})
    after = pd.DataFrame({"same": draw.normal(size=400), "gone": np.full(400, np.nan), "new": 1.0})
    found = feature_shifts(before, after)
    assert [one.feature for one in found] == ["gone", "same"]
    assert found[0].absent == (0.0, 1.0)
    assert found[0].medians[1] is None
    assert psi(after["same"].to_numpy(), after["same"].to_numpy()) == pytest.approx(0)
