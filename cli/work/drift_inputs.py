"""What ``assay drift`` reads: results of a screening, or accounts that the model judges now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

import pandas as pd
import polars as pl

from accounts.errors import BadInput, Fault
from accounts.media_types import LINE_SUFFIXES
from accounts.reading.csv_rows import csv_rows
from cli.work.labels import read_accounts
from detector.drift.scored import NUMBER_COLUMNS, TEXT_COLUMNS, ScoredAccounts, flat_row
from detector.labels import Explain, Label
from detector.screening import Detector
from detector.spreadsheet import as_written

__all__ = ["JudgedAccounts", "read_judged"]

NEEDED: Final = (*TEXT_COLUMNS.values(), *NUMBER_COLUMNS.values())
LINES: Final = (*LINE_SUFFIXES, ".json")


@dataclass(frozen=True)
class JudgedAccounts:
    """Accounts with their scores, and their features where the accounts themselves were given."""

    scored: ScoredAccounts
    features: pd.DataFrame | None


def read_judged(path: Path, columns: Path | None, opened: Callable[[], Detector]) -> JudgedAccounts:
    """Read results, or judge accounts.

    Parameters
    ----------
    opened
        The model, for accounts.

    Raises
    ------
    BadInput
        If it is neither, or a result is damaged.
    """
    rows = result_rows(path) if columns is None else None
    if rows is None:
        screened = opened().screen_batch(read_accounts(path, columns), explain=Explain.NONE)
        scored = ScoredAccounts.of(verdict.to_dict() for verdict in screened.verdicts)
        return JudgedAccounts(scored, None if screened.predictions is None else screened.predictions.features)
    scored = ScoredAccounts.of_rows(chain.from_iterable(checked(path, number, row) for number, row in rows))
    return JudgedAccounts(scored.newest_of_each(), None)


def result_rows(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]] | None:
    """The results of a file, numbered; None where it holds no results."""
    suffix = path.suffix.lower()
    if not path.is_file():
        return None
    if suffix == ".parquet":
        names = pl.read_parquet_schema(path)
        found = pl.read_parquet(path, columns=list(NEEDED)) if set(NEEDED) <= set(names) else None
        return None if found is None else enumerate(found.iter_rows(named=True), 1)
    if suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv_rows(file, path.name), [])
        return csv_results(path) if set(NEEDED) <= set(header) else None
    if suffix in LINES and is_result(first_line(path)):
        return json_rows(path)
    return None


def first_line(path: Path) -> bytes:
    """The first line that is not blank."""
    with path.open("rb") as file:
        return next((line for line in file if line.strip()), b"")


def is_result(line: bytes) -> bool:
    """Whether a line is a verdict, or the problem of an account."""
    try:
        found = json.loads(line)
    except ValueError:
        return False
    return isinstance(found, dict) and bool({"verdict_id", "problem"} & found.keys())


def csv_results(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a CSV file of results; what made a name harmless to a spreadsheet is taken off."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv_rows(file, path.name)
        header = next(rows)
        for number, cells in enumerate(filter(None, rows), 2):
            row: dict[str, Any] = dict(zip_longest(header, cells[: len(header)]))
            yield number, row | {"account_id": as_written(row["account_id"] or "")}


def json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The verdicts of a file of JSON Lines, as rows."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:
                raise BadInput(Fault(f"{path.name} line {number}", "", "must be JSON.")) from error
            if isinstance(found, dict) and "problem" in found:
                continue
            try:
                yield number, flat_row(found)
            except (KeyError, TypeError) as error:
                rule = f"must be a verdict: it has no {error.args[0]}."
                raise BadInput(Fault(f"{path.name} line {number}", "", rule)) from error


def checked(path: Path, number: int, row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The row, if it is a verdict's: those of problems have no label.

    Raises
    ------
    BadInput
        If its label is none, or a number is no share.
    """
    if row["label"] in {None, ""}:
        return
    place = f"{path.name} line {number}"
    if row["label"] not in tuple(Label):
        raise BadInput(Fault(place, "label", f"must be one of {', '.join(Label)}. Got {row['label']!r:.60}."))
    for name in NUMBER_COLUMNS.values():
        try:
            right = row[name] in {None, ""} or 0 <= float(row[name]) <= 1
        except (TypeError, ValueError):
            right = False
        if not right:
            raise BadInput(Fault(place, name, f"must be a share between 0 and 1. Got {row[name]!r:.60}."))
    yield row
