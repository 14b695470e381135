"""How fast accounts become verdicts: ``assay screen`` on Parquet, its memory, and one account alone.

``python -m benchmarks.speed.screening`` writes benchmarks/speed/results/screening.json.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pyarrow.parquet as pq

from accounts.reading import read
from accounts.schema import TABLES
from accounts.tables import Tables
from benchmarks.speed.features import without_audience
from benchmarks.speed.shape import accounts_of_shape
from detector.bundle import load, starter_path
from detector.labels import Explain
from detector.screening import Detector
from features.derive import derive
from features.evidence import evidence_of
from features.views import Views

RESULTS = Path(__file__).with_name("results") / "screening.json"
BLOCK = 1_000
WEIGHED_EACH_SECONDS = 1.0
"""Weighing takes 60 ms of processor time from what is measured: five times a second cost it a tenth."""


def write_accounts(folder: Path, accounts: int, *, audience: bool) -> None:
    """Parquet tables of that many accounts, block by block; blocks differ in their ids alone."""
    block = accounts_of_shape(BLOCK)
    if not audience:
        block = without_audience(block)
    folder.mkdir()
    for name in TABLES:
        schema = block[name].to_arrow().schema
        with pq.ParquetWriter(folder / f"{name}.parquet", schema) as file:
            for at in range(accounts // BLOCK):
                renamed = block[name].with_columns(
                    (pl.lit(f"{at:05d}-") + pl.col("account_id")).alias("account_id")
                )
                file.write_table(renamed.to_arrow().cast(schema))


def screened(folder: Path, out: Path) -> dict[str, Any]:
    """Seconds and peak memory of one ``assay screen --json``, its processes together."""
    arguments = ["screen", str(folder), "--json", "--out", str(out), "--model", str(starter_path())]
    start = time.perf_counter()
    command = subprocess.Popen([sys.executable, "-c", "from cli.assay import main; main()", *arguments])
    peak = 0.0
    while command.poll() is None:
        peak = max(peak, memory_of(psutil.Process(command.pid)))
        time.sleep(WEIGHED_EACH_SECONDS)
    seconds = time.perf_counter() - start
    if command.returncode:
        raise SystemExit(command.returncode)
    labels = Counter(json.loads(line)["label"] for line in out.open())
    return {
        "accounts": sum(labels.values()),
        "seconds": round(seconds, 2),
        "accounts_per_second": round(sum(labels.values()) / seconds),
        "peak_memory_mb": round(peak),
        "labels": dict(sorted(labels.items())),
    }


def memory_of(process: psutil.Process) -> float:
    """Megabytes of it and all that it started; what several share is counted once."""
    found = 0.0
    with suppress(psutil.NoSuchProcess):
        for one in (process, *process.children(recursive=True)):
            found += one.memory_full_info().pss / 2**20
    return found


def one_verdict(detector: Detector, tables: Tables, repeats: int = 60) -> dict[str, float]:
    """Milliseconds of one verdict with exact SHAP reasons, in process, and of its features alone."""
    one = tables.select(tables.accounts["account_id"].head(1).to_list())
    ways = {
        "verdict_ms": lambda: detector.screen(one, explain=Explain.ALL),
        "features_ms": lambda: derive(one),
    }
    return {name: _median_ms(call, repeats) for name, call in ways.items()}


def _median_ms(call: Any, repeats: int) -> float:
    call()
    gc.collect()
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append(1e3 * (time.perf_counter() - start))
    return round(statistics.median(found), 2)


def where_the_time_goes(detector: Detector, folder: Path) -> dict[str, float]:
    """Microseconds an account by step, over the first accounts of the folder."""
    start = time.perf_counter()
    chunk = next(iter(read(folder)))
    steps = {"reading": time.perf_counter() - start}
    views = Views(chunk.tables)
    calls: dict[str, Callable[[], object]] = {
        "features": lambda: derive(views),
        "evidence": lambda: evidence_of(views),
        "judging": lambda: detector.predict(chunk.tables),
        "whole verdicts": lambda: detector.screen(chunk.tables),
        "whole verdicts, all explained": lambda: detector.screen(chunk.tables, explain=Explain.ALL),
    }
    for name, call in calls.items():
        start = time.perf_counter()
        call()
        steps[name] = time.perf_counter() - start
    return {name: round(1e6 * seconds / len(chunk.tables), 1) for name, seconds in steps.items()}


def main() -> None:
    """Run, print and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--no-larger", action="store_true", help="leave out the run on three times as many")
    given = parser.parse_args()
    detector = Detector(load(starter_path()))
    results: dict[str, Any] = {
        "cores": os.cpu_count(),
        "shape": "30 posts, 600 comments, 180 days an account",
    }
    with tempfile.TemporaryDirectory() as temporary:
        sizes = [given.accounts] if given.no_larger else [given.accounts, 3 * given.accounts]
        for size in sizes:
            folder = Path(temporary, str(size))
            write_accounts(folder, size, audience=False)
            os.sync()  # else the disk takes it in while the command is measured
            results[f"screen_{size}"] = screened(folder, Path(temporary, "out.jsonl"))
            print(json.dumps(results[f"screen_{size}"]))
        results["where_us"] = where_the_time_goes(detector, Path(temporary, str(given.accounts)))
    results["one"] = one_verdict(detector, without_audience(accounts_of_shape(3)))
    results["one_with_audience"] = one_verdict(detector, accounts_of_shape(3))
    results["peak_memory_of_this_process_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
