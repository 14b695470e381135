"""Rows that stand twice: a post in several lists, the pictures of a carousel, a comment, a total."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["repeated_comments", "repeated_posts", "total_rows"]

_COUNTS: Final = ("likes", "comments", "views")
_PUBLISHED: Final = pl.col("published_at")


@check("posts", _PUBLISHED.drop_nulls().n_unique() < _PUBLISHED.count())
def repeated_posts(evidence: Evidence) -> Outcome:
    """A post under several names stands once: equal in its second, its caption and its counts.

    Reels and posts are two lists of one profile; the pictures of a carousel share time, likes and caption.
    Counts that are absent in one of the rows do not tell them apart. What no count vouches for stays, since
    programs do publish one text twice within a second.

    >>> from datetime import datetime
    >>> from accounts.tables import Tables
    >>> post = {"account_id": "a", "published_at": datetime(2026, 10, 1, 9, 30, 5), "likes": 41}
    >>> rows = [post | {"post_id": "p1"}, post | {"post_id": "r1", "kind": "reel"}]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=rows))
    >>> repeated_posts.examine(one).changes[0].rows.to_list()
    [1]
    """
    dated = evidence.posts.filter(_PUBLISHED.is_not_null())
    first = dated.group_by("account_id", "published_at", maintain_order=True).first()
    beside = dated.join(
        first.select("account_id", "published_at", *_COUNTS, "caption", "row"),
        on=["account_id", "published_at"], suffix="_first", maintain_order="left",
    ).filter(pl.col(ROW) != pl.col(f"{ROW}_first"))  # fmt: skip
    same = pl.all_horizontal(
        (pl.col(name) == pl.col(f"{name}_first")) | pl.col(name).is_null() | pl.col(f"{name}_first").is_null()
        for name in _COUNTS
    )
    vouched = pl.any_horizontal(
        (pl.col(name) == pl.col(f"{name}_first")) & (pl.col(name) > 0) for name in _COUNTS
    )
    caption = pl.col("caption").eq_missing(pl.col("caption_first")) | pl.col("caption").fill_null("").eq("")
    wrong = beside.filter(same & vouched.fill_null(value=False) & caption)
    return _dropped(
        "repeated_posts", "posts", wrong,
        "{n} posts stand twice under other names (in two lists, or in a carousel); each counts once.",
    )  # fmt: skip


@check("comments", pl.struct("author_id", "text", "post_id", "published_at").n_unique() < pl.len())
def repeated_comments(evidence: Evidence) -> Outcome:
    """A comment that stands twice counts once: one author, text, post and second."""
    keys = ("account_id", "author_id", "text", "post_id", "published_at")
    whole = evidence.comments.filter(
        pl.col("author_id").is_not_null() & pl.col("text").is_not_null() & _PUBLISHED.is_not_null()
    )
    wrong = whole.filter(~pl.struct(keys).is_first_distinct())
    return _dropped(
        "repeated_comments", "comments", wrong, "{n} comments stand twice, to the second; each counts once."
    )


@check(
    "posts", pl.any_horizontal(pl.col(name).max() * 2 == pl.col(name).sum() for name in ("views", "likes"))
)
def total_rows(evidence: Evidence) -> Outcome:
    """A row that holds the sum of all others is no post: a table's total.

    It has no time, three posts or more stand beside it, and every count that it has is the others' sum.
    """
    wrong = []
    for _, part in findings_by_account(evidence.posts):
        for row in part.filter(_PUBLISHED.is_null()).iter_rows(named=True):
            others = part.filter(pl.col(ROW) != row[ROW])
            sums = [(row[name], others[name].sum()) for name in _COUNTS if row[name]]
            if others.height >= 2 and sums and all(own == total for own, total in sums):
                wrong.append(part.filter(pl.col(ROW) == row[ROW]))
    rows = pl.concat(wrong) if wrong else evidence.posts.clear()
    return _dropped(
        "total_rows", "posts", rows, "{n} row holds the sum of all other posts, a total; it is left out."
    )


def _dropped(name: str, table: str, wrong: pl.DataFrame, sentence: str) -> Outcome:
    findings = tuple(
        Finding(
            account_id,
            name,
            table,
            part.height,
            sentence.format(n=part.height),
            (f"{part.height} rows of {table}",),
        )
        for account_id, part in findings_by_account(wrong)
    )
    return Outcome((Change(table, wrong[ROW]),) if wrong.height else (), findings)
