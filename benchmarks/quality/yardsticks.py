"""How many honest accounts lie outside of each yardstick, and how many far outside: at most 2 in 100.

    .venv/bin/python -m benchmarks.quality.yardsticks

Simulated authentic accounts, and the development part of the real organic sets that are there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from accounts.errors import AssayError
from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.organic import SETS
from detector.threshold import clopper_pearson
from detector.yardsticks import YARDSTICKS, far_out
from detector.yardsticks.declaration import Numbers
from detector.yardsticks.reading import outcomes
from features.derive import derive
from training.datasets.base import data_folder, development

__all__ = ["shares_of"]

Result = dict[str, Any]
SIMULATED: Final = "simulated"


def main(
    accounts: Annotated[int, typer.Option(help="How many accounts to simulate, fakes included.")] = 400,
    seed: Annotated[int, typer.Option(help="Seed of the simulated accounts.")] = 5,
    output: Annotated[Path | None, typer.Option(help="Where to keep the shares as JSON.")] = None,
) -> None:
    """Print, for each set, how many accounts each yardstick applies to and finds out or far out."""
    console = Console(width=110)
    results: dict[str, Result] = {}
    for name, numbers, platforms in honest_sets(console, accounts, seed):
        results[name] = shares_of(numbers, platforms)
        report(console, name, results[name])
    if output:
        output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def honest_sets(
    console: Console, accounts: int, seed: int
) -> Iterator[tuple[str, pd.DataFrame, Sequence[str]]]:
    """Name, features and platforms of each set; one whose files are absent is passed over, with a word."""
    population = simulate(accounts, seed)
    authentic = ~(population.labels["inflated"] | population.labels["automated"]).to_numpy()
    numbers, platforms = _numbers(population.tables)
    rows = np.flatnonzero(authentic)
    yield SIMULATED, numbers.iloc[rows], [platforms[row] for row in rows.tolist()]
    for one in SETS:
        try:
            tables = development(one.load(data_folder()))
        except AssayError as error:
            console.print(str(error), style="yellow", markup=False)
            continue
        yield one.name, *_numbers(tables)


def _numbers(tables: Tables) -> tuple[pd.DataFrame, list[str]]:
    return derive(tables), tables.accounts["platform"].to_list()


def shares_of(numbers: pd.DataFrame, platforms: Sequence[str]) -> Result:
    """How many accounts each yardstick applies to, and its out and far out ones, beside those of any.

    Parameters
    ----------
    numbers
        Accounts by features.
    platforms
        One per account.
    """
    known = Numbers(numbers, platforms)
    far = int(far_out(numbers, platforms).sum())
    low, high = clopper_pearson(far, len(platforms))
    yardsticks = {one.name: _counts(outcomes(one.measure(known))) for one in YARDSTICKS}
    return {"accounts": len(platforms), "far_out": far, "interval": [low, high], "yardsticks": yardsticks}


def _counts(found: np.ndarray[Any, np.dtype[np.int64]]) -> dict[str, int]:
    names = {"applied": found >= 0, "out": found == 1, "far_out": found == 2}
    return {name: int(which.sum()) for name, which in names.items()}


def report(console: Console, name: str, result: Result) -> None:
    low, high = result["interval"]
    share = result["far_out"] / max(result["accounts"], 1)
    title = f"{name}: {result['accounts']} accounts, far out {share:.1%} ({low:.1%} to {high:.1%})"
    table = Table("yardstick", "applied", "out", "far out", title=title, title_justify="left")
    for yardstick, counts in result["yardsticks"].items():
        if counts["applied"]:
            table.add_row(yardstick, *map(str, counts.values()))
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
