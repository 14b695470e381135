"""Which account a row belongs to, in a dozen bytes an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

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
    positions: npt.NDArray[np.int32]
    accounts: int

    @classmethod
    def of(cls, file: TableFile, seed: int, malformed: Malformed) -> Register:
        """Read the ids of an accounts table."""
        runs = [
            np.where(ids.is_null().to_numpy(), np.uint64(0), digests(ids, seed))
            for ids in (_ids(batch) for batch, _ in file.batches(("account_id",), malformed))
        ]
        every = np.concatenate(runs) if runs else np.zeros(0, np.uint64)
        hashes, positions = np.unique(every, return_index=True)
        return cls(seed, hashes, positions.astype(np.int32), len(every))

    def ordinals(self, ids: pl.Series) -> Owners:
        """The position of each id's account, or :data:`UNKNOWN`."""
        if not len(ids) or not len(self.hashes):
            return np.full(len(ids), UNKNOWN)
        wanted = digests(ids, self.seed)
        heads = np.concatenate([[True], wanted[1:] != wanted[:-1]])
        at = np.minimum(np.searchsorted(self.hashes, wanted[heads]), len(self.hashes) - 1)
        found = np.where(self.hashes[at] == wanted[heads], self.positions[at], UNKNOWN)
        ordinals: Owners = found[np.cumsum(heads) - 1].astype(np.int64)
        ordinals[ids.is_null().to_numpy()] = UNKNOWN
        return ordinals


def _ids(batch: pa.RecordBatch) -> pl.Series:
    return pl.Series(batch.column("account_id"))


def owned(
    file: TableFile, register: Register, names: tuple[str, ...], malformed: Malformed
) -> Iterator[Piece]:
    """A table's rows with their accounts."""
    for batch, rows in file.batches(names, malformed):
        yield Piece(pa.Table.from_batches([batch]), register.ordinals(_ids(batch)), rows)


def numbered(file: TableFile, malformed: Malformed) -> Iterator[Piece]:
    """The accounts table's own rows: each is its account's."""
    start = 0
    for batch, rows in file.batches(file.names, malformed):
        yield Piece(pa.Table.from_batches([batch]), np.arange(start, start + len(rows)), rows)
        start += len(rows)
