"""Which account a row belongs to, in a dozen bytes an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from accounts.reading.files import Malformed, TableFile
from accounts.reading.pieces import Piece
from accounts.reading.repeats import Hashes, digests
from accounts.reading.sheets import Owners

__all__ = ["UNKNOWN", "Register", "numbered", "owned"]

UNKNOWN: Final = -1


@dataclass(frozen=True)
class Register:
    """The ids of the accounts table, as sorted hashes with the position at which each stands first."""

    seed: int
    hashes: Hashes
    positions: npt.NDArray[np.int64]
    accounts: int
    _last: list[Any] = field(
        default_factory=lambda: [pa.array([], pa.large_binary()), None], init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, file: TableFile, seed: int, malformed: Malformed) -> Register:
        """Read the ids of an accounts table."""
        runs = [
            _hashed(batch.column("account_id"), seed) for batch, _ in file.batches(("account_id",), malformed)
        ]
        every = np.concatenate(runs) if runs else np.zeros(0, np.uint64)
        hashes, positions = np.unique(every, return_index=True)
        return cls(seed, hashes, positions, len(every))

    def ordinals(self, ids: pa.Array) -> Owners:
        """The position of each id's account, or :data:`UNKNOWN`."""
        named = ids.dictionary_encode()
        if not len(self.hashes) or not len(named.dictionary):
            return np.full(len(ids), UNKNOWN)
        if not named.dictionary.equals(self._last[0]):  # batches of one row group share theirs
            self._last[:] = named.dictionary, np.append(self._positions_of(named.dictionary), UNKNOWN)
        indices = named.indices
        if indices.null_count:  # a null id stands for the last place: the one appended there
            indices = indices.fill_null(len(named.dictionary))
        ordinals: Owners = self._last[1][indices.to_numpy()]
        return ordinals

    def _positions_of(self, ids: pa.Array) -> Owners:
        wanted = _hashed(ids, self.seed)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[at] == wanted, self.positions[at], UNKNOWN)


def _hashed(ids: pa.Array, seed: int) -> Hashes:
    """Hashes of ids as bytes, null being zero."""
    series = pl.Series(ids.cast(pa.large_binary()))
    return np.where(series.is_null().to_numpy(), np.uint64(0), digests(series, seed))


def owned(
    file: TableFile, register: Register, names: tuple[str, ...], malformed: Malformed
) -> Iterator[Piece]:
    """A table's rows with their accounts."""
    for batch, rows in file.batches(names, malformed):
        yield Piece(pa.Table.from_batches([batch]), register.ordinals(batch.column("account_id")), rows)


def numbered(file: TableFile, malformed: Malformed) -> Iterator[Piece]:
    """The accounts table's own rows: each is its account's."""
    start = 0
    for batch, rows in file.batches(file.names, malformed):
        table = pa.Table.from_batches([batch])
        at = table.column_names.index("account_id")
        plain = table.set_column(at, "account_id", table.column("account_id").cast(pa.large_binary()))
        yield Piece(plain, np.arange(start, start + len(rows)), rows)
        start += len(rows)
