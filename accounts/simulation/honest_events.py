"""Honest events that resemble purchases (hard negatives), and a random event of any shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from accounts.simulation.draft import DAY, CommenterGroup, Draft
from accounts.simulation.follower_curves import arrival_shares, departures
from accounts.simulation.parameters import Floats, Ints, PulseShape

__all__ = ["EVENTS", "add_wave", "apply_event", "multiply_counts"]


def add_wave(draft: Draft, event: str, at: int, size: float | None = None) -> Floats:
    """Add a wave of honest followers with an echo; some leave again. Returns the arrivals per day.

    ``event`` names the regime's wave, ``at`` the day; ``size`` None draws the number of followers from it.
    """
    rng, days, wave = draft.rng, draft.curve.days, draft.regime.waves[event]
    size = _wave_size(draft, *wave.size, wave.skew) if size is None else size
    loss_share = float(rng.uniform(*wave.loss_share))
    share = arrival_shares(
        days, at, int(10 ** rng.uniform(*wave.days)), wave.shapes[int(rng.integers(0, len(wave.shapes)))]
    )
    echo = float(rng.beta(1.2, 3.0)) * (0.4 if loss_share > 0.3 else 1.0)
    echo = min(echo + 0.5 * max(0.2 - draft.platform.leave_factor, 0.0), 0.9)
    share = (1 - echo) * share + echo * arrival_shares(days, at, int(10 ** rng.uniform(0.7, 1.8)), "long")
    arrivals = rng.poisson(np.minimum(share * max(size, 0.0), 1e9)).astype(np.float64)
    loss_share *= draft.platform.leave_factor
    leavers = departures(arrivals, loss_share, 10 ** rng.uniform(*wave.half_life), int(rng.integers(1, 5)))
    draft.curve.honest_gains += arrivals - np.floor(leavers)
    return arrivals


def _wave_size(draft: Draft, low: float, high: float, skew: float) -> float:
    """Draw the arrivals of a wave, relative to the followers: small accounts can grow many times over.

    ``skew`` is above 1 for events of natural sizes: followers of the most followed on GitHub doubled
    within three days in .05 of 100 account-years, those of small creators on Twitch in .4.
    """
    if draft.export.platform == "github":  # a launch can bring more stars than all days before
        return float(draft.person.followers * 10 ** draft.rng.uniform(-1.0, 0.7))
    size = draft.person.followers * 10 ** (low + (high - low) * draft.rng.random() ** skew)
    if skew > 1.0:
        size *= min((max(draft.person.followers, 1.0) / 10_000.0) ** -0.25, 1.0)
    if draft.person.followers < 3000 and draft.rng.random() < draft.regime.large_wave_share:
        size *= 10 ** draft.rng.uniform(0.0, 1.5)
    return float(size)


def multiply_counts(
    draft: Draft, which: Ints, factor: Floats | float, comments: Floats | float = 1.0
) -> None:
    """Multiply the honest counts of some posts by ``factor``, comments also by ``comments``."""
    for name, values in draft.posts.honest_counts.items():
        values[which] = np.round(values[which] * factor * (comments if name == "comments" else 1.0))


def _event_day(draft: Draft, latest: float = 0.95) -> int:
    """Draw a day from the last 120 at least, so that short histories do not attract more events."""
    return draft.draw_day(latest, at_least=120)


def _posts_between(draft: Draft, first: float, last: float) -> Ints:
    days = draft.curve_days(draft.posts.times)
    return np.flatnonzero((days >= first) & (days <= last))


def _post_at(draft: Draft, day: float) -> Ints:
    """The position of the post nearest to a day; empty if the account has no posts."""
    if len(draft.posts) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.array([int(np.argmin(np.abs(draft.curve_days(draft.posts.times) - day)))])


def _add_comments(draft: Draft, which: Ints, style: str, counts: Floats) -> None:
    under = np.zeros(len(draft.posts))
    under[which] = counts
    draft.posts.honest_counts["comments"] += under
    draft.commenter_groups.append(
        CommenterGroup(style, under, None, (float(draft.draw_log_uniform("event_comment_hours")), 0.6))
    )


def _add_many_comments(draft: Draft, post: Ints, style: str) -> None:
    """Add many times the usual number of comments under one post."""
    usual = draft.posts.honest_counts["comments"].mean() + 2.0 if len(draft.posts) else 0.0
    _add_comments(
        draft, post, style, np.full(len(post), np.round(usual * draft.draw_log_uniform(f"{style}_comments")))
    )


def viral_hit(draft: Draft) -> None:
    """Event: one post goes viral, and followers arrive for days or weeks."""
    day = _event_day(draft)
    hit = _post_at(draft, day)
    multiply_counts(draft, hit, draft.draw_log_uniform("viral_lift"), 10 ** draft.rng.uniform(-0.3, 0.2))
    multiply_counts(draft, _posts_between(draft, day + 0.1, day + 20), draft.rng.uniform(1.0, 2.0))
    if len(hit):
        day = int(np.clip(draft.curve_days(draft.posts.times[hit])[0], draft.first_day, draft.curve.days - 1))
    add_wave(draft, "viral_hit", day)


def press_mention(draft: Draft) -> None:
    """Event: a mention elsewhere, so that no post explains the jump; a second one may follow."""
    day = _event_day(draft)
    arrivals = add_wave(draft, "press_mention", day)
    multiply_counts(draft, _posts_between(draft, day, day + 15), draft.rng.uniform(1.0, 1.8))
    if draft.rng.random() < 0.4:
        again = min(day + int(10 ** draft.rng.uniform(0.7, 2.0)), draft.curve.days - 1)
        add_wave(draft, "press_mention", again, arrivals.sum() * draft.rng.uniform(0.1, 1.2))


def giveaway(draft: Draft) -> None:
    """Event: a giveaway with entries as comments under one post; many followers leave after the draw."""
    day = _event_day(draft, 0.9)
    post = _post_at(draft, day)
    multiply_counts(draft, post, 10 ** draft.rng.uniform(0.1, 1.0))
    _add_many_comments(draft, post, "entries")
    add_wave(draft, "giveaway", day)


def loop_giveaway(draft: Draft) -> None:
    """Event: a giveaway with several sponsors to follow; the entries stand under another account's post."""
    day = _event_day(draft, 0.9)
    add_wave(draft, "loop_giveaway", day)
    draft.curve.following[day:] += float(draft.rng.integers(3, 70))
    multiply_counts(draft, _posts_between(draft, day, day + 10), draft.rng.uniform(0.95, 1.4))


