"""Two clocks: comments dated before the post that they stand under."""

from __future__ import annotations

from typing import Final

import polars as pl

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

__all__ = ["comments_before_posts"]

SLACK: Final = "2m"
MOSTLY: Final = 0.2
FEWEST: Final = 3


@check("comments", pl.col("published_at").count() >= FEWEST)
def comments_before_posts(evidence: Evidence) -> Outcome:
    """Comments from before their post lose their time; where a fifth are, all do, as their clock is another.

    Two minutes are let pass. (Posts in local time and comments in UTC, or a post that was published again.)
    """
    posts = evidence.posts.select(OF_POST, posted="published_at").drop_nulls()
    dated = (
        evidence.comments.select("account_id", ROW, "published_at", OF_POST)
        .filter(pl.col("published_at").is_not_null())
        .join(posts, on="of_post", maintain_order="left")
    )
    early = pl.col("published_at") < pl.col("posted").dt.offset_by(f"-{SLACK}")
    marked = dated.with_columns(early=early)
    share = marked.group_by("account_id").agg(early=pl.col("early").sum(), rows=pl.len())
    clocks = share.filter((pl.col("early") >= FEWEST) & (pl.col("early") >= MOSTLY * pl.col("rows")))
    all_of = marked.join(clocks.select("account_id"), on="account_id", how="semi", maintain_order="left")
    some_of = marked.filter(pl.col("early")).join(clocks, on="account_id", how="anti", maintain_order="left")
    other_clock = "{early} of {n} comments are dated before their post: their clock is another and left out."
    findings = (
        *_findings(all_of, other_clock),
        *_findings(some_of, "{early} comments are dated before their post; these times are left out."),
    )
    rows = pl.concat([all_of[ROW], some_of[ROW]])
    return Outcome((Change("comments", rows, ("published_at",)),) if len(rows) else (), findings)


def _findings(rows: pl.DataFrame, sentence: str) -> list[Finding]:
    return [
        Finding(
            name, "comments_before_posts", "comments.published_at", part.height,
            sentence.format(early=int(part["early"].sum()), n=part.height), ("comments.published_at",),
        )
        for name, part in findings_by_account(rows)
    ]  # fmt: skip
