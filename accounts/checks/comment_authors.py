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
    without_values,
)
from accounts.checks.placeholder_texts import PLACEHOLDERS, spellings

__all__ = ["comments_under_no_post", "one_author", "placeholder_authors", "unmarked_replies"]

FEWEST: Final = 5
MANY: Final = 10
POSTS: Final = 3
DIFFERENT: Final = 0.8
"""Share of the texts of one author that are others than those before: of a person or program few repeat."""

NOBODY: Final = frozenset({
    *PLACEHOLDERS, "anonymous", "anonymous user", "anon", "anonym", "anonyme", "anónimo", "anonimo",
    "anônimo", "аноним", "匿名", "匿名用户", "名無し", "익명", "guest", "user", "unknown user",
    "deleted user",
    "deleted account", "account deleted", "hidden user", "private user", "instagram user", "facebook user",
    "tiktok user", "youtube user", "desconocido", "usuario desconocido", "desconhecido", "inconnu",
    "utilisateur inconnu", "unbekannt", "sconosciuto", "неизвестно", "неизвестный", "bilinmeyen", "未知",
    "不明", "알 수 없음", "0", "-1", "?", "00000000-0000-0000-0000-000000000000",
})  # fmt: skip
"""What stands for the author of a comment where a source does not know or say it, in lower case."""

_NAMES_NOBODY: Final = pl.col("author_id").is_in(pl.Series([spellings(NOBODY)], dtype=pl.List(pl.String)))


@check(
    "comments",
    lambda rows: rows.count(rows.floats("author_is_none") == 1) >= POSTS,
    derived={"author_is_none": _NAMES_NOBODY},
)
def placeholder_authors(evidence: Evidence) -> Outcome:
    """Authors such as "unknown", "anonymous" or 0 on three comments or more are no authors: they are absent.

    >>> from accounts.tables import Tables
    >>> names = ("Anonymous", "Anonymous", "[deleted]")
    >>> comments = [{"account_id": "a", "author_id": name} for name in names]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], comments=comments))
    >>> placeholder_authors.examine(one).findings[0].rows
    3
    """
    nobodies = evidence.columns("comments", "account_id", "author_id").filter(_NAMES_NOBODY)
    rows, findings = [], []
    for name, part in findings_by_account(nobodies):
        if part.height >= POSTS:
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "placeholder_authors", "comments.author_id", part.height,
                    f"The author of {part.height} comments is {part['author_id'].mode().sort()[0]!r}: nobody;"
                    " who wrote them is taken as absent.", ("comments.author_id",),
                )
            )  # fmt: skip
    return without_values("comments", "author_id", rows, findings)


def _by_one_author(rows: TableArrays) -> Flags:
    """Accounts with ten comments or more that are not the creator's and all have one author."""
    others = rows.is_known("author_id") & ~(rows.floats("by_creator") == 1)
    many = rows.count(others) >= MANY
    if not many.any():
        return rows.nobody
    author = rows.frame["author"].to_numpy()
    least = np.minimum.reduceat(np.where(others, author, np.iinfo(np.uint64).max), rows.starts)
    most = np.maximum.reduceat(np.where(others, author, 0), rows.starts)
    one: Flags = many & (least == most)
    return one


@check("comments", _by_one_author, derived={"author": pl.col("author_id").hash(1)})
def one_author(evidence: Evidence) -> Outcome:
    """One author of ten different comments or more under three posts, and no other, was not collected.

    The creator's own aside. Four in five texts differ. As a single program may write them, nobody is cleared.

    >>> from accounts.tables import Tables
    >>> row = {"account_id": "a", "author_id": "u"}
    >>> rows = [row | {"post_id": f"p{at % 4}", "text": f"Loaf {at}"} for at in range(12)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], comments=rows))
    >>> one_author.examine(one).findings[0].rows
    12
    """
    comments = evidence.columns("comments", "account_id", "author_id", "post_id", "text", "by_creator")
    others = comments.filter(pl.col("author_id").is_not_null() & ~pl.col("by_creator").fill_null(value=False))
    rows, findings = [], []
    for name, part in findings_by_account(others):
        texts = part["text"].drop_nulls()
        varied = len(texts) >= MANY and texts.n_unique() >= DIFFERENT * len(texts)
        if varied and part["author_id"].n_unique() == 1 and part["post_id"].n_unique() >= POSTS:
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "one_author", "comments.author_id", part.height,
                    f"All {part.height} comments have one author, and nearly each says something else: who"
                    " wrote them was not collected, and is taken as absent.", ("comments.author_id",),
                    bars_clearing=True,
                )
            )  # fmt: skip
    return without_values("comments", "author_id", rows, findings)


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
