"""Times as programs make them up: "3 months ago", dates, whole hours, the moment of collection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import polars as pl

from accounts.tables import Tables
from benchmarks.quality.distortions.distortion import Distortion, asked_at, newest, some_of, with_columns

__all__ = ["TIMES"]

DAY: Final = 86_400
UNITS: Final = (1, 60, 3_600, DAY, 7 * DAY, 30 * DAY, 365 * DAY)
"""Seconds of the units in which a page says how long ago something was."""
_TIME: Final = pl.col("published_at")


def ago(tables: Tables, table: str, units: Sequence[int] = UNITS) -> Tables:
    """Ages cut to the largest of the units, and taken from the time of collection."""
    asked = pl.lit(asked_at(tables, table))
    age = (asked - _TIME).dt.total_seconds()
    unit = pl.lit(units[0])
    for larger in units[1:]:
        unit = pl.when(age >= larger).then(larger).otherwise(unit)
    cut = asked - pl.duration(seconds=age // unit * unit)
    return with_columns(tables, table, published_at=pl.when(age >= 0).then(cut).otherwise(_TIME))


def cut(tables: Tables, table: str, every: str, zone: str = "UTC") -> Tables:
    """Times cut to a whole unit of a zone's clock."""
    local = _TIME.dt.convert_time_zone(zone).dt.truncate(every).dt.convert_time_zone("UTC")
    return with_columns(tables, table, published_at=local)


def at_collection(tables: Tables, table: str) -> Tables:
    """Every row bears the time at which it was collected."""
    return with_columns(tables, table, published_at=pl.lit(asked_at(tables, table)))


def milliseconds(tables: Tables, share: float) -> Tables:
    """Times in seconds, read as milliseconds: a share of the posts is of January 1970."""
    wrong = pl.from_epoch(_TIME.dt.epoch("s"), "ms").dt.replace_time_zone("UTC")
    some = pl.lit(some_of(tables.posts, share))
    return with_columns(tables, "posts", published_at=pl.when(some).then(wrong).otherwise(_TIME))


def unknown_as_zero(tables: Tables) -> Tables:
    """A fifth of the posts has time 0."""
    zero = pl.from_epoch(pl.lit(0)).dt.replace_time_zone("UTC")
    some = pl.lit(some_of(tables.posts, 0.2))
    return with_columns(tables, "posts", published_at=pl.when(some).then(zero).otherwise(_TIME))


def later(tables: Tables, offset: str) -> Tables:
    """Posts in local time, written as UTC, while comments are in UTC."""
    moved = pl.min_horizontal(_TIME.dt.offset_by(offset), pl.lit(asked_at(tables, "posts")))
    return with_columns(tables, "posts", published_at=moved)


def newer_rough(tables: Tables) -> Tables:
    """Ages in days for the older half; the newer half keeps its times."""
    rough = ago(tables, "posts", (DAY,)).posts["published_at"]
    return with_columns(
        tables, "posts", published_at=pl.when(newest(0.5)).then(_TIME).otherwise(pl.lit(rough))
    )


TIMES: Final = (
    Distortion('posts: "x months ago" in the largest unit', partial(ago, table="posts")),
    Distortion('posts: "x days ago"', partial(ago, table="posts", units=(DAY,))),
    Distortion('posts: "x hours ago"', partial(ago, table="posts", units=(3_600,))),
    Distortion('posts: "x days ago" on the older half', newer_rough),
    Distortion("posts: midnights UTC", partial(cut, table="posts", every="1d")),
    Distortion("posts: midnights of Berlin", partial(cut, table="posts", every="1d", zone="Europe/Berlin")),
    Distortion("posts: midnights of Kolkata", partial(cut, table="posts", every="1d", zone="Asia/Kolkata")),
    Distortion(
        "posts: midnights of Los Angeles", partial(cut, table="posts", every="1d", zone="America/Los_Angeles")
    ),
    Distortion("posts: first of the month", partial(cut, table="posts", every="1mo")),
    Distortion("posts: cut to the hour", partial(cut, table="posts", every="1h")),
    Distortion("posts: cut to the quarter", partial(cut, table="posts", every="15m")),
    Distortion("posts: cut to the minute", partial(cut, table="posts", every="1m")),
    Distortion("posts: all at the time of collection", partial(at_collection, table="posts")),
    Distortion("posts: seconds read as milliseconds", partial(milliseconds, share=1.0)),
    Distortion("posts: half of them in milliseconds", partial(milliseconds, share=0.5)),
    Distortion("posts: time 0 on a fifth", unknown_as_zero),
    Distortion("posts: local time, nine hours ahead", partial(later, offset="9h")),
    Distortion('comments: "x days ago"', partial(ago, table="comments")),
    Distortion("comments: midnights UTC", partial(cut, table="comments", every="1d")),
    Distortion("comments: cut to the hour", partial(cut, table="comments", every="1h")),
    Distortion("comments: all at the time of collection", partial(at_collection, table="comments")),
)
