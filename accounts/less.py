"""Less evidence of an account: what was published by a day, and what is left without a block."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final

import polars as pl

from accounts.schema import PROFILE
from accounts.tables import Tables

__all__ = ["BLOCKS", "LAST_SECOND", "published_by", "without_block"]

LAST_SECOND: Final = time(23, 59, 59)
"""Of a day: the account is observed then."""

BLOCKS: Final = ("profile", "posts", "comments", "history", "audience")

_FROM_HISTORY: Final = ("followers", "following", "posts")


def without_block(tables: Tables, block: str) -> Tables:
    """The accounts without a block: a table without rows, or a profile of which nothing is known.

    >>> account = {"account_id": "a", "platform": "x", "as_of": datetime(2026, 11, 1, tzinfo=UTC)}
    >>> tables = Tables.of(accounts=[account | {"followers": 9}])
    >>> without_block(tables, "profile").accounts["followers"].to_list()
    [None]
    """
    if block != "profile":
        own = {block, "observed"} if block == "posts" else {block}
        return tables.map(lambda name, frame: frame.clear() if name in own else frame)
    unknown = [pl.lit(None, field.dtype).alias(name) for name, field in PROFILE.items()]
    return tables.map(lambda name, frame: frame.with_columns(unknown) if name == "accounts" else frame)


def published_by(tables: Tables, day: date) -> Tables:
    """The accounts with what was published by the end of a day, in UTC, and observed then.

    Posts, comments, counts of the history, explained stretches and earlier observations of posts stay where
    they are dated and not later. Followers, accounts followed and the number of posts are those of the
    history's last day until then, where it knows them. Everything else is as it was given: the counts of
    posts above all are those of the day on which they were collected, and so are profile and audience.

    Parameters
    ----------
    tables
        Accounts, each observed later than that day.
    day
        The day.
    """
    end = datetime.combine(day, LAST_SECOND, UTC)
    by_day = pl.lit(end)
    posted = pl.coalesce(
        pl.col("published_at") <= by_day, pl.col("published_on") <= pl.lit(day), pl.lit(False)
    )
    dated = {
        "posts": posted,
        "comments": pl.col("published_at") <= by_day,
        "history": pl.col("date") <= pl.lit(day),
        "annotations": pl.col("to") <= pl.lit(day),
        "observed": pl.col("observed_at") <= by_day,
    }
    cut = tables.map(lambda name, frame: frame.filter(dated[name]) if name in dated else frame)
    return cut.map(lambda name, frame: _observed_at(frame, cut.history, end) if name == "accounts" else frame)


def _observed_at(accounts: pl.DataFrame, history: pl.DataFrame, end: datetime) -> pl.DataFrame:
    """The accounts as of then, with the counts of the history's last day that knows each."""
    last = (
        history.sort("date")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col(name).drop_nulls().last().alias(f"then_{name}") for name in _FROM_HISTORY)
    )
    joined = accounts.join(last, on="account_id", how="left", maintain_order="left")
    then = [pl.coalesce(f"then_{name}", name).alias(name) for name in _FROM_HISTORY]
    observed = pl.lit(end, accounts.schema["as_of"]).alias("as_of")
    return joined.with_columns(*then, observed).select(accounts.columns)
