"""What would turn a verdict: the nearest change of the evidence with which it would be another one.

Nothing is estimated: copies of the account, each with one honest change, are judged by the same detector in
one batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from accounts.copies import numbered_copies
from accounts.tables import Tables
from detector.labels import Label
from detector.screening import Detector
from detector.verdict import authenticity_score
from features.comment_text import describe_texts
from reporting.numbers import DEFAULT_LOCALE, Numbers
from reporting.presentation import Presentation, present
from reporting.wording import LABEL_NAMES

__all__ = ["MOST_CHANGES", "Turning", "WhatTurns", "what_would_turn"]

LEFT_OUT: Final = {
    "audience": "the sample of followers was left out",
    "comments": "the comments were left out",
    "posts": "the posts and comments were left out",
    "history": "the follower history was left out",
}
"""Blocks in the order in which an account misses them least."""

MOST_CHANGES: Final = 3 + len(LEFT_OUT)
"""So many copies of the account are judged at most."""


@dataclass(frozen=True, kw_only=True)
class Turning:
    """One change, and what the account is called with it.

    Attributes
    ----------
    name
        explained_jump, engagement, repeated_comments, or without_audience and the like.
    condition
        The change, to follow "if".
    size
        How large it is: a share of what it touches; leaving a block out is larger than any other.
    label, label_name, score
        The verdict with it.
    turns
        Whether the label is another one.
    """

    name: str
    condition: str
    size: float
    label: Label
    label_name: str
    score: int | None
    turns: bool


@dataclass(frozen=True)
class WhatTurns:
    """All changes that were tried, the smallest first.

    Attributes
    ----------
    tried
        Each with its verdict.
    sentence
        The smallest one that gives another label; or that none does.
    """

    tried: tuple[Turning, ...]
    sentence: str


@dataclass(frozen=True)
class _Change:
    name: str
    condition: str
    size: float
    account: Tables


def what_would_turn(
    detector: Detector, verdict_document: Mapping[str, Any], tables: Tables, locale: str = DEFAULT_LOCALE
) -> WhatTurns:
    """Judge the account again with one change at a time.

    Parameters
    ----------
    detector
        The one that gave the verdict; another one answers for itself.
    verdict_document
        The verdict's JSON document.
    tables
        The account as it was judged.
    locale
        Of the reader.
    """
    account, numbers = tables.select([verdict_document["account_id"]]), Numbers(locale)
    shown = present(verdict_document, account, locale)
    changes = sorted(_changes(account, shown, numbers), key=lambda one: one.size)
    if not changes:
        return WhatTurns((), "There is no evidence to change.")
    predictions = detector.predict(numbered_copies(one.account for one in changes))
    judged = zip(predictions.decisions.labels, predictions.suspicion.tolist(), strict=True)
    tried = tuple(
        Turning(
            name=one.name, condition=one.condition, size=one.size, label=label, label_name=LABEL_NAMES[label],
            score=authenticity_score(label, None if np.isnan(suspicion) else suspicion),
            turns=label is not shown.label,
        )
        for one, (label, suspicion) in zip(changes, judged, strict=True)
    )  # fmt: skip
    return WhatTurns(tried, _sentence(tried, shown))


def _sentence(tried: tuple[Turning, ...], shown: Presentation) -> str:
    nearest = next((one for one in tried if one.turns), None)
    if nearest is None:
        if len(tried) == 1:
            return "The one change that was tried would not give another verdict."
        return f"None of {len(tried)} changes that were tried would give another verdict."
    score = "" if nearest.score is None else f", {nearest.score} of 100"
    return (
        f"If {nearest.condition}, the verdict would be “{nearest.label_name}”{score},"
        f" instead of “{shown.label_name}”."
    )


def _changes(account: Tables, shown: Presentation, numbers: Numbers) -> Iterator[_Change]:
    yield from _explained_jump(account, shown, numbers)
    yield from _other_engagement(account, shown, numbers)
    yield from _distinct_comments(account, numbers)
    yield from _without_blocks(account, shown)


def _explained_jump(account: Tables, shown: Presentation, numbers: Numbers) -> Iterator[_Change]:
    """The largest gain or loss on the page's curve that nobody explained yet."""
    picture = shown.growth
    free = [one for one in (picture.jumps if picture else ()) if not one.explained]
    if picture is None or not free:
        return
    jump = max(free, key=lambda one: abs(one.gained))
    row = {
        "account_id": shown.account_id, "kind": "press", "who": "-",
        "from": jump.start + timedelta(days=1), "to": jump.end,
    }  # fmt: skip
    more = pl.concat([account.annotations, Tables.of(annotations=[row]).annotations])
    share = abs(jump.gained) / max(picture.points[-1].followers, 1)
    days = numbers.days(jump.start, jump.end)
    moved = "gain" if jump.gained > 0 else "loss"
    condition = f"the {moved} of {numbers.count(abs(jump.gained))} followers from {days} was explained"
    yield _Change("explained_jump", condition, min(share, 1.0), replace(account, annotations=more))


