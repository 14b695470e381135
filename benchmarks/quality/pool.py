"""Freshly simulated accounts with what a detector says of them: made and scored once, in all processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl

from accounts.simulation import Population, hard_negatives, simulate
from accounts.simulation.population import RegimeName
from accounts.tables import Tables
from benchmarks.quality.part import Progress
from detector.bundle import load, starter_path
from detector.decision import HEADS, suspicion
from detector.screening import Detector, accusable_by
from features.views import Views
from training.thinning import thin

__all__ = [
    "ACCUSED",
    "SIZE",
    "in_processes",
    "piece",
    "pooled",
    "scored",
    "scored_tables",
    "starter",
    "thin_evidence",
]

Answer = TypeVar("Answer")

ACCUSED: Final = tuple(head.value for head in HEADS)
SIZE: Final = 500
THIN: Final = {
    "profile": True,
    "audience": False,
    "posts": 6,
    "comments": 15,
    "days": 30,
    "every": "1d",
}


def pooled(  # noqa: PLR0913
    accounts: int,
    seed: int,
    regime: RegimeName,
    progress: Progress,
    *,
    doing: str,
    thinned: bool = False,
    processes: int | None = None,
) -> pl.DataFrame:
    """Simulated accounts as the starter judges them, in pieces that have a seed each.

    Parameters
    ----------
    accounts
        How many, in whole pieces of ``SIZE``.
    seed
        Of the first piece; the next has the next.
    regime
        Whose parameters.
    progress, doing
        Told what is being done, and how much of it is done.
    thinned
        Whether each account is judged a second time on thin evidence.
    processes
        How many; one for each core unless told.
    """
    jobs = [(seed + number, regime, thinned) for number in range(max(accounts // SIZE, 1))]
    found = []
    for frame in in_processes(piece, jobs, processes):
        found.append(frame)
        progress(doing, len(found) / len(jobs))
    return pl.concat(found)


def in_processes(
    work: Callable[..., Answer], jobs: Sequence[tuple[Any, ...]], processes: int | None = None
) -> Iterator[Answer]:
    """What ``work(*job)`` answers for each job, in order; one process does it all here."""
    wanted = processes or os.cpu_count() or 1
    if wanted == 1:
        yield from (work(*job) for job in jobs)
        return
    with (
        one_thread(),
        ProcessPoolExecutor(wanted, multiprocessing.get_context("spawn")) as pool,
    ):
        waiting = [pool.submit(work, *job) for job in jobs]
        for future in waiting:
            yield future.result()


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes that are started meanwhile use one thread each."""
    before = dict(os.environ)
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@cache
def starter() -> Detector:
    """The detector that comes with Assay, read once in each process."""
    return Detector(load(starter_path()))


def piece(seed: int, regime: RegimeName, thinned: bool, size: int = SIZE) -> pl.DataFrame:
    """One piece of the pool: accounts as they came, and below them the same on thin evidence."""
    population = simulate(size, seed, regime=regime)
    frames = [scored(starter(), population).with_columns(shown=pl.lit("as it came"))]
    if thinned:
        poorer = Population(thin_evidence(population.tables, seed), population.labels)
        frames.append(scored(starter(), poorer).with_columns(shown=pl.lit("thin")))
    return pl.concat(frames)


def thin_evidence(tables: Tables, seed: int) -> Tables:
    """Six posts, fifteen comments and thirty days of every account that has as many."""
    plan = tables.accounts.select("account_id", **{name: pl.lit(value) for name, value in THIN.items()})
    return thin(tables, plan, seed)


def scored(detector: Detector, population: Population) -> pl.DataFrame:
    """The labels, and beside them what the detector says; ``is_inflated`` and ``is_automated`` are true."""
    truth = population.labels.rename({"inflated": "is_inflated", "automated": "is_automated"})
    authentic = (~pl.col("is_inflated") & ~pl.col("is_automated")).alias("authentic")
    hard = hard_negatives(population.labels)
    said = scored_tables(detector, population.tables).drop("account_id")
    return truth.hstack(said).with_columns(authentic, hard)


def scored_tables(detector: Detector, tables: Tables) -> pl.DataFrame:
    """What the detector says of accounts of which nothing else need be known.

    ``suspicion`` is what thresholds are set on: -1 where an account is strange, null where
    nothing may be accused by. ``can_accuse`` says whether the level has a threshold at all, and
    ``over`` whether it is exceeded, strange or not.
    """
    judged = detector.judge(Views(tables))
    levels = judged.levels
    strange = np.array([bool(blocks) for blocks in judged.strange], dtype=bool)
    limits = detector.bundle.levels.limits(levels, tables.accounts["platform"].to_list())
    suspected = suspicion(judged.probabilities, accusable_by(levels), strange)
    chances = {head.value: pl.Series(judged.probabilities[:, at]) for at, head in enumerate(HEADS)}
    return pl.DataFrame({
        "account_id": tables.accounts["account_id"],
        "platform": tables.accounts["platform"],
        "level": pl.Series(levels, dtype=pl.String),
        "suspicion": pl.Series(suspected, nan_to_null=True),
        "strange": pl.Series(strange),
        "over": pl.Series(judged.suspicion > limits.threshold),
        "can_accuse": pl.Series(~np.isnan(limits.threshold)),
        "label": pl.Series([label.value for label in judged.decisions.labels], dtype=pl.String),
        **chances,
    })  # fmt: skip
