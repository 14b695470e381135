"""How long training on many accounts takes, step by step, and how much memory.

``python -m benchmarks.speed.training`` writes benchmarks/speed/results/training.json. Beside seconds it
counts processor seconds of all processes, which other work on the machine changes little.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

from accounts.population import write_population
from accounts.simulation import simulate_chunks
from accounts.stored_population import open_population
from benchmarks.speed.screening import memory_of
from cli.work.training_workers import training_workers
from training.config import TrainingConfig
from training.evaluate import evaluate, predict_test, with_false_accusation_rates
from training.fit import fit

RESULTS: Final = Path(__file__).with_name("results") / "training.json"
CREATED_AT: Final = "2026-11-29T00:00:00Z"
SEED: Final = 5
WEIGHED_EACH_SECONDS: Final = 1.0
"""Adding up the pages of all processes takes a tenth of a second of their time."""


class Stopwatch:
    """Seconds, processor seconds and largest memory of each step, of this process and its children."""

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}
        self._step, self._begun = "", self._clocks()
        self._peak, self.peak, self._ended = 0.0, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)
        self._thread.start()

    def begin(self, step: str, _: float = 0.0) -> None:
        """End the step before, unless it is the same, and begin this one; a run's progress calls it."""
        if step == self._step:
            return
        now = self._clocks()
        if self._step:
            seconds, processor = (after - before for after, before in zip(now, self._begun, strict=True))
            self.steps[self._step] = {
                "seconds": round(seconds, 1),
                "processor_seconds": round(processor, 1),
                "peak_memory_gb": round(self._peak, 2),
            }
        self._step, self._begun, self._peak = step, now, 0.0

    def end(self) -> None:
        """End the last step."""
        self._ended.set()
        self._thread.join()
        self.begin("")

    def _clocks(self) -> tuple[float, float]:
        processor = 0.0
        me = psutil.Process()
        for one in (me, *me.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                used = one.cpu_times()
                processor += used.user + used.system + used.children_user + used.children_system
        return time.perf_counter(), processor

    def _weigh(self) -> None:
        while not self._ended.wait(WEIGHED_EACH_SECONDS):
            found = memory_of(psutil.Process()) / 1024
            self._peak, self.peak = max(self._peak, found), max(self.peak, found)


def train(folder: Path) -> dict[str, Any]:
    """Train on the accounts of a folder as ``assay train --population`` does, without what MLflow keeps."""
    clock, config = Stopwatch(), TrainingConfig()
    clock.begin("opening")
    population = open_population(folder)
    with training_workers(len(population)) as workers:
        clock.begin("dividing into splits")
        fitted = fit(population, config, CREATED_AT, clock.begin, workers=workers)
        clock.begin("judging the test split")
        predictions = predict_test(fitted, workers)
    clock.begin("evaluating")
    report = evaluate(with_false_accusation_rates(fitted, predictions), predictions)
    clock.end()
    return {
        "accounts": len(population),
        "rows_fitted": len(fitted.train.levels),
        "masked_to_every_level": config.masked_accounts,
        "false_accusations": report.false_accusations["all"].as_dict(digits=5),
        "sha256": fitted.bundle.sha256,
        "peak_memory_gb": round(clock.peak, 2),
        "steps": clock.steps,
    }


def train_in_process(folder: Path) -> dict[str, Any]:
    """Train in a process of its own, so that the memory is that of training alone."""
    command = [sys.executable, "-m", "benchmarks.speed.training", "--population", str(folder), "--here"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Run, print and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--population", type=Path, help="labelled accounts that are there; else simulated")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(train(given.population)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.population or Path(temporary, "population")
        if given.population is None:
            write_population(simulate_chunks(given.accounts, SEED), folder)
        started = time.perf_counter()
        found = train_in_process(folder)
        seconds = time.perf_counter() - started
    steps = found["steps"].values()
    total = {
        "seconds": round(seconds, 1),
        "processor_seconds": round(sum(one["processor_seconds"] for one in steps), 1),
    }
    results = {"cores": os.cpu_count(), "load_average": os.getloadavg()[1], **found, "whole": total}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
