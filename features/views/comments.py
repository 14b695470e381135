"""Comments: when they came, what they say, who wrote them, and how alike they are."""

from __future__ import annotations

from functools import cache
from math import comb
from typing import Final

import numpy as np
import polars as pl

from features.expressions import ratio
from features.views.base import FLOORS, Views, even, ordered, strided, view, within
from features.wording import describe_texts

__all__ = ["authors", "comments", "pairs", "texts", "wording"]

TEXTS_SAMPLED: Final = 128
PAIRS_SAMPLED: Final = 48
RAREFIED_TO: Final = 15


@view("comments")
def comments(views: Views) -> pl.DataFrame:
    """One row per comment, oldest first.

    ``minutes`` after its post (null where either time is unknown, or the clock ran backwards),
    ``by_fan`` (false where the creator wrote it; true where nobody says).
    """
    frame = within(views.keyed("comments"), FLOORS["comments"])
    frame = ordered(frame, "published_at", "post_id", "author_id", "text", "likes", "by_creator")
    posted = views.keyed("posts").select("account", "post_id", posted_at="published_at")
    return frame.join(posted, on=["account", "post_id"], how="left", maintain_order="left").with_columns(
        _timed()
    )


@cache
def _timed() -> tuple[pl.Expr, ...]:
    seconds = (pl.col("published_at") - pl.col("posted_at")).dt.total_seconds().cast(pl.Float64)
    return (
        pl.when(seconds >= 0).then(seconds * (1.0 / 60.0)).alias("minutes"),
        (~pl.col("by_creator").fill_null(False)).alias("by_fan"),
    )


@view("comments")
def wording(views: Views) -> pl.DataFrame:
    """An even sample of up to 128 of an account's fan comments with a text, oldest first.

    ``text``, ``words`` (normalised text), ``tokens`` (its words), ``length`` in characters, and
    whether it is ``emoji_only``, ``mention_only``, ``praise`` (generic) or ``promotion``.
    """
    frame = views[comments].filter(pl.col("by_fan") & (pl.col("text").str.len_bytes() > 0))
    return describe_texts(even(frame, TEXTS_SAMPLED))


@view("comments")
def texts(views: Views) -> pl.DataFrame:
    """One row per account and normalised text of the sample, in order of first appearance.

    ``text`` (as first written), ``copies`` (comments that say it), ``authors`` (how many people
    wrote them), ``known`` (comments of known authors), ``drawn`` (chance that it is among 15
    comments drawn without replacement; null under 15).
    """
    frame = (
        views[wording]
        .group_by("account", "words", maintain_order=True)
        .agg(
            pl.col("text").first(),
            pl.len().cast(pl.Int64).alias("copies"),
            pl.col("author_id").n_unique().cast(pl.Int64).alias("authors"),
            pl.col("author_id").count().cast(pl.Int64).alias("known"),
        )
    )
    total = pl.col("copies").sum().over("account")
    cell = frame.select(total * (TEXTS_SAMPLED + 1) + pl.col("copies")).to_series()
    return frame.with_columns(drawn=_drawn().gather(cell))


@cache
def _drawn() -> pl.Series:
    """Chance of a text with u of n copies to be among 15 drawn, at n * (sample size + 1) + u."""
    size, k = TEXTS_SAMPLED + 1, RAREFIED_TO
    table = [
        1.0 - comb(n - u, k) / comb(n, k) if u <= n >= k else None for n in range(size) for u in range(size)
    ]
    return pl.Series(table, dtype=pl.Float64)


@view("comments")
def authors(views: Views) -> pl.DataFrame:
    """One row per account and known author among the fans: ``comments`` and ``posts`` they wrote under.

    ``posts_sampled`` is the number of posts under which anything was supplied. Those who wrote
    under most posts come first; ``author_id`` serves to tell them apart and is never shown.
    """
    known = views[comments].filter(pl.col("by_fan") & pl.col("author_id").is_not_null())
    under = known.group_by("account", "author_id", "post_id").agg(
        n=pl.len().cast(pl.Int64), first=pl.col("published_at").min()
    )
    named = pl.col("post_id").is_not_null()
    counted = under.group_by("account", "author_id").agg(
        comments=pl.col("n").sum(), posts=named.sum().cast(pl.Int64), first=pl.col("first").min()
    )
    sampled = (
        under.filter(named)
        .select("account", "post_id")
        .unique()
        .group_by("account")
        .agg(posts_sampled=pl.len().cast(pl.Int64))
    )
    frame = counted.join(sampled, on="account", how="left")
    return frame.sort(
        "account", "posts", "comments", "first", "author_id", descending=[False, True, True, False, False]
    )


@view("comments")
def pairs(views: Views) -> pl.DataFrame:
    """Up to 48 pairs of sampled comments per account, by even strides: ``jaccard`` of their tokens.

    ``text`` and ``other`` are the two; each is paired with the one a third of the sample later.
    """
    frame = views[wording]
    account = frame["account"].to_numpy()
    size = np.bincount(account)
    first = np.cumsum(size) - size
    row = np.arange(account.size) - first[account]
    left = np.flatnonzero(strided(row, size[account], PAIRS_SAMPLED) & (size[account] > 1))
    n = size[account[left]]
    right = first[account[left]] + (row[left] + n // 3 + 1) % n
    paired = pl.concat(
        [
            frame.select(pl.col("account", "text", "tokens").gather(left)),
            frame.select(
                pl.col("text").gather(right).alias("other"), pl.col("tokens").gather(right).alias("others")
            ),
        ],
        how="horizontal",
    )
    shared = pl.col("tokens").list.set_intersection("others").list.len().cast(pl.Float64)
    union = pl.col("tokens").list.set_union("others").list.len().cast(pl.Float64)
    return paired.select("account", "text", "other", jaccard=ratio(shared, union))
