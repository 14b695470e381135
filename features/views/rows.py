"""Rows that stand together by account, worked on as arrays: what views are built with.

Absent is NaN in these arrays and null in the frames made from them. Every function gives each
account the same bits whichever others stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.tables import take_rows

__all__ = [
    "Codes",
    "Column",
    "Flags",
    "Floats",
    "Index",
    "Runs",
    "add_columns",
    "filter_rows",
    "hash_texts",
    "is_known",
    "mix_hashes",
    "safe_divide",
    "to_flags",
    "to_floats",
    "to_series",
]

Index = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint64]
Column: TypeAlias = npt.NDArray[np.generic] | pl.Series

Value = TypeVar("Value", bound=np.generic)

_MIXER = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of rows: where each begins and how long it is.

    >>> runs = Runs.of(np.array([4, 4, 7]))
    >>> runs.first, runs.size, runs.row
    (array([0, 2]), array([2, 1]), array([0, 1, 0]))
    """

    first: Index
    size: Index

    @classmethod
    def of(cls, *keys: npt.NDArray[np.integer]) -> Runs:
        """The runs of rows with equal keys."""
        n = keys[0].size
        new = np.ones(n, np.bool_)
        new[1:] = False
        for key in keys:
            new[1:] |= key[1:] != key[:-1]
        first = np.flatnonzero(new)
        return cls(first, np.append(first[1:], n)[: first.size] - first)

    @cached_property
    def row(self) -> Index:
        """Position of each row within its run, from 0."""
        return np.arange(int(self.size.sum()), dtype=np.int64) - self.repeat(self.first)

    @cached_property
    def number(self) -> Index:
        """Number of the run that each row is in, from 0."""
        return self.repeat(np.arange(self.first.size))

    def repeat(self, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """One value per run, repeated for its rows."""
        return np.repeat(values, self.size)

    def slices(self) -> Iterator[slice]:
        """Slice of the rows of each run, in order."""
        ends = self.first + self.size
        return map(slice, self.first.tolist(), ends.tolist())

    @cached_property
    def length(self) -> int:
        """The size of all runs, 0 where they differ: one account's are rows of one matrix."""
        return int(self.size[0]) if self.size.size and (self.size == self.size[0]).all() else 0

    @cached_property
    def blocks(self) -> list[Index]:
        """The rows of all runs of one size, a run a line: so many runs are sorted in one call."""
        sizes = np.unique(self.size)
        return [self.first[self.size == size, None] + np.arange(size) for size in sizes]

    def sort(self, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
        """Each run's values in order, NaN last."""
        if self.length:
            return np.sort(values.reshape(-1, self.length), axis=1).ravel()
        result = np.empty_like(values)
        for block in self.blocks:
            rows = values[block]
            rows.sort(axis=1)
            result[block] = rows
        return result

    def sum(self, values: Floats) -> Floats:
        """Sum over each run of what is known, 0 of nothing."""
        if not self.first.size:
            return np.empty(0)
        result: Floats = np.add.reduceat(np.where(np.isnan(values), 0.0, values), self.first)
        return result

    def count(self, values: Floats) -> Index:
        """Number of known values of each run."""
        if not self.first.size:
            return np.empty(0, np.int64)
        result: Index = np.add.reduceat(~np.isnan(values), self.first, dtype=np.int64)
        return result

    def max(self, values: Floats) -> Floats:
        """Largest known value of each run."""
        if not self.first.size:
            return np.empty(0)
        result: Floats = np.fmax.reduceat(values, self.first)
        return result

    def lag(self, values: Floats, by: int = 1) -> Floats:
        """The value ``by`` rows earlier in the same run (later, where negative)."""
        shifted = np.full(values.size, np.nan)
        if abs(by) < values.size:
            shifted[max(by, 0) : values.size + min(by, 0)] = values[max(-by, 0) : values.size - max(by, 0)]
        row = self.row if by > 0 else self.repeat(self.size) - 1 - self.row
        shifted[row < abs(by)] = np.nan
        return shifted

    def median(self, values: Floats) -> Floats:
        """Median of what is known of each run."""
        if not self.first.size:
            return np.empty(0)
        sorted_, known = self.sort(values), self.count(values)
        low, high = (
            self.first + np.maximum(known - 1, 0) // 2,
            self.first + np.minimum(known // 2, self.size - 1),
        )
        middle: Floats = 0.5 * sorted_[low] + 0.5 * sorted_[high]
        return np.where(known > 0, middle, np.nan)

    def argsort(self, values: npt.NDArray[np.generic]) -> Index:
        """Rows of each run in stable order of their values."""
        if self.length:
            lines = values.reshape(-1, self.length).argsort(axis=1, kind="stable")
            return (lines + self.first[:, None]).ravel()
        order = np.empty(values.size, np.int64)
        for block in self.blocks:
            order[block] = values[block].argsort(axis=1, kind="stable") + block[:, :1]
        return order

    def ranks(self, values: Floats) -> Floats:
        """Rank of each known value in its run, from 1; ties share their mean.

        >>> Runs.of(np.zeros(4, int)).ranks(np.array([5.0, 1.0, 5.0, np.nan]))
        array([2.5, 1. , 2.5, nan])
        """
        if not values.size:
            return np.empty(0)
        order = self.argsort(values)
        ordered = values[order]
        new = self.row == 0
        new[1:] |= ordered[1:] != ordered[:-1]
        first = np.flatnonzero(new)
        last = np.append(first[1:], values.size) - 1
        ties = np.cumsum(new) - 1
        rank = np.empty(values.size)
        rank[order] = 0.5 * (self.row[first] + self.row[last])[ties] + 1.0
        rank[np.isnan(values)] = np.nan
        return rank

    def scaled_ranks(self, values: Floats) -> Floats:
        """Rank stretched to -1 (the least of the run) to 1 (the most); 0 in the middle.

        >>> Runs.of(np.zeros(3, int)).scaled_ranks(np.array([5.0, 1.0, 7.0]))
        array([ 0., -1.,  1.])
        """
        return self.scale_ranks(self.ranks(values))

    def scale_ranks(self, ranks: Floats) -> Floats:
        """Ranks from 1 on, stretched to -1 to 1."""
        n = self.repeat(self.count(ranks)).astype(np.float64)
        return safe_divide(2.0 * ranks - n - 1.0, n - 1.0)

    def first_equal(self, codes: Codes) -> Index:
        """The first row of the run that has the same code.

        Codes are compared in all but as many bits as count the run's rows.

        >>> Runs.of(np.zeros(3, int)).first_equal(np.array([1 << 40, 2 << 40, 1 << 40], np.uint64))
        array([0, 1, 0])
        """
        if not codes.size:
            return np.empty(0, np.int64)
        bits = np.frexp(np.maximum(self.size, 2) - 1)[1].astype(np.uint64)
        mask = self.repeat((np.uint64(1) << bits) - np.uint64(1))
        packed = self.sort((codes & ~mask) | self.row.astype(np.uint64))
        code = packed & ~mask
        new = self.row == 0
        new[1:] |= code[1:] != code[:-1]
        first = self.repeat(self.first)
        row = (packed & mask).astype(np.int64) + first
        earliest = np.empty(codes.size, np.int64)
        earliest[row] = row[np.flatnonzero(new)][np.cumsum(new) - 1]
        return earliest


def safe_divide(above: Floats, below: Floats) -> Floats:
    """Quotient, NaN where the divisor is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / below, np.nan)


def to_floats(column: pl.Series) -> Floats:
    """A column as floats, NaN where null; times in microseconds, dates in days."""
    values = column.cast(pl.Float64).to_numpy() if column.dtype == pl.Boolean else column.to_numpy()
    if values.dtype.kind != "M":
        return values.astype(np.float64, copy=False)
    return np.where(np.isnat(values), np.nan, values.astype(np.int64).astype(np.float64))


def is_known(column: pl.Series) -> Flags:
    """True where a value is not null.

    >>> is_known(pl.Series([1, None]))
    array([ True, False])
    """
    if column.null_count() in (0, column.len()):
        return np.full(column.len(), not column.null_count())
    return column.is_not_null().to_numpy()


def hash_texts(frame: pl.DataFrame, **texts: pl.Expr) -> pl.DataFrame:
    """A 64-bit hash for each text: equal where texts are equal, and almost surely else different."""
    return frame.select(text.hash().alias(name) for name, text in texts.items())


def mix_hashes(left: Codes, right: Codes) -> Codes:
    """One hash for two, equal where both are equal and almost surely else different."""
    return (left * _MIXER) ^ right


def to_series(name: str, values: npt.NDArray[np.generic]) -> pl.Series:
    """A column, null where the array is NaN."""
    return pl.Series(name, values, nan_to_null=True)


def to_flags(name: str, values: Flags, known: Flags) -> pl.Series:
    """A column of true and false, null where it is not known which."""
    if known.all():
        return pl.Series(name, values)
    return pl.Series(name, np.where(known, values, np.nan), nan_to_null=True).cast(pl.Boolean)


def filter_rows(frame: pl.DataFrame, wanted: Flags) -> pl.DataFrame:
    """The rows where ``wanted`` is true, in order; the frame itself where all are."""
    return frame if wanted.all() else take_rows(frame, np.flatnonzero(wanted))


def add_columns(frame: pl.DataFrame, columns: Mapping[str, Column]) -> pl.DataFrame:
    """The frame with further columns after its own; NaN becomes null.

    Parameters
    ----------
    frame
        Any frame.
    columns
        Arrays or series of the frame's height, by name.

    Examples
    --------
    >>> add_columns(pl.DataFrame({"likes": [1, 2]}), {"rate": np.array([0.5, np.nan])}).rows()
    [(1, 0.5), (2, None)]
    """
    return frame.hstack(
        [
            values.alias(name) if isinstance(values, pl.Series) else to_series(name, values)
            for name, values in columns.items()
        ]
    )
