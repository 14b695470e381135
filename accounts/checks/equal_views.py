"""One view count on all posts."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Evidence, Finding, Outcome, check, without_values

__all__ = ["equal_views"]

FEWEST: Final = 5
ROUND: Final = 100
"""Of which packages that are sold are multiples."""
HALF: Final = 0.5


def _all_equal(rows: TableArrays) -> Flags:
    """Accounts of whose posts, five or more, all have one and the same number of views above 0."""
    views = rows.floats("views")
    if np.isnan(views).all():
        return rows.nobody
    least = rows.least(views)
    equal: Flags = (least > 0) & (least == rows.most(views)) & (rows.count(~np.isnan(views)) >= FEWEST)
    return equal


@check("posts", _all_equal)
def equal_views(evidence: Evidence) -> Outcome:
    """One number of views on all of five posts or more, while their likes differ, is no count: it is absent.

    Views go on for as long as a post stands there, those that were bought included. A column was filled with
    the followers, or with a mean. Other whole hundreds stay evidence: packages are sold in them. As nothing
    says what the views were, nobody is cleared.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 40 + 7 * at, "views": 25_137} for at in range(6)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=posts))
    >>> equal_views.examine(one).findings[0].sentence
    'All 6 posts have 25,137 views, and different likes: these views are no counts; they are left out.'
    """
    posts = evidence.columns("posts", "account_id", "likes", "views").filter(pl.col("views").is_not_null())
    equal = (
        posts.group_by("account_id", maintain_order=True)
        .agg(
            pl.col(ROW), pl.col("views").first(), values=pl.col("views").n_unique(), posts=pl.len(),
            likes=pl.col("likes").drop_nulls().n_unique(),
        )
        .filter(
            (pl.col("values") == 1) & (pl.col("views") > 0) & (pl.col("posts") >= FEWEST)
            & (pl.col("likes") >= HALF * pl.col("posts"))
        )
    )  # fmt: skip
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    sold = [
        views % ROUND == 0 and views != followers[name]
        for name, views in equal.select("account_id", "views").iter_rows()
    ]
    equal = equal.filter(~pl.Series(sold, dtype=pl.Boolean))
    findings = [
        Finding(
            name, "equal_views", "posts.views", count,
            f"All {count} posts have {views:,} views, and different likes: these views are no counts; they"
            " are left out.", ("posts.views",), bars_clearing=True,
        )
        for name, views, count in equal.select("account_id", "views", "posts").iter_rows()
    ]  # fmt: skip
    return without_values("posts", "views", list(equal[ROW]), findings)
