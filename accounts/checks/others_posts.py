"""Posts whose counts are somebody else's, or that stand out of their order."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import polars as pl

from accounts.checks.arrays import Arrays
from accounts.checks.finding import (
    COUNTS,
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)
from accounts.checks.repost_words import RETWEETED, is_credited, is_marked, may_be_marked

__all__ = ["co_posts", "pinned_posts", "reposts"]

WORDS: Final = ("caption", "hashtags")
MOST: Final = 2 / 3
"""Share of the posts up to which their texts mark reposts."""
FIFTH: Final = 0.2
_PASSED_ON: Final = r"(?i)^(?:rt|(?:re-?post|re-?tweet|reblog|(?:re-?)?share|boost|renote)(?:e?d)?)$"
_MARKED: Final = (
    pl.col("is_repost").fill_null(value=False)
    | pl.col("kind").str.contains(_PASSED_ON)
    | pl.col("caption").str.contains(RETWEETED)
).fill_null(value=False)
_MAY_BE_REPOST: Final = (_MARKED | may_be_marked()).fill_null(value=False)


def _with_reposts(arrays: Arrays) -> Collection[str]:
    """Accounts with posts that are marked as somebody else's, in whatever way."""
    frame = arrays.tables.posts.select_seq("account_id", "is_repost", "kind", "caption").filter(
        _MAY_BE_REPOST
    )
    marked = frame.filter((_MARKED | is_marked() | is_credited()).fill_null(value=False))
    return frozenset(marked["account_id"].to_list())


@check(
    "posts",
    lambda rows: rows.any(rows.floats("may_be_others") == 1),
    _with_reposts,
    {"may_be_others": _MAY_BE_REPOST},
)
def reposts(evidence: Evidence) -> Outcome:
    """A repost carries the counts and the words of the original: they are absent, its time stays.

    Known by ``is_repost``, by its kind, or by its text: "RT @" at its beginning, "♻️ Repost @", "#regram",
    "via @" (not on X, where every site's button writes that), and what other languages say. Where over two
    thirds are so by their text, passing on is what the account does, and its counts are its own. As anybody
    may write so below any post, nobody is cleared where a fifth of the posts is known by such words alone.

    >>> from accounts.tables import Tables
    >>> captions = ["Rye", "♻️ Repost @bo: oat", "Seeds", "Oat, via @bo"]
    >>> posts = [{"account_id": "a", "likes": 9, "caption": caption} for caption in captions]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> reposts.examine(one).changes[0].rows.to_list()
    [1, 3]
    """
    on_x = evidence.accounts.filter(pl.col("platform") == "x")["account_id"]
    credited = is_credited() & ~pl.col("account_id").is_in(on_x.implode())
    named = (is_marked() | credited).fill_null(value=False)
    posts = evidence.posts.with_columns(marked=_MARKED, named=named & ~_MARKED)
    worded = pl.col("named") & (pl.col("named").mean().over("account_id") <= MOST)
    chosen = posts.filter(pl.col("marked") | worded)
    barred = posts.group_by("account_id").agg(pl.col("named").mean()).filter(pl.col("named") >= FIFTH)
    return _without(
        (*COUNTS, *WORDS),
        "reposts",
        chosen,
        "reposts, whose counts and words are the original's",
        frozenset(barred["account_id"].to_list()),
    )


@check("posts", lambda rows: rows.any(rows.floats("is_collab") == 1))
def co_posts(evidence: Evidence) -> Outcome:
    """A post shared with another account earns what both audiences give: its counts are absent."""
    shared = evidence.posts.filter(pl.col("is_collab"))
    return _without(
        COUNTS, "co_posts", shared, "posts shared with another account, whose audience counts, too"
    )


@check("posts", lambda rows: rows.any(rows.floats("is_pinned") == 1))
def pinned_posts(evidence: Evidence) -> Outcome:
    """A pinned post that is older than all others of the sample was chosen, and is left out."""
    rows = []
    for _, part in findings_by_account(evidence.posts):
        others = part.filter(~pl.col("is_pinned").fill_null(value=False))
        oldest = others["published_at"].min()
        if others.height >= 5 and oldest is not None:
            rows.append(part.filter(pl.col("is_pinned") & (pl.col("published_at") < oldest)))
    wrong = pl.concat(rows) if rows else evidence.posts.clear()
    findings = tuple(
        Finding(
            name, "pinned_posts", "posts", part.height,
            f"{part.height} pinned posts are older than all others given: chosen ones, left out.",
            (f"{part.height} rows of posts",),
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW]),) if wrong.height else (), findings)


def _without(
    columns: tuple[str, ...], check_name: str, wrong: pl.DataFrame, what: str, barred: Collection[str] = ()
) -> Outcome:
    counted = wrong.filter(pl.any_horizontal(pl.col(*columns).is_not_null()))
    findings = tuple(
        Finding(
            name, check_name, "posts", part.height, f"{part.height} {what}; these are left out.",
            (f"counts of {part.height} posts",), bars_clearing=name in barred,
        )
        for name, part in findings_by_account(counted)
    )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW], columns),), findings)
