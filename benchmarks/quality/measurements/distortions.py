"""Verdicts on accounts before and after each distortion of their evidence.

The same accounts are judged twice, so what counts is who changed sides: a distortion that accuses or clears
more than the whole evidence does is told from chance by a sign test over these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.stats import binomtest

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.distortions import DISTORTIONS
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.organic_sets import open_accounts, set_named
from benchmarks.quality.populations.simulated_pool import run_in_processes
from detector.arrays import Bools
from detector.labels import Explain, Label
from training.datasets import instafake_posts, vtuber_tw, youtube_channels
from training.datasets.base import PublicSet, data_folder, development
from training.metrics import ACCUSING, rate

__all__ = [
    "FAKES", "GROUPS", "HONEST", "SETS", "SIMULATED", "compare", "measure", "more_than_before", "read",
    "simulated",
]  # fmt: skip

SIMULATED: Final = 1_400
SEED: Final = 77_412
LEAST_POSTS: Final = 12
HONEST: Final = 300
FAKES: Final = 200
REAL: Final = 150
SURELY: Final = 0.025


def measure(group: str, progress: Progress) -> Result:
    """Judge the accounts of a group as they are, and under every distortion that changes them.

    Returns
    -------
    dict
        ``alpha``, what is promised; ``whole``, the rates without distortion; and ``distortions``, by name the
        rates of :func:`compare`.
    """
    tables, jobs = read(group), [(group, at) for at in range(len(DISTORTIONS))]
    before = judge(tables)
    found: dict[str, Result] = {}
    for one, rows in zip(DISTORTIONS, run_in_processes(judge_distorted, jobs), strict=True):
        progress(one.name, len(found) / len(jobs))
        if rows is not None:
            found[one.name] = compare(before, rows)
    return {
        "alpha": benchmarked_detector().bundle.facts.alpha,
        "whole": compare(before, before),
        "distortions": found,
    }


def judge(tables: Tables) -> pl.DataFrame:
    """For each account whether it is accused and authentic, and whether a check of the evidence spoke."""
    verdicts = benchmarked_detector().screen(tables, explain=Explain.NONE)
    return pl.DataFrame({
        "accused": [one.label in ACCUSING for one in verdicts],
        "authentic": [one.label is Label.AUTHENTIC for one in verdicts],
        "spoke": [bool(one.evidence.findings) for one in verdicts],
    })  # fmt: skip


def judge_distorted(group: str, number: int) -> pl.DataFrame | None:
    """The accounts of a group under one distortion; None where it leaves them as they are."""
    tables = read(group)
    distorted = DISTORTIONS[number].apply(tables)
    same = all(
        distorted[name].equals(tables[name])
        for name in ("accounts", "posts", "comments", "history", "audience")
    )
    return None if same else judge(distorted)


def compare(before: pl.DataFrame, after: pl.DataFrame) -> Result:
    """Rates after a distortion, and whether accusing and clearing became more frequent, beyond chance.

    >>> whole = pl.DataFrame({"accused": [False] * 8, "authentic": [False] * 8, "spoke": [False] * 8})
    >>> found = compare(whole, whole.with_columns(authentic=True))
    >>> found["authentic"]["rate"], found["clears_more"], found["accuses_more"]
    (1.0, True, False)
    """
    flags = {name: (before[name].to_numpy(), after[name].to_numpy()) for name in ("accused", "authentic")}
    return {
        **{name: rate(after[name].to_numpy()) for name in ("accused", "authentic", "spoke")},
        "newly_accused": _gained(*flags["accused"]),
        "newly_authentic": _gained(*flags["authentic"]),
        "accuses_more": more_than_before(*flags["accused"]),
        "clears_more": more_than_before(*flags["authentic"]),
    }


def _gained(before: Bools, after: Bools) -> int:
    return int(np.count_nonzero(after & ~before))


def more_than_before(before: Bools, after: Bools) -> bool:
    """Whether more accounts gained than lost something, beyond chance: a one-sided sign test at 2.5 %.

    >>> [more_than_before(np.zeros(9, bool), np.arange(9) < gained) for gained in (5, 6)]
    [False, True]
    """
    gained, lost = _gained(before, after), _gained(after, before)
    return gained > lost and bool(binomtest(gained, gained + lost, alternative="greater").pvalue < SURELY)


def simulated(*, honest: bool, most: int, of: int = SIMULATED) -> Tables:
    """Of so many simulated accounts of the other regime those with 12 posts or more and natural events."""
    population = simulate(of, SEED, regime="test", events="natural")
    posting = population.tables.posts.group_by("account_id").len().filter(pl.col("len") >= LEAST_POSTS)
    fake = pl.col("inflated") | pl.col("automated")
    wanted = population.labels.filter(~fake if honest else fake).join(posting, on="account_id", how="semi")
    return population.tables.select(wanted["account_id"].sort().head(most))


def organic(name: str) -> Tables:
    """Some open accounts of a real set, each with 12 posts or more where it has any."""
    if name == "vtuber_tw":
        tables = development(vtuber_tw.load(data_folder(), "youtube"))
    else:
        tables = open_accounts(name, set_named(name).load(data_folder()))
    return tables.select(tables.accounts["account_id"].sort().sample(min(REAL, len(tables)), seed=SEED))


GROUPS: Final[Mapping[str, Callable[[], Tables]]] = MappingProxyType({
    "honest": partial(simulated, honest=True, most=HONEST),
    "fakes": partial(simulated, honest=False, most=FAKES),
    **{name: partial(organic, name) for name in ("youtube_channels", "instafake_posts", "vtuber_tw")},
})  # fmt: skip
SETS: Final[Mapping[str, PublicSet]] = MappingProxyType(
    {one.name: one for one in (youtube_channels.SET, instafake_posts.SET, vtuber_tw.SET)}
)
_READ: Final[dict[str, Any]] = {}


def read(group: str) -> Tables:
    """The accounts of a group, read once in each process."""
    if group not in _READ:
        _READ[group] = GROUPS[group]()
    tables: Tables = _READ[group]
    return tables
