"""What ``assay screen`` does: start the workers, screen, and choose the exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import typer

from accounts.errors import WrongUsage
from cli import work
from cli.environment import Environment
from cli.work.screen_worker import IMPORTS, open_bundle
from cli.worker_pool import WorkerPool, processes_for
from detector.labels import Label

__all__ = ["Form", "ScreenOptions", "run"]

Form = Literal["table", "json", "csv"]
FORMS: Final[dict[str, Form]] = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".csv": "csv"}
"""The form of a file by its suffix."""

DONE: Final = 0
LABEL_FOUND: Final = 1
BAD_ACCOUNTS: Final = 3


@dataclass(frozen=True)
class ScreenOptions:
    """The options of ``assay screen``; ``observed_by`` is the tenant whose observations join the accounts."""

    path: Path
    model: Path | None
    columns: Path | None
    as_json: bool
    as_csv: bool
    out: Path | None
    fail_on: str | None
    keep_going: bool
    processes: int | None
    observed_by: str | None = None
    features: tuple[str, ...] = ()


def run(options: ScreenOptions) -> int:
    """Write a verdict for every account; the command's exit code."""
    form = choose_form(options.as_json, options.as_csv, options.out)
    fail_on = () if options.fail_on is None else parse_labels(options.fail_on)
    with WorkerPool(options.processes or processes_for(options.path), IMPORTS) as workers:
        environment = Environment.read()
        features = environment.feature_files(options.features)
        opening = workers.submit(open_bundle, options.model, environment.home, features)
        counts, faults = work.screen_chunks.screen(options, form, workers, opening)
    if faults:
        fault_count = "1 fault" if faults == 1 else f"{faults:,} faults"
        typer.echo(f"{fault_count} (above); the accounts and rows at fault were left out.", err=True)
    return exit_code(counts, fail_on, faults)


def exit_code(counts: Mapping[str, int], fail_on: tuple[str, ...], faults: int) -> int:
    """1 if a label of ``fail_on`` was given, else 3 if there were faults, else 0.

    >>> exit_code({"inflated": 1}, ("inflated",), faults=2), exit_code({"review": 1}, ("inflated",), faults=2)
    (1, 3)
    """
    if any(counts.get(label) for label in fail_on):
        return LABEL_FOUND
    return BAD_ACCOUNTS if faults else DONE


def choose_form(as_json: bool, as_csv: bool, out: Path | None) -> Form:
    """The form that the flags name, else that of the file's suffix, else a table.

    >>> choose_form(False, False, Path("verdicts.csv")), choose_form(False, False, None)
    ('csv', 'table')
    """
    if as_json and as_csv:
        raise WrongUsage("--json and --csv cannot be had together.")
    if as_json or as_csv:
        return "json" if as_json else "csv"
    if out is None:
        return "table"
    if out.suffix.lower() not in FORMS:
        raise WrongUsage(f"--out must end in {', '.join(FORMS)}, or say --json or --csv. Got {out}.")
    return FORMS[out.suffix.lower()]


def parse_labels(fail_on: str) -> tuple[str, ...]:
    """The labels of a list with commas.

    >>> parse_labels("inflated, automated")
    ('inflated', 'automated')
    """
    names = tuple(name.strip() for name in fail_on.split(",") if name.strip())
    if not names:
        raise WrongUsage("--fail-on must name a label: an empty one would let everything pass.")
    for name in names:
        if name not in tuple(Label):
            raise WrongUsage(f"--fail-on must name labels: {', '.join(Label)}. Got {name}.")
    return names
