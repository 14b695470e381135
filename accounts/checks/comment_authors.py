"""Who wrote a comment, and under what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, TableArrays
from accounts.checks.finding import (
    OF_POST,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)

__all__ = ["comments_under_no_post", "unmarked_replies"]

FEWEST: Final = 5


def _unmarked(rows: TableArrays) -> Flags:
    """Accounts with a comment whose author is known, and not whether that is the creator."""
    return rows.any(~rows.is_known("by_creator") & rows.is_known("author_id"))


@check("comments", _unmarked)
def unmarked_replies(evidence: Evidence) -> Outcome:
    """Comments whose author bears the account's own name are the creator's, although nothing marks them.

    Its ``account_id``, ``platform_id`` or ``username``, with or without "@" and what stands before a colon.
    """
    own = evidence.accounts.select(
        "account_id",
        own=pl.concat_list(
            pl.col("account_id").str.split(":").list.last(), pl.col("platform_id").fill_null(""),
            pl.col("username").fill_null("").str.strip_prefix("@"),
        ),
    )  # fmt: skip
    comments = evidence.columns("comments", "account_id", "by_creator", "author_id")
    unmarked = comments.filter(pl.col("by_creator").is_null() & pl.col("author_id").is_not_null())
    mine = unmarked.join(own, on="account_id", maintain_order="left").filter(
        pl.col("own").list.contains(pl.col("author_id").str.strip_prefix("@")) & (pl.col("author_id") != "")
    )
    findings = tuple(
        Finding(
            name, "unmarked_replies", "comments.by_creator", part.height,
            f"{part.height} comments are by the account itself; they count as its replies.",
        )
        for name, part in findings_by_account(mine)
    )  # fmt: skip
    values = pl.DataFrame({"by_creator": [True] * mine.height}, schema={"by_creator": pl.Boolean})
    return Outcome((Change("comments", mine[ROW], values=values),), findings)


def _with_post(rows: TableArrays) -> Flags:
    """Accounts with enough comments whose post is named."""
    return np.greater_equal(rows.count(rows.is_known("post_id")), FEWEST)


def _none_placed(arrays: Arrays) -> Collection[str]:
    """Accounts of which posts were given, and no comment stands under one of them."""
    comments, of_posts = arrays["comments"], arrays.posts_of_comments
    stray = comments.names(~comments.any(of_posts.row >= 0))
    return {*of_posts.unclear, *(frozenset(arrays["posts"].owners).intersection(stray) if stray else ())}


@check("comments", _with_post, _none_placed)
def comments_under_no_post(evidence: Evidence) -> Outcome:
    """Comments of which none refers to a post that was given cannot be placed: their ids were rounded.

    A spreadsheet keeps fifteen figures of an id. Nothing is left out; what needs the post is absent anyway.
    """
    posts = evidence.columns("posts", "account_id", OF_POST)
    supplied = posts.select("account_id").unique()
    given = evidence.columns("comments", "account_id", "post_id", OF_POST).filter(
        pl.col("post_id").is_not_null()
    )
    # Most accounts have a post for their very first comment: the others are few.
    first = given.unique("account_id", keep="first").select("account_id", OF_POST)
    unsure = first.join(posts, on="of_post", how="anti").select("account_id")
    given = given.join(unsure, on="account_id", how="semi", maintain_order="left")
    placed = given.join(posts, on="of_post", how="semi").select("account_id").unique()
    stray = given.join(supplied, on="account_id", how="semi").join(placed, on="account_id", how="anti")
    return Outcome(
        findings=tuple(
            Finding(
                name, "comments_under_no_post", "comments.post_id", part.height,
                f"None of the {part.height} comments refers to a post that was given, such as"
                f" {part['post_id'][0]!r}: ids that went through a spreadsheet are rounded.",
            )
            for name, part in findings_by_account(stray.sort(ROW))
        )
    )  # fmt: skip
