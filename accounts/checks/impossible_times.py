"""Times from before a platform existed."""

from __future__ import annotations

import datetime as dt
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.checks.times import seconds

__all__ = ["BEGINNINGS", "impossible_comment_times", "impossible_post_times"]

BEGINNINGS: Final = MappingProxyType({
    "instagram": dt.datetime(2010, 10, 6, tzinfo=dt.UTC), "x": dt.datetime(2006, 3, 21, tzinfo=dt.UTC),
    "youtube": dt.datetime(2005, 2, 14, tzinfo=dt.UTC), "tiktok": dt.datetime(2016, 9, 1, tzinfo=dt.UTC),
    "github": dt.datetime(2008, 2, 1, tzinfo=dt.UTC), "twitch": dt.datetime(2011, 6, 6, tzinfo=dt.UTC),
    "other": dt.datetime(1995, 1, 1, tzinfo=dt.UTC),
})  # fmt: skip
"""Days on which the platforms opened; of others the year in which the first ones did."""

BARRING: Final = 0.1
"""Share of the posts without a time from which on nobody is cleared."""

_LATEST: Final = max(BEGINNINGS.values())
_EARLY: Final = seconds("published_at").min() < int(_LATEST.timestamp())


@check("posts", _EARLY)
def impossible_post_times(evidence: Evidence) -> Outcome:
    """Posts from before the platform existed lose their time.

    Milliseconds read as seconds, and 0 for an unknown time, end in 1970.
    """
    return _impossible(evidence, "posts")


@check("comments", _EARLY)
def impossible_comment_times(evidence: Evidence) -> Outcome:
    """Comments from before the platform existed lose their time."""
    return _impossible(evidence, "comments")


def _impossible(evidence: Evidence, table: str) -> Outcome:
    frame: pl.DataFrame = evidence.posts if table == "posts" else evidence.comments
    opened = evidence.accounts.select(
        "account_id",
        opened=pl.col("platform").replace_strict(dict(BEGINNINGS), return_dtype=pl.Datetime("us", "UTC")),
    )
    rows = dict(frame.group_by("account_id").len().iter_rows())
    wrong = frame.join(opened, on="account_id", maintain_order="left").filter(
        pl.col("published_at") < pl.col("opened")
    )
    findings = tuple(
        Finding(
            name, f"impossible_{table[:-1]}_times", f"{table}.published_at", part.height,
            f"{part.height} of its {table} are dated before the platform existed"
            f" ({str(part['published_at'].min())[:10]}); these times are left out.",
            (f"{table}.published_at",),
            bars_clearing=table == "posts" and part.height >= BARRING * rows[name],
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change(table, wrong[ROW], ("published_at",)),), findings)
