"""Comments: when they came, what they say, who wrote them, and how alike they are."""

from __future__ import annotations

from typing import Final

import polars as pl

from features.expressions import ratio
from features.views.base import FLOORS, Views, even, view, within
from features.wording import describe_texts

__all__ = ["authors", "comments", "pairs", "texts", "wording"]

TEXTS_SAMPLED: Final = 200
PAIRS_SAMPLED: Final = 60


@view("comments")
def comments(views: Views) -> pl.DataFrame:
    """One row per comment, oldest first.

    ``minutes`` after its post (null where either time is unknown, or the clock ran backwards),
    ``gap_minutes`` to the comment before under the same post, ``by_fan`` (false where the
    creator wrote it; true where nobody says).
    """
    posted = (
        views.keyed("posts")
        .filter(pl.col("post_id").is_not_null())
        .select("account", "post_id", posted_at="published_at")
    )
    frame = within(views.keyed("comments"), FLOORS["comments"])
    frame = _ordered(frame, "published_at", "post_id", "author_id", "text", "likes", "by_creator")
    frame = frame.join(posted, on=["account", "post_id"], how="left", maintain_order="left")
    minutes = (pl.col("published_at") - pl.col("posted_at")).dt.total_seconds().cast(pl.Float64) * (
        1.0 / 60.0
    )
    return frame.with_columns(
        by_fan=~pl.col("by_creator").fill_null(False),
        minutes=pl.when(minutes >= 0).then(minutes),
    )


def _ordered(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """Sorted by account and key; the sort over texts is skipped where the first key already decides."""
    first = frame.select(pl.struct("account", key[0]).is_duplicated().any()).item()
    return frame.sort("account", *(key if first else key[:1]), nulls_last=False)


@view("comments")
def wording(views: Views) -> pl.DataFrame:
    """An even sample of up to 200 of an account's fan comments with a text, oldest first.

    ``text``, ``words`` (normalised text), ``copies`` (comments in the sample with the same
    words), ``length`` in characters, and whether it is ``emoji_only``, ``mention_only``,
    ``praise`` (generic) or ``promotion``.
    """
    frame = views[comments].filter(pl.col("by_fan") & (pl.col("text").str.len_chars() > 0))
    frame = frame.filter(even(TEXTS_SAMPLED)).select(
        "account", "post_id", "author_id", "text", "published_at", "likes"
    )
    return describe_texts(frame)


@view("comments")
def texts(views: Views) -> pl.DataFrame:
    """One row per account and normalised text of the sample, in order of first appearance.

    ``text`` (as first written), ``copies`` (comments that say it), ``authors`` (how many people wrote them).
    """
    grouped = views[wording].group_by("account", "words", maintain_order=True)
    return grouped.agg(
        pl.col("text").first(),
        copies=pl.len().cast(pl.Int64),
        authors=pl.col("author_id").n_unique().cast(pl.Int64),
        known=pl.col("author_id").count(),
    )


@view("comments")
def authors(views: Views) -> pl.DataFrame:
    """One row per account and known author among the fans: ``comments`` and ``posts`` they wrote under.

    ``posts_sampled`` is the number of posts under which anything was supplied. Sorted by how
    much they wrote; ``author_id`` serves to tell them apart and is never shown.
    """
    frame = views[comments].filter("by_fan")
    sampled = frame.group_by("account").agg(
        posts_sampled=pl.col("post_id").drop_nulls().n_unique().cast(pl.Int64)
    )
    grouped = frame.filter(pl.col("author_id").is_not_null()).group_by("account", "author_id")
    counted = grouped.agg(
        comments=pl.len().cast(pl.Int64),
        posts=pl.col("post_id").drop_nulls().n_unique().cast(pl.Int64),
        first=pl.col("published_at").min(),
    )
    order = ["account", "posts", "comments", "first", "author_id"]
    return counted.join(sampled, on="account").sort(order, descending=[False, True, True, False, False])


@view("comments")
def pairs(views: Views) -> pl.DataFrame:
    """Up to 60 pairs of sampled comments per account, by even strides: ``jaccard`` of their tokens.

    ``text`` and ``other`` are the two; comments without a token make no pair.
    """
    frame = views[wording].filter(pl.col("tokens").list.len() > 0)
    row, n = pl.int_range(pl.len()).over("account"), pl.len().over("account").cast(pl.Int64)
    frame = frame.select("account", "text", "tokens", row=row, n=n)
    first = frame.filter(even(PAIRS_SAMPLED))
    other = first.with_columns(row=(pl.col("row") + pl.col("n") // 3 + 1) % pl.col("n"))
    matched = other.join(
        frame.select("account", "row", other="text", others="tokens"),
        on=["account", "row"],
        how="left",
        maintain_order="left",
    )
    shared = pl.col("tokens").list.set_intersection("others").list.len().cast(pl.Float64)
    union = (pl.col("tokens").list.len() + pl.col("others").list.len()).cast(pl.Float64) - shared
    return matched.filter(pl.col("n") > 1).select("account", "text", "other", jaccard=ratio(shared, union))
