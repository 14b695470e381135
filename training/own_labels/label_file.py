"""Files of labels: one row for each judgement of an account, by a person, a platform or a court."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import quote, suggest
from detector.spreadsheet import as_written, marked

__all__ = ["COLUMNS", "COUNT_WORDS", "GIVEN_LABELS", "NOT_SURE", "read_labels", "to_csv"]

GIVEN_LABELS: Final = ("authentic", "inflated", "automated", "not sure")
"""What an account may be called. `not sure` is a judgement too, and trains nothing."""
NOT_SURE: Final = "not sure"

COUNT_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "inflated": frozenset({"followers", "growth", "likes", "views", "comments"}),
        "automated": frozenset({"rhythm", "profile"}),
        "authentic": frozenset(),
        NOT_SURE: frozenset(),
    }
)
"""By label, what of an account may be named as not its own.

`growth`: followers that came within the history that is shown. `rhythm`: a program posts, repeats or follows.
`profile`: made to follow others.
"""

COLUMNS: Final[Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "account_id": pl.String(),
        "label": pl.String(),
        "counts": pl.String(),
        "source": pl.String(),
        "labelled_at": pl.String(),
        "confidence": pl.Float64(),
        "labelled_by": pl.String(),
    }
)
REQUIRED: Final = ("account_id", "label")
OTHER_NAMES: Final = {"which counts": "counts", "when": "labelled_at", "who": "labelled_by"}
MAX_FAULTS: Final = 20


def read_labels(path: Path) -> pl.DataFrame:
    """The rows of a CSV or Parquet file of labels, each cell checked.

    Parameters
    ----------
    path
        With the columns ``account_id`` and ``label``, and any of the others of :data:`COLUMNS`. ``which
        counts``, ``when`` and ``who`` are other names of ``counts``, ``labelled_at`` and ``labelled_by``.

    Returns
    -------
    The columns of :data:`COLUMNS`; ``counts`` in alphabetical order with `+` between them.

    Raises
    ------
    BadInput
        If the file cannot be read, a column is unknown or missing, or a cell breaks its rule; the first
        twenty faults are named by row (the first below the names is 1) and column.
    """
    frame = renamed(read_texts(path), path.name)
    if found := list(faults(frame, path.name)):
        rest = len(found) - MAX_FAULTS
        more = [Fault(path.name, "", f"has {rest:,} more such cells.")] if rest > 0 else []
        raise BadInput(*found[:MAX_FAULTS], *more)
    return frame.select(
        pl.col("account_id"),
        pl.col("label").str.strip_chars().str.to_lowercase().str.replace_all("_", " "),
        pl.col("counts").map_elements(sorted_words, return_dtype=pl.String),
        pl.col("source"),
        pl.col("labelled_at").str.strip_chars(),
        pl.col("confidence").str.strip_chars().cast(pl.Float64),
        pl.col("labelled_by"),
    )


def read_texts(path: Path) -> pl.DataFrame:
    """The file's cells as texts, an empty one null."""
    try:
        if path.suffix.lower() == ".parquet":
            frame = pl.read_parquet(path)
            return frame.select(pl.all().cast(pl.String))
        cells = pl.read_csv(path, infer_schema=False)
        return cells.with_columns(pl.all().map_elements(as_written, return_dtype=pl.String))
    except FileNotFoundError:
        raise BadInput(Fault(str(path), "", "does not exist.")) from None
    except pl.exceptions.NoDataError:
        raise BadInput(Fault(path.name, "", "is empty.")) from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError):
        rule = "must be a table of labels: CSV in UTF-8 with one width, or Parquet with plain columns."
        raise BadInput(Fault(path.name, "", rule)) from None


def renamed(frame: pl.DataFrame, place: str) -> pl.DataFrame:
    """The columns under their own names, absent ones as null; refuses unknown names."""
    names = {column: column.strip().lower() for column in frame.columns}
    names = {column: OTHER_NAMES.get(name, name) for column, name in names.items()}
    for column, name in names.items():
        if name not in COLUMNS:
            known = suggest(name, COLUMNS)
            raise BadInput(Fault(place, column, f"is no column of a table of labels{known}"))
        if list(names.values()).count(name) > 1:
            raise BadInput(Fault(place, name, "is there more than once."))
    for name in REQUIRED:
        if name not in names.values():
            raise BadInput(Fault(place, name, "must be a column of a table of labels. It is missing."))
    frame = frame.rename(names)
    return frame.with_columns(
        pl.lit(None, pl.String).alias(name) for name in COLUMNS if name not in frame.columns
    )


def faults(frame: pl.DataFrame, place: str) -> Iterator[Fault]:
    """Every cell that breaks its rule, row by row."""
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        for name, rule in row_rules(row):
            yield Fault(f"{place} row {number}", name, f"{rule} Got {quote(row[name])}.")


def row_rules(row: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """Columns of a row that break a rule, with the rule."""
    label = (row["label"] or "").strip().lower().replace("_", " ")
    if not row["account_id"]:
        yield "account_id", "must name an account."
    if label not in GIVEN_LABELS:
        yield "label", f"must be one of {', '.join(GIVEN_LABELS)}."
    elif unknown := set(words_of(row["counts"])) - COUNT_WORDS[label]:
        allowed = ", ".join(sorted(COUNT_WORDS[label])) or "nothing"
        yield "counts", f"may hold {allowed} where the label is {label}, not {min(unknown)}."
    for name, holds, rule in CELL_RULES:
        if row[name] is not None and not holds(row[name] or ""):
            yield name, rule


def words_of(cell: str | None) -> list[str]:
    """The words of a cell of ``counts``.

    >>> words_of("Likes, followers"), words_of(None)
    (['likes', 'followers'], [])
    """
    return [word for word in re.split(r"[\s,;+|]+", (cell or "").lower()) if word]


def sorted_words(cell: str) -> str | None:
    """The words once each, in order, joined by `+`; None where there are none."""
    return "+".join(sorted(set(words_of(cell)))) or None


def is_time(text: str) -> bool:
    """Whether a text is a date or a time in ISO 8601.

    >>> is_time("2026-11-01"), is_time("2026-11-01T12:00:00Z"), is_time("1 Nov")
    (True, True, False)
    """
    try:
        dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def is_share(text: str) -> bool:
    """Whether a text is a number from 0 to 1."""
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


CELL_RULES: Final[tuple[tuple[str, Callable[[str], bool], str], ...]] = (
    ("labelled_at", is_time, "must be a date or time such as 2026-11-01 or 2026-11-01T12:00:00Z."),
    ("confidence", is_share, "must be a number from 0 to 1."),
)


def to_csv(labels: pl.DataFrame) -> str:
    """The rows as a CSV file that :func:`read_labels` takes, and in which no spreadsheet finds a formula.

    >>> print(to_csv(pl.DataFrame({"account_id": ["a"], "label": ["authentic"]})), end="")
    account_id,label
    a,authentic
    """
    texts = pl.col(pl.String).map_elements(marked, return_dtype=pl.String)
    return labels.select(name for name in COLUMNS if name in labels.columns).with_columns(texts).write_csv()
