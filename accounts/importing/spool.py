"""Rows that are too many for memory, meanwhile on disk: in the order in which they came, or by a key.

What stands on disk stands in temporary files without a name, which nobody else can open and which are gone
with the last that holds them, and with the process however it ends.
"""

from __future__ import annotations

import heapq
import marshal
import weakref
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Generic, NamedTuple, TypeVar

__all__ = ["Groups", "Spool"]

KEPT_BYTES: Final = 4 * 2**20
"""Bytes of a spool's rows from which on they stand on disk."""
BLOCK_BYTES: Final = 2**16
FIRST_ROWS: Final = 256
WEIGHED: Final = 32
"""Of so many rows one is weighed."""
MOST_RUNS: Final = 32
"""Runs of sorted rows that are merged at a time."""
_FIRST: Final = itemgetter(0)

Row = TypeVar("Row")
Key = TypeVar("Key", int, tuple[str, str])


class _Block(NamedTuple):
    """Where rows stand that are written and read at once."""

    at: int
    size: int


_Run = list[_Block]
"""Where rows stand that are sorted."""


class _Blocks:
    """Rows written down: in memory as long as they are few, then on disk."""

    def __init__(self) -> None:
        self._stream = SpooledTemporaryFile(KEPT_BYTES)  # noqa: SIM115 - open for as long as this is held
        self._end = 0
        weakref.finalize(self, self._stream.close)

    def write(self, rows: list[Any]) -> _Block:
        written = marshal.dumps(rows)
        self._stream.seek(self._end)
        self._stream.write(written)
        block = _Block(self._end, len(written))
        self._end += block.size
        return block

    def read(self, block: _Block) -> Any:
        self._stream.seek(block.at)
        return marshal.loads(self._stream.read(block.size))


class Spool(Generic[Row]):
    """Rows in the order in which they came, to be gone through as often as one likes.

    A row holds what JSON has, and tuples of it.

    >>> spool: Spool[tuple[str, int]] = Spool()
    >>> for number in range(1_000):
    ...     spool.append(("rye", number))
    >>> [number for _, number in spool] == list(range(1_000))
    True
    """

    def __init__(self) -> None:
        self._recent: list[Row] = []
        self._most = FIRST_ROWS
        self._blocks = _Blocks()
        self._written: list[_Block] = []

    def append(self, row: Row) -> None:
        """Add a row."""
        self._recent.append(row)
        if len(self._recent) >= self._most:
            block = self._blocks.write(self._recent)
            self._written.append(block)
            self._most = max(1, len(self._recent) * BLOCK_BYTES // block.size)
            self._recent = []

    def __iter__(self) -> Iterator[Row]:
        """The rows, those that are added meanwhile left out."""
        recent = list(self._recent)
        for block in list(self._written):
            yield from self._blocks.read(block)
        yield from recent


class Groups(Generic[Key, Row]):
    """Rows by a key, such as the number of the account that they are about; as in :class:`Spool`.

    Rows of more than :data:`KEPT_BYTES` are written down sorted by their keys, and merged when they are read,
    so that memory holds these and one group.

    >>> groups: Groups[int, str] = Groups()
    >>> for key, row in ((2, "oat"), (1, "rye"), (2, "spelt")):
    ...     groups.append(key, row)
    >>> list(groups)
    [(1, ['rye']), (2, ['oat', 'spelt'])]
    """

    def __init__(self) -> None:
        self._recent: defaultdict[Key, list[Row]] = defaultdict(list)
        self._rows = 0
        self._bytes = 0
        self._blocks = _Blocks()
        self._levels: list[list[_Run]] = []

    @property
    def is_in_memory(self) -> bool:
        """Whether the rows are so few that none of them is written down."""
        return not self._levels

    def append(self, key: Key, row: Row) -> None:
        """Add a row under a key."""
        self._recent[key].append(row)
        self._rows += 1
        if not self._rows % WEIGHED:
            self._weigh(row)

    def _weigh(self, row: Any) -> None:
        """Take a row's bytes for those of all since the last that was weighed; write many down."""
        self._bytes += len(marshal.dumps(row)) * WEIGHED
        if self._bytes >= KEPT_BYTES:
            self._add(self._write(self._sorted()), level=0)
            self._recent, self._rows, self._bytes = defaultdict(list), 0, 0

    def _add(self, run: _Run, level: int) -> None:
        """Keep a run; many of one level become one of the next, so that few are open at a time."""
        if level == len(self._levels):
            self._levels.append([])
        runs = self._levels[level]
        runs.append(run)
        if len(runs) >= MOST_RUNS:
            self._add(self._write(heapq.merge(*map(self._read, runs), key=_FIRST)), level + 1)
            self._levels[level] = []

    def _write(self, groups: Iterable[tuple[Key, list[Row]]]) -> _Run:
        run, ahead, rows = [], [], 0
        for group in groups:
            ahead.append(group)
            rows += len(group[1])
            if rows * self._bytes >= self._rows * BLOCK_BYTES:
                run.append(self._blocks.write(ahead))
                ahead, rows = [], 0
        if ahead:
            run.append(self._blocks.write(ahead))
        return run

    def _sorted(self) -> list[tuple[Key, list[Row]]]:
        return sorted(self._recent.items(), key=_FIRST)

    def _read(self, run: _Run) -> Iterator[tuple[Key, list[Row]]]:
        for block in run:
            yield from self._blocks.read(block)

    def __iter__(self) -> Iterator[tuple[Key, list[Row]]]:
        """Each key, smallest first, with its rows in the order in which they came."""
        runs = [self._read(run) for level in reversed(self._levels) for run in level]
        merged = heapq.merge(*runs, self._sorted(), key=_FIRST)
        for key, parts in groupby(merged, key=_FIRST):
            yield key, list(chain.from_iterable(rows for _, rows in parts))