def purge(draft: Draft) -> None:
    """Event: the platform deletes fake and dormant accounts, and everybody loses these followers."""
    for _ in range(1 + int(draft.rng.random() < 0.3)):
        day = _event_day(draft)
        share = arrival_shares(draft.curve.days, day, int(draft.rng.integers(1, 4)), "flat")
        draft.curve.honest_gains -= np.floor(
            share * draft.curve.honest_followers()[day] * draft.draw_log_uniform("purge_share")
        )


def bot_attack(draft: Draft) -> None:
    """Event: fake followers that the owner did not order; most are deleted, their spam remains."""
    day = _event_day(draft)
    arrivals = add_wave(draft, "bot_attack", day)
    followers = max(draft.curve.honest_followers()[-1], 1.0)
    draft.person.attacked_share = min(0.5 * arrivals.sum() / followers, 0.8)
    if draft.rng.random() < 0.5:
        spammed = _posts_between(draft, day - 5, day + 10)
        counts = draft.rng.poisson(10 ** draft.rng.uniform(0.3, 1.5), len(spammed)).astype(np.float64)
        _add_comments(draft, spammed, "spam", counts)


def paid_ads(draft: Draft) -> None:
    """Event: advertising with a daily budget, so that arrivals begin and end on a day."""
    for _ in range(int(draft.rng.integers(1, 4))):
        day = _event_day(draft)
        add_wave(draft, "paid_ads", day)
        boosted = _posts_between(draft, day - 2, day + 30)
        boosted = boosted[draft.rng.random(len(boosted)) < 0.3]
        multiply_counts(draft, boosted, draft.rng.uniform(1.5, 6.0), draft.rng.uniform(0.2, 0.6))


def collaboration(draft: Draft) -> None:
    """Event: followers of another creator arrive for a few days after a joint post."""
    for _ in range(int(draft.rng.integers(1, 4))):
        day = _event_day(draft)
        multiply_counts(draft, _post_at(draft, day), 10 ** draft.rng.uniform(0.1, 0.8))
        add_wave(draft, "collaboration", day)


