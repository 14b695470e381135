"""Posts whose counts are somebody else's, or that stand out of their order."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["co_posts", "pinned_posts", "reposts"]

COUNTS: Final = ("likes", "comments", "views", "shares", "saves")
WORDS: Final = ("caption", "hashtags")
_PASSED_ON: Final = r"(?i)^(?:repost|retweet|reblog|share|boost|renote)(?:e?d)?$"
_REPOST: Final = (
    pl.col("is_repost").fill_null(value=False)
    | pl.col("kind").str.contains(_PASSED_ON)
    | pl.col("caption").str.contains(r"^\s*(?:RT|rt):? @")
).fill_null(value=False)


@check("posts", lambda rows: rows.any(rows.floats("is_others") == 1), derived={"is_others": _REPOST})
def reposts(evidence: Evidence) -> Outcome:
    """A repost carries the counts and the words of the original: they are absent, its time stays.

    Known by ``is_repost``, by its kind, or by "RT @" at its beginning.
    """
    return _without(
        (*COUNTS, *WORDS),
        "reposts",
        evidence.posts.filter(_REPOST),
        "reposts, whose counts and words are the original's",
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


def _without(columns: tuple[str, ...], check_name: str, wrong: pl.DataFrame, what: str) -> Outcome:
    counted = wrong.filter(pl.any_horizontal(pl.col(*columns).is_not_null()))
    findings = tuple(
        Finding(
            name, check_name, "posts", part.height, f"{part.height} {what}; these are left out.",
            (f"counts of {part.height} posts",),
        )
        for name, part in findings_by_account(counted)
    )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW], columns),), findings)
