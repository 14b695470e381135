"""The comments table: a sample of the honest, bought and traded comments, and the creator's replies."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from accounts.simulation.draft import HOUR, CommenterGroup, Draft
from accounts.simulation.parameters import Floats, Ints
from accounts.simulation.text import (
    TextSupply,
    fan_texts,
    fluent_texts,
    language,
    phrase_texts,
    spam_texts,
    template_texts,
)
from accounts.simulation.word_lists import REPLIES

__all__ = ["CommentColumns", "sample_scheme_comments", "write_comments"]

PODS = ("pod", "roll_call")

# Odds of :data:`text.STYLES` of groups that do not write as the person's audience usually does.
STYLE_ODDS = {
    "entries": np.array([0.3, 0.4, 0.3, 8.0, 0.1, 0.1]),
    "storm": np.array([4.0, 0.3, 0.8, 0.3, 2.0, 4.0]),
    "pod": np.array([3.0, 4.0, 2.0, 0.2, 0.8, 0.6]),
    "roll_call": np.array([2.0, 6.0, 2.0, 0.2, 0.4, 0.4]),
}


@dataclass
class CommentColumns:
    """Columns of comment rows, one array per group of commenters.

    ``post_positions`` are positions in the account's posts, ``times`` seconds since 1970, ``authors``
    numbers of accounts; ``by_creator`` is 1 for the creator's replies, else 0.
    """

    post_positions: list[Ints] = field(default_factory=list)
    times: list[Floats] = field(default_factory=list)
    authors: list[Ints] = field(default_factory=list)
    likes: list[Floats] = field(default_factory=list)
    by_creator: list[Floats] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _honest_authors(draft: Draft, count: int, base: int) -> Ints:
    """Draw authors of honest comments: regular commenters, some far more often than others, and strangers."""
    rng = draft.rng
    returning = rng.random(count) < rng.uniform(0.15, 0.8)
    rank = np.floor(draft.person.regular_commenters ** rng.random(count)).astype(np.int64)
    return np.where(returning, base + rank, rng.integers(1 << 33, 1 << 47, count))


def _draw_delays(draft: Draft, group: CommenterGroup, count: int) -> Floats:
    """Draw the delays after the post, in seconds, with a heavy tail of the regime's shape."""
    median, spread = group.hours
    if draft.regime.delays == "lognormal":
        hours = median * 10 ** (spread * draft.rng.standard_normal(count))
    else:
        shape = 1.0 / max(spread, 0.1)
        hours = median * draft.rng.pareto(shape, count) / (2 ** (1 / shape) - 1)
    return np.asarray(hours * HOUR)


def _draw_texts(draft: Draft, group: CommenterGroup, count: int) -> list[str]:
    rng, person = draft.rng, draft.person
    speech = language(
        person.second_language if rng.random() < 0.12 else person.language, draft.regime.vocabulary_seed
    )
    vendor = np.random.default_rng((group.seed, 11))
    english = person.language == "en" or bool(vendor.random() < draft.regime.english_vendor_share)
    supply = TextSupply(group.seed, draft.regime.phrase_set, english)
    if group.style == "templates":
        return template_texts(rng, speech, count, supply)
    if group.style == "phrases":
        return phrase_texts(rng, speech, count, supply)
    if group.style == "fluent":
        return fluent_texts(rng, speech, count, supply, person.topic)
    if group.style == "spam":
        return spam_texts(rng, count)
    return fan_texts(rng, speech, count, STYLE_ODDS.get(group.style, person.styles), person.topic)