def comment_storm(draft: Draft) -> None:
    """Event: a controversy under one post, with many comments and few new followers."""
    day = _event_day(draft)
    post = _post_at(draft, day)
    multiply_counts(draft, post, 10 ** draft.rng.uniform(0.0, 0.7))
    _add_many_comments(draft, post, "storm")
    during = draft.curve.honest_gains[day : day + 4]
    during += np.trunc(draft.person.followers * draft.rng.normal(0.0, 0.01, len(during)))


def deleted_posts(draft: Draft) -> None:
    """Event: the owner deletes the weaker or random posts; the counts of the others look even."""
    posts = draft.posts
    if len(posts) < 8:
        return
    worth = posts.honest_counts[draft.driver] if draft.rng.random() < 0.7 else draft.rng.random(len(posts))
    posts.keep(np.sort(np.argsort(worth)[int(len(posts) * draft.rng.uniform(0.1, 0.5)) :]))
    draft.person.total_posts = max(round(draft.person.total_posts * draft.rng.uniform(0.2, 0.9)), len(posts))


def migration(draft: Draft) -> None:
    """Event: a known person opens the account, and their audience follows within days."""
    day, curve = _event_day(draft, 0.8), draft.curve
    before = curve.honest_followers()[day]
    curve.honest_gains[: day + 1], curve.following[:day], curve.start = 0.0, 0.0, 0.0
    shape: PulseShape = "decay" if draft.rng.random() < 0.5 else "long"
    curve.honest_gains += np.floor(
        before * arrival_shares(curve.days, day, int(10 ** draft.rng.uniform(0.0, 1.2)), shape)
    )
    draft.person.created = draft.now - (curve.days - 1 - day + draft.rng.uniform(0, 4)) * DAY
    draft.posts.keep(np.flatnonzero(draft.posts.times >= draft.person.created))
    draft.person.total_posts = len(draft.posts) + float(draft.rng.integers(0, 6))


def follow_churn(draft: Draft) -> None:
    """Event: the owner follows and unfollows people by hand, at irregular times."""
    days, rng = draft.curve.days, draft.rng
    followed = rng.poisson(rng.gamma(0.4, 2.5, days) * 10 ** rng.uniform(0.0, 1.2))
    dropped = np.zeros(days)
    for day in rng.integers(0, days, int(rng.integers(1, 2 + days // 25))).tolist():
        dropped[day] = rng.uniform(0.05, 0.6) * (followed[:day].sum() - dropped.sum())
    change = np.cumsum(followed - np.maximum(np.floor(dropped), 0.0))
    draft.curve.following = np.maximum(draft.curve.following + change, 0.0)
    draft.curve.honest_gains += rng.poisson(followed * rng.uniform(0.05, 0.25))


def random_event(draft: Draft) -> None:
    """Event: a wave of random window, shape, size and loss, with loosely related engagement."""
    rng = draft.rng
    for _ in range(int(rng.integers(1, 4))):
        day = _event_day(draft, 0.98)
        add_wave(draft, "random_event", day)
        during = _posts_between(draft, day - rng.uniform(0, 5), day + 10 ** rng.uniform(0.0, 1.9))
        affected = during[rng.random(len(during)) < rng.random()]
        factor = np.exp(rng.normal(0.2, 0.7) + 0.4 * rng.standard_normal(len(affected)))
        multiply_counts(draft, affected, factor, float(np.exp(rng.normal(0.0, 0.7))))
        if rng.random() < 0.3:
            draft.curve.following[day:] += float(rng.integers(0, 120))


Event = Callable[[Draft], None]
_EVENTS: Final[tuple[Event, ...]] = (
    viral_hit,
    press_mention,
    giveaway,
    loop_giveaway,
    purge,
    bot_attack,
    paid_ads,
    collaboration,
    comment_storm,
    deleted_posts,
    migration,
    follow_churn,
    random_event,
)
EVENTS: Final[Mapping[str, Event]] = {event.__name__: event for event in _EVENTS}


def apply_event(draft: Draft, event: str) -> None:
    """Apply one event of :data:`EVENTS` to the draft; followers never fall below zero.

    >>> from accounts.simulation.draw_account import draw_account
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> draft, _, _ = draw_account(TRAIN, 1, 0, frozenset())
    >>> apply_event(draft, "purge")
    >>> bool(draft.curve.honest_followers().min() >= 0.0)
    True
    """
    EVENTS[event](draft)
    honest = draft.curve.start + np.cumsum(draft.curve.honest_gains)
    if honest.min() < 0:
        draft.curve.start -= honest.min()
