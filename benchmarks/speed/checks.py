"""How much of screening's processor time the checks of the evidence take, and each check by itself.

Of accounts of one shape, full of comments, and of simulated ones, of which many have little to judge by, so
that a check's fixed costs weigh more. One reading of all texts stands beside: checks of texts take no less.

``python -m benchmarks.speed.checks`` writes benchmarks/speed/results/checks.json.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from accounts.checks import examine
from accounts.checks.catalogue import CHECKS
from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.speed.shape import accounts_of_shape
from detector.bundle import load, starter_path
from detector.screening import Detector

RESULTS = Path(__file__).with_name("results") / "checks.json"
ACCOUNTS = 1_000
ALONE = 10
TIMES = 3


def processor_ms(call: Callable[[], object], times: int = TIMES) -> float:
    """Milliseconds of processor time of one call, all threads together; the least of several."""
    durations = []
    for _ in range(times):
        start = time.process_time()
        call()
        durations.append(time.process_time() - start)
    return round(1e3 * min(durations), 1)


def fresh_copy(tables: Tables) -> Tables:
    """The same accounts, of which nothing was looked up yet that later calls could reuse."""
    return tables.map(lambda _, frame: frame)


def read_texts(tables: Tables) -> None:
    """One reading of every caption and comment: their lengths in characters."""
    tables.posts.select(pl.col("caption").str.len_chars())
    tables.comments.select(pl.col("text").str.len_chars())


def screen_copy(detector: Detector, tables: Tables) -> None:
    """Screen the accounts, of which nothing was looked up yet."""
    detector.screen(fresh_copy(tables))


def examine_copy(tables: Tables) -> None:
    """Check the accounts' evidence, of which nothing was looked up yet."""
    examine(fresh_copy(tables))


def one_by_one(tables: Tables, detector: Detector) -> dict[str, float]:
    """Mean milliseconds of one account by itself: screening, and the checks."""
    some = [tables.select([name]) for name in tables.accounts["account_id"].head(ALONE)]
    screening = sum(processor_ms(partial(screen_copy, detector, one)) for one in some)
    examining = sum(processor_ms(partial(examine_copy, one)) for one in some)
    return {
        "screening_ms": round(screening / len(some), 1),
        "examine_ms": round(examining / len(some), 1),
        "share": round(examining / screening, 3),
    }


def measure(about: str, tables: Tables, detector: Detector) -> dict[str, Any]:
    """Times of one population, after a warm-up."""
    detector.screen(tables.select(tables.accounts["account_id"].head(50)))
    screening = processor_ms(partial(screen_copy, detector, tables))
    examining = processor_ms(partial(examine_copy, tables))
    reading = processor_ms(lambda: read_texts(tables))
    alone = {check.name: processor_ms(partial(examine, tables, [check]), 1) for check in CHECKS}
    return {
        "accounts": len(tables),
        "about": about,
        "screening_ms": screening,
        "examine_ms": examining,
        "share": round(examining / screening, 3),
        "reading_all_texts_ms": reading,
        "share_of_reading_all_texts": round(reading / screening, 3),
        "accounts_with_findings": len(examine(tables).findings),
        "one_account": one_by_one(tables, detector),
        "alone_ms": dict(sorted(alone.items(), key=lambda pair: -pair[1])),
    }


def main() -> None:
    """Measure both populations, print and keep the results."""
    detector = Detector(load(starter_path()))
    shape = "30 posts, 600 comments, 180 days, 100 followers sampled an account"
    results = {
        "cores": os.cpu_count(),
        "of_shape": measure(shape, accounts_of_shape(ACCOUNTS), detector),
        "simulated": measure("simulate(1000, seed=99)", simulate(ACCOUNTS, 99).tables, detector),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