def _other_engagement(account: Tables, shown: Presentation, numbers: Numbers) -> Iterator[_Change]:
    """Likes and comments at the nearer end of the published range, where they are outside."""
    yardstick = next((one for one in shown.part("engagement").yardsticks if one.name == "engagement"), None)
    if yardstick is None or yardstick.figure is None or yardstick.usual_figures is None:
        return
    rate, low, high = yardstick.figure.value, yardstick.usual_figures.low, yardstick.usual_figures.high
    target = (
        low.value if low is not None and rate < low.value else high.value if high and rate > high.value else 0
    )
    if not target or not rate:
        return
    factor, name = target / rate, "likes and comments a post were"
    scaled = account.posts.with_columns(
        (pl.col("likes", "comments") * factor).round().cast(pl.Int64)  # null stays null
    )
    end = "lower" if factor > 1 else "upper"
    condition = (
        f"{name} {_times(factor, numbers)} what they are, at the {end} end of the published range"
        f" ({yardstick.usual})"
    )
    size = 1.0 - min(factor, 1.0 / factor)
    yield _Change("engagement", condition, size, replace(account, posts=scaled))


def _times(factor: float, numbers: Numbers) -> str:
    """A factor in words; one near 1 has a figure more.

    >>> _times(0.26, Numbers()), _times(1.03, Numbers()), _times(12.3, Numbers())
    ('0.26 times', '1.03 times', '12 times')
    """
    return f"{numbers.figures(factor, 3 if 0.9 < factor < 1.1 else 2)} times"


def _distinct_comments(account: Tables, numbers: Numbers) -> Iterator[_Change]:
    """Each text of the comments once."""
    given = account.comments.with_row_index("row")
    worded = given.filter(pl.col("text").is_not_null())
    if not worded.height:
        return
    words = describe_texts(worded).select("row", "words", "emoji_only")
    again = words.filter(~pl.col("words").is_first_distinct() & ~pl.col("emoji_only"))["row"]
    if again.is_empty():
        return
    left = given.filter(~pl.col("row").is_in(again.implode())).drop("row")
    few = len(again) == 1
    found = "a comment that repeats" if few else f"{numbers.count(len(again))} comments that repeat"
    condition = f"{found} another one's text {'was' if few else 'were'} not there"
    yield _Change("repeated_comments", condition, len(again) / worded.height, replace(account, comments=left))


def _without_blocks(account: Tables, shown: Presentation) -> Iterator[_Change]:
    for place, (block, condition) in enumerate(LEFT_OUT.items()):
        if shown.verdict.evidence.blocks[block].present:
            names = (block, "comments") if block == "posts" else (block,)
            if block == "posts" and not account.comments.height:
                condition = "the posts were left out"  # noqa: PLW2901 - there is nothing else to leave out
            left = account.map(lambda name, frame, names=names: frame.clear() if name in names else frame)  # type: ignore[misc]
            yield _Change(f"without_{block}", condition, 1.0 + place, left)
