"""The starter detector: made again, byte for byte on one machine, from its recorded configuration."""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accounts.population import LabelledAccounts, Population
from accounts.simulation import simulate_chunks, simulate_numbers
from accounts.stored_population import STORED_FROM, stored_for_now
from detector.bundle import load, save, starter_path
from detector.heads import Scorer
from detector.signals import SIGNALS
from training.config import TrainingConfig, read_config
from training.datasets.base import data_folder
from training.evaluate import evaluate
from training.fit import Fitted, fit
from training.fit_heads import fit_head
from training.labelled_rows import LabelledRows
from training.organic import read_organic
from training.progress import Progress, silent
from training.training_rows import organic_rows, training_rows

__all__ = [
    "CONFIG", "CREATED_AT", "make_heads", "make_starter", "simulated_population", "some_accounts",
]  # fmt: skip

CONFIG: Final = Path(__file__).with_name("starter.toml")
PART: Final = Path(__file__).with_name("starter.part")
RESULTS: Final = Path(__file__).resolve().parents[1] / "benchmarks" / "quality" / "starter.json"
CREATED_AT: Final = "2026-11-30T00:00:00Z"


def simulated_population(config: TrainingConfig, progress: Progress = silent) -> LabelledAccounts:
    """The simulated accounts that a configuration asks for: in memory, or many in a temporary folder."""
    pieces = _with_progress(simulate_chunks(config.accounts, config.seed), config.accounts, progress)
    return stored_for_now(pieces) if config.accounts >= STORED_FROM else Population.concat(list(pieces))


def _with_progress(pieces: Iterable[Population], accounts: int, progress: Progress) -> Iterator[Population]:
    done = 0
    for piece in pieces:
        done += len(piece)
        progress("simulating", done / accounts)
        yield piece


def make_starter(progress: Progress = silent) -> Fitted:
    """Simulate and train as the configuration says."""
    config = read_config(CONFIG)
    organic = read_organic(config.organic, data_folder(), config.seed)
    return fit(simulated_population(config, progress), config, CREATED_AT, progress, organic=organic)


def make_heads() -> dict[str, Scorer]:
    """The starter's heads alone, from the accounts that it was trained on, for checking.

    Which these are follows only from the whole population, so it is recorded: a fifth is simulated again.
    """
    config = read_config(CONFIG)
    rows = training_rows(simulate_numbers(recorded_train_split().tolist(), config.seed), config)
    for one in read_organic(config.organic, data_folder(), config.seed):
        rows = LabelledRows.concat([rows, organic_rows(one, config)])
    everything = np.ones(len(rows.levels), dtype=bool)
    return {signal.name: fit_head(signal, rows, config, everything) for signal in SIGNALS}


def some_accounts(count: int) -> Population:
    """So many of the simulated accounts that the starter was trained on, made again."""
    return simulate_numbers(recorded_train_split()[:count].tolist(), read_config(CONFIG).seed)


def recorded_train_split() -> NDArray[np.int64]:
    """Numbers of the simulated accounts that the starter was trained on."""
    bits = np.frombuffer(b64decode(PART.read_bytes()), dtype=np.uint8)
    return np.flatnonzero(np.unpackbits(bits))


def record_train_split(fitted: Fitted) -> None:
    """Write down which accounts trained the starter, a bit each."""
    bits = np.packbits((fitted.split_of["split"] == "train").to_numpy())
    PART.write_text("\n".join(wrap(b64encode(bits.tobytes()).decode(), 100)) + "\n", encoding="ascii")


def _print_progress(doing: str, share: float) -> None:
    print(f"\r{share:5.0%} {doing:60}", end="", file=sys.stderr)


def main() -> int:
    """Make the starter and write it, or compare it with the one that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the shipped one, write nothing")
    given = parser.parse_args()
    fitted = make_starter(_print_progress)
    bundle = fitted.bundle
    print(file=sys.stderr)
    if given.check:
        same = load(starter_path()).manifest.files == bundle.manifest.files
        print("the same bytes as the shipped one" if same else "not the bytes of the shipped one")
        return 0 if same else 1
    save(bundle, starter_path())
    record_train_split(fitted)
    report = json.dumps(evaluate(fitted).as_dict(), indent=2)
    RESULTS.write_text(report + "\n", encoding="utf-8")
    print(report)
    print(f"{starter_path()}: {bundle.sha256}, {sum(map(len, bundle.files.values())) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
