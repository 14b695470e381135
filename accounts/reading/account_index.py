"""An index from ids to positions in the accounts table: which account a row belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from accounts.reading.raw_tables import Owners
from accounts.reading.row_blocks import RowBlock
from accounts.reading.seen_ids import Hashes, hash_ids
from accounts.reading.table_files import MalformedRowHandler, TableFile

__all__ = ["NO_ACCOUNT", "AccountIndex", "account_blocks", "indexed_blocks"]

NO_ACCOUNT: Final = -1


@dataclass(frozen=True)
class AccountIndex:
    """The ids of the accounts table as sorted hashes: 16 bytes an account.

    Attributes
    ----------
    seed
        Of the hash; random, so that no input can be written to collide.
    hashes, positions
        Each distinct id's hash, and the position of its first row.
    accounts
        Rows of the accounts table.
    """

    seed: int
    hashes: Hashes
    positions: npt.NDArray[np.int64]
    accounts: int
    _last: list[Any] = field(
        default_factory=lambda: [pa.array([], pa.large_binary()), None], init=False, repr=False, compare=False
    )

    @classmethod
    def from_file(cls, file: TableFile, seed: int, malformed: MalformedRowHandler) -> AccountIndex:
        """Build the index in one pass over the ids of an accounts table."""
        runs = [
            _hash_ids(batch.column("account_id"), seed)
            for batch, _ in file.batches(("account_id",), malformed)
        ]
        every = np.concatenate(runs) if runs else np.zeros(0, np.uint64)
        hashes, positions = np.unique(every, return_index=True)
        return cls(seed, hashes, positions, len(every))

    def ordinals(self, ids: pa.Array) -> Owners:
        """For each id the position of its account, or :data:`NO_ACCOUNT`."""
        named = ids.dictionary_encode()
        if not len(self.hashes) or not len(named.dictionary):
            return np.full(len(ids), NO_ACCOUNT)
        if not named.dictionary.equals(self._last[0]):  # batches of one Parquet row group share a dictionary
            self._last[:] = named.dictionary, np.append(self._positions_of(named.dictionary), NO_ACCOUNT)
        indices = named.indices
        if indices.null_count:  # a null id gets the last position, where NO_ACCOUNT was appended
            indices = indices.fill_null(len(named.dictionary))
        ordinals: Owners = self._last[1][indices.to_numpy()]
        return ordinals

    def _positions_of(self, ids: pa.Array) -> Owners:
        hashes = _hash_ids(ids, self.seed)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.positions[at], NO_ACCOUNT)


def _hash_ids(ids: pa.Array, seed: int) -> Hashes:
    """Hash ids as bytes; null hashes to zero."""
    series = pl.Series(ids.cast(pa.large_binary()))
    return np.where(series.is_null().to_numpy(), np.uint64(0), hash_ids(series, seed))


def indexed_blocks(
    file: TableFile, index: AccountIndex, names: tuple[str, ...], malformed: MalformedRowHandler
) -> Iterator[RowBlock]:
    """Stream some columns of a table, with the account of each row."""
    for batch, rows in file.batches(names, malformed):
        yield RowBlock(pa.Table.from_batches([batch]), index.ordinals(batch.column("account_id")), rows)


def account_blocks(file: TableFile, malformed: MalformedRowHandler) -> Iterator[RowBlock]:
    """Stream the accounts table itself; its rows are numbered, not looked up, because ids may repeat."""
    start = 0
    for batch, rows in file.batches(file.names, malformed):
        table = pa.Table.from_batches([batch])
        at = table.column_names.index("account_id")
        plain = table.set_column(at, "account_id", table.column("account_id").cast(pa.large_binary()))
        yield RowBlock(plain, np.arange(start, start + len(rows)), rows)
        start += len(rows)
