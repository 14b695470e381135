"""Times from before a platform existed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays
from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Narrow,
    Outcome,
    Suspects,
    check,
    findings_by_account,
)
from accounts.checks.times import DAY_SECONDS, SECOND
from accounts.schema import BEGINNINGS

__all__ = [
    "impossible_comment_times", "impossible_follower_openings", "impossible_opening",
    "impossible_post_times", "opened_after_posts",
]  # fmt: skip

BARRING: Final = 0.1
"""Share of the posts without a time from which on nobody is cleared."""

FEWEST_EARLIER: Final = 3

_LATEST: Final = max(BEGINNINGS.values())


def _early(column: str, beginning: dt.datetime = _LATEST) -> Suspects:
    """Accounts with a time from before the youngest of the platforms opened."""
    first = beginning.timestamp() * SECOND
    return lambda rows: rows.any(rows.floats(column) < first)


def _before(field: str, beginnings: Mapping[str, dt.datetime] = BEGINNINGS) -> Narrow:
    """Accounts with a time from before their own platform opened."""
    table, column = _place(field)
    first = {platform: opened.timestamp() * SECOND for platform, opened in beginnings.items()}

    def narrow(arrays: Arrays) -> Collection[str]:
        rows = arrays[table]
        opened = np.array([first[arrays.platforms[name]] for name in rows.owners])
        return rows.names(rows.any(rows.floats(column) < opened[rows.account]))

    return narrow


def _place(field: str) -> tuple[str, str]:
    part, column = field.split(".")
    return "accounts" if part == "profile" else part, column


@check("posts", _early("published_at"), _before("posts.published_at"))
def impossible_post_times(evidence: Evidence) -> Outcome:
    """Posts from before the platform existed lose their time.

    Milliseconds read as seconds, and 0 for an unknown time, end in 1970.
    """
    return _impossible("impossible_post_times", evidence, "posts.published_at")


@check("comments", _early("published_at"), _before("comments.published_at"))
def impossible_comment_times(evidence: Evidence) -> Outcome:
    """Comments from before the platform existed lose their time."""
    return _impossible("impossible_comment_times", evidence, "comments.published_at")


@check("accounts", _early("created_at"), _before("profile.created_at"))
def impossible_opening(evidence: Evidence) -> Outcome:
    """An account that was opened before its platform loses the time of its opening.

    >>> from accounts.tables import Tables
    >>> opened = dt.datetime(1970, 1, 18, tzinfo=dt.UTC)
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "tiktok", "created_at": opened}])
    >>> impossible_opening.examine(Evidence(tables)).findings[0].field
    'profile.created_at'
    """
    return _impossible("impossible_opening", evidence, "profile.created_at")


@check("audience", _early("created_at", BEGINNINGS["other"]))
def impossible_follower_openings(evidence: Evidence) -> Outcome:
    """Followers sampled who opened their account before the first of all platforms lose the time of it.

    (Not before their own: some platforms took over the accounts of older ones.)
    """
    anywhere = dict.fromkeys(BEGINNINGS, BEGINNINGS["other"])
    return _impossible("impossible_follower_openings", evidence, "audience.created_at", anywhere)


def _with_earlier_posts(arrays: Arrays) -> Collection[str]:
    """Accounts with three posts from before the day on which they were opened."""
    posts = arrays["posts"]
    if not len(posts.starts):
        return ()
    opened = arrays.of_account("posts", "created_at")[posts.account]
    earlier = posts.floats("published_at") < opened - DAY_SECONDS * SECOND
    return posts.names(posts.count(earlier) >= FEWEST_EARLIER)


@check("accounts", lambda rows: rows.any(rows.is_known("created_at")), _with_earlier_posts)
def opened_after_posts(evidence: Evidence) -> Outcome:
    """An account cannot be younger than three of its posts: its opening is left out.

    A day is allowed for zones. Programs write the time of collection, or of their own row, for the opening.
    (Histories may go back to when somebody else had the name.)

    >>> from accounts.tables import Tables
    >>> opened = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> posts = [{"account_id": "a", "published_at": opened - dt.timedelta(days=9)}] * 3
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "created_at": opened}], posts=posts)
    >>> opened_after_posts.examine(Evidence(tables)).findings[0].sentence
    'The profile says that it was opened on 2026-11-01, after 3 of its posts; that is left out.'
    """
    dated = evidence.columns("posts", "account_id", "published_at").select(
        "account_id", day=pl.col("published_at").dt.date()
    )
    opened = evidence.accounts.select("account_id", opened=pl.col("created_at").dt.date())
    earlier = (
        dated.join(opened, on="account_id", maintain_order="left")
        .filter(pl.col("day") < pl.col("opened") - pl.duration(days=1))
        .group_by("account_id", maintain_order=True)
        .agg(pl.len(), pl.col("opened").first())
        .filter(pl.col("len") >= FEWEST_EARLIER)
    )
    findings = tuple(
        Finding(
            name, "opened_after_posts", "profile.created_at", 1,
            f"The profile says that it was opened on {day}, after {count:,} of its posts; that is left out.",
            ("profile.created_at",),
        )
        for name, count, day in earlier.iter_rows()
    )  # fmt: skip
    wrong = evidence.accounts.join(earlier, on="account_id", how="semi", maintain_order="left")
    return Outcome((Change("accounts", wrong[ROW], ("created_at",)),), findings)


def _impossible(
    name: str, evidence: Evidence, field: str, beginnings: Mapping[str, dt.datetime] = BEGINNINGS
) -> Outcome:
    table, column = _place(field)
    frame = evidence.columns(table, "account_id", column)
    opened = pl.col("platform").replace_strict(dict(beginnings), return_dtype=pl.Datetime("us", "UTC"))
    wrong = frame.join(
        evidence.accounts.select("account_id", opened=opened), on="account_id", maintain_order="left"
    ).filter(pl.col(column) < pl.col("opened"))
    rows = dict(frame.group_by("account_id").len().iter_rows())
    findings = tuple(
        Finding(
            account_id, name, field, early.height,
            _sentence(early.height, field, str(early[column].min())[:10]), (field,),
            bars_clearing=table == "posts" and early.height >= BARRING * rows[account_id],
        )
        for account_id, early in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change(table, wrong[ROW], (column,)),), findings)


def _sentence(times: int, field: str, first: str) -> str:
    """What was found, in words.

    >>> _sentence(1, "profile.created_at", "2009-05-22")
    '1 time in profile.created_at lies before the platform existed (2009-05-22); it is left out.'
    """
    said, left = ("time in {} lies", "it is") if times == 1 else ("times in {} lie", "they are")
    return f"{times} {said.format(field)} before the platform existed ({first}); {left} left out."
