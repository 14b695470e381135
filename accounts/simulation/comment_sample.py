"""Comments as rows: who wrote under which post, when, and what; the creator's replies among them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from accounts.simulation.draft import HOUR, CommenterGroup, Draft
from accounts.simulation.parameters import Floats, Ints
from accounts.simulation.phrases import REPLIES
from accounts.simulation.text import (
    TextSupply,
    fan_texts,
    fluent_texts,
    language,
    phrase_texts,
    spam_texts,
    template_texts,
)

__all__ = ["CommentColumns", "sample_scheme_comments", "write_comments"]

PODS = ("pod", "roll_call")

# Odds of :data:`text.STYLES` where a crowd does not write as it usually does.
STYLE_ODDS = {
    "entries": np.array([0.3, 0.4, 0.3, 8.0, 0.1, 0.1]),
    "storm": np.array([4.0, 0.3, 0.8, 0.3, 2.0, 4.0]),
    "pod": np.array([3.0, 4.0, 2.0, 0.2, 0.8, 0.6]),
    "roll_call": np.array([2.0, 6.0, 2.0, 0.2, 0.4, 0.4]),
}


@dataclass
class CommentColumns:
    """Columns of comment rows, grown voice by voice."""

    post_positions: list[Ints] = field(default_factory=list)
    times: list[Floats] = field(default_factory=list)
    authors: list[Ints] = field(default_factory=list)
    likes: list[Floats] = field(default_factory=list)
    by_creator: list[Floats] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def _honest_authors(draft: Draft, count: int, base: int) -> Ints:
    """Authors of honest comments: a circle that returns, some far oftener, and passers-by."""
    rng = draft.rng
    returning = rng.random(count) < rng.uniform(0.15, 0.8)
    rank = np.floor(draft.person.regular_commenters ** rng.random(count)).astype(np.int64)
    return np.where(returning, base + rank, rng.integers(1 << 33, 1 << 47, count))


def _draw_delays(draft: Draft, voice: CommenterGroup, count: int) -> Floats:
    """Seconds after the post, heavy-tailed."""
    median, spread = voice.hours
    if draft.regime.delays == "lognormal":
        hours = median * 10 ** (spread * draft.rng.standard_normal(count))
    else:
        shape = 1.0 / max(spread, 0.1)
        hours = median * draft.rng.pareto(shape, count) / (2 ** (1 / shape) - 1)
    return np.asarray(hours * HOUR)


def _draw_texts(draft: Draft, voice: CommenterGroup, count: int) -> list[str]:
    rng, person = draft.rng, draft.person
    speech = language(
        person.second_language if rng.random() < 0.12 else person.language, draft.regime.vocabulary_seed
    )
    vendor = np.random.default_rng((voice.seed, 11))
    english = person.language == "en" or bool(vendor.random() < draft.regime.english_vendor_share)
    supply = TextSupply(voice.seed, draft.regime.phrase_set, english)
    if voice.style == "templates":
        return template_texts(rng, speech, count, supply)
    if voice.style == "phrases":
        return phrase_texts(rng, speech, count, supply)
    if voice.style == "fluent":
        return fluent_texts(rng, speech, count, supply, person.topic)
    if voice.style == "spam":
        return spam_texts(rng, count)
    return fan_texts(rng, speech, count, STYLE_ODDS.get(voice.style, person.styles), person.topic)


def _add_group(draft: Draft, voice: CommenterGroup, share: float, base: int, rows: CommentColumns) -> None:
    """The sampled comments of one voice."""
    rng, posts = draft.rng, draft.posts
    counts = rng.binomial(np.minimum(voice.counts, 1e9).astype(np.int64), share)
    under = np.repeat(np.arange(len(posts)), counts)
    count = len(under)
    if count == 0:
        return
    turn = np.arange(count) - np.repeat(np.cumsum(counts) - counts, counts)
    if voice.authors is None:
        authors = _honest_authors(draft, count, base)
    else:  # members write once under a post; of a pod much the same ones in the same order
        reach = {"roll_call": 2, "pod": len(voice.authors) // 4 + 1}.get(voice.style, len(voice.authors))
        first = rng.integers(0, reach, len(posts))[under]
        authors = voice.authors[(first + _pod_order(rng, voice, under, turn)) % len(voice.authors)]
    born = posts.times[under]
    times = born + _draw_delays(draft, voice, count)
    if voice.style in PODS and voice.authors is not None:  # the same order each time
        times = born + (turn + rng.random(count)) / counts[under] * voice.hours[0] * 2 * HOUR
    late = times > draft.now
    times = np.where(late, born + rng.random(count) * (draft.now - born), times)
    loved = 1.0 if voice.style in ("fans", "storm", *PODS) else 0.2
    rows.post_positions.append(under)
    rows.times.append(np.floor(times))
    rows.authors.append(authors)
    rows.likes.append(np.floor(rng.poisson(rng.gamma(0.25, 2.0, count)) * loved))
    rows.by_creator.append(np.zeros(count))
    rows.texts.extend(_draw_texts(draft, voice, count))


def _pod_order(rng: np.random.Generator, voice: CommenterGroup, under: Ints, turn: Ints) -> Ints:
    """Whose turn it is: of a roll call nearly the same order under every post, two neighbours swapped."""
    if voice.style != "roll_call":
        return turn
    return turn[np.lexsort((turn + rng.normal(0.0, 0.7, len(turn)), under))]


def _add_replies(draft: Draft, rows: CommentColumns, base: int) -> None:
    """The creator answers some; a program answers nearly all, at once and with few phrases."""
    rng = draft.rng
    if not rows.post_positions:
        return
    under, times = np.concatenate(rows.post_positions), np.concatenate(rows.times)
    answered = np.flatnonzero(rng.random(len(under)) < draft.reply_share)
    count = len(answered)
    if count == 0:
        return
    seconds = rng.uniform(2, 90, count) if draft.auto_replies else 10 ** rng.normal(3.9, 0.7, count)
    later = np.minimum(times[answered] + np.floor(seconds), draft.now)
    speech = language(draft.person.language, draft.regime.vocabulary_seed)
    if draft.auto_replies:
        phrases = rng.integers(0, len(REPLIES), int(rng.integers(1, 4)))
        texts = [
            REPLIES[phrases[at % len(phrases)]].format("🙏") for at in rng.integers(0, 99, count).tolist()
        ]
    else:
        texts = fan_texts(rng, speech, count, np.array([3.0, 1.0, 2.0, 0.5, 0.3, 0.3]), draft.person.topic)
    rows.post_positions.append(under[answered])
    rows.times.append(later)
    rows.authors.append(np.full(count, base - 1))
    rows.likes.append(rng.poisson(0.3, count).astype(np.float64))
    rows.by_creator.append(np.ones(count))
    rows.texts.extend(texts)


def write_comments(draft: Draft, target: int) -> CommentColumns:
    """About ``target`` comments, from the newest posts that hold so many."""
    posts, rows = draft.posts, CommentColumns()
    base = int(draft.rng.integers(1 << 20, 1 << 32))
    others = sum((voice.counts for voice in draft.commenter_groups), np.zeros(len(posts)))
    fans = np.maximum(posts.total("comments") - others, 0.0)
    median, spread = draft.regime.comment_delay_hours
    voices = [CommenterGroup("fans", fans, None, (median, spread)), *draft.commenter_groups]
    everything = np.maximum(posts.total("comments"), others)
    seen = np.zeros(len(posts))
    seen[-int(draft.rng.integers(4, 60)) :] = 1.0
    share = min(1.0, target / max(float((everything * seen).sum()), 1.0))
    for voice in voices:
        voice.counts = voice.counts * seen
        _add_group(draft, voice, share, base, rows)
    _add_replies(draft, rows, base)
    return rows


def sample_scheme_comments(draft: Draft, share: float) -> CommentColumns:
    """A sample of the comments that schemes brought, without those of the audience.

    Parameters
    ----------
    draft
        The account; each of its voices speaks.
    share
        Of the comments that are sampled.
    """
    rows, base = CommentColumns(), int(draft.rng.integers(1 << 20, 1 << 32))
    for voice in draft.commenter_groups:
        _add_group(draft, voice, min(share, 1.0), base, rows)
    return rows
