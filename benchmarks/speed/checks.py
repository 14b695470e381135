"""How much of screening's processor time the checks of the evidence take, and each check by itself.

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
from accounts.tables import Tables
from benchmarks.speed.shape import accounts_of_shape
from detector.bundle import load, starter_path
from detector.screening import Detector

RESULTS = Path(__file__).with_name("results") / "checks.json"
ACCOUNTS = 1_000


def counted(tables: Tables) -> Tables:
    """The accounts with as many comments counted under each post as are given, or more."""
    given = tables.comments.group_by("account_id", "post_id").agg(given=pl.len().cast(pl.Int64))
    posts = tables.posts.join(given, on=["account_id", "post_id"], how="left", maintain_order="left")
    counts = posts.select(comments=pl.max_horizontal("comments", "given"))["comments"]
    return tables.map(lambda name, frame: frame.with_columns(counts) if name == "posts" else frame)


def processor_ms(call: Callable[[], object]) -> float:
    """Milliseconds of processor time of one call, all threads together."""
    start = time.process_time()
    call()
    return round(1e3 * (time.process_time() - start), 1)


def main() -> None:
    """Measure once after a warm-up, print and keep the results."""
    tables, detector = counted(accounts_of_shape(ACCOUNTS)), Detector(load(starter_path()))
    detector.screen(tables)
    screening, examining = (processor_ms(lambda: detector.screen(tables)),
                            processor_ms(lambda: examine(tables)))  # fmt: skip
    alone = {one.name: processor_ms(partial(examine, tables, [one])) for one in CHECKS}
    results: dict[str, Any] = {
        "accounts": ACCOUNTS,
        "shape": "30 posts, 600 comments, 180 days, 100 followers sampled an account",
        "cores": os.cpu_count(),
        "screening_ms": screening,
        "examine_ms": examining,
        "share": round(examining / screening, 3),
        "findings": len(examine(tables).findings),
        "alone_ms": dict(sorted(alone.items(), key=lambda pair: -pair[1])),
    }
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
