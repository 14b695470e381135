"""Rows that are no posts or comments of the account, or stand twice."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.tables import Tables
from benchmarks.quality.distortions.distortion import Distortion, every_nth, some_of, with_columns, with_rows

__all__ = ["ROWS"]

_KNOWN: Final = ("likes", "comments", "views")


def reposts(tables: Tables) -> Tables:
    """Every second post is somebody else's: no likes, the original's shares, "RT" before its text."""
    at = every_nth(2)
    shares = 2_000 + pl.int_range(pl.len()) * 7_919 % 88_000
    text = pl.concat_str(pl.lit("RT @somebody: "), pl.col("caption").fill_null("so true"))
    return with_columns(
        tables, "posts",
        likes=pl.when(at).then(0).otherwise("likes"), comments=pl.when(at).then(0).otherwise("comments"),
        shares=pl.when(at).then(shares).otherwise("shares"),
        caption=pl.when(at).then(text).otherwise("caption"),
    )  # fmt: skip


def originals(tables: Tables) -> Tables:
    """Every second post is marked as a repost, and has a hundred times the counts."""
    at = every_nth(2)
    counts = {name: pl.when(at).then(pl.col(name) * 100).otherwise(name) for name in _KNOWN}
    return with_columns(tables, "posts", kind=pl.when(at).then(pl.lit("retweet")).otherwise("kind"), **counts)


def co_posts(tables: Tables) -> Tables:
    """Every third post is marked as shared with a larger account."""
    at = every_nth(3)
    counts = {name: pl.when(at).then(pl.col(name) * 30).otherwise(name) for name in _KNOWN}
    return with_columns(tables, "posts", is_collab=at, **counts)


def again(name: str, chosen: pl.DataFrame) -> pl.DataFrame:
    """Rows under other names."""
    return chosen.with_columns(post_id=pl.concat_str(pl.lit(f"{name}-"), "post_id"))


def carousels(tables: Tables) -> Tables:
    """A third of the posts stands with four further pictures."""
    chosen = tables.posts.filter(every_nth(3))
    return with_rows(tables, "posts", pl.concat([again(f"picture{at}", chosen) for at in range(4)]))


def carousels_a_second_apart(tables: Tables) -> Tables:
    """The same, each picture a second after the one before, as they were uploaded."""
    chosen = tables.posts.filter(every_nth(3))
    rows = [
        again(f"picture{at}", chosen.with_columns(pl.col("published_at").dt.offset_by(f"-{at}s")))
        for at in range(1, 5)
    ]
    return with_rows(tables, "posts", pl.concat(rows))


def reels(tables: Tables) -> Tables:
    """Three in five posts stand once more as reels."""
    chosen = tables.posts.filter(pl.lit(some_of(tables.posts, 0.6)))
    return with_rows(tables, "posts", again("reel", chosen).with_columns(kind=pl.lit("reel")))


def reels_later(tables: Tables) -> Tables:
    """The same, the second list read an hour later: a few likes and views more, and no caption."""
    chosen = again("reel", tables.posts.filter(pl.lit(some_of(tables.posts, 0.6))))
    more = {name: pl.col(name) + pl.col(name) // 300 + 1 for name in ("likes", "views")}
    return with_rows(tables, "posts", chosen.with_columns(kind=pl.lit("reel"), caption=None, **more))


def total(tables: Tables) -> Tables:
    """A row with the sums of all posts."""
    sums = tables.posts.group_by("account_id", maintain_order=True).agg(pl.col(*_KNOWN).sum())
    absent = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in tables.posts.schema.items()
        if name not in {"account_id", *_KNOWN}
    ]
    rows = sums.with_columns(absent).with_columns(post_id=pl.lit("Total"))
    return with_rows(tables, "posts", rows)


def pinned(tables: Tables) -> Tables:
    """The best post of five years ago stands first."""
    best = tables.posts.filter(pl.col("likes").rank("ordinal", descending=True).over("account_id") == 1)
    old = best.with_columns(
        published_at=pl.col("published_at").dt.offset_by("-5y"), is_pinned=True,
        **{name: pl.col(name) * 12 for name in _KNOWN},
    )  # fmt: skip
    return with_rows(tables, "posts", again("pinned", old))


def same_comments(tables: Tables) -> Tables:
    """A quarter of the comments stands twice."""
    return with_rows(tables, "comments", tables.comments.filter(pl.lit(some_of(tables.comments, 0.25))))


def own_replies(tables: Tables) -> Tables:
    """A fifth of the comments is the creator's own, and nothing but its author's name says so."""
    at = every_nth(5)
    return with_columns(
        tables, "comments",
        by_creator=pl.when(at).then(None).otherwise("by_creator"),
        author_id=pl.when(at).then("account_id").otherwise("author_id"),
    )  # fmt: skip


def rounded_ids(tables: Tables) -> Tables:
    """A spreadsheet has rounded the posts that comments refer to."""
    return with_columns(tables, "comments", post_id=pl.lit("7140000000000000000"))


ROWS: Final = (
    Distortion("posts: every second a repost by its text", reposts),
    Distortion("posts: every second a repost by its kind", originals),
    Distortion("posts: every third with a larger account", co_posts),
    Distortion("posts: pictures of carousels", carousels),
    Distortion("posts: pictures of carousels, a second apart", carousels_a_second_apart),
    Distortion("posts: reels in two lists", reels),
    Distortion("posts: reels in two lists, read one after the other", reels_later),
    Distortion("posts: a total row", total),
    Distortion("posts: a pinned one of five years ago", pinned),
    Distortion("comments: a quarter stands twice", same_comments),
    Distortion("comments: own replies not marked", own_replies),
    Distortion("comments: rounded ids", rounded_ids),
)
