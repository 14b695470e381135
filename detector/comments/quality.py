"""What an account's comments are made of: shares of promotion, generic praise and machine-spun text.

The quality of comments is not the creator's doing: strangers leave advertisements under a star's posts.
Only what comes as bought comments come (the same authors, texts and minutes) speaks to the account, and is
counted apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Bools
from detector.comments.model import KINDS, CommentModel
from detector.json_result import Count, JsonResult, Share
from detector.threshold import clopper_pearson
from features.views.base import Views, accounts_of
from features.views.comments import wording
from features.views.rows import Runs, filter_rows

__all__ = [
    "BoughtLike",
    "CommentQuality",
    "CommentShare",
    "classified_comments",
    "comment_quality",
    "quality_of",
]

MINUTE: Final = 60_000_000  # microseconds
# Of the three signs, how many a comment must have to count as bought-like.
SIGNS: Final = 2


@dataclass(frozen=True, kw_only=True)
class CommentShare(JsonResult):
    """How many of the comments read are of one kind.

    Attributes
    ----------
    n
        Comments of this kind.
    share
        Of the comments read.
    interval
        Exact 95 % interval of the share (Clopper and Pearson).
    """

    n: Count
    share: Share
    interval: tuple[Share, Share]


@dataclass(frozen=True, kw_only=True)
class BoughtLike(JsonResult):
    """How comments of any of the three kinds came; absent authors, posts and times count for nothing.

    Attributes
    ----------
    same_authors
        By people who wrote another one of them.
    same_texts
        With a text that another one of them has.
    same_minutes
        Within a minute in which another one of them came, under the same post.
    n
        With two of these signs or more: comments that came as bought ones do.
    """

    same_authors: Count
    same_texts: Count
    same_minutes: Count
    n: Count


@dataclass(frozen=True, kw_only=True)
class CommentQuality(JsonResult):
    """What an account's comments are made of, by a model that reads them one by one.

    Attributes
    ----------
    read
        Comments that were read: up to 100 by others than the creator, evenly sampled.
    promotion
        Advertisements, scams, calls to follow or to visit something.
    generic
        Praise that would fit under any post.
    template
        Texts as machines spin them from stock.
    bought_like
        How those of any of the three kinds came.
    any_kind
        Comments of one of the three kinds or of several; null in verdicts of before 2026-11-30.
    """

    read: Count
    promotion: CommentShare
    generic: CommentShare
    template: CommentShare
    bought_like: BoughtLike
    any_kind: Count | None = None


def comment_quality(
    views: Views, model: CommentModel, accounts: Collection[int] | None = None
) -> dict[int, CommentQuality]:
    """The quality of each account's comments, by the account's position; without those with too few.

    Parameters
    ----------
    views
        Of the accounts.
    model
        Which judges the comments.
    accounts
        Positions of the accounts whose comments are read; None: of all.
    """
    return quality_of(classified_comments(views, model, accounts))


def classified_comments(
    views: Views, model: CommentModel, accounts: Collection[int] | None = None
) -> pl.DataFrame:
    """The comments that are read, with what each is: to count, and to show.

    Returns
    -------
    The columns of :data:`features.views.comments.wording`, and for each kind its probability
    (``p_promotion``, ...) and whether it counts (``is_promotion``, ...).
    """
    frame = views[wording]
    if accounts is not None:
        frame = filter_rows(frame, np.isin(accounts_of(frame), list(accounts)))
    probabilities = model.probabilities(frame["text"])
    counted = model.above_thresholds(probabilities)
    return frame.with_columns(
        column
        for at, kind in enumerate(KINDS)
        for column in (
            pl.Series(f"p_{kind}", probabilities[:, at]),
            pl.Series(f"is_{kind}", counted[:, at]),
        )
    )


def quality_of(judged: pl.DataFrame) -> dict[int, CommentQuality]:
    """The quality of each account's comments, from comments that were judged.

    Parameters
    ----------
    judged
        As :func:`classified_comments` gives it, the rows of an account together.

    Examples
    --------
    >>> comment = {"account": 0, "post_id": "p", "author_row": 0, "author_id": "a", "words": "dm me",
    ...            "published_at": None, "is_promotion": True, "is_generic": False, "is_template": False}
    >>> found = quality_of(pl.DataFrame([comment, comment | {"author_row": 1, "author_id": "b"}]))[0]
    >>> found.promotion.interval[0], found.bought_like.same_texts, found.bought_like.n
    (0.158..., 2, 0)
    """
    if not judged.height:
        return {}
    runs, signs = Runs.of(accounts_of(judged)), _signs(judged)
    kinds = {kind: judged[f"is_{kind}"].to_numpy() for kind in KINDS}
    shares, came = _summed(kinds, runs), _summed(signs, runs)
    any_kind = _summed({"any_kind": np.logical_or.reduce(list(kinds.values()))}, runs)["any_kind"]
    positions = judged["account"].to_numpy()[runs.first].tolist()
    return {
        position: CommentQuality(
            read=read,
            bought_like=BoughtLike(**{name: count[at] for name, count in came.items()}),
            **{kind: _share(count[at], read) for kind, count in shares.items()},
            any_kind=any_kind[at],
        )
        for at, (position, read) in enumerate(zip(positions, runs.size.tolist(), strict=True))
    }


def _summed(marks: Mapping[str, Bools], runs: Runs) -> dict[str, list[int]]:
    """How many rows of each run are marked, by mark."""
    return {name: np.add.reduceat(mark, runs.first, dtype=np.int64).tolist() for name, mark in marks.items()}


def _share(n: int, read: int) -> CommentShare:
    return CommentShare(n=n, share=n / read, interval=clopper_pearson(n, read))


def _signs(judged: pl.DataFrame) -> Mapping[str, Bools]:
    """For each comment of any kind, which others of its account it is like."""
    some = pl.any_horizontal(f"is_{kind}" for kind in KINDS)
    authored, dated = pl.col("author_id").is_not_null(), pl.col("published_at").is_not_null()
    minute = pl.col("published_at").cast(pl.Int64) // MINUTE
    shared = judged.select(
        same_authors=_shared(some & authored, "author_row"),
        same_texts=_shared(some, "words"),
        same_minutes=_shared(some & dated & pl.col("post_id").is_not_null(), "post_id", minute),
    )
    signs = {name: shared[name].to_numpy() for name in shared.columns}
    return signs | {"n": np.sum(list(signs.values()), axis=0) >= SIGNS}


def _shared(counts: pl.Expr, *keys: str | pl.Expr) -> pl.Expr:
    """Whether another comment that counts has the same keys under the same account."""
    return counts & (counts.sum().over("account", *keys) > 1)
