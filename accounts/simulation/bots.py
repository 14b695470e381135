"""Bots, accounts that a program runs: content, reposts, comments, growth, follow cycles, fake followers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from accounts.simulation.draft import DAY, HOUR, Draft
from accounts.simulation.parameters import Floats
from accounts.simulation.text import language
from accounts.simulation.word_lists import TEMPLATES

__all__ = ["BOTS", "bot_times"]

RHYTHMS: Final = ("uniform", "regular", "waking", "mimic", "batch")
TAKEN_OVER_SHARE: Final = 0.25  # of content bots: accounts in which a person posted before the program


def bot_times(rng: np.random.Generator, count: int, now: float, span: float, rhythm: str) -> Floats:
    """Draw the times of ``count`` posts in the ``span`` seconds before ``now``, by one of :data:`RHYTHMS`.

    >>> times = bot_times(np.random.default_rng(0), 4, 1000.0, 400.0, "regular")
    >>> bool((np.diff(times) > 90).all())
    True
    """
    if rhythm == "uniform":
        back = rng.random(count) * span
    elif rhythm == "regular":
        every = span / max(count, 1)
        back = (np.arange(count) + rng.random()) * every + rng.normal(
            0, 10 ** rng.uniform(-4, -1.3), count
        ) * every
    elif rhythm == "batch":
        batches = max(int(count / rng.uniform(2, 12)), 1)
        begins = rng.random(batches) * span
        back = begins[rng.integers(0, batches, count)] - rng.integers(0, count, count) * 10 ** rng.uniform(
            0, 1.8
        )
    else:
        days = np.floor(rng.random(count) * max(span / DAY, 1.0)) * DAY
        back = days + _bot_hours(rng, count, rhythm) * HOUR
    return np.asarray(np.sort(np.floor(now - 60 - np.abs(back) % span)))


def _bot_hours(rng: np.random.Generator, count: int, rhythm: str) -> Floats:
    """Draw hours of the day: uniform over waking hours, or with the daily profile of people."""
    begin = rng.uniform(0, 24)
    if rhythm == "waking":
        return np.asarray((begin + rng.random(count) * rng.uniform(12, 19)) % 24)
    return np.asarray((begin + rng.vonmises(0, rng.uniform(0.4, 1.6), count) * 12 / np.pi) % 24)


def _reschedule(draft: Draft, rhythm: str, pace: float, first: int = 0) -> None:
    """Replace the times of the posts from the ``first`` on by a program's; the counts of each post stay."""
    posts, rng = draft.posts, draft.rng
    count = len(posts) - first
    if count <= 0:
        return
    span = 2 * DAY if draft.export.window else max((draft.now - posts.times[first]) / pace, DAY)
    earliest = max(draft.person.created, posts.times[first - 1] if first else 0.0)
    times = np.maximum(bot_times(rng, count, draft.now, span, rhythm), earliest)
    if rng.random() < 0.4 and rhythm != "mimic":
        grid = float(rng.choice([60.0, 60.0, 300.0, 900.0]))
        times = np.maximum(np.floor(times / grid) * grid + float(rng.integers(0, 4)), earliest)
    posts.times = np.concatenate([posts.times[:first], np.sort(np.minimum(times, draft.now))])


def _set_bot_hashtags(draft: Draft) -> None:
    """Replace the hashtags by a program's: more than most people write, and no more than many do."""
    tags = float(np.clip(np.round(10 ** draft.rng.normal(0.55, 0.4)), 1, 30))
    noise = draft.rng.normal(0, draft.rng.choice([0.0, 0.5, 3.0]), len(draft.posts))
    draft.posts.hashtags = np.clip(np.round(tags + noise), 0, 30)