def _add_group(draft: Draft, group: CommenterGroup, share: float, base: int, rows: CommentColumns) -> None:
    """Add the sampled comments of one group of commenters."""
    rng, posts = draft.rng, draft.posts
    counts = rng.binomial(np.minimum(group.counts, 1e9).astype(np.int64), share)
    under = np.repeat(np.arange(len(posts)), counts)
    count = len(under)
    if count == 0:
        return
    turn = np.arange(count) - np.repeat(np.cumsum(counts) - counts, counts)
    if group.authors is None:
        authors = _honest_authors(draft, count, base)
    else:  # each member writes once per post; pods in nearly the same order
        reach = {"roll_call": 2, "pod": len(group.authors) // 4 + 1}.get(group.style, len(group.authors))
        first = rng.integers(0, reach, len(posts))[under]
        authors = group.authors[(first + _pod_order(rng, group, under, turn)) % len(group.authors)]
    born = posts.times[under]
    times = born + _draw_delays(draft, group, count)
    if group.style in PODS and group.authors is not None:  # in the order of their turns
        times = born + (turn + rng.random(count)) / counts[under] * group.hours[0] * 2 * HOUR
    late = times > draft.now
    times = np.where(late, born + rng.random(count) * (draft.now - born), times)
    loved = 1.0 if group.style in ("fans", "storm", *PODS) else 0.2
    rows.post_positions.append(under)
    rows.times.append(np.floor(times))
    rows.authors.append(authors)
    rows.likes.append(np.floor(rng.poisson(rng.gamma(0.25, 2.0, count)) * loved))
    rows.by_creator.append(np.zeros(count))
    rows.texts.extend(_draw_texts(draft, group, count))


def _pod_order(rng: np.random.Generator, group: CommenterGroup, under: Ints, turn: Ints) -> Ints:
    """The order in which members write; a roll call keeps it under every post, but for swapped neighbours."""
    if group.style != "roll_call":
        return turn
    return turn[np.lexsort((turn + rng.normal(0.0, 0.7, len(turn)), under))]


def _add_replies(draft: Draft, rows: CommentColumns, base: int) -> None:
    """Add the creator's replies: a person answers some comments, a program most, at once and alike."""
    rng = draft.rng
    if not rows.post_positions:
        return
    under, times = np.concatenate(rows.post_positions), np.concatenate(rows.times)
    positions = np.flatnonzero(rng.random(len(under)) < draft.reply_share)
    count = len(positions)
    if count == 0:
        return
    seconds = rng.uniform(2, 90, count) if draft.auto_replies else 10 ** rng.normal(3.9, 0.7, count)
    later = np.minimum(times[positions] + np.floor(seconds), draft.now)
    speech = language(draft.person.language, draft.regime.vocabulary_seed)
    if draft.auto_replies:
        phrases = rng.integers(0, len(REPLIES), int(rng.integers(1, 4)))
        texts = [
            REPLIES[phrases[at % len(phrases)]].format("🙏") for at in rng.integers(0, 99, count).tolist()
        ]
    else:
        texts = fan_texts(rng, speech, count, np.array([3.0, 1.0, 2.0, 0.5, 0.3, 0.3]), draft.person.topic)
    rows.post_positions.append(under[positions])
    rows.times.append(later)
    rows.authors.append(np.full(count, base - 1))
    rows.likes.append(rng.poisson(0.3, count).astype(np.float64))
    rows.by_creator.append(np.ones(count))
    rows.texts.extend(texts)


def write_comments(draft: Draft, target: int) -> CommentColumns:
    """Sample about ``target`` comments under the newest posts, replies included.

    >>> from accounts.simulation.draw_account import draw_account
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> comments = write_comments(draw_account(TRAIN, 1, 0, frozenset())[0], 50)
    >>> len(comments.texts) == sum(map(len, comments.times))
    True
    """
    posts, rows = draft.posts, CommentColumns()
    base = int(draft.rng.integers(1 << 20, 1 << 32))
    others = sum((group.counts for group in draft.commenter_groups), np.zeros(len(posts)))
    fans = np.maximum(posts.total("comments") - others, 0.0)
    median, spread = draft.regime.comment_delay_hours
    groups = [CommenterGroup("fans", fans, None, (median, spread)), *draft.commenter_groups]
    everything = np.maximum(posts.total("comments"), others)
    is_sampled = np.zeros(len(posts))
    is_sampled[-int(draft.rng.integers(4, 60)) :] = 1.0
    share = min(1.0, target / max(float((everything * is_sampled).sum()), 1.0))
    for group in groups:
        group.counts = group.counts * is_sampled
        _add_group(draft, group, share, base, rows)
    _add_replies(draft, rows, base)
    return rows


def sample_scheme_comments(draft: Draft, share: float) -> CommentColumns:
    """Sample the comments that schemes added, without those of the audience.

    Parameters
    ----------
    draft
        The account; every group of its commenters is sampled.
    share
        Share of the comments to sample; at most 1.
    """
    rows, base = CommentColumns(), int(draft.rng.integers(1 << 20, 1 << 32))
    for group in draft.commenter_groups:
        _add_group(draft, group, min(share, 1.0), base, rows)
    return rows
