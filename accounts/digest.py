"""A digest of each account as it was given: the same for a document and for the tables that say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from accounts.schema import LISTS, TABLES
from accounts.tables import Tables

__all__ = ["digests"]

Numbers = npt.NDArray[np.int64]

_ABSENT: Final = -1 << 63
_PLAIN: Final = pl.CompatLevel.oldest()


def digests(tables: Tables) -> list[bytes]:
    """SHA-256 over all fields of each account, in input order; rows count in the order given.

    Of each table the number of its rows is hashed, then its numbers row by row (of a text its length),
    then its texts column by column; from these bytes the account could be written down again.

    >>> one = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 9}])
    >>> two = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": None}])
    >>> digests(one) == digests(one), digests(one) == digests(two)
    (True, False)
    """
    found = [hashlib.sha256() for _ in range(len(tables))]
    positions = {name: place for place, name in enumerate(tables.accounts["account_id"].to_list())}
    for number, (name, fields) in enumerate({"accounts": TABLES["accounts"], **LISTS}.items()):
        for place, part in _parts(tables[name], number, list(fields), positions):
            found[place].update(part)
    return [digest.digest() for digest in found]


def _parts(
    frame: pl.DataFrame, table: int, fields: list[str], positions: dict[str, int]
) -> Iterator[tuple[int, memoryview]]:
    """The position of each account with rows in the table, with the bytes that these are."""
    if frame.is_empty():
        return
    starts = _starts(frame["account_id"])
    names = frame["account_id"][starts].to_list()
    if len(set(names)) < len(names):
        together = frame["account_id"].replace_strict(positions, default=-1).to_numpy()
        frame = frame[np.argsort(together, kind="stable")]
        starts = _starts(frame["account_id"])
        names = frame["account_id"][starts].to_list()
    rows = [column.combine_chunks() for column in frame[fields].to_arrow(compat_level=_PLAIN).columns]
    ends = np.append(starts[1:], frame.height)
    heads = np.column_stack([np.full(starts.size, table), ends - starts])
    numbers = np.column_stack([_numbers(column) for column in rows])
    texts = [_texts(column) for column in rows if pa.types.is_large_string(column.type)]
    for name, head, start, end in zip(names, heads, starts.tolist(), ends.tolist(), strict=True):
        if (place := positions.get(name)) is not None:
            yield place, head.data
            yield place, numbers[start:end].data
            for begins, content in texts:
                yield place, content[begins[start] : begins[end]]


def _starts(identifiers: pl.Series) -> Numbers:
    """Where each account's rows begin."""
    changes = identifiers.slice(1) != identifiers.slice(0, identifiers.len() - 1)
    return np.append(0, np.flatnonzero(changes.to_numpy()) + 1)


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
    whole: Numbers = _filled(column, _ABSENT).to_numpy()
    return whole


def _texts(column: pa.Array) -> tuple[Numbers, memoryview]:
    """Where each text of a column begins, and all of them end to end."""
    filled = _filled(column, "")
    _, begins, content = filled.buffers()
    return np.frombuffer(begins, np.int64)[filled.offset :], memoryview(content or b"")


def _filled(column: pa.Array, value: int | str) -> pa.Array:
    return column.fill_null(value) if column.null_count else column
