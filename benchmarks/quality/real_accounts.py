"""The reasons for which the detector accuses real organic accounts, or sends them to review.

    .venv/bin/python -m benchmarks.quality.real_accounts [NAME ...] [--model FOLDER]

Prints the commonest first reasons; how many are accused, the part ``real_injected`` keeps. Only open accounts
that nothing was trained on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from accounts.errors import AssayError, WrongUsage
from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector, use_model
from benchmarks.quality.harness.part import Result
from benchmarks.quality.page.markdown import rate as written
from benchmarks.quality.populations.organic_sets import open_accounts
from detector.labels import Label
from detector.screening import Detector
from detector.verdict import Reason, Verdict
from training.datasets.base import data_folder
from training.datasets.organic import ORGANIC
from training.metrics import ACCUSING, rate

__all__ = ["screen_summary"]

MOST_REASONS: Final = 8


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Sets; without any, all that are there.")] = None,
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
) -> None:
    """Screen the sets, and print what the detector says of them."""
    console = Console(width=150)
    use_model(model)
    try:
        for name in chosen_sets(names or []):
            screen_set(console, benchmarked_detector(), name)
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None


def chosen_sets(names: Sequence[str]) -> list[str]:
    """The sets named, all without any name.

    Raises
    ------
    WrongUsage
        If there is none of such a name.
    """
    if unknown := sorted(set(names) - set(ORGANIC)):
        raise WrongUsage(f"NAME must be one of {', '.join(ORGANIC)}. Got {', '.join(unknown)}.")
    return list(names) or list(ORGANIC)


def screen_set(console: Console, detector: Detector, name: str) -> None:
    """Screen one set; one that is not there is passed over, with a word."""
    try:
        tables = open_accounts(name, ORGANIC[name].load(data_folder()))
    except AssayError as error:
        console.print(f"{name} is left out. {error}", style="yellow", markup=False)
        return
    report(console, name, screen_summary(detector, tables))


def screen_summary(detector: Detector, tables: Tables) -> Result:
    """The verdicts on organic accounts as counts and rates, without any account's name.

    Parameters
    ----------
    detector
        Screens them.
    tables
        The accounts.
    """
    verdicts = detector.screen(tables)
    accused = [verdict for verdict in verdicts if verdict.label.value in ACCUSING]
    reviewed = [verdict for verdict in verdicts if verdict.label is Label.REVIEW]
    return {
        "accounts": len(verdicts),
        "accused": rate(np.array([verdict.label.value in ACCUSING for verdict in verdicts], dtype=bool)),
        "labels": counts(verdict.label.value for verdict in verdicts),
        "signals over": counts(one.name for verdict in accused for one in verdict.signals if one.over),
        "unfamiliar": counts(block for verdict in verdicts for block in verdict.evidence.strange),
        "first reasons of accused": first_reasons(accused),
        "first reasons of reviewed": first_reasons(reviewed),
    }


def counts(names: Iterable[str]) -> dict[str, int]:
    """How often each name occurs, the commonest first."""
    return dict(Counter(names).most_common())


def first_reasons(verdicts: Sequence[Verdict]) -> list[Result]:
    """The commonest weightiest reasons, with the medians of their values and of what is typical."""
    firsts = [verdict.reasons[0] for verdict in verdicts if verdict.reasons]
    names = list(counts(reason.feature for reason in firsts))[:MOST_REASONS]
    return [reason_summary([reason for reason in firsts if reason.feature == name]) for name in names]


def reason_summary(reasons: Sequence[Reason]) -> Result:
    """One line for a reason that several accounts share."""
    typical = [reason.typical for reason in reasons if reason.typical is not None]
    return {
        "feature": reasons[0].feature,
        "accounts": len(reasons),
        "value": float(np.median([reason.value for reason in reasons])),
        "typical": np.median(typical, axis=0).tolist() if typical else None,
    }


def report(console: Console, name: str, result: Result) -> None:
    """Print one set."""
    console.rule(f"{name}, {result['accounts']} accounts")
    console.print(f"falsely accused {written(result['accused'])}")
    for what in ("labels", "signals over", "unfamiliar"):
        console.print(f"{what}: {counts_in_words(result[what])}")
    for title in ("first reasons of accused", "first reasons of reviewed"):
        if result[title]:
            console.print(reasons_table(title, result[title]))


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Names with their numbers in one line."""
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"


def reasons_table(title: str, reasons: Sequence[Result]) -> Table:
    """Reasons with their typical values."""
    table = Table("accounts", "feature", "median value", "typical", title=title, title_justify="left")
    for one in reasons:
        typical = "unknown" if one["typical"] is None else " to ".join(f"{end:.3g}" for end in one["typical"])
        table.add_row(str(one["accounts"]), one["feature"], f"{one['value']:.3g}", typical)
    return table


if __name__ == "__main__":
    typer.run(main)
