"""The comments table: a sample of the honest, bought and traded comments, and the creator's replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy.special import ndtr, ndtri

from accounts.simulation.draft import HOUR, CommenterGroup, Draft
from accounts.simulation.parameters import CommentOrder, Floats, Ints, weighted_choice
from accounts.simulation.text import (
    TextSupply,
    fan_texts,
    fluent_texts,
    language,
    phrase_texts,
    repeat_lines,
    spam_texts,
    template_texts,
)
from accounts.simulation.word_lists import REPLIES

__all__ = ["CommentColumns", "sample_scheme_comments", "write_comments"]

PODS = ("pod", "roll_call")

CHANT_WORDS = 4
CHANT_ODDS: Final = np.array([0.6, 2.5, 2.5, 0.6, 0.4, 0.3])
"""Odds of :data:`text.STYLES` in a chorus, over those of other audiences."""
CHORUS_HASTE: Final = (-1.5, 0.2)
"""Powers of ten between which lies how much sooner than others a chorus comes: it waits for the post."""

GRID: Final = 10.0 ** np.linspace(-3.0, 5.0, 161)
"""Hours after a post at which it is known how many of its comments have come."""

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


@dataclass(frozen=True)
class _Delays:
    """How long after a post the comments of a group come, in hours: a heavy tail of the regime's shape."""

    median: float
    spread: float
    is_lognormal: bool
    in_turn: bool

    @classmethod
    def of(cls, draft: Draft, group: CommenterGroup) -> _Delays:
        """Those of a group: members of a pod write in turn, for twice the median."""
        in_turn = group.style in PODS and group.authors is not None
        return cls(*group.hours, draft.regime.delays == "lognormal", in_turn)

    def come(self, hours: Floats) -> Floats:
        """The share of the comments that has come by then."""
        if self.in_turn:
            return np.clip(hours / (2.0 * self.median), 0.0, 1.0)
        if self.is_lognormal:
            return np.asarray(ndtr(np.log10(hours / self.median) / self.spread))
        return np.asarray(1.0 - (1.0 + hours / self._scale) ** -self._shape)

    def hours(self, share: Floats) -> Floats:
        """When this share has come."""
        if self.in_turn:
            return share * 2.0 * self.median
        if self.is_lognormal:
            return np.asarray(self.median * 10.0 ** (self.spread * ndtri(share)))
        return np.asarray(self._scale * ((1.0 - share) ** (-1.0 / self._shape) - 1.0))

    @property
    def _shape(self) -> float:
        return 1.0 / max(self.spread, 0.1)

    @property
    def _scale(self) -> float:
        return self.median / float(2.0 ** (1.0 / self._shape) - 1.0)


@dataclass(frozen=True)
class _Collected:
    """Which comments of a group an export holds: of each post those from one share of all to another."""

    low: Floats | float
    high: Floats | float
    part: float = 1.0
    """Of these."""


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
    odds = STYLE_ODDS.get(group.style, person.styles) * (CHANT_ODDS if group.is_chorus else 1.0)
    texts = fan_texts(rng, speech, count, odds, person.topic)
    if group.is_chorus:
        short = [text for text in texts if len(text.split()) <= CHANT_WORDS]
        texts = repeat_lines(rng, texts, short[: int(rng.integers(3, 11))], rng.beta(1.0, 4.0))
    return texts


def _add_group(
    draft: Draft, group: CommenterGroup, collected: _Collected, base: int, rows: CommentColumns
) -> None:
    """Add the sampled comments of one group of commenters."""
    rng, posts, delays = draft.rng, draft.posts, _Delays.of(draft, group)
    low, high = (np.broadcast_to(edge, len(posts)) for edge in (collected.low, collected.high))
    counts = rng.binomial(np.minimum(group.counts, 1e9).astype(np.int64), collected.part * (high - low))
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
    place = rng.random(count)
    if delays.in_turn:
        place = (turn + place) / counts[under]
    times = born + HOUR * delays.hours(low[under] + place * (high - low)[under])
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


def _collect(
    draft: Draft, groups: list[CommenterGroup], share: float, order: CommentOrder
) -> list[_Collected]:
    """What an export holds of each group's comments: a share of all, or as many that came first or last.

    In an order it holds up to so many of each post, whoever wrote them.
    """
    counts = np.array([group.counts for group in groups])
    each = counts.sum(axis=0)
    if order == "any" or not each.any():
        return [_Collected(0.0, 1.0, share)] * len(groups)
    few = np.sort(each)  # so many of each post, that all of them come to the share
    most = np.interp(share * few.sum(), np.cumsum(few) + few * np.arange(few.size)[::-1], few)
    wanted = np.minimum(each, most) if order == "oldest" else each - np.minimum(each, most)
    come = np.array([_Delays.of(draft, group).come(GRID) for group in groups])
    at = np.minimum((counts.T @ come < wanted[:, None]).sum(axis=1), GRID.size - 1)
    return [_Collected(0.0, one[at]) if order == "oldest" else _Collected(one[at], 1.0) for one in come]


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
    median = draft.regime.draw(draft.rng, draft.platform.comment_hours)
    is_chorus = bool(draft.rng.random() < draft.regime.chorus_share)
    if is_chorus:
        median *= 10 ** draft.rng.uniform(*CHORUS_HASTE)
    hours = median, draft.regime.comment_spread
    groups = [CommenterGroup("fans", fans, None, hours, is_chorus=is_chorus), *draft.commenter_groups]
    everything = np.maximum(posts.total("comments"), others)
    is_sampled = np.zeros(len(posts))
    is_sampled[-int(draft.rng.integers(4, 60)) :] = 1.0
    share = min(1.0, target / max(float((everything * is_sampled).sum()), 1.0))
    for group in groups:
        group.counts = group.counts * is_sampled
    order = weighted_choice(draft.rng, draft.regime.comment_orders)
    for group, collected in zip(groups, _collect(draft, groups, share, order), strict=True):
        _add_group(draft, group, collected, base, rows)
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
        _add_group(draft, group, _Collected(0.0, 1.0, min(share, 1.0)), base, rows)
    return rows
