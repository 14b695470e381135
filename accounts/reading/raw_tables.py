"""The raw rows of one table in one chunk: converted to the schema's types, and checked against its rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from accounts.networks import NETWORKS
from accounts.reading.quoting import quote, suggest
from accounts.reading.typed_columns import RawColumn, TypedColumn, null_column, out_of_range, text_lengths
from accounts.schema import MAX_ANNOTATIONS, TABLES, UNIQUE, Field, columns

__all__ = [
    "RawTable",
    "Violation",
    "build_frame",
    "convert_columns",
    "empty_frame",
    "find_disordered",
    "find_late",
    "find_overlong",
    "find_repeated",
]

Owners = npt.NDArray[np.int64]
"""For each row the position of its account in the chunk."""

Timestamps = npt.NDArray[np.int64]

_MANY: Final = 200
_OF_OTHERS: Final = frozenset({("comments", "author_id"), ("comments", "text"), ("comments", "reply_to")})
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MICROSECONDS_A_DAY: Final = 86_400_000_000

_MIXER: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class RawTable:
    """Raw rows of one table, from documents or from a file.

    Attributes
    ----------
    table
        Name of the table in :data:`accounts.schema.TABLES`.
    values
        The columns that the input has, by name.
    owners
        For each row the position of its account in the chunk.
    convert
        Converts one raw column to a field's type.
    locate
        Place and path of a field: ``("posts.csv row 40", "likes")`` or ``("line 12", "posts[3].likes")``.
    max_characters
        Most characters of a text; None: any number.
    absent
        Row and name of required fields that a document does not have at all, not even as null.
    """

    table: str
    values: Mapping[str, RawColumn]
    owners: Owners
    convert: Callable[[Any, Field], TypedColumn]
    locate: Callable[[int, str], tuple[str, str]]
    max_characters: int | None = None
    absent: AbstractSet[tuple[int, str]] = frozenset()

    def raw_value(self, row: int, name: str) -> object:
        """The value as the input has it, as a Python object."""
        value = self.values[name][row] if name in self.values else None
        return _python_value(value) if isinstance(value, pa.Scalar) else value


def _python_value(value: pa.Scalar) -> object:
    try:
        return value.as_py()
    except (OverflowError, ValueError):  # a time outside Python's years
        return f"{value.value} {value.type.unit} since 1970"


@dataclass(frozen=True)
class Violation:
    """A value that breaks a rule: its row, its field, the rule, and the exceeded bound, if any."""

    row: int
    field: str
    rule: str
    bound: str | None = None

    def sentence(self, raw: RawTable) -> str:
        """The rule and the quoted value, as the refusal's text."""
        if (self.row, self.field) in raw.absent:
            return f"{self.rule}. It is missing."
        value = raw.raw_value(self.row, self.field)
        name = value.decode(errors="replace") if isinstance(value, bytes) else value
        got = _quoted(raw.table, self.field, value)
        return f"{self.rule}. Got {got}{_hint(raw.table, self.field, name)}"


def _quoted(table: str, field: str, value: object) -> str:
    """A refused value as the sentence quotes it; of what others wrote, or who they are, its kind.

    Sentences are stored with a job's results, and logged by whoever sent the document.

    >>> _quoted("posts", "likes", -1), _quoted("comments", "author_id", 47), _quoted("comments", "text", "hi")
    ('-1', 'a number', 'a text of 2 characters')
    """
    if (table, field) in _OF_OTHERS and isinstance(value, (str, bytes)) and value:
        return f"a text of {len(value):,} characters"
    if (table, field) in _OF_OTHERS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return "a number"
    return quote(value)


def _hint(table: str, field: str, value: object) -> str:
    """How a sentence ends that refuses a value: with what was probably meant, where that is known.

    >>> _hint("posts", "published_at", "2026-09-11")
    ', a date: it can stand in published_on.'
    >>> _hint("posts", "likes", -1)
    ': a count that is hidden is left out, or null.'
    """
    if field == "platform" and isinstance(value, str):
        return suggest(value, NETWORKS)
    if (table, field) == ("posts", "published_at") and isinstance(value, str) and _DATE.fullmatch(value):
        return ", a date: it can stand in published_on."
    if TABLES[table][field].kind == "count" and str(value) == "-1":
        return ": a count that is hidden is left out, or null."
    return "."


def convert_columns(raw: RawTable) -> tuple[dict[str, pl.Series], list[Violation]]:
    """Convert the columns; a value that breaks the rule of its field becomes null, and a violation."""
    series: dict[str, pl.Series] = {}
    violations: list[Violation] = []
    for name, field in TABLES[raw.table].items():
        if name == "account_id" and raw.table != "accounts":  # a reference, resolved before it comes here
            series[name] = pl.Series(raw.values[name], dtype=field.dtype)
            continue
        if name in raw.values:
            series[name], bad = raw.convert(raw.values[name], field)
            violations += _violations(raw, bad, name, field.rule)
        if field.required:
            violations += _find_missing(raw, name, field)
    return series, violations


