"""The starter detector: made again, byte for byte on one machine, from its recorded configuration."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Final

import numpy as np

from accounts.simulation import Population, simulate_chunks
from detector.bundle import load, save, starter_path
from detector.decision import HEADS
from detector.heads import Scorer
from features.declaration import Head
from training.config import TrainingConfig, read_config
from training.evaluate import evaluate
from training.fit import Fitted, Progress, fit, fit_head, pick, training_rows
from training.split import groups, parts

__all__ = ["CONFIG", "CREATED_AT", "make_heads", "make_starter", "simulated_population"]

CONFIG: Final = Path(__file__).with_name("starter.toml")
RESULTS: Final = Path(__file__).resolve().parents[1] / "benchmarks" / "quality" / "starter.json"
CREATED_AT: Final = "2026-11-23T00:00:00Z"


def simulated_population(config: TrainingConfig, progress: Progress = lambda *_: None) -> Population:
    """The simulated accounts that the starter is trained on."""
    pieces = []
    for piece in simulate_chunks(config.accounts, config.seed):
        pieces.append(piece)
        progress("simulating", sum(map(len, pieces)) / config.accounts)
    return Population.concat(pieces)


def make_starter(progress: Progress = lambda *_: None) -> Fitted:
    """Simulate and train as the configuration says."""
    config = read_config(CONFIG)
    return fit(simulated_population(config, progress), config, CREATED_AT, progress)


def make_heads() -> dict[Head, Scorer]:
    """The starter's heads alone, without its thresholds: a third of the time, for checking."""
    config = read_config(CONFIG)
    population = simulated_population(config)
    part = parts(groups(population), config.shares, config.seed)
    rows = training_rows(pick(population, part == "train"), config)
    return {head: fit_head(rows, head, config, np.ones(len(rows.levels), dtype=bool)) for head in HEADS}


def _told(doing: str, share: float) -> None:
    print(f"\r{share:5.0%} {doing:60}", end="", file=sys.stderr)


def main() -> int:
    """Make the starter and write it, or compare it with the one that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the shipped one, write nothing")
    given = parser.parse_args()
    fitted = make_starter(_told)
    bundle = fitted.bundle
    print(file=sys.stderr)
    if given.check:
        same = load(starter_path()).sha256 == bundle.sha256
        print("the same bytes as the shipped one" if same else "not the bytes of the shipped one")
        return 0 if same else 1
    save(bundle, starter_path())
    report = json.dumps(evaluate(fitted).as_dict(), indent=2)
    RESULTS.write_text(report + "\n", encoding="utf-8")
    print(report)
    print(f"{starter_path()}: {bundle.sha256}, {sum(map(len, bundle.files.values())) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
