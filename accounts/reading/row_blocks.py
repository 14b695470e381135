"""Rows on their way: an Arrow table with the account and the file's row number of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from accounts.reading.raw_tables import Owners
from accounts.reading.table_files import RowNumbers

__all__ = ["Cursor", "MergedCursors", "RowBlock", "concat_blocks"]


@dataclass(frozen=True)
class RowBlock:
    """Some rows of one table.

    Attributes
    ----------
    table
        The raw columns.
    ordinals
        The account of each row, by its position in the accounts table.
    rows
        The number of each row in its file.
    """

    table: pa.Table
    ordinals: Owners
    rows: RowNumbers

    def __len__(self) -> int:
        return len(self.ordinals)

    def cut(self, start: int, stop: int) -> RowBlock:
        """The rows from ``start`` to before ``stop``, without copying."""
        return RowBlock(
            self.table.slice(start, max(stop - start, 0)), self.ordinals[start:stop], self.rows[start:stop]
        )

    def take(self, positions: Owners) -> RowBlock:
        """Some rows, in the order asked for."""
        return RowBlock(self.table.take(pa.array(positions)), self.ordinals[positions], self.rows[positions])

    def in_order(self) -> RowBlock:
        """The rows by account; those of one account keep their order."""
        if (np.diff(self.ordinals) >= 0).all():
            return self
        whole = RowBlock(self.table.combine_chunks(), self.ordinals, self.rows)
        return whole.take(np.argsort(self.ordinals, kind="stable"))


def concat_blocks(pieces: Sequence[RowBlock]) -> RowBlock:
    """Pieces one after the other."""
    return RowBlock(
        pa.concat_tables([piece.table for piece in pieces]),
        np.concatenate([piece.ordinals for piece in pieces]),
        np.concatenate([piece.rows for piece in pieces]),
    )


class Cursor:
    """Goes once through rows that are in the accounts' order."""

    def __init__(self, pieces: Iterator[RowBlock]) -> None:
        self._pieces = pieces
        self._held: RowBlock | None = None

    def until(self, ordinal: int) -> list[RowBlock]:
        """The rows of the accounts before ``ordinal`` that have not been handed out yet."""
        found: list[RowBlock] = []
        while (piece := self._held or next(self._pieces, None)) is not None:
            stop = int(np.searchsorted(piece.ordinals, ordinal))
            self._held = piece.cut(stop, len(piece)) if stop < len(piece) else None
            found.append(piece.cut(0, stop))
            if self._held is not None:
                break
        return found


class MergedCursors:
    """Several cursors as one: what each holds of the same accounts, one after the other."""

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors

    def until(self, ordinal: int) -> RowBlock | None:
        """The rows of the accounts before ``ordinal``; None where there are none."""
        pieces = [piece for cursor in self._cursors for piece in cursor.until(ordinal) if len(piece)]
        return concat_blocks(pieces) if pieces else None