def _find_missing(raw: RawTable, name: str, field: Field) -> list[Violation]:
    values = raw.values.get(name)
    if values is None:
        rows = list(range(len(raw.owners)))
    elif isinstance(values, pa.ChunkedArray):
        rows = pl.Series(values.is_null()).arg_true().to_list() if values.null_count else []
    else:
        rows = [row for row, value in enumerate(values) if value is None]
    return _violations(raw, rows, name, field.rule)


def _violations(raw: RawTable, rows: list[int], name: str, rule: str) -> list[Violation]:
    """Violations of one rule, at most 200 of each account: more than its fault log keeps."""
    if len(rows) > _MANY:
        owners = raw.owners[rows]
        by_owner = np.argsort(owners, kind="stable")
        rank = np.arange(len(rows)) - np.searchsorted(owners[by_owner], owners[by_owner])
        rows = np.sort(np.asarray(rows)[by_owner[rank < _MANY]]).tolist()
    return [Violation(row, name, rule) for row in rows]


def find_late(raw: RawTable, series: Mapping[str, pl.Series], as_of: Timestamps) -> list[Violation]:
    """Dates and times after their account's ``as_of`` (one per account, in microseconds since 1970)."""
    violations: list[Violation] = []
    for name, field in TABLES[raw.table].items():
        if not field.past or name not in series or (moments := series[name].cast(pl.Int64)).max() is None:
            continue
        limits = as_of // _MICROSECONDS_A_DAY if field.kind == "date" else as_of
        if moments.max() > limits.min():
            beyond = moments.fill_null(0).to_numpy() > limits[raw.owners]
            violations += _violations(raw, beyond.nonzero()[0].tolist(), name, "must not lie after as_of")
    return violations


def find_disordered(raw: RawTable, series: Mapping[str, pl.Series]) -> list[Violation]:
    """Annotations that end before they begin, and those beyond the most that an account may have."""
    if raw.table != "annotations":
        return []
    place = pl.DataFrame({"owner": raw.owners}).select(pl.int_range(pl.len()).over("owner")).to_series()
    surplus = (place >= MAX_ANNOTATIONS).arg_true().to_list()
    violations = _violations(raw, surplus, "kind", f"must be one of at most {MAX_ANNOTATIONS} annotations")
    if "from" in series and "to" in series:
        reversed_rows = (series["to"] < series["from"]).fill_null(value=False).arg_true().to_list()
        violations += _violations(raw, reversed_rows, "to", "must not lie before from")
    return violations


def find_overlong(raw: RawTable, series: Mapping[str, pl.Series]) -> list[Violation]:
    """Texts with more than ``max_characters``."""
    if raw.max_characters is None:
        return []
    rule = f"must be at most {raw.max_characters:,} characters long"
    return [
        Violation(row, name, rule, "characters")
        for name, field in TABLES[raw.table].items()
        if field.kind == "text" and name in series and series[name].null_count() < len(series[name])
        for row in out_of_range(text_lengths(series[name]), 0, raw.max_characters)
    ]


def find_repeated(raw: RawTable, series: Mapping[str, pl.Series]) -> list[Violation]:
    """Values of the unique field (``post_id``, ``date``) that an earlier row of the same account has."""
    name = UNIQUE.get(raw.table)
    if name is None or name not in series:
        return []
    keys = series[name]
    if raw.owners.min() == raw.owners.max() and keys.n_unique() == len(keys):
        return []
    owned_keys = keys.hash().to_numpy() ^ (raw.owners.astype(np.uint64) * _MIXER)
    if not keys.null_count() and pl.Series(owned_keys).n_unique() == len(keys):
        return []
    pairs = pl.DataFrame({"owner": raw.owners, "key": keys})
    is_repeat = ~pairs.select(pl.struct("owner", "key").is_first_distinct()).to_series() & keys.is_not_null()
    return _violations(raw, is_repeat.arg_true().to_list(), name, "must be unique in the account")


def build_frame(table: str, series: Mapping[str, pl.Series], rows: int) -> pl.DataFrame:
    """Build a table's frame from converted columns; missing columns are null."""
    first, *others = [
        (series[name] if name in series else null_column(dtype, rows)).alias(name)
        for name, dtype in columns(table).items()
    ]
    return first.to_frame().hstack(others)


@cache
def empty_frame(table: str) -> pl.DataFrame:
    """A table without rows, with the schema's columns.

    >>> empty_frame("history").columns
    ['account_id', 'date', 'followers', 'following', 'posts', 'source']
    """
    return pl.DataFrame(schema=columns(table))
