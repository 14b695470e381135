"""Which account a row belongs to, in a dozen bytes an account."""

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
    """The ids of the accounts table, as sorted hashes with the position at which each stands first."""

    seed: int
    hashes: Hashes
    positions: npt.NDArray[np.int64]
    accounts: int
    _last: list[Any] = field(
        default_factory=lambda: [pa.array([], pa.large_binary()), None], init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, file: TableFile, seed: int, malformed: MalformedRowHandler) -> AccountIndex:
        """Read the ids of an accounts table."""
        runs = [
            _hash_ids(batch.column("account_id"), seed)
            for batch, _ in file.batches(("account_id",), malformed)
        ]
        every = np.concatenate(runs) if runs else np.zeros(0, np.uint64)
        hashes, positions = np.unique(every, return_index=True)
        return cls(seed, hashes, positions, len(every))

    def ordinals(self, ids: pa.Array) -> Owners:
        """The position of each id's account, or :data:`NO_ACCOUNT`."""
        named = ids.dictionary_encode()
        if not len(self.hashes) or not len(named.dictionary):
            return np.full(len(ids), NO_ACCOUNT)
        if not named.dictionary.equals(self._last[0]):  # batches of one row group share theirs
            self._last[:] = named.dictionary, np.append(self._positions_of(named.dictionary), NO_ACCOUNT)
        indices = named.indices
        if indices.null_count:  # a null id stands for the last place: the one appended there
            indices = indices.fill_null(len(named.dictionary))
        ordinals: Owners = self._last[1][indices.to_numpy()]
        return ordinals

    def _positions_of(self, ids: pa.Array) -> Owners:
        wanted = _hash_ids(ids, self.seed)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[at] == wanted, self.positions[at], NO_ACCOUNT)


def _hash_ids(ids: pa.Array, seed: int) -> Hashes:
    """Hashes of ids as bytes, null being zero."""
    series = pl.Series(ids.cast(pa.large_binary()))
    return np.where(series.is_null().to_numpy(), np.uint64(0), hash_ids(series, seed))


def indexed_blocks(
    file: TableFile, register: AccountIndex, names: tuple[str, ...], malformed: MalformedRowHandler
) -> Iterator[RowBlock]:
    """A table's rows with their accounts."""
    for batch, rows in file.batches(names, malformed):
        yield RowBlock(pa.Table.from_batches([batch]), register.ordinals(batch.column("account_id")), rows)


def account_blocks(file: TableFile, malformed: MalformedRowHandler) -> Iterator[RowBlock]:
    """The accounts table's own rows: each is its account's."""
    start = 0
    for batch, rows in file.batches(file.names, malformed):
        table = pa.Table.from_batches([batch])
        at = table.column_names.index("account_id")
        plain = table.set_column(at, "account_id", table.column("account_id").cast(pa.large_binary()))
        yield RowBlock(plain, np.arange(start, start + len(rows)), rows)
        start += len(rows)
