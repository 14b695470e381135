"""Real accounts of every organic set: false accusations as they are, and what is seen of fraud put into them.

    .venv/bin/python -m benchmarks.quality.real_injected [--model FOLDER] [NAME...]

Three in ten accounts of each set are sealed: without ``--sealed`` only the others are judged; with it
only they are, and the look is kept in the results. At most 150 accounts of a set.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from accounts.errors import AssayError, WrongUsage
from accounts.tables import Tables
from benchmarks.quality.kept import RESULTS, read
from benchmarks.quality.real_cells import CELLS, Said, as_found, injected_cell, masks_of, sampled
from detector.bundle import load, starter_path
from detector.screening import Detector
from features.catalogue import CATALOGUE_VERSION
from training.datasets.base import data_folder, development, sealed
from training.datasets.organic import ORGANIC

__all__ = ["measured"]

KEPT: Final = RESULTS / "real_injected.json"

Result = dict[str, Any]


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Sets; without any, all that are there.")] = None,
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where to keep the results.")] = None,
    look: Annotated[bool, typer.Option("--sealed", help="Judge the sealed accounts, and log it.")] = False,
) -> None:
    """Measure, print and keep."""
    console = Console(width=150)
    try:
        detector = Detector(load(model or starter_path(), catalogue=CATALOGUE_VERSION))
        chosen = _chosen(names or [])
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None
    found: dict[str, Result] = {}
    for name in chosen:
        begun = time.perf_counter()
        try:
            tables = (sealed if look else development)(ORGANIC[name].load(data_folder()))
        except AssayError as error:
            console.print(f"{name} is left out. {error}", style="red", markup=False)
            continue
        found[name] = measured(detector, name, sampled(tables))
        console.print(f"{name}: {time.perf_counter() - begun:.0f} s")
    console.print(false_accusations(found), injections(found))
    path = output or (None if model else KEPT)
    if path and found:
        keep(path, detector, "sealed" if look else "development", found)


def _chosen(names: Sequence[str]) -> list[str]:
    unknown = sorted(set(names) - set(ORGANIC))
    if unknown:
        raise WrongUsage(f"NAME must be one of {', '.join(ORGANIC)}. Got {', '.join(unknown)}.")
    return list(names) or list(ORGANIC)


def measured(detector: Detector, name: str, tables: Tables) -> Result:
    """Every figure of one set.

    Parameters
    ----------
    detector
        Judges the accounts.
    name
        Of the set, a key of ``CELLS`` or of none.
    tables
        Its accounts.

    Returns
    -------
    dict
        ``as_found`` by what of the accounts is shown, and ``injected``, a list.
    """
    # Most ways are possible for the same accounts: these are judged once.
    known: dict[tuple[str, ...], Said] = {}

    def ask(untouched: Tables) -> Said:
        key = tuple(untouched.accounts["account_id"])
        if key not in known:
            known[key] = Said.of(detector, untouched)
        return known[key]

    return {
        "as_found": {mask: as_found(detector, shown) for mask, shown in masks_of(tables).items()},
        "injected": [injected_cell(detector, tables, cell, ask) for cell in CELLS.get(name, ())],
    }


def false_accusations(found: dict[str, Result]) -> Table:
    """Untouched accounts, by set and by what of them is shown."""
    heads = ("set", "shown", "accounts", "falsely accused", "authentic", "review", "insufficient")
    table = Table(*heads, title="as found", title_justify="left")
    for name, result in found.items():
        for mask, one in result["as_found"].items():
            shares = [f"{one[label]['rate']:.0%}" for label in heads[-3:]]
            table.add_row(name, mask, str(one["accused"]["n"]), shown(one["accused"]), *shares)
    return table


def injections(found: dict[str, Result]) -> Table:
    """Altered accounts, by set and by what was done to them."""
    heads = (
        "set",
        "way",
        "added",
        "days",
        "accounts",
        "AUC",
        "accused",
        "recall at 5 %",
        "cleared",
        "review",
    )
    table = Table(*heads, title="after an injection", title_justify="left")
    for name, result in found.items():
        for one in result["injected"]:
            area = f"{one['auc']['value']:.2f} [{one['auc']['low']:.2f}, {one['auc']['high']:.2f}]"
            recall, cleared = (f"{one[key]['rate']:.0%}" for key in ("recall_at_5_percent", "cleared"))
            table.add_row(
                name, one["way"], f"x{one['dose']:g}", str(one["days"]), str(one["accounts"]), area,
                shown(one["accused"]), recall, cleared, f"{one['review']['rate']:.0%}",
            )  # fmt: skip
    return table


def shown(one: Result) -> str:
    """A rate with its interval.

    >>> shown({"rate": 0.5, "low": 0.25, "high": 0.75})
    '50.0 % [25.0, 75.0]'
    """
    return f"{100 * one['rate']:.1f} % [{100 * one['low']:.1f}, {100 * one['high']:.1f}]"


def keep(path: Path, detector: Detector, part: str, found: dict[str, Result]) -> None:
    """Write the sets that were measured beside the others; a look at sealed accounts is logged for good."""
    kept = {"sealed_looks": []} | read(path)
    facts = detector.bundle.facts
    model = {"version": facts.version, "sha256": detector.bundle.sha256}
    sets = {name: {"model": model, **result} for name, result in found.items()}
    kept[part] = kept.get(part, {}) | sets
    if part == "sealed":
        kept["sealed_looks"].append({**model, "sets": sorted(found)})
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
