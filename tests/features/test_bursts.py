"""Bursts: one jump, however many days it took, and no burst where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from features.bursts import (
    burst_alone,
    burst_days,
    burst_echo,
    burst_kept,
    burst_share,
    burst_size,
    month_size,
)
from features.declaration import Feature
from features.example import START, derive_one
from features.growth import spike_echo, tail_after_spike

DAYS = (1, 2, 3, 5, 7, 10)


def bought(factor: float, days: int, before: int = 30, after: int = 60) -> list[int]:
    """A steady account of 1,000 that gets ``factor`` times its followers more within some days."""
    jump = [round(1_000 * factor * (n + 1) / days) for n in range(days)]
    steady = [1_000 + 2 * n for n in range(before + days + after)]
    added = [0] * before + jump + [jump[-1]] * after
    return [own + more for own, more in zip(steady, added, strict=True)]


def value(feature: Feature, followers: Sequence[int | None], **more: object) -> float:
    found = derive_one(feature, history={"followers": list(followers)}, **more)
    assert found is not None
    return found


@pytest.mark.parametrize("days", DAYS)
def test_the_same_burst_counts_alike_over_however_many_days(days: int) -> None:
    followers = bought(3.0, days)
    assert value(burst_size, followers) == pytest.approx(value(burst_size, bought(3.0, 1)), rel=0.02)
    assert value(burst_days, followers) <= days
    assert value(burst_share, followers) > 0.8
    assert value(burst_echo, followers) < 0.15
    assert value(spike_echo, followers) < 0.02
    assert value(tail_after_spike, followers) < 0.05


@pytest.mark.parametrize("days", DAYS)
def test_more_is_never_less(days: int) -> None:
    sizes = [value(burst_size, bought(factor, days)) for factor in (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)]
    assert sizes == sorted(sizes)
    assert sizes[0] < 0.02


def test_a_month_of_drip_is_seen_by_the_month() -> None:
    drip = bought(1.0, 30, before=45)
    assert value(month_size, drip) == pytest.approx(0.64, abs=0.05)
    assert value(month_size, drip) > 1.5 * value(burst_size, drip)


def test_a_handful_on_a_tiny_account_is_no_burst() -> None:
    assert value(burst_size, [3] * 20 + [9] * 20) < 0.11
    assert value(burst_size, [3_000] * 20 + [9_000] * 20) > 1.0


def test_an_organic_burst_echoes_and_a_paid_one_does_not() -> None:
    fading = [1_000]
    for n in range(20):
        fading.append(fading[-1] + round(500 * 0.75**n))
    assert value(burst_echo, [1_000] * 20 + fading + fading[-1:] * 20) > 0.1
    assert value(burst_echo, bought(0.5, 2)) < 0.02


def test_losses_after_a_burst_are_no_gain() -> None:
    dropping = [1_000] * 20 + [3_000 - 20 * n for n in range(50)]
    assert value(burst_echo, dropping) == 0.0
    assert value(burst_kept, dropping) == pytest.approx(0.675, abs=0.03)


def test_nothing_is_measured_across_a_gap_of_more_than_two_days() -> None:
    days = [*range(30), *range(33, 63)]
    history = {
        "date": [START.date() + timedelta(days=n) for n in days],
        "followers": [100] * 30 + [9_999] * 30,
    }
    assert derive_one(burst_size, history=history) == 0.0
    assert derive_one(month_size, history=history) == 0.0


def test_a_missing_day_inside_a_burst_does_not_hide_it() -> None:
    followers: list[int | None] = list(bought(3.0, 5))
    followers[32] = None
    assert value(burst_size, followers) == pytest.approx(value(burst_size, bought(3.0, 5)), rel=0.01)


def test_a_weekly_history_has_no_burst() -> None:
    history = {"date": [date(2026, 1, 5) + timedelta(days=7 * n) for n in range(20)], "followers": [99] * 20}
    assert derive_one(burst_size, history=history) is None


@pytest.mark.parametrize(("hit", "alone"), [(10, False), (14, False), (25, False), (60, True)])
def test_a_hit_near_the_burst_explains_it(hit: int, alone: bool) -> None:
    followers = bought(3.0, 10, before=15)
    likes = [100 if n == hit else 10 for n in range(85)]
    found = value(burst_alone, followers, posts={"likes": likes})
    assert found == (value(burst_size, followers) if alone else 0.0)


def test_without_posts_nobody_knows_whether_a_burst_stands_alone() -> None:
    assert derive_one(burst_alone, history={"followers": bought(3.0, 3)}) is None
