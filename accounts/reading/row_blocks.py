"""Blocks of raw rows, each row with its account and its row number, and cursors that read them in order."""

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
    """Some rows of one table, unconverted.

    Attributes
    ----------
    table
        The raw columns.
    ordinals
        For each row the position of its account in the accounts table.
    rows
        For each row its number in the file.
    """

    table: pa.Table
    ordinals: Owners
    rows: RowNumbers

    def __len__(self) -> int:
        return len(self.ordinals)

    def slice(self, start: int, stop: int) -> RowBlock:
        """The rows from ``start`` to before ``stop``, without a copy."""
        return RowBlock(
            self.table.slice(start, max(stop - start, 0)), self.ordinals[start:stop], self.rows[start:stop]
        )

    def take(self, positions: Owners) -> RowBlock:
        """The rows at ``positions``, in that order."""
        return RowBlock(self.table.take(pa.array(positions)), self.ordinals[positions], self.rows[positions])

    def sorted_by_account(self) -> RowBlock:
        """The rows sorted by account; the sort is stable, so rows of one account keep their order."""
        if (np.diff(self.ordinals) >= 0).all():
            return self
        whole = RowBlock(self.table.combine_chunks(), self.ordinals, self.rows)
        return whole.take(np.argsort(self.ordinals, kind="stable"))


def concat_blocks(blocks: Sequence[RowBlock]) -> RowBlock:
    """Concatenate blocks."""
    return RowBlock(
        pa.concat_tables([block.table for block in blocks]),
        np.concatenate([block.ordinals for block in blocks]),
        np.concatenate([block.rows for block in blocks]),
    )


class Cursor:
    """A single pass through blocks that are sorted by account.

    >>> def block(*ordinals):
    ...     rows = np.array(ordinals)
    ...     return RowBlock(pa.table({"likes": rows}), rows, rows + 1)
    >>> cursor = Cursor(iter([block(0, 0, 1), block(1, 2)]))
    >>> [len(rows) for rows in cursor.read_until(2)], [len(rows) for rows in cursor.read_until(3)]
    ([3, 1], [1])
    """

    def __init__(self, blocks: Iterator[RowBlock]) -> None:
        self._blocks = blocks
        self._rest: RowBlock | None = None

    def read_until(self, ordinal: int) -> list[RowBlock]:
        """The rows of the accounts before ``ordinal`` that no earlier call has returned."""
        blocks: list[RowBlock] = []
        while (block := self._rest or next(self._blocks, None)) is not None:
            stop = int(np.searchsorted(block.ordinals, ordinal))
            self._rest = block.slice(stop, len(block)) if stop < len(block) else None
            blocks.append(block.slice(0, stop))
            if self._rest is not None:
                break
        return blocks


class MergedCursors:
    """Several cursors read as one, as the last step of an external merge sort."""

    def __init__(self, cursors: Sequence[Cursor]) -> None:
        self._cursors = cursors

    def read_until(self, ordinal: int) -> RowBlock | None:
        """The rows of the accounts before ``ordinal``, cursor by cursor; None if there are none."""
        blocks = [block for cursor in self._cursors for block in cursor.read_until(ordinal) if len(block)]
        return concat_blocks(blocks) if blocks else None
