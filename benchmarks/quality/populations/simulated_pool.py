"""Freshly simulated accounts with a detector's scores: simulated and scored once, in several processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import polars as pl

from accounts.population import Population
from accounts.simulation import hard_negatives, simulate
from accounts.simulation.simulator import EventFrequency, RegimeName
from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector, model_folder
from benchmarks.quality.harness.part import Progress
from detector.screening import Detector
from detector.signals import SIGNALS
from training.masking import mask_tables

__all__ = [
    "ACCOUNTS",
    "OTHER_REGIME",
    "P_VALUES",
    "mask_evidence",
    "natural_pools",
    "run_in_processes",
    "score_piece",
    "score_tables",
    "scored_pool",
]

Answer = TypeVar("Answer")

P_VALUES: Final = tuple(f"p {signal.name}" for signal in SIGNALS)
PROCESSES: Final = 2
SIZE: Final = 500
ACCOUNTS: Final = 30_000
OTHER_REGIME: Final = 12_000
SEED, OTHER_SEED = 31_000_000, 32_000_000
MASKED_TO: Final = {
    "profile": True,
    "audience": False,
    "posts": 6,
    "scattered": False,
    "texts": True,
    "comments": 15,
    "days": 30,
    "every": "1d",
}


def scored_pool(  # noqa: PLR0913
    accounts: int,
    seed: int,
    regime: RegimeName,
    progress: Progress,
    *,
    doing: str,
    masked: bool = False,
    events: EventFrequency = "natural",
    processes: int = PROCESSES,
) -> pl.DataFrame:
    """Simulated accounts as the detector judges them, in pieces that have a seed each.

    Parts that ask for the same accounts in one run share them.

    Parameters
    ----------
    accounts
        How many, in whole pieces of ``SIZE``.
    seed
        Of the first piece; the next has the next.
    regime
        Whose parameters.
    progress, doing
        Called with ``doing`` and the share of it that is done.
    masked
        Whether each account is judged a second time on thin evidence.
    events
        Whether honest events and hard kinds of people are as rare as they are.
    processes
        How many.
    """
    jobs = [(seed + number, regime, masked, events) for number in range(max(accounts // SIZE, 1))]
    key = (str(model_folder()), *jobs[0], len(jobs))
    if key not in _POOLS:
        found = []
        for frame in run_in_processes(score_piece, jobs, processes):
            found.append(frame)
            progress(doing, len(found) / len(jobs))
        _POOLS[key] = pl.concat(found)
    return _POOLS[key]


def natural_pools(progress: Progress) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Accounts with honest events as rare as they are: of the regime trained on, and of the other.

    The former as they came and on thin evidence.
    """
    pool = scored_pool(ACCOUNTS, SEED, "train", progress, doing="making the pool", masked=True)
    return pool, scored_pool(
        OTHER_REGIME, OTHER_SEED, "test", progress, doing="making the other regime's pool"
    )


_POOLS: Final[dict[tuple[object, ...], pl.DataFrame]] = {}


def run_in_processes(
    work: Callable[..., Answer], jobs: Sequence[tuple[Any, ...]], processes: int = PROCESSES
) -> Iterator[Answer]:
    """Results of ``work(*job)`` for each job, in order; with one process it is called here."""
    if processes == 1:
        yield from (work(*job) for job in jobs)
        return
    with (
        one_thread(),
        ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool,
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


def score_piece(
    seed: int, regime: RegimeName, masked: bool, events: EventFrequency = "natural", size: int = SIZE
) -> pl.DataFrame:
    """One piece of the pool: accounts as they came, and below them the same on thin evidence."""
    population = simulate(size, seed, regime=regime, events=events)
    frames = [score_population(benchmarked_detector(), population).with_columns(shown=pl.lit("as it came"))]
    if masked:
        poorer = Population(mask_evidence(population.tables, seed), population.labels)
        frames.append(score_population(benchmarked_detector(), poorer).with_columns(shown=pl.lit("thin")))
    return pl.concat(frames)


def mask_evidence(tables: Tables, seed: int) -> Tables:
    """Six posts, fifteen comments and thirty days of every account that has as many."""
    plan = tables.accounts.select("account_id", **{name: pl.lit(value) for name, value in MASKED_TO.items()})
    return mask_tables(tables, plan, seed)


def score_population(detector: Detector, population: Population) -> pl.DataFrame:
    """The labels, and beside them what the detector says; ``is_inflated`` and ``is_automated`` are true."""
    truth = population.labels.rename({"inflated": "is_inflated", "automated": "is_automated"})
    authentic = (~pl.col("is_inflated") & ~pl.col("is_automated")).alias("authentic")
    hard = hard_negatives(population.labels)
    scores = score_tables(detector, population.tables).drop("account_id")
    return truth.hstack(scores).with_columns(authentic, hard)


def score_tables(detector: Detector, tables: Tables) -> pl.DataFrame:
    """The detector's scores and labels of accounts.

    ``suspicion`` is what thresholds are set on, null where no signal is heard, as the signals' p-values
    are (``P_VALUES``); ``judged_by`` names the level whose thresholds speak, ``can_accuse`` says whether
    it has one, and ``unfamiliar`` whether a block is unlike all that was trained on.
    """
    judged = detector.predict(tables)
    levels, platforms = judged.levels, tables.accounts["platform"].to_list()
    speaking = {at: detector.bundle.levels.row_for(*at) for at in set(zip(levels, platforms, strict=True))}
    rows = [speaking[at] for at in zip(levels, platforms, strict=True)]
    rarity = judged.signals.p_values
    return pl.DataFrame({
        "account_id": tables.accounts["account_id"],
        "platform": tables.accounts["platform"],
        "level": pl.Series(levels, dtype=pl.String),
        "judged_by": pl.Series([row.level for row in rows], dtype=pl.String),
        "can_accuse": pl.Series([row.accuse_above is not None for row in rows], dtype=pl.Boolean),
        "suspicion": pl.Series(judged.suspicion, nan_to_null=True),
        "unfamiliar": pl.Series([bool(blocks) for blocks in judged.unfamiliar], dtype=pl.Boolean),
        "label": pl.Series([label.value for label in judged.decisions.labels], dtype=pl.String),
        **{name: pl.Series(rarity[:, at], nan_to_null=True) for at, name in enumerate(P_VALUES)},
    })  # fmt: skip
