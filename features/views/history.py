"""Follower history on the grids that it allows: days, weeks, months."""

from __future__ import annotations

from typing import Final

import polars as pl

from features.expressions import ratio, robust_z
from features.views.base import FLOORS, Views, view, within
from features.views.people import people
from features.views.posts import posts

__all__ = ["HISTORY_DAYS", "counts", "days", "months", "weeks"]

HISTORY_DAYS: Final = 14
UNUSUAL_Z: Final = 5.0


@view("history")
def counts(views: Views) -> pl.DataFrame:
    """One row per dated follower count, oldest first, for accounts with 5 counts over 14 days.

    ``step_days`` is the account's own rhythm: the median gap between its counts.
    ``unit`` is what the platform rounds a count of this size to (YouTube: three figures).
    """
    frame = views.keyed("history").filter(pl.col("date").is_not_null() & pl.col("followers").is_not_null())
    frame = within(frame, FLOORS["history"]).sort("account", "date")
    span = (pl.col("date").max() - pl.col("date").min()).dt.total_days().over("account")
    frame = frame.filter(span >= HISTORY_DAYS).join(views[people].select("account", "platform"), on="account")
    step = pl.col("date").diff().dt.total_days().median().over("account")
    figures = pl.col("followers").clip(lower_bound=1).cast(pl.Float64).log10().floor() - 2.0
    rounded = (pl.col("platform") == "youtube") & (figures > 0)
    return frame.with_columns(
        step_days=step, span_days=span, unit=pl.when(rounded).then(10.0**figures).otherwise(1.0)
    )


def _grid(views: Views, step_days: int, every: str | None) -> pl.DataFrame:
    """Counts on one grid, with what each step gained; only accounts whose own steps are as fine."""
    native = {1: 2, 7: 10, 30: 10_000}[step_days]
    frame = views[counts].filter(pl.col("step_days") <= native)
    if every:
        frame = frame.group_by(
            "account", pl.col("date").dt.truncate(every).alias("period"), maintain_order=True
        ).last()
        frame = within(frame, FLOORS["history"])
    days = pl.col("date").diff().dt.total_days().over("account").cast(pl.Float64)
    near = pl.when(days <= 2.2 * step_days)
    number = pl.col("followers").cast(pl.Float64)
    frame = frame.with_columns(
        gap_days=days,
        gained=near.then(number.diff().over("account")),
        growth=near.then(ratio((number + 1.0).log().diff().over("account"), days)),
        noise=ratio(pl.col("unit"), number + 1.0) * (1.0 / step_days),
        following_gained=near.then(pl.col("following").diff().over("account").cast(pl.Float64)),
    )
    return frame.with_columns(
        growth_z=robust_z(pl.col("growth"), 1e-4 + pl.col("noise").median()).over("account"),
        gain=pl.col("gained").clip(lower_bound=0.0),
        loss=-pl.col("gained").clip(upper_bound=0.0),
        since_peak=_since_peak(),
        peak=pl.col("gained").max().over("account"),
    ).with_columns(
        after_peak=pl.col("since_peak") > 0,
        next_gain=((pl.col("gain").shift(-1) + pl.col("gain").shift(-2)) * 0.5).over("account"),
    )


def _since_peak() -> pl.Expr:
    """Days since the largest gain; negative before it, null where nothing was ever gained."""
    at = pl.col("date").filter((pl.col("gained") == pl.col("gained").max()) & (pl.col("gained") > 0)).first()
    return (pl.col("date") - at).dt.total_days().over("account")


@view("history")
def days(views: Views) -> pl.DataFrame:
    """Daily steps of accounts counted about daily, oldest first.

    ``gained`` (followers since the count before; null across more than two steps),
    ``growth`` (log growth per day), ``growth_z`` (robust z of it), ``gain`` and ``loss`` (the
    parts above and below zero), ``following_gained``, ``peak`` (the largest gain), ``next_gain`` (mean gain of the two steps after),
    ``since_peak`` (days since it), ``unit`` (the platform's rounding), ``hit_near`` (whether a
    post three times the usual was published in the week before), ``unexplained`` (unusual
    growth without one), ``after_peak``.
    """
    frame = _near_hits(_grid(views, 1, None), views)
    return frame.with_columns(unexplained=(pl.col("growth_z") > UNUSUAL_Z) & ~pl.col("hit_near"))


def _near_hits(frame: pl.DataFrame, views: Views) -> pl.DataFrame:
    """Whether a post of three times the median interest stands within 7 days before, or 2 after."""
    interest = pl.coalesce("views", "interactions").cast(pl.Float64)
    shown = views[posts].filter(pl.col("published_at").is_not_null())
    typical = interest.median().over("account")
    hits = shown.filter(interest > 3.0 * typical).select("account", hit=pl.col("published_at").dt.date())
    known = shown.select("account", first=pl.col("published_at").dt.date().min().over("account")).unique(
        maintain_order=True
    )
    ahead = frame.select("account", "date", until=pl.col("date").dt.offset_by("2d"))
    found = ahead.join_asof(
        hits.sort("account", "hit"), left_on="until", right_on="hit", by="account", check_sortedness=False
    )
    near = (pl.col("date") - pl.col("hit")).dt.total_days() <= 7
    found = found.join(known, on="account", how="left", maintain_order="left")
    covered = pl.col("date") >= pl.col("first")
    return frame.with_columns(found.select(hit_near=pl.when(covered).then(near.fill_null(False))).to_series())


@view("history")
def weeks(views: Views) -> pl.DataFrame:
    """The columns of ``days`` on calendar weeks, the last count of each, but for ``hit_near`` and ``unexplained``."""
    return _grid(views, 7, "1w")


@view("history")
def months(views: Views) -> pl.DataFrame:
    """The columns of ``days`` on calendar months, the last count of each, but for ``hit_near`` and ``unexplained``."""
    return _grid(views, 30, "1mo")
