"""Follower curves: daily gains with trends and seasons, arrivals after an event, and departures."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import DAY, Draft, FollowerCurve, Person
from accounts.simulation.parameters import Floats, PulseShape, Regime

__all__ = ["arrival_shares", "departures", "draw_curve", "followers_at"]


def arrival_shares(days: int, at: int, length: int, shape: PulseShape) -> Floats:
    """Spread arrivals over days: shares that add up to one, from day ``at`` on, over about ``length`` days.

    >>> arrival_shares(6, 2, 2, "flat").tolist()
    [0.0, 0.0, 0.5, 0.5, 0.0, 0.0]
    """
    since = np.arange(days - at, dtype=np.float64)
    length = max(length, 1)
    if shape == "decay":
        weights = np.exp(-since / length)
    elif shape == "long":
        weights = (1.0 + since / length) ** -1.6
    elif shape == "bell":
        centre = min(length, len(since)) / 2
        weights = np.exp(-0.5 * ((since - centre) / (centre / 2 + 0.3)) ** 2)
    else:
        weights = (since < length) * (since + 1.0 if shape == "ramp" else 1.0)
    share = np.zeros(days)
    share[at:] = weights / weights.sum()
    return share


def departures(arrivals: Floats, share: float, half_life: float, delay: int = 1) -> Floats:
    """The departures per day of ``share`` of the arrivals, with an exponential ``half_life`` in days.

    The first ones leave ``delay`` days after they arrived.

    >>> departures(np.array([100.0, 0.0, 0.0]), 0.5, half_life=1.0).round(1).tolist()
    [0.0, 28.6, 14.3]
    """
    kernel = np.exp(-np.arange(min(len(arrivals), 240)) * np.log(2.0) / half_life)
    lost = np.convolve(arrivals, kernel / kernel.sum())[: len(arrivals)]
    return share * np.concatenate([np.zeros(delay), lost])[: len(arrivals)]


def _growth_factors(
    rng: np.random.Generator, regime: Regime, person: Person, days: int, now: float
) -> Floats:
    """A factor per day on expected growth, 1 on average: noise by day and month, weekdays, seasons."""
    brisk, slow = rng.uniform(0.1, 0.6), rng.uniform(0.05, 0.8)
    months = regime.noise(rng, days // 25 + 3)
    level = slow * np.interp(np.arange(days) / 25.0 + rng.random(), np.arange(len(months)), months)
    level += np.convolve(regime.noise(rng, days), 0.85 ** np.arange(min(days, 30)))[:days] * (brisk * 0.53)
    week = rng.uniform(0.0, 0.3) * np.cos(2 * np.pi / 7 * (np.arange(7) - rng.uniform(0, 7)))
    odds = np.exp(level - (brisk**2 + 0.7 * slow**2) / 2) * (1.0 + np.resize(week, days))
    if person.season > 0.0:
        date = now / DAY - days + 1 + np.arange(days)
        odds *= 1.0 + person.season * np.cos(2 * np.pi * (date / 365.25 - rng.random()))
    return np.asarray(odds)


def draw_curve(
    rng: np.random.Generator, regime: Regime, person: Person, days: int, now: float
) -> FollowerCurve:
    """Draw a person's honest follower curve of so many days; it ends at the person's follower count."""
    churn = person.growth * rng.uniform(0.1, 0.8) + 10 ** rng.uniform(-5.5, -4.1)
    if rng.random() < 0.10 or person.kind == "dormant":
        churn = max(churn, person.growth * rng.uniform(0.9, 1.6))
    churn *= person.leave_factor
    around = person.followers * np.exp(np.minimum((churn - person.growth) * np.arange(days)[::-1], 3.0))
    weather = _growth_factors(rng, regime, person, days, now)
    expected = np.array([person.growth * around * weather, churn * around])
    gains, losses = rng.poisson(expected).astype(np.float64)
    net = gains - losses
    born = int(np.clip(days - 1 - (now - person.created) / DAY, 0, days - 3))
    net[:born] = 0.0
    if born > 0 or now - person.created < days * DAY:
        net = _begin_at_zero(rng, net, person.followers, weather[born:])
    net = _keep_above_zero(net, person.followers)
    return FollowerCurve(
        person.followers - net.sum(), net, np.zeros(days), _following_by_day(rng, person, days)
    )


def _begin_at_zero(rng: np.random.Generator, net: Floats, size: float, weather: Floats) -> Floats:
    """Let those whom the net gains do not tell of arrive since the account was opened within the curve.

    They come with the first days, or day by day, as many each or ever more.
    """
    rest, life = int(size - net.sum()), len(weather)
    if rest <= 0:
        return net
    if rng.random() < 0.5:
        shape: PulseShape = "long" if rng.random() < 0.7 else "decay"
        share = arrival_shares(life, 0, int(life ** rng.uniform(0.2, 1.0)), shape)
    else:
        share = weather * np.arange(1.0, life + 1.0) ** rng.uniform(0.0, 1.5)
    arrived = np.zeros_like(net)
    arrived[-life:] = rng.multinomial(rest, share / share.sum())
    return np.asarray(net + arrived)


def _keep_above_zero(net: Floats, size: float) -> Floats:
    """Scale gains so that the count stays above zero."""
    lowest = (size - np.cumsum(net[::-1])).min()
    if lowest < 0:
        net = np.trunc(net * 0.95 * size / max(size - lowest, 1.0))
    return net


def _following_by_day(rng: np.random.Generator, person: Person, days: int) -> Floats:
    """Accounts followed by day: constant for long, with occasional steps."""
    chance = rng.random(days)
    often = min(person.following, 2000) * 0.0004
    steps = np.where(chance < min(often, 0.3), np.ceil(often * 3), 0.0) - (chance > 0.94)
    return np.asarray(np.maximum(person.following - np.cumsum(steps[::-1])[::-1] + steps[-1], 0.0))


def followers_at(draft: Draft, times: Floats) -> Floats:
    """Honest followers at the time of each post; before the curve by a power of the account's age."""
    honest = draft.curve.honest_followers()
    days = draft.curve_days(times)
    born = (draft.person.created - draft.now) / DAY + draft.curve.days - 1
    inside = np.interp(days, np.arange(draft.curve.days), honest)
    span = max(-born, 1.0)
    before = honest[0] * np.clip((days - born) / span, 0.02, 1.0) ** draft.platform.growth_power
    return np.asarray(np.where(days >= 0, inside, before))
