"""Views that were not counted, or counted in two ways within one account."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.checks.times import seconds

__all__ = ["COUNTER_CHANGES", "changed_view_counter", "split_view_counter", "uncounted_views"]

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


SPLIT: Final = 1.7
"""How many times as many likes a view brings on one side of a day."""
SIDE: Final = 6
CLEAN: Final = 0.95
LEAPT: Final = 0.7
"""Share of the leap of medians that the leap of means has at least; kinds of posts may blur it."""
_RATED: Final = (pl.col("views") > 0) & (pl.col("likes") >= 5) & pl.col("published_at").is_not_null()


def _leap() -> pl.Expr:
    """The largest leap of the mean logarithm of likes a view, of all places in time."""
    rate = (pl.col("likes").log() - pl.col("views").log()).filter(_RATED)
    ordered = rate.sort_by(pl.col("published_at").filter(_RATED))
    before, rows = ordered.cum_sum(), ordered.cum_count()
    after = (before.last() - before) / (rows.last() - rows)
    inside = (rows >= SIDE) & (rows <= rows.last() - SIDE)
    return (before / rows - after).abs().filter(inside).max()


@check("posts", (_RATED.sum() >= 2 * SIDE) & (_leap() >= LEAPT * np.log(SPLIT)))
def split_view_counter(evidence: Evidence) -> Outcome:
    """Views before and after a day on which likes a view leap, and stay, are two counters, and not compared.

    Six posts or more on either side, of one kind; of one post before and one after, the one before has more
    likes a view (or fewer) in nineteen of twenty pairs; the medians are 1.7 times apart. The views of the
    smaller side are left out. As views that were paid for from a day on look the same, nobody is cleared.
    """
    rows, findings = [], []
    rated = evidence.posts.filter(_RATED).with_columns(rate=pl.col("likes").log() - pl.col("views").log())
    for (name, _), part in (
        rated.sort("published_at", ROW)
        .partition_by("account_id", "kind", as_dict=True, maintain_order=True)
        .items()
    ):
        at = _split_at(part["rate"].to_numpy())
        if at is None:
            continue
        fewer = part.head(at) if at * 2 < part.height else part.tail(part.height - at)
        rows.append(fewer[ROW])
        findings.append(
            Finding(
                str(name), "split_view_counter", "posts.views", fewer.height,
                f"Likes a view leap on {part['published_at'][at]:%Y-%m-%d} and stay: views are counted in two"
                f" ways; those of {fewer.height} posts are left out.", ("posts.views",), bars_clearing=True,
            )
        )  # fmt: skip
    return Outcome((Change("posts", pl.concat(rows), ("views",)),) if rows else (), tuple(findings))


def _split_at(rates: npt.NDArray[np.float64]) -> int | None:
    """The place that splits the rates cleanly in two; None where none does.

    >>> _split_at(np.array([0.0, 0.1, 0.2, 0.1, 0.0, 0.2, 1.4, 1.3, 1.2, 1.4, 1.3, 1.2]))
    6
    >>> _split_at(np.zeros(12)) is None
    True
    """
    places = range(SIDE, len(rates) - SIDE + 1)
    if not places:
        return None
    sums, total = np.cumsum(rates), rates.sum()
    at = max(places, key=lambda n: abs(sums[n - 1] / n - (total - sums[n - 1]) / (len(rates) - n)))
    before, after = rates[:at], rates[at:]
    above = float((before[:, None] > after[None, :]).mean())
    apart = abs(float(np.median(before) - np.median(after))) >= np.log(SPLIT)
    return int(at) if apart and max(above, 1 - above) >= CLEAN else None
