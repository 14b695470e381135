"""Views that were not counted, or counted in two ways within one account."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.checks.times import seconds

__all__ = ["COUNTER_CHANGES", "changed_view_counter", "uncounted_views"]

COUNTER_CHANGES: Final = MappingProxyType({
    ("youtube", "short"): dt.datetime(2025, 3, 31, tzinfo=dt.UTC),
    ("instagram", "reel"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
    ("instagram", "video"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
})  # fmt: skip
"""From when a platform counts views of a kind of post otherwise: every start of a Short (YouTube, announced
2025-03-26); "views" instead of plays (Instagram, August 2024)."""

DIFFERENT: Final = 1.5
FEWEST: Final = 3
_FIRST: Final = min(COUNTER_CHANGES.values())


@check("posts", ((pl.col("views") == 0) & (pl.col("likes") > 0)).any())
def uncounted_views(evidence: Evidence) -> Outcome:
    """Zero views of a post with likes were not counted: whoever likes a post has seen it.

    >>> from accounts.tables import Tables
    >>> post = {"account_id": "a", "post_id": "p", "likes": 10_060, "views": 0}
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=[post]))
    >>> uncounted_views.examine(one).findings[0].sentence
    '1 post has likes with 0 views, such as p (10,060 likes): its views are taken as absent.'
    """
    wrong = evidence.posts.filter((pl.col("views") == 0) & (pl.col("likes") > 0))
    findings = []
    for name, part in findings_by_account(wrong):
        most = part.sort("likes", descending=True).row(0, named=True)
        posts, their = ("1 post has", "its") if part.height == 1 else (f"{part.height} posts have", "their")
        findings.append(
            Finding(
                name, "uncounted_views", "posts.views", part.height,
                f"{posts} likes with 0 views, such as {most['post_id']} ({most['likes']:,} likes):"
                f" {their} views are taken as absent.", ("posts.views",),
            )
        )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW], ("views",)),), tuple(findings))


_COUNTED: Final = pl.col("kind").is_in(["short", "reel", "video"]) & (pl.col("views") > 0)
_EARLY: Final = seconds("published_at") < int(max(COUNTER_CHANGES.values()).timestamp())


@check(
    "posts",
    ((_COUNTED & _EARLY).sum() >= FEWEST)
    & ((seconds("published_at") >= int(_FIRST.timestamp())) & _COUNTED).any(),
)
def changed_view_counter(evidence: Evidence) -> Outcome:
    """Views of one kind from before and after its platform changed the counter are not compared.

    Those of the side with fewer posts are left out, where either side has three or more and a view brought
    1.5 times as many likes on one side as on the other.
    """
    counted = pl.DataFrame(
        [(platform, kind, day) for (platform, kind), day in COUNTER_CHANGES.items()],
        schema={"platform": pl.String, "kind": pl.String, "changed": pl.Datetime("us", "UTC")}, orient="row",
    )  # fmt: skip
    known = (
        evidence.posts.filter((pl.col("views") > 0) & pl.col("published_at").is_not_null())
        .join(evidence.accounts.select("account_id", "platform"), on="account_id", maintain_order="left")
        .join(counted, on=["platform", "kind"], maintain_order="left")
    )
    sides = known.group_by(
        "account_id",
        "platform",
        "kind",
        "changed",
        after=pl.col("published_at") >= pl.col("changed"),
        maintain_order=True,
    ).agg(rate=(pl.col("likes") / pl.col("views")).median(), posts=pl.len(), rows=pl.col(ROW))
    keys = ["account_id", "platform", "kind", "changed"]
    both = sides.filter(~pl.col("after")).join(sides.filter(pl.col("after")), on=keys, maintain_order="left")
    rates, posts = ("rate", "rate_right"), ("posts", "posts_right")
    apart = both.filter(
        (pl.min_horizontal(*posts) >= FEWEST)
        & (pl.min_horizontal(*rates) > 0)
        & (pl.max_horizontal(*rates) >= DIFFERENT * pl.min_horizontal(*rates))
    ).with_columns(earlier=pl.col("posts") <= pl.col("posts_right"))
    fewer = apart.select(
        *keys,
        "earlier",
        rows=pl.when("earlier").then("rows").otherwise("rows_right"),
        posts=pl.min_horizontal(*posts),
    )
    findings = tuple(
        Finding(
            name, "changed_view_counter", "posts.views", count,
            f"{platform} counts views of a {kind} otherwise since {changed:%Y-%m-%d}: those of {count} posts"
            f" from {'before' if earlier else 'after'} are left out, not compared.", ("posts.views",),
        )
        for name, platform, kind, changed, earlier, _, count in fewer.iter_rows()
    )  # fmt: skip
    return Outcome((Change("posts", fewer["rows"].explode(), ("views",)),) if fewer.height else (), findings)
