"""SHA-256 of an account's content: a document and the tables with the same values have the same digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from accounts.schema import LATER, LISTS, TABLES
from accounts.tables import Tables, run_starts, take_rows

__all__ = ["account_digests"]

Numbers = npt.NDArray[np.int64]

_ABSENT: Final = -1 << 63
_LATER: Final = 100
"""Sets the tables' later fields apart from their first ones."""
_PLAIN: Final = pl.CompatLevel.oldest()


def account_digests(tables: Tables) -> list[bytes]:
    """SHA-256 over all fields of each account, in input order; rows count in the order given.

    Fields that came to the schema later are hashed only where an account has any of them.

    Of each table the number of its rows is hashed, then its numbers row by row (of a text its length),
    then its texts column by column; from these bytes the account could be rebuilt.

    >>> one = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 9}])
    >>> two = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": None}])
    >>> account_digests(one) == account_digests(one), account_digests(one) == account_digests(two)
    (True, False)
    """
    hashers = [hashlib.sha256() for _ in range(len(tables))]
    positions = {name: place for place, name in enumerate(tables.accounts["account_id"].to_list())}
    for number, (name, fields) in enumerate({"accounts": TABLES["accounts"], **LISTS}.items()):
        later = LATER.get(name, frozenset())
        first = [field for field in fields if field not in later]
        for place, part in _hashed_bytes(tables, name, first, number, positions) if first else ():
            hashers[place].update(part)
        if given := _with_any(tables, name, [field for field in fields if field in later]):
            for place, part in _hashed_bytes(given, name, sorted(later), number + _LATER, positions):
                hashers[place].update(part)
    return [digest.digest() for digest in hashers]


def _with_any(tables: Tables, name: str, fields: list[str]) -> Tables | None:
    """The accounts of which any of these fields of a table is known; None: there are none."""
    frame = tables[name]
    if all(frame[field].null_count() == frame.height for field in fields):
        return None
    using = frame.filter(pl.any_horizontal(pl.col(fields).is_not_null()))["account_id"].unique()
    return tables.select(using.to_list())


def _hashed_bytes(
    tables: Tables, name: str, fields: list[str], number: int, positions: dict[str, int]
) -> Iterator[tuple[int, memoryview]]:
    """For each account with rows in one table: its position, and the bytes of these rows."""
    frame, starts = tables[name], tables.starts(name)
    if frame.is_empty():
        return
    ids = tables.owners(name)
    if len(set(ids)) < len(ids):
        places = frame["account_id"].replace_strict(positions, default=-1).to_numpy()
        frame = frame[np.argsort(places, kind="stable")]
        starts = run_starts(frame["account_id"])
        ids = take_rows(frame["account_id"], starts).to_list()
    bounds = np.append(starts, frame.height)
    columns = [column.combine_chunks() for column in frame[fields].to_arrow(compat_level=_PLAIN).columns]
    parts = [
        _cut(np.column_stack([np.full(starts.size, number), np.diff(bounds)]), np.arange(bounds.size)),
        _cut(np.stack([_numbers(column) for column in columns]).T.copy(), bounds),
        *(_cut_texts(column, bounds) for column in columns if pa.types.is_large_string(column.type)),
    ]
    for account_id, *account_parts in zip(ids, *parts, strict=True):
        if (place := positions.get(account_id)) is not None:
            for part in account_parts:
                yield place, part


def _cut(numbers: Numbers, bounds: Numbers) -> Iterator[memoryview]:
    """Cut whole numbers into the bytes of the rows between each two bounds."""
    content, width = numbers.data.cast("B"), numbers[:1].nbytes
    return map(content.__getitem__, map(slice, *_pairs(bounds * width)))


def _cut_texts(column: pa.Array, bounds: Numbers) -> Iterator[memoryview]:
    """Cut texts into the UTF-8 bytes of the rows between each two bounds, end to end."""
    filled = _fill_nulls(column, "")
    _, begins, content = filled.buffers()
    at = np.frombuffer(begins, np.int64)[filled.offset :][bounds]
    return map(memoryview(content or b"").__getitem__, map(slice, *_pairs(at)))


def _pairs(bounds: Numbers) -> tuple[list[int], list[int]]:
    return bounds[:-1].tolist(), bounds[1:].tolist()


def _numbers(column: pa.Array) -> Numbers:
    """A column as whole numbers: times in microseconds, dates in days, texts by their length in bytes."""
    if column.null_count == len(column):
        return np.full(len(column), _ABSENT)
    if pa.types.is_large_string(column.type):
        column = pc.binary_length(column)
    elif pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    if column.type != pa.int64():
        column = column.cast(pa.int64())
    whole: Numbers = _fill_nulls(column, _ABSENT).to_numpy()
    return whole


def _fill_nulls(column: pa.Array, value: int | str) -> pa.Array:
    return column.fill_null(value) if column.null_count else column
