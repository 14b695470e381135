"""Labelled accounts, simulated or real: tables and one row of labels for each account.

In memory a :class:`Population`, on disk a folder with one Parquet file for each table and for the labels.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from accounts.errors import WrongUsage
from accounts.schema import EVIDENCE, TABLES
from accounts.tables import Tables

__all__ = ["LABELS", "LabelledAccounts", "Population", "add_missing_labels", "tier_of", "write_population"]

LABELS: Final[Mapping[str, pl.DataType]] = {
    "account_id": pl.String(),
    "inflated": pl.Boolean(),
    "automated": pl.Boolean(),
    "person": pl.String(),
    "scheme": pl.String(),
    "strength": pl.Float64(),
    "campaign": pl.String(),
    "event": pl.String(),
    "language": pl.String(),
    "tier": pl.String(),
    "added_followers": pl.Float64(),
    "added_likes": pl.Float64(),
    "added_views": pl.Float64(),
    "added_comments": pl.Float64(),
    "added_followers_shown": pl.Float64(),
}

# Upper ends of follower counts; from a million on the tier is "mega".
TIERS: Final = ((10_000, "nano"), (100_000, "micro"), (500_000, "mid"), (1_000_000, "macro"))


def add_missing_labels(labels: pl.DataFrame) -> pl.DataFrame:
    """Add a null column for each of :data:`LABELS` that the frame lacks.

    >>> add_missing_labels(pl.DataFrame({"account_id": ["a"]}))["inflated"].to_list()
    [None]
    """
    return labels.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in LABELS.items() if name not in labels.columns
    )


def tier_of(followers: float) -> str:
    """The tier of an account of so many followers, by the bounds of :data:`TIERS`.

    >>> tier_of(9_999), tier_of(10_000), tier_of(2_000_000)
    ('nano', 'micro', 'mega')
    """
    return next((name for limit, name in TIERS if followers < limit), "mega")


SLICE: Final = 100_000
"""Rows of a table in memory that are looked at together."""


class LabelledAccounts(Protocol):
    """Accounts and their true labels, in memory (:class:`Population`) or in a folder.

    Training goes through them some at a time, so that both ways give the same bytes.
    """

    @property
    def labels(self) -> pl.DataFrame:
        """One row per account, with the columns of :data:`LABELS`."""

    def __len__(self) -> int: ...

    def pick(self, rows: NDArray[np.bool_]) -> Self:
        """The accounts at which the mask is true, in order."""

    def columns(self, table: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of all rows of one table."""

    def slices(self, table: str, names: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """All rows of one table, in order, some at a time; some of the columns, or all."""

    def pieces(self, size: int) -> Iterator[Population]:
        """So many accounts at a time, in order; the last piece may hold fewer."""

    def load(self) -> Population:
        """Read all accounts into memory."""


@dataclass(frozen=True)
class Population:
    """Accounts and their true labels, in the same order.

    Attributes
    ----------
    tables
        The accounts, as a reader returns them.
    labels
        One row per account, with the columns of :data:`LABELS`: ``inflated`` and ``automated``, the
        ``person`` behind it, the ``scheme`` (several joined by ``+``), its ``strength`` (bought over
        honest), the ``campaign`` whose people it shares with others, the honest ``event``, ``language``,
        ``tier``, and the bought amounts over the honest ones, 0 where nothing was bought (see
        :class:`accounts.simulation.added_amounts.AddedAmounts`).

    Examples
    --------
    >>> Population.concat([]).labels.columns[:3]
    ['account_id', 'inflated', 'automated']
    """

    tables: Tables
    labels: pl.DataFrame

    def __len__(self) -> int:
        return len(self.tables)

    def pick(self, rows: NDArray[np.bool_]) -> Population:
        """The accounts at which the mask is true, in order."""
        labels = self.labels.filter(pl.Series(rows))
        return Population(self.tables.select(labels["account_id"].to_list()), labels)

    def columns(self, table: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of one table."""
        return self.tables[table].select(names)

    def slices(self, table: str, names: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """All rows of one table, in order, 100,000 at a time; some of the columns, or all."""
        frame = self.tables[table]
        return frame.select(frame.columns if names is None else names).iter_slices(SLICE)

    def pieces(self, size: int) -> Iterator[Population]:
        """So many accounts at a time, in order; the last piece may hold fewer.

        >>> from accounts.simulation import simulate
        >>> [len(piece) for piece in simulate(3, seed=1).pieces(2)]
        [2, 1]
        """
        for labels in self.labels.iter_slices(size):
            yield Population(self.tables.select(labels["account_id"].to_list()), labels)

    def load(self) -> Population:
        """Return the population itself, which is in memory."""
        return self

    @classmethod
    def concat(cls, many: Collection[Population]) -> Population:
        """Concatenate several populations; the accounts keep their order."""
        labels = [each.labels for each in many] or [pl.DataFrame(schema=dict(LABELS))]
        return cls(Tables.concat([each.tables for each in many]), pl.concat(labels))

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables and the labels, by the name of their file."""
        return {**{name: self.tables[name] for name in TABLES}, "labels": self.labels}

    def write(self, folder: Path) -> None:
        """Write one Parquet file per table into a new or empty folder: see :func:`write_population`."""
        write_population([self], folder)

    @classmethod
    def read(cls, folder: Path) -> Population:
        """Read a folder that :meth:`write` wrote; what an older one lacks is null, or a table without rows.

        Raises
        ------
        WrongUsage
            If one of the files is missing.
        """
        folder = Path(folder)
        absent = [name for name in (*EVIDENCE, "labels") if not (folder / f"{name}.parquet").is_file()]
        if absent:
            raise WrongUsage(f"{folder} must hold a population. Missing: {', '.join(absent)}, each .parquet.")
        paths = {name: folder / f"{name}.parquet" for name in TABLES}
        frames = {name: pl.read_parquet(path) for name, path in paths.items() if path.is_file()}
        return cls(Tables.of(**frames), add_missing_labels(pl.read_parquet(folder / "labels.parquet")))


def write_population(pieces: Iterable[Population], folder: Path) -> None:
    """Write populations into one folder, holding one at a time in memory.

    The files are written into a hidden folder beside it, which is renamed at the end: after an error
    nothing is left.

    Raises
    ------
    WrongUsage
        If the folder exists and is not empty, or is a symbolic link.
    """
    folder = Path(folder)
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise WrongUsage(
            f"{folder} must be a new or empty folder: a population is never written over something."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _append(pieces, draft)
        draft.chmod(0o755)
        os.replace(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _append(pieces: Iterable[Population], folder: Path) -> None:
    with ExitStack() as opened:
        files = {
            name: opened.enter_context(
                pq.ParquetWriter(folder / f"{name}.parquet", frame.to_arrow().schema, compression="zstd")
            )
            for name, frame in Population.concat([]).frames.items()
        }
        for piece in pieces:
            for name, frame in piece.frames.items():
                files[name].write_table(frame.to_arrow())
