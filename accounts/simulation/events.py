"""Honest events that look like something bought: the hard negatives, and any honest event at all."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.simulation.curves import Shape, leaving, pulse
from accounts.simulation.draft import DAY, Draft, Voice
from accounts.simulation.parameters import Floats, Ints

__all__ = ["EVENTS", "arrive", "befall", "lift"]

SHAPES: Final[tuple[Shape, ...]] = ("flat", "decay", "long", "bell", "ramp")


def _day(draft: Draft, latest: float = 0.95) -> int:
    """A day of the months that most histories cover; short ones see few of them."""
    return draft.day(latest, at_least=120)


def arrive(
    draft: Draft, at: int, size: float, length: int, shape: Shape, left: float, half_life: float
) -> Floats:
    """Let honest people arrive in a pulse that echoes for a while; some leave again. Returns the arrivals."""
    share = pulse(draft.curve.days, at, length, shape)
    echo = float(draft.rng.beta(1.2, 3.0)) * (0.4 if left > 0.3 else 1.0) + 0.5 * max(0.2 - draft.platform.leaving, 0.0)
    share = (1 - echo) * share + echo * pulse(draft.curve.days, at, int(10 ** draft.rng.uniform(0.7, 1.8)), "long")
    arrivals = draft.rng.poisson(np.minimum(share * max(size, 0.0), 1e9)).astype(np.float64)
    left = left * draft.platform.leaving
    draft.curve.net += arrivals - np.floor(leaving(arrivals, left, half_life, int(draft.rng.integers(1, 5))))
    return arrivals


def lift(draft: Draft, which: Ints, factor: Floats | float, comments: Floats | float = 1.0) -> None:
    """Multiply what some posts received; ``comments`` come on top of ``factor``."""
    honest = draft.posts.honest
    for name, values in honest.items():
        values[which] = np.round(values[which] * factor * (comments if name == "comments" else 1.0))


def _posts_between(draft: Draft, first: float, last: float) -> Ints:
    days = draft.days_of(draft.posts.times)
    return np.flatnonzero((days >= first) & (days <= last))


def _post_at(draft: Draft, day: float) -> Ints:
    """The post nearest to a day; none if the account has none."""
    if len(draft.posts) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.array([int(np.argmin(np.abs(draft.days_of(draft.posts.times) - day)))])


def _power(draft: Draft, low: float, high: float) -> float:
    """A factor, uniform in powers of ten."""
    return float(10 ** draft.rng.uniform(low, high))


def _crowd(draft: Draft, low: float, high: float) -> float:
    """How many come, against those there are; to a small account many times as many may come."""
    size = draft.person.followers * _power(draft, low, high)
    return (
        size * _power(draft, 0.0, 1.5) if draft.person.followers < 3000 and draft.rng.random() < 0.3 else size
    )


def _comments_under(
    draft: Draft, which: Ints, style: str, hours: tuple[float, float], counts: Floats
) -> None:
    under = np.zeros(len(draft.posts))
    under[which] = counts
    draft.posts.honest["comments"] += under
    draft.voices.append(Voice(style, under, None, hours))


def viral_hit(draft: Draft) -> None:
    """One post travels far; followers come for days or weeks after it."""
    day = _day(draft)
    hit = _post_at(draft, day)
    lift(draft, hit, _power(draft, 0.7, 2.3), _power(draft, -0.3, 0.2))
    after = _posts_between(draft, day + 0.1, day + 20)
    lift(draft, after, draft.rng.uniform(1.0, 2.0))
    at = int(np.clip(draft.days_of(draft.posts.times[hit])[0], 0, draft.curve.days - 1)) if len(hit) else day
    shape: Shape = "decay" if draft.rng.random() < 0.5 else "long"
    arrive(draft, at, _crowd(draft, -1.6, 0.6), int(_power(draft, 0, 1.3)), shape,
           draft.rng.uniform(0.02, 0.25), 30.0)  # fmt: skip


def press_mention(draft: Draft) -> None:
    """Someone else speaks of the account: no post explains the jump; a second one may follow."""
    day = _day(draft)
    size = _crowd(draft, -1.7, 0.3)
    arrive(draft, day, size, int(_power(draft, 0, 0.9)), "decay" if draft.rng.random() < 0.6 else "long",
           draft.rng.uniform(0.0, 0.3), 40.0)  # fmt: skip
    lift(draft, _posts_between(draft, day, day + 15), draft.rng.uniform(1.0, 1.8))
    if draft.rng.random() < 0.4:
        again = min(day + int(_power(draft, 0.7, 2.0)), draft.curve.days - 1)
        arrive(
            draft, again, size * draft.rng.uniform(0.1, 1.2), int(_power(draft, 0, 0.9)), "decay", 0.1, 40.0
        )


def giveaway(draft: Draft) -> None:
    """Follow, tag two friends, win: entries under one post, many leave after the draw."""
    day = _day(draft, 0.9)
    post = _post_at(draft, day)
    lift(draft, post, _power(draft, 0.1, 1.0))
    usual = draft.posts.honest["comments"].mean() + 2.0 if len(draft.posts) else 0.0
    _comments_under(
        draft,
        post,
        "entries",
        (14.0, 0.6),
        np.round(np.array([usual * _power(draft, 0.6, 2.0)]))[: len(post)],
    )
    arrive(draft, day, draft.person.followers * _power(draft, -1.7, 0.1), int(draft.rng.integers(1, 9)),
           SHAPES[int(draft.rng.integers(0, 5))], draft.rng.uniform(0.1, 0.65), _power(draft, 0.5, 1.4))  # fmt: skip


def loop_giveaway(draft: Draft) -> None:
    """Sponsors of a shared prize are all followed at once; the entries stand under someone else's post."""
    day = _day(draft, 0.9)
    arrive(draft, day, draft.person.followers * _power(draft, -1.2, 0.5), int(draft.rng.integers(1, 6)),
           "flat" if draft.rng.random() < 0.5 else "bell", draft.rng.uniform(0.2, 0.8), _power(draft, 0.5, 1.5))  # fmt: skip
    draft.curve.following[day:] += float(draft.rng.integers(3, 70))
    lift(draft, _posts_between(draft, day, day + 10), draft.rng.uniform(0.95, 1.4))


