"""How often the followers of honest accounts jump: events per 100 account-years on real curves.

What a simulator's events, and the accounts that thresholds are set on, must agree with. Some of the few
may not be honest either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import chi2

from benchmarks.quality.harness.part import Progress, Result
from training.datasets import github_followers_top, github_stars, vtuber_tw
from training.datasets.base import PublicSet, data_folder, is_held_out

__all__ = ["CURVES", "DAYS", "GAINS", "SETS", "account_years", "event_rates", "events", "measure"]

GAINS: Final = (0.1, 0.3, 1.0, 3.0)
DAYS: Final = (1, 3, 7, 30)
LEAST_BEFORE: Final = 300
LEAST_GAINED: Final = 100
APART_DAYS: Final = 30
YEAR_DAYS: Final = 365.25


CURVES: Final[Mapping[str, Callable[[Path], pl.DataFrame]]] = MappingProxyType(
    {
        "github_followers_top": github_followers_top.follower_counts,
        "vtuber_tw_twitch": partial(vtuber_tw.follower_counts, platform="twitch"),
        "vtuber_tw_youtube": partial(vtuber_tw.follower_counts, platform="youtube"),
        "github_stars": github_stars.follower_counts,
    }
)
SETS: Final[Mapping[str, PublicSet]] = MappingProxyType(
    {
        "github_followers_top": github_followers_top.SET,
        "vtuber_tw_twitch": vtuber_tw.SET,
        "vtuber_tw_youtube": vtuber_tw.SET,
        "github_stars": github_stars.SET,
    }
)


def measure(name: str, progress: Progress) -> Result:
    """Count the events of a set's open accounts."""
    progress("counting", 0.0)
    return event_rates(_open_accounts(CURVES[name](data_folder())))


def _open_accounts(counts: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in counts["account_id"].unique().to_list() if not is_held_out(name)]
    return counts.filter(pl.col("account_id").is_in(names))


def event_rates(counts: pl.DataFrame) -> Result:
    """Events of every size and length per 100 account-years, with exact Poisson intervals.

    Parameters
    ----------
    counts
        ``account_id``, ``date``, ``followers``.
    """
    years, grid = account_years(counts), usual_gap_days(counts)
    cells = [
        {"gain": gain, "days": days, **per_hundred_years(len(events(counts, gain, days)), years)}
        for gain in GAINS
        for days in DAYS
        if days >= grid
    ]
    return {"accounts": counts["account_id"].n_unique(), "account_years": round(years, 1), "events": cells}


def account_years(counts: pl.DataFrame) -> float:
    """Years in which the accounts could have jumped: from the first count of 300 or more to the last count.

    >>> from datetime import date
    >>> days = [date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1)]
    >>> counts = pl.DataFrame({"account_id": "a", "date": days, "followers": [10, 300, 320]})
    >>> round(account_years(counts), 2)
    1.0
    """
    eligible = counts.filter(pl.col("followers") >= LEAST_BEFORE)
    spans = eligible.group_by("account_id").agg((pl.col("date").max() - pl.col("date").min()).dt.total_days())
    return float(spans["date"].sum()) / YEAR_DAYS


def usual_gap_days(counts: pl.DataFrame) -> float:
    """Median days between counts: what happens in less is not seen.

    >>> from datetime import date
    >>> counts = pl.DataFrame({"account_id": "a", "date": [date(2026, 1, day) for day in (1, 8, 15)]})
    >>> usual_gap_days(counts)
    7.0
    """
    gaps = pl.col("date").diff().dt.total_days().over("account_id").median()
    return float(counts.sort("account_id", "date").select(gaps).item())


def events(counts: pl.DataFrame, gain: float, days: int) -> pl.DataFrame:
    """When accounts gained so much in so many days.

    Between two counts that lie at most ``days`` apart: from 300 followers or more, by over 100 and by
    ``gain`` or more of them. Events of one account are 30 days apart.

    Parameters
    ----------
    counts
        ``account_id``, ``date``, ``followers``.
    gain
        Over the followers before.
    days
        Within how many.

    Returns
    -------
    pl.DataFrame
        ``account_id`` and ``date`` of each.

    Examples
    --------
    >>> from datetime import date
    >>> day = [date(2026, 1, number) for number in (1, 2, 3)]
    >>> counts = pl.DataFrame({"account_id": "a", "date": day, "followers": [300, 900, 905]})
    >>> events(counts, 1.0, 1).rows(), events(counts, 3.0, 1).rows()
    ([('a', datetime.date(2026, 1, 2))], [])
    """
    ordered = counts.sort("account_id", "date")
    eligible = pl.when(pl.col("followers") >= LEAST_BEFORE).then("followers")
    before = ordered.select(
        before=eligible.rolling_min_by("date", f"{days}d", closed="both").over("account_id")
    )
    risen = pl.col("followers") - pl.col("before")
    jumped = ordered.hstack(before).filter((risen > LEAST_GAINED) & (risen >= gain * pl.col("before")))
    first_days = [_first_days(part) for part in jumped.partition_by("account_id", maintain_order=True)]
    return pl.concat(first_days) if first_days else ordered.clear().select("account_id", "date")


def _first_days(jumped: pl.DataFrame) -> pl.DataFrame:
    """The first day of each event; days less than 30 after the day before are the same one."""
    days = jumped["date"].to_physical().to_list()
    firsts, last = [0], days[0]
    for at, day in enumerate(days[1:], start=1):
        if day - last >= APART_DAYS:
            firsts.append(at)
            last = day
    return jumped.select("account_id", "date")[firsts]


def per_hundred_years(count: int, years: float) -> Result:
    """A rate per 100 account-years with its exact 95 % interval.

    >>> per_hundred_years(4, 200.0)
    {'count': 4, 'rate': 2.0, 'low': 0.54, 'high': 5.12}
    """
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    bounds = np.array([count, low, chi2.ppf(0.975, 2 * count + 2) / 2]) * 100 / years if years else [0.0] * 3
    rate, lowest, highest = (round(float(value), 2) for value in bounds)
    return {"count": count, "rate": rate, "low": lowest, "high": highest}
