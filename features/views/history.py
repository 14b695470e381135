"""Follower history on the grids that it allows: days, weeks, months."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl

from features.expressions import ratio, robust_z
from features.views.base import FLOORS, Views, view, within
from features.views.people import people
from features.views.posts import posts

__all__ = ["HISTORY_DAYS", "counts", "days", "months", "weeks"]

HISTORY_DAYS: Final = 14
UNUSUAL_Z: Final = 5.0
HIT: Final = 3.0


@view("history")
def counts(views: Views) -> pl.DataFrame:
    """One row per dated follower count, oldest first, for accounts with 5 counts over 14 days.

    ``step_days`` is the account's own rhythm: the median gap between its counts.
    ``unit`` is what the platform rounds a count of this size to (YouTube: three figures).
    """
    frame = views.keyed("history").filter(pl.col("date").is_not_null() & pl.col("followers").is_not_null())
    frame = within(frame, FLOORS["history"]).sort("account", "date")
    frame = frame.join(
        views[people].select("account", "platform"), on="account", how="left", maintain_order="left"
    )
    return frame.with_columns(_rhythm()).filter(pl.col("span_days") >= HISTORY_DAYS)


@cache
def _rhythm() -> tuple[pl.Expr, ...]:
    date = pl.col("date")
    figures = pl.col("followers").clip(lower_bound=1).cast(pl.Float64).log10().floor() - 2.0
    rounded = (pl.col("platform") == "youtube") & (figures > 0)
    return (
        date.diff().dt.total_days().median().over("account").alias("step_days"),
        (date.max() - date.min()).dt.total_days().over("account").alias("span_days"),
        pl.when(rounded).then(10.0**figures).otherwise(1.0).alias("unit"),
    )


@view("history")
def steps(views: Views) -> pl.DataFrame:
    """The steps of ``days``, ``weeks`` and ``months`` in one frame, told apart by ``grid`` (days a step).

    An account stands on every grid that its own rhythm is fine enough for; of a week or a
    month the last count is taken.
    """
    parts = [_grid(views[counts], grid, every) for grid, every in ((1, None), (7, "1w"), (30, "1mo"))]
    return pl.concat(parts).with_columns(_gained()).with_columns(_shaped())


_COARSEST: Final = {1: 2, 7: 10, 30: 100_000}


def _grid(frame: pl.DataFrame, grid: int, every: str | None) -> pl.DataFrame:
    frame = frame.filter(pl.col("step_days") <= _COARSEST[grid])
    if every:
        period, same = pl.col("date").dt.truncate(every), pl.col("account") == pl.col("account").shift(-1)
        frame = frame.filter(~(same & (period == period.shift(-1))).fill_null(False))
        frame = within(frame, FLOORS["history"])
    columns = ("account", "date", "followers", "following", "unit")
    return frame.select(*columns, pl.lit(grid).alias("grid"), (pl.col("account") * 32 + grid).alias("series"))


@cache
def _gained() -> tuple[pl.Expr, ...]:
    gap = pl.col("date").diff().dt.total_days().cast(pl.Float64)
    near = pl.when(gap <= 2.2 * pl.col("grid"))
    number = pl.col("followers").cast(pl.Float64)
    return tuple(
        expression.over("series").alias(name)
        for name, expression in {
            "gap_days": gap,
            "gained": near.then(number.diff()),
            "growth": near.then(ratio((number + 1.0).log().diff(), gap)),
            "following_gained": near.then(pl.col("following").diff().cast(pl.Float64)),
            "noise": ratio(pl.col("unit"), number + 1.0).median() + 1e-4,
        }.items()
    )


@cache
def _shaped() -> tuple[pl.Expr, ...]:
    gained, following = pl.col("gained"), pl.col("following_gained")
    at = pl.col("date").filter((gained == gained.max()) & (gained > 0)).first()
    since = (pl.col("date") - at).dt.total_days()
    gain = gained.clip(lower_bound=0.0)
    return (
        gain.alias("gain"),
        (-gained.clip(upper_bound=0.0)).alias("loss"),
        robust_z(pl.col("growth"), ratio(pl.col("noise").first(), pl.col("grid").first().cast(pl.Float64)))
        .over("series").alias("growth_z"),
        since.over("series").alias("since_peak"),
        (since > 0).over("series").alias("after_peak"),
        gained.max().over("series").alias("peak"),
        ((gain.shift(-1) + gain.shift(-2)) * 0.5).over("series").alias("next_gain"),
        (gained - gained.mean()).over("series").alias("gained_centred"),
        (following - following.mean()).over("series").alias("following_centred"),
    )  # fmt: skip


@view("history")
def days(views: Views) -> pl.DataFrame:
    """Daily steps of accounts counted about daily, oldest first.

    ``gained`` (followers since the count before; null across more than two steps),
    ``growth`` (log growth per day), ``growth_z`` (robust z of it), ``gain`` and ``loss`` (the
    parts above and below zero), ``following_gained``, ``peak`` (the largest gain),
    ``next_gain`` (mean gain of the two steps after), ``since_peak`` (days since the peak),
    ``after_peak``, ``unit`` (the platform's rounding), ``gained_centred`` and
    ``following_centred`` (less their mean), ``hit_near`` (whether a post three times the usual
    was published in the week before or two days after), ``unexplained`` (unusual growth
    without one).
    """
    frame = _near_hits(views[steps].filter(pl.col("grid") == 1), views)
    return frame.with_columns(unexplained=(pl.col("growth_z") > UNUSUAL_Z) & ~pl.col("hit_near"))


@view("history")
def weeks(views: Views) -> pl.DataFrame:
    """The columns of ``days`` on calendar weeks, but for ``hit_near`` and ``unexplained``."""
    return views[steps].filter(pl.col("grid") == 7)


@view("history")
def months(views: Views) -> pl.DataFrame:
    """The columns of ``days`` on calendar months, but for ``hit_near`` and ``unexplained``."""
    return views[steps].filter(pl.col("grid") == 30)


def _near_hits(frame: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Add ``hit_near``; null before the first post supplied and where no interest is known."""
    interest = pl.coalesce("views", "interactions").cast(pl.Float64)
    day = pl.col("published_at").dt.date()
    dated = views[posts].filter(pl.col("published_at").is_not_null() & interest.is_not_null())
    marked = dated.select(
        "account", day.alias("day"), (interest > HIT * interest.median()).over("account").alias("hit")
    )
    first = marked.group_by("account").agg(first=pl.col("day").min())
    hits = marked.filter("hit").select(
        "account", (pl.col("day") - pl.duration(days=2)).alias("date"), hit="day"
    )
    found = frame.join(first, on="account", how="left", maintain_order="left").join_asof(
        hits, on="date", by="account", check_sortedness=False
    )
    near = ((pl.col("date") - pl.col("hit")).dt.total_days() <= 7).fill_null(False)
    return found.with_columns(hit_near=pl.when(pl.col("date") >= pl.col("first")).then(near)).drop(
        "first", "hit"
    )