def purge(draft: Draft) -> None:
    """The platform removes false and sleeping accounts from everybody (2014: 7.6 % of the largest)."""
    for _ in range(1 + int(draft.rng.random() < 0.3)):
        day = _day(draft)
        lost = draft.curve.honest()[day] * _power(draft, -2.2, -0.7)
        share = pulse(draft.curve.days, day, int(draft.rng.integers(1, 4)), "flat")
        draft.curve.net -= np.floor(share * lost)


def bot_attack(draft: Draft) -> None:
    """False followers that nobody here ordered; most are removed again, spam stays behind."""
    day = _day(draft)
    arrivals = arrive(draft, day, draft.person.followers * _power(draft, -1.4, 0.5), int(draft.rng.integers(1, 6)), "flat",
                      draft.rng.beta(2.5, 1.0), _power(draft, 0.1, 1.3))  # fmt: skip
    followers = max(draft.curve.honest()[-1], 1.0)
    draft.person.fake_share = min(draft.person.fake_share + 0.5 * arrivals.sum() / followers, 0.8)
    if draft.rng.random() < 0.5:
        spammed = _posts_between(draft, day - 5, day + 10)
        counts = draft.rng.poisson(_power(draft, 0.3, 1.5), len(spammed)).astype(np.float64)
        _comments_under(draft, spammed, "spam", (3.0, 0.7), counts)


def paid_ads(draft: Draft) -> None:
    """Campaigns with a daily budget: an even stream that begins and ends on a day."""
    for _ in range(int(draft.rng.integers(1, 4))):
        day, length = _day(draft), int(draft.rng.integers(4, 45))
        arrive(
            draft,
            day,
            draft.person.followers * _power(draft, -1.7, -0.1),
            length,
            "flat",
            draft.rng.uniform(0.02, 0.3),
            30.0,
        )
        boosted = _posts_between(draft, day - 2, day + length)
        boosted = boosted[draft.rng.random(len(boosted)) < 0.3]
        lift(draft, boosted, draft.rng.uniform(1.5, 6.0), draft.rng.uniform(0.2, 0.6))


def collaboration(draft: Draft) -> None:
    """Another creator's audience comes over for a few days."""
    for _ in range(int(draft.rng.integers(1, 4))):
        day = _day(draft)
        lift(draft, _post_at(draft, day), _power(draft, 0.1, 0.8))
        arrive(
            draft,
            day,
            draft.person.followers * _power(draft, -2.0, -0.2),
            int(draft.rng.integers(1, 4)),
            "decay",
            0.1,
            25.0,
        )


