"""GitHub, stars gained by repositories month by month, and how many of them are suspected to be fake."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from features.declaration import INFLATED
from training.datasets.base import PublicSet, is_held_out
from training.datasets.cells import COUNT, TEXT, CellRule, converted, raw_numbers
from training.datasets.labelled import Labelled, derive_features

__all__ = ["FILE", "SET", "load"]

FILE: Final = "starscout/stars_by_month.csv.gz"

SET: Final = PublicSet(
    name="starscout",
    files=MappingProxyType({FILE: "928592521f871000898cc5a61ea7cb96746a16b3192abaed70bf03b4fe183673"}),
    label_meaning="Suspected by rules that see who starred: half of the stars or more, against under 5 %.",
    licence="Apache-2.0 (He et al. 2026, ICSE)",
    source="https://github.com/hehao98/StarScout, data/*/fake_stars_clustered_stars_by_month.csv",
    use="trains",
)

CUT_SHORT: Final = "2025-01"  # the month in which the collection ended, at 2 % of its stars
LEAST_STARS: Final = 100
MONTHS_AFTER: Final = 2
FAKE: Final = 0.5
GENUINE: Final = 0.05
FARTHEST: Final = np.log(1.1)
KINDS: Final = MappingProxyType({
    "repo": TEXT,
    "month": CellRule(
        "must be a month such as 2024-05", lambda cell: (cell + "-01").str.to_date(strict=False)
    ),
    "n_stars": COUNT,
    "n_stars_clustered": COUNT,
})  # fmt: skip
RAW: Final = (
    "largest_month", "month_before", "month_after", "second_month_after", "stars", "months_to_largest",
    "months_from_largest",
)  # fmt: skip


def load(folder: Path, *, least_in_all: int = 0, any_content: bool = False) -> Labelled:
    """Read the set.

    Every repository has 25 suspected stars or more, so that few suspected ones among many stars
    mean a large repository: size alone tells the classes apart. So only repositories are taken
    whose largest month brought 100 stars or more and is followed by two months with stars, and
    each suspected one is matched with one that is not, whose largest month is within a tenth of its own.
    Pairs are made nearest first, by name where that is equal, and apart for the held-out repositories
    and the others, so that sizes are alike on either side. ``largest_month`` among the raw
    columns is the baseline to print beside any result.

    That does not cure all of it. With 25 suspected stars or more, a share under 5 % takes over 500
    stars in all, while half of them suspected takes only 50: so the largest month of the others is a smaller
    part of their curve by selection alone, and ``stars`` is a second baseline. ``least_in_all=500`` asks the
    same of both classes, and leaves a third of the pairs.

    The history is the sum of stars at the end of each month, from 0 before the first one; a month
    without stars between two others gained none. After a repository's last month nothing is known:
    many are deleted. Stars are counted from July 2019 on, and only those given, not those taken back. The
    month in which the collection ended is left out. ``as_of`` is the end of the last month of all.

    Parameters
    ----------
    folder
        The data folder.
    least_in_all
        Stars that a repository must have in all.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    table = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    months = _months(converted(SET, FILE, table, KINDS))
    chosen = _matched(_eligible(_repositories(months), least_in_all))
    history = months.join(chosen.select("repo"), on="repo", how="semi")
    features, levels = derive_features(_tables(chosen, history, months["month"].max()))
    return Labelled(
        about=SET,
        head=INFLATED,
        features=features,
        levels=levels,
        classes=["suspected" if fake else "not suspected" for fake in chosen["fake"]],
        truth=chosen["fake"].to_numpy(),
        groups=chosen["account_id"].to_list(),
        raw=raw_numbers(chosen, RAW),
    )


def _months(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per repository and month from its first to its last one, in order."""
    # sum: a month of a repository that stands twice was counted in two pieces.
    rows = rows.filter(pl.col("month") < pl.lit(CUT_SHORT + "-01").str.to_date())
    counted = rows.group_by("repo", "month").agg(pl.col("n_stars", "n_stars_clustered").sum())
    span = counted.group_by("repo").agg(
        pl.date_range(pl.col("month").min(), pl.col("month").max(), "1mo").alias("month")
    )
    every = span.explode("month").join(counted, on=["repo", "month"], how="left")
    return every.with_columns(pl.col("n_stars", "n_stars_clustered").fill_null(0)).sort("repo", "month")


def _repositories(months: pl.DataFrame) -> pl.DataFrame:
    """One row per repository: its share of suspected stars, its largest month, and the months around it."""
    stars, at = pl.col("n_stars"), pl.col("n_stars").arg_max()
    found = months.group_by("repo", maintain_order=True).agg(
        share=pl.col("n_stars_clustered").sum() / stars.sum(),
        stars=stars.sum(),
        largest_month=stars.max(),
        month_before=stars.shift(1).gather(at).first(),
        month_after=stars.shift(-1).gather(at).first(),
        second_month_after=stars.shift(-2).gather(at).first(),
        months_to_largest=at,
        months_from_largest=pl.len() - 1 - at,
        starred_after=(stars.slice(at + 1) > 0).sum(),
    )
    return found.with_columns(account_id=pl.format("starscout:{}", "repo"), fake=pl.col("share") >= FAKE)


def _eligible(found: pl.DataFrame, least_in_all: int) -> pl.DataFrame:
    sure = (pl.col("share") >= FAKE) | (pl.col("share") < GENUINE)
    large = (pl.col("largest_month") >= LEAST_STARS) & (pl.col("starred_after") >= MONTHS_AFTER)
    return found.filter(sure & large & (pl.col("stars") >= least_in_all))


def _matched(found: pl.DataFrame) -> pl.DataFrame:
    """As many repositories that are suspected as that are not, their largest months alike."""
    held_out = pl.Series([is_held_out(name) for name in found["account_id"]], dtype=pl.Boolean)
    pairs = [_pairs(found.filter(side)) for side in (~held_out, held_out)]
    return found.filter(pl.col("repo").is_in([name for names in pairs for name in names]))


def _pairs(found: pl.DataFrame) -> list[str]:
    """The names in all pairs: nearest first, each repository in one."""
    sized = found.select("repo", size=pl.col("largest_month").cast(pl.Float64).log(), fake="fake")
    fakes, others = sized.filter("fake"), sized.filter(~pl.col("fake"))
    near = fakes.join(others, how="cross", suffix="_other").with_columns(
        apart=(pl.col("size") - pl.col("size_other")).abs()
    )
    paired: set[str] = set()
    near = near.filter(pl.col("apart") <= FARTHEST).sort("apart", "repo", "repo_other")
    for fake, other in near.select("repo", "repo_other").iter_rows():
        if fake not in paired and other not in paired:
            paired |= {fake, other}
    return sorted(paired)


def _tables(chosen: pl.DataFrame, months: pl.DataFrame, last: object) -> Tables:
    named, gained = pl.format("starscout:{}", "repo"), pl.col("n_stars").cum_sum().over("repo")
    ends = months.select(account_id=named, date=pl.col("month").dt.offset_by("1mo"), followers=gained)
    begins = months.group_by("repo", maintain_order=True).agg(pl.col("month").first())
    begins = begins.select(account_id=named, date="month", followers=pl.lit(0, pl.Int64))
    as_of = pl.lit(last, pl.Date()).dt.offset_by("1mo").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    accounts = chosen.select("account_id", platform=pl.lit("github"), as_of=as_of)
    return Tables.of(accounts=accounts, history=pl.concat([begins, ends]))
