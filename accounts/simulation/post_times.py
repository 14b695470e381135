"""Times of posts: gaps with phases of activity, waking hours, schedulers, and windows of two days."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import DAY, HOUR, Person
from accounts.simulation.parameters import Floats, Regime

__all__ = ["post_times", "window_times"]

FIXED_DAYS_SHARE = 0.5  # share of scheduled accounts; of real channels a tenth has 46 % equal gaps


def _draw_gaps(rng: np.random.Generator, regime: Regime, person: Person, count: int) -> Floats:
    """Draw days between posts: heavy-tailed, with phases of more and less activity."""
    phase = np.convolve(regime.noise(rng, count), 0.88 ** np.arange(min(count, 25)))[:count] * 0.48
    pull = float(rng.uniform(0.4, 1.5))
    if regime.gaps == "lognormal":
        shape = np.exp(person.gap_sd * regime.noise(rng, count))
    else:
        shape = rng.weibull(float(np.clip(1.0 / person.gap_sd, 0.4, 8.0)), count) * 1.3
    return np.asarray(person.gap_days * shape * np.exp(pull * phase * person.gap_sd))


def _local_hours(rng: np.random.Generator, person: Person, count: int) -> Floats:
    """Draw local hours of the day around the person's own hour, few of them at night."""
    hours = (person.hour + rng.vonmises(0.0, person.hour_concentration, count) * 12 / np.pi) % 24
    asleep = (hours > 1.0) & (hours < 6.5) & (rng.random(count) < 0.9)
    return np.where(asleep, (hours + 9.0) % 24, hours)


def _on_schedule(rng: np.random.Generator, clock: Floats) -> Floats:
    """Move hours to the nearest slot of a scheduler, a few seconds late."""
    slot = float(rng.choice([0.25, 0.5, 1.0, 1.0]))
    is_scheduled = rng.random(len(clock)) < rng.uniform(0.1, 1.0)
    slots = np.round(clock / slot) * slot + rng.gamma(1.5, 12.0, len(clock)) / 3600
    return np.where(is_scheduled, slots, clock)


def _on_fixed_days(person: Person, gaps: Floats) -> Floats:
    """Round gaps to multiples of a fixed number of days, as for a series with omitted episodes."""
    pace = max(round(person.gap_days), 1)
    return np.where(gaps < 0.35 * pace, gaps, np.maximum(np.round(gaps / pace), 1.0) * pace)


def post_times(rng: np.random.Generator, regime: Regime, person: Person, count: int, now: float) -> Floats:
    """Draw the times of the last ``count`` posts before ``now``, in seconds since 1970, oldest first."""
    if count == 0:
        return np.zeros(0)
    gaps = _draw_gaps(rng, regime, person, count)
    if person.scheduled and rng.random() < FIXED_DAYS_SHARE:
        gaps, person.hour_concentration = _on_fixed_days(person, gaps), 8.0 * person.hour_concentration
    gaps[0] = gaps[0] * rng.random() + person.idle_days
    back = np.cumsum(gaps)
    if person.season > 0:
        back = back + person.season * 40 * np.sin(2 * np.pi * back / 365.25) * (back > 30)
    life = (now - person.created) / DAY
    back = back * min(1.0, 0.98 * life / back[-1])  # no post before the account was opened
    clock = _local_hours(rng, person, count)
    if person.scheduled:
        clock = _on_schedule(rng, clock)
    offset = person.zone * HOUR
    days = np.floor((now + offset - back * DAY) / DAY)
    times = days * DAY + clock * HOUR - offset
    again = np.flatnonzero(rng.random(count) < rng.uniform(0.0, 0.06))[1:]
    times[again] = times[again - 1] + rng.uniform(30, 600, len(again))  # two posts in one session
    often = gaps < 0.35  # with several posts a day the gaps set the times
    times = np.where(often, now - back * DAY, times)
    oldest = person.created + np.sort(rng.random(count)) * DAY * 3
    return np.asarray(np.sort(np.floor(np.minimum(np.maximum(times, oldest), now - 60 * rng.random(count)))))


def window_times(rng: np.random.Generator, person: Person, count: int, now: float) -> Floats:
    """Draw the times of ``count`` posts within the last 48 hours, in sessions during waking hours.

    >>> from accounts.simulation.draw_account import draw_account
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> person = draw_account(TRAIN, 1, 0, frozenset())[0].person
    >>> times = window_times(np.random.default_rng(0), person, 5, now=1_000_000.0)
    >>> len(times), bool((times > 1_000_000.0 - 2 * DAY - 1).all() and (times <= 1_000_000.0).all())
    (5, True)
    """
    sessions = max(int(rng.poisson(count * rng.uniform(0.3, 1.0))), 2)
    clock = _local_hours(rng, person, sessions) - person.zone
    begins = now - 2 * DAY + (clock % 24) * HOUR + rng.integers(0, 2, sessions) * DAY
    which = rng.integers(0, sessions, count)
    within = rng.exponential(10 ** rng.uniform(2.6, 4.0), count) * rng.random(count)
    times = begins[which] + within
    return np.asarray(np.sort(np.floor(now - 2 * DAY + (times - now) % (2 * DAY - 1))))