def comment_storm(draft: Draft) -> None:
    """Everybody has an opinion under one post, for once."""
    day = _day(draft)
    post = _post_at(draft, day)
    lift(draft, post, _power(draft, 0.0, 0.7))
    usual = draft.posts.honest["comments"].mean() + 2.0 if len(draft.posts) else 0.0
    _comments_under(
        draft, post, "storm", (8.0, 0.5), np.round(np.array([usual * _power(draft, 0.8, 2.2)]))[: len(post)]
    )
    draft.curve.net[day : day + 4] += np.trunc(
        draft.person.followers * draft.rng.normal(0.0, 0.01, len(draft.curve.net[day : day + 4]))
    )


def deleted_posts(draft: Draft) -> None:
    """The weaker posts are taken down, or the older ones; what stays looks even."""
    posts = draft.posts
    if len(posts) < 8:
        return
    worth = posts.honest[draft.driver] if draft.rng.random() < 0.7 else draft.rng.random(len(posts))
    kept = np.sort(np.argsort(worth)[int(len(posts) * draft.rng.uniform(0.1, 0.5)) :])
    posts.keep(kept)
    draft.person.total_posts = max(round(draft.person.total_posts * draft.rng.uniform(0.2, 0.9)), len(posts))


def migration(draft: Draft) -> None:
    """A known person moves here: a new account that fills within days."""
    day = _day(draft, 0.8)
    curve = draft.curve
    before = curve.honest()[day]
    curve.net[: day + 1] = 0.0
    curve.start = 0.0
    share = pulse(
        curve.days, day, int(_power(draft, 0.0, 1.2)), "decay" if draft.rng.random() < 0.5 else "long"
    )
    curve.net += np.floor(share * before)
    curve.following[:day] = 0.0
    draft.person.created = draft.now - (curve.days - 1 - day) * DAY - draft.rng.uniform(0, 4) * DAY
    draft.posts.keep(np.flatnonzero(draft.posts.times >= draft.person.created))
    draft.person.total_posts = len(draft.posts) + float(draft.rng.integers(0, 6))


def follow_churn(draft: Draft) -> None:
    """Following people and thinking better of it, by hand, whenever there is time for it."""
    days = draft.curve.days
    followed = draft.rng.poisson(draft.rng.gamma(0.4, 2.5, days) * _power(draft, 0.0, 1.2))
    dropped = np.zeros(days)
    for day in draft.rng.integers(0, days, int(draft.rng.integers(1, 2 + days // 25))).tolist():
        dropped[day] = draft.rng.uniform(0.05, 0.6) * (followed[:day].sum() - dropped.sum())
    change = np.cumsum(followed - np.maximum(np.floor(dropped), 0.0))
    draft.curve.following = np.maximum(draft.curve.following + change, 0.0)
    draft.curve.net += draft.rng.poisson(followed * draft.rng.uniform(0.05, 0.25))


def random_event(draft: Draft) -> None:
    """Any honest event: any window, shape, size and loss, engagement loosely along."""
    for _ in range(int(draft.rng.integers(1, 4))):
        day, length = _day(draft, 0.98), int(_power(draft, 0.0, 1.8))
        loss = draft.rng.beta(0.7, 1.2) if draft.rng.random() < 0.8 else 0.0
        size = _crowd(draft, -2.0, 0.5)
        arrive(draft, day, size, length, SHAPES[int(draft.rng.integers(0, 5))], loss, _power(draft, 0.2, 1.8))
        during = _posts_between(draft, day - draft.rng.uniform(0, 5), day + length + draft.rng.uniform(0, 20))
        touched = during[draft.rng.random(len(during)) < draft.rng.random()]
        factor = np.exp(draft.rng.normal(0.2, 0.7) + 0.4 * draft.rng.standard_normal(len(touched)))
        lift(draft, touched, factor, float(np.exp(draft.rng.normal(0.0, 0.7))))
        if draft.rng.random() < 0.3:
            draft.curve.following[day:] += float(draft.rng.integers(0, 120))


EVENTS: Final = MappingProxyType({
    event.__name__: event
    for event in (
        viral_hit, press_mention, giveaway, loop_giveaway, purge, bot_attack, paid_ads, collaboration, comment_storm,
        deleted_posts, migration, follow_churn, random_event,
    )
})  # fmt: skip


def befall(draft: Draft, event: str) -> None:
    """Let one event of :data:`EVENTS` happen; followers never fall below nothing."""
    happen: Callable[[Draft], None] = EVENTS[event]
    happen(draft)
    honest = draft.curve.start + np.cumsum(draft.curve.net)
    if honest.min() < 0:
        draft.curve.start -= honest.min()