def _post_headlines(draft: Draft) -> None:
    """Replace the times of the posts by a news bot's: one every 5 to 60 minutes, day and night."""
    posts, rng = draft.posts, draft.rng
    every = float(rng.choice([300, 600, 900, 900, 900, 1200, 1800, 3600]))
    late = rng.gamma(1.5, 10 ** rng.uniform(-0.3, 1.4), len(posts))
    slots = np.arange(len(posts)) + np.cumsum(rng.random(len(posts)) < rng.choice([0.0, 0.02, 0.1]))
    last = np.floor((draft.now - 60.0) / every) * every
    if draft.export.window:
        slots = slots % int(2 * DAY // every)
    times = last - slots * every + np.minimum(late, 0.4 * every)
    posts.times = np.sort(np.clip(np.floor(times), draft.person.created, draft.now))
    draft.person.total_posts = max(draft.person.total_posts, float(np.floor(10 ** rng.uniform(3.3, 5.5))))


def content_bot(draft: Draft) -> None:
    """Bot: publishes generated or fetched content, as headlines all day or in one of :data:`RHYTHMS`."""
    if len(draft.posts) and draft.export.platform in ("x", "other") and draft.rng.random() < 0.4:
        _post_headlines(draft)
        _reduce_engagement(draft, -2.0, -0.2)
        return
    first = 0
    if not draft.export.window and draft.rng.random() < TAKEN_OVER_SHARE:
        first = int(len(draft.posts) * draft.rng.uniform(0.2, 0.8))
    _reschedule(draft, RHYTHMS[int(draft.rng.integers(0, 5))], 10 ** draft.rng.uniform(-0.1, 1.2), first)
    if draft.rng.random() < 0.5:
        _repeat_captions(draft, int(draft.rng.integers(1, 8)))
    if draft.rng.random() < 0.5:
        _set_bot_hashtags(draft)
    _reduce_engagement(draft, -0.9, 0.2)


def repost_bot(draft: Draft) -> None:
    """Bot: republishes posts of others, with few captions, many hashtags, and fast."""
    _reschedule(draft, RHYTHMS[int(draft.rng.integers(0, 5))], 10 ** draft.rng.uniform(0.2, 1.6))
    _repeat_captions(draft, int(draft.rng.integers(2, 25)))
    _set_bot_hashtags(draft)
    draft.person.total_posts *= float(np.floor(10 ** draft.rng.uniform(0.3, 1.5)))
    _reduce_engagement(draft, -0.8, 0.2)


def comment_bot(draft: Draft) -> None:
    """Bot: comments elsewhere and answers here within seconds, and follows more accounts every day."""
    rng = draft.rng
    draft.auto_replies, draft.reply_share = True, float(rng.uniform(0.4, 1.0))
    pace = 10 ** rng.uniform(0.0, 1.4)
    grown = np.cumsum(rng.poisson(pace, draft.curve.days)).astype(np.float64)
    draft.curve.following = np.minimum(draft.curve.following * 0.3 + grown, draft.platform.following_cap)
    if rng.random() < 0.6:
        _set_bot_hashtags(draft)


def growth_bot(draft: Draft) -> None:
    """Bot: likes and follows users of a hashtag for its owner, who writes the posts.

    People who follow back chose to, so this is automation and not inflation.
    """
    rng, days = draft.rng, draft.curve.days
    followed = rng.poisson(draft.draw_log_uniform("follows_a_day") * 0.3, days) * (
        np.arange(days) >= draft.draw_day(0.6)
    )
    before = 10 ** rng.normal(3.1, 0.35)
    draft.curve.following = np.minimum(
        np.maximum(draft.curve.following, before) + np.cumsum(followed), draft.platform.following_cap
    )
    draft.curve.honest_gains += rng.poisson(followed * draft.draw_uniform("followed_back"))
    hashtags = 10 ** rng.normal(0.85, 0.35) * rng.gamma(2.0, 0.5, len(draft.posts))
    draft.posts.hashtags = np.maximum(draft.posts.hashtags, np.minimum(np.round(hashtags), 30))


def follow_unfollow(draft: Draft) -> None:
    """Bot: follows hundreds of accounts a day and unfollows them in cycles; some follow back and stay.

    These chose to follow, so this is automation and not inflation.
    """
    rng, days = draft.rng, draft.curve.days
    period, pace = int(draft.draw_uniform("follow_cycle_days")), draft.draw_log_uniform("follows_a_day")
    begin = draft.draw_day(0.6)
    phase = (np.arange(days) + int(rng.integers(0, period))) % (2 * period)
    running = np.arange(days) >= begin
    followed = rng.poisson(pace, days) * (phase < period) * running
    dropped = rng.poisson(pace * rng.uniform(0.8, 1.0), days) * (phase >= period) * running
    change = np.cumsum(followed - dropped).astype(np.float64)
    base = draft.curve.following + rng.uniform(0, 3000) * (rng.random() < 0.5)
    draft.curve.following = np.clip(base + change - min(change.min(), 0.0), 0, draft.platform.following_cap)
    draft.curve.honest_gains += rng.poisson(followed * draft.draw_uniform("followed_back")) - rng.poisson(
        dropped * rng.uniform(0.01, 0.12)
    )
    if rng.random() < 0.6:
        _set_bot_hashtags(draft)


def fake_follower(draft: Draft) -> None:
    """Bot: an account opened to be sold as a follower; its posts get hardly any engagement."""
    _reduce_engagement(draft, -1.4, -0.1)
    if len(draft.posts) and draft.rng.random() < 0.6:
        _reschedule(draft, RHYTHMS[int(draft.rng.integers(0, 5))], 10 ** draft.rng.uniform(0.0, 1.5))
        _repeat_captions(draft, int(draft.rng.integers(1, 10)))
    if draft.rng.random() < 0.4:  # pictures without hashtags
        draft.posts.hashtags = np.zeros(len(draft.posts))


def _reduce_engagement(draft: Draft, low: float, high: float) -> None:
    """Reduce the honest counts of all posts, by a factor of 10 to a power between ``low`` and ``high``."""
    factor = 10 ** draft.rng.uniform(low, high)
    for name, values in draft.posts.honest_counts.items():
        draft.posts.honest_counts[name] = draft.rng.binomial(
            values.astype(np.int64), min(factor, 1.0)
        ).astype(np.float64)


def _repeat_captions(draft: Draft, distinct: int) -> None:
    """Replace the captions by ``distinct`` ones in turn, or by one template with changing words."""
    posts, rng = draft.posts, draft.rng
    if len(posts) == 0:
        return
    stock = posts.captions[:distinct]
    if rng.random() < 0.4:
        speech = language(draft.person.language, draft.regime.vocabulary_seed)
        lines = TEMPLATES[draft.regime.phrase_set]
        line = lines[int(rng.integers(0, len(lines)))]
        words = rng.integers(0, 300, (distinct, 3)).tolist()
        stock = [
            line.format(adj=speech.words[a], noun=speech.words[b], emo=speech.words[c]) for a, b, c in words
        ]
    posts.captions = [stock[at % len(stock)] for at in rng.integers(0, 1 << 20, len(posts)).tolist()]


Bot = Callable[[Draft], None]
_BOTS: Final[tuple[Bot, ...]] = (
    content_bot,
    repost_bot,
    comment_bot,
    follow_unfollow,
    growth_bot,
    fake_follower,
)
BOTS: Final[Mapping[str, Bot]] = {bot.__name__: bot for bot in _BOTS}
