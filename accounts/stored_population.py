"""Labelled accounts in a folder, of which a few at a time are in memory.

:func:`accounts.population.write_population` writes a row group for each piece of accounts, the same in every
table. So the accounts of any row group are whole, and can be read by themselves.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from accounts.population import LabelledAccounts, Population, add_missing_labels, write_population
from accounts.schema import TABLES
from accounts.tables import Tables

__all__ = ["STORED_FROM", "StoredPopulation", "open_population", "stored_for_now"]

STORED_FROM: Final = 20_000
"""Accounts from which a folder is read piece by piece: fewer take less than half a gigabyte."""


@dataclass(frozen=True)
class StoredPopulation:
    """Some accounts of a folder of labelled ones; a :class:`LabelledAccounts` that is not in memory.

    Attributes
    ----------
    folder
        As :func:`accounts.population.write_population` writes it, with the same accounts in row group i of
        every table.
    labels
        Of the accounts that are looked at, in the folder's order.
    places
        Which of the folder's accounts these are, ascending.
    """

    folder: Path
    labels: pl.DataFrame
    places: NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> StoredPopulation:
        """All accounts of a folder."""
        labels = add_missing_labels(pl.read_parquet(folder / "labels.parquet"))
        return cls(folder, labels, np.arange(labels.height))

    def __len__(self) -> int:
        return self.labels.height

    def pick(self, rows: NDArray[np.bool_]) -> StoredPopulation:
        """The accounts at which the mask is true, in order; nothing is read."""
        return StoredPopulation(self.folder, self.labels.filter(pl.Series(rows)), self.places[rows])

    def columns(self, table: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of the rows of one table; only these are read."""
        return pl.concat([*self.slices(table, names), Tables.of()[table].select(names)])

    def slices(self, table: str, names: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """All rows of one table, a row group at a time; some of the columns, or all."""
        return (self._frame(table, at, names) for at in range(self._row_groups))

    def pieces(self, size: int) -> Iterator[Population]:
        """So many accounts at a time, in order; the last piece may hold fewer.

        A row group is read when the first of its accounts is asked for.
        """
        ready, done = Tables.of(), 0
        for at in range(self._row_groups):
            group = Tables(**{name: self._frame(name, at) for name in TABLES})
            ready = Tables.concat([ready, group]) if len(ready) else group
            while len(ready) >= size:
                yield self._piece(ready, done, size)
                ready, done = _without_first(ready, size), done + size
        if len(ready):
            yield self._piece(ready, done, len(ready))

    def load(self) -> Population:
        """Read all accounts into memory."""
        tables = {name: pl.concat([*self.slices(name), Tables.of()[name]]) for name in TABLES}
        return Population(Tables(**tables), self.labels)

    def _piece(self, ready: Tables, done: int, size: int) -> Population:
        labels = self.labels[done : done + size]
        return Population(ready.select(labels["account_id"].to_list()), labels)

    def _frame(self, table: str, at: int, names: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows of one row group that are of accounts looked at; some of the columns, or all."""
        blank = Tables.of()[table]
        asked = [*names] if names is not None else blank.columns
        if table not in self._files:
            return blank.select(asked)
        file, wanted = self._files[table], self._wanted(at)
        there = [name for name in dict.fromkeys(["account_id", *asked]) if name in file.schema_arrow.names]
        if not wanted.len():
            return blank.select(asked)
        rows = file.read_row_group(at, columns=there)
        if wanted.len() < self._ends[at + 1] - self._ends[at]:
            owners = pl.Series(rows["account_id"], dtype=pl.String)
            # By Arrow, which copies texts: a filtered frame of Polars holds on to those of all rows.
            rows = rows.filter(owners.is_in(wanted.implode()).to_arrow())
        frame = pl.DataFrame(rows)
        absent = [pl.lit(None).alias(name) for name in asked if name not in there]
        return frame.with_columns(absent).select(pl.col(name).cast(blank.schema[name]) for name in asked)

    def _wanted(self, at: int) -> pl.Series:
        """The accounts looked at in a row group."""
        first, last = np.searchsorted(self.places, self._ends[at : at + 2]).tolist()
        return self.labels["account_id"][first:last]

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        """How many accounts lie before each row group, and in all."""
        metadata = self._files["accounts"].metadata
        sizes = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
        return np.cumsum([0, *sizes])

    @cached_property
    def _files(self) -> dict[str, pq.ParquetFile]:
        paths = {name: self.folder / f"{name}.parquet" for name in TABLES}
        return {name: pq.ParquetFile(path) for name, path in paths.items() if path.is_file()}

    @property
    def _row_groups(self) -> int:
        return int(self._files["accounts"].num_row_groups)


def _without_first(tables: Tables, size: int) -> Tables:
    """All accounts but so many of the first."""
    return tables.select(tables.accounts["account_id"][size:].to_list())


def open_population(folder: Path, stored_from: int = STORED_FROM) -> LabelledAccounts:
    """A folder of labelled accounts: read whole if it is small, else opened to be read piece by piece.

    A large one whose row groups do not hold whole accounts, such as one that another program wrote, is read
    whole, too.

    Parameters
    ----------
    folder
        As :func:`accounts.population.write_population` writes it.
    stored_from
        Accounts from which it stays where it is.

    Raises
    ------
    WrongUsage
        If one of the files is missing.
    """
    folder = Path(folder)
    path = folder / "labels.parquet"
    if not path.is_file() or pq.ParquetFile(path).metadata.num_rows < stored_from:
        return Population.read(folder)
    stored = StoredPopulation.open(folder)
    return stored if _in_pieces(stored) else Population.read(folder)


def stored_for_now(pieces: Iterable[Population]) -> LabelledAccounts:
    """Pieces of a population in a temporary folder, removed with what is returned, or at the exit."""
    place = Path(tempfile.mkdtemp(prefix="assay-"))
    try:
        write_population(pieces, place / "population")
        stored = open_population(place / "population", 0)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    weakref.finalize(stored, shutil.rmtree, place, ignore_errors=True)
    return stored


def _in_pieces(stored: StoredPopulation) -> bool:
    """Whether row group i of every table is of the accounts of row group i of the accounts."""
    if "accounts" not in stored._files or any(
        file.num_row_groups != stored._row_groups for file in stored._files.values()
    ):
        return False
    seen = []
    for at in range(stored._row_groups):
        ids = {name: stored._frame(name, at, ["account_id"])["account_id"] for name in stored._files}
        seen.append(ids["accounts"])
        if not all(part.unique().is_in(ids["accounts"].implode()).all() for part in ids.values()):
            return False
    return bool(pl.concat(seen).equals(stored.labels["account_id"]))
