"""Rows on their way: an Arrow table with the account and the file's row number of each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from accounts.reading.files import Rows
from accounts.reading.sheets import Owners

__all__ = ["Cursor", "Merged", "Piece", "joined"]


@dataclass(frozen=True)
class Piece:
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
    rows: Rows

    def __len__(self) -> int:
        return len(self.ordinals)

    def cut(self, start: int, stop: int) -> Piece:
        """The rows from ``start`` to before ``stop``, without copying."""
        return Piece(
            self.table.slice(start, max(stop - start, 0)), self.ordinals[start:stop], self.rows[start:stop]
        )

    def take(self, positions: Owners) -> Piece:
        """Some rows, in the order asked for."""
        return Piece(self.table.take(pa.array(positions)), self.ordinals[positions], self.rows[positions])

    def in_order(self) -> Piece:
        """The rows by account; those of one account keep their order."""
        if (np.diff(self.ordinals) >= 0).all():
            return self
        whole = Piece(self.table.combine_chunks(), self.ordinals, self.rows)
        return whole.take(np.argsort(self.ordinals, kind="stable"))


def joined(pieces: Sequence[Piece]) -> Piece:
    """Pieces one after the other."""
    return Piece(
        pa.concat_tables([piece.table for piece in pieces]),
        np.concatenate([piece.ordinals for piece in pieces]),
        np.concatenate([piece.rows for piece in pieces]),
    )


class Cursor:
    """Goes once through rows that are in the accounts' order."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._held: Piece | None = None

    def until(self, ordinal: int) -> list[Piece]:
        """The rows of the accounts before ``ordinal`` that have not been handed out yet."""
        found: list[Piece] = []
        while (piece := self._held or next(self._pieces, None)) is not None:
            stop = int(np.searchsorted(piece.ordinals, ordinal))
            self._held = piece.cut(stop, len(piece)) if stop < len(piece) else None
            found.append(piece.cut(0, stop))
            if self._held is not None:
                break
        return found


class Merged:
    """Several cursors as one: what each holds of the same accounts, one after the other."""

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors

    def until(self, ordinal: int) -> Piece | None:
        """The rows of the accounts before ``ordinal``; None where there are none."""
        pieces = [piece for cursor in self._cursors for piece in cursor.until(ordinal) if len(piece)]
        return joined(pieces) if pieces else None
