"""Posts of one thread, which the platform's composer publishes together."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
    without_values,
)

__all__ = ["threads"]

SECONDS: Final = 10.0
"""Within which a post follows another of its thread."""
FEWEST: Final = 3
_WITH_THREADS: Final = ("x", "other")
_ORDER: Final = ("account_id", "published_at", "post_id", "likes", "views")
"""Of posts of one second the first one keeps its time, in whatever order they were sent."""


def _published_together(rows: TableArrays) -> Flags:
    """Accounts with three posts or more within seconds of the one before."""
    times = rows.floats("published_at")
    order = np.lexsort((times, rows.account))
    order = order[~np.isnan(times[order])]
    gap, account = np.diff(times[order]), rows.account[order]
    soon = (np.diff(account) == 0) & (gap <= SECONDS * 1e6)
    many: Flags = np.bincount(account[1:][soon], minlength=len(rows.starts)) >= FEWEST
    return many


@check("posts", _published_together)
def threads(evidence: Evidence) -> Outcome:
    """Posts on X or its like within ten seconds of the one before are a thread's, and lose their time.

    Three of them or more. Who writes a thread publishes all of it at once; the gaps are the composer's. Its
    like are Threads, Bluesky and Mastodon, which are judged as `other`.

    >>> from accounts.tables import Tables
    >>> from datetime import datetime, timedelta
    >>> posts = [
    ...     {"account_id": "a", "published_at": datetime(2026, 9, 1 + day, 9, 12) + timedelta(seconds=part)}
    ...     for day in range(5) for part in range(3)
    ... ]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> threads.examine(one).findings[0].rows
    10
    """
    platforms = evidence.accounts.select("account_id", "platform")
    posts = evidence.columns("posts", *_ORDER).filter(pl.col("published_at").is_not_null())
    posts = posts.join(platforms.filter(pl.col("platform").is_in(_WITH_THREADS)), on="account_id", how="semi")
    ordered = posts.sort(_ORDER)
    gap = pl.col("published_at").diff().over("account_id").dt.total_microseconds()
    rows, findings = [], []
    for name, part in findings_by_account(ordered.filter(gap <= SECONDS * 1e6)):
        if part.height >= FEWEST:
            rows.append(part[ROW])
            findings.append(
                Finding(
                    name, "threads", "posts.published_at", part.height,
                    f"{part.height} posts follow the one before within {SECONDS:.0f} seconds, as parts of a"
                    " thread do: they have no time of their own.", ("posts.published_at",),
                )
            )  # fmt: skip
    return without_values("posts", "published_at", rows, findings)
