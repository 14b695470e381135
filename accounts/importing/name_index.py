"""What is known by a name, such as whose post it is: names too many for memory stand on disk."""

from __future__ import annotations

import marshal
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Mapping
from errno import ENOSPC
from itertools import islice
from typing import Final, Generic, TypeVar

__all__ = ["MOST_NAMES", "NameIndex"]

MOST_NAMES: Final = 50_000
"""Names that stand in memory before they go to disk."""
_CACHE_KIB: Final = 4_096
_AT_ONCE: Final = 500
_STORE: Final = """\
INSERT INTO names VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET value = excluded.value, rank = excluded.rank WHERE excluded.rank >= rank"""

Value = TypeVar("Value", int, str, tuple[str, ...])


class NameIndex(Generic[Value]):
    """Values by name; of a name that is set again the last counts, or the last of the highest rank.

    The table on disk is SQLite's temporary one, which has no name and is gone with this index. A disk without
    room for it is an :class:`OSError`, as for any file.

    >>> index: NameIndex[int] = NameIndex()
    >>> index["rye"] = 5
    >>> index.get("rye"), index.get("oat"), "rye" in index
    (5, None, True)
    """

    def __init__(self, rank: Callable[[Value], str] | None = None) -> None:
        self._rank: Callable[[Value], str] | None = rank
        self._recent: dict[str, Value] = {}
        self._stored: sqlite3.Connection | None = None

    def __setitem__(self, name: str, value: Value) -> None:
        if self._rank and (known := self._recent.get(name)) and self._rank(known) > self._rank(value):
            return
        self._recent[name] = value
        if len(self._recent) >= MOST_NAMES:
            self._store()

    def __contains__(self, name: str) -> bool:
        return name in self._recent or (self._stored is not None and self.get(name) is not None)

    def get(self, name: str) -> Value | None:
        """The value of a name; None where it has none."""
        if self._stored is None:
            return self._recent.get(name)
        self._settle()
        if (found := self._recent.get(name)) is not None:
            return found
        row = self._stored.execute("SELECT value FROM names WHERE name = ?", (name,)).fetchone()
        return None if row is None else marshal.loads(row[0])

    def among(self, names: Iterable[str]) -> Mapping[str, Value]:
        """Values of at least those of the names that have one, found faster than one by one."""
        if self._stored is None:
            return self._recent
        self._settle()
        wanted = set(names)
        found = {name: self._recent[name] for name in wanted & self._recent.keys()}
        rest = iter(wanted - found.keys())
        while some := list(islice(rest, _AT_ONCE)):
            marks = ",".join("?" * len(some))
            rows = self._stored.execute(f"SELECT name, value FROM names WHERE name IN ({marks})", some)
            found.update((name, marshal.loads(value)) for name, value in rows)
        return found

    def _settle(self) -> None:
        """Let a value on disk count that outranks one of the same name in memory."""
        if self._rank and self._stored is not None and self._recent:
            self._store()

    def _store(self) -> None:
        if self._stored is None:
            self._stored = _table()
            weakref.finalize(self, self._stored.close)
        rank = self._rank or _no_rank
        rows = ((name, marshal.dumps(value), rank(value)) for name, value in sorted(self._recent.items()))
        try:
            self._stored.execute("BEGIN")
            self._stored.executemany(_STORE, rows)
            self._stored.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise OSError(ENOSPC, os.strerror(ENOSPC)) from error
            raise
        self._recent.clear()


def _no_rank(_: object) -> str:
    return ""


def _table() -> sqlite3.Connection:
    # A temporary file without a name; whoever drops the last reference closes it, in whatever thread.
    found = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    found.execute("PRAGMA journal_mode = OFF")
    found.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    found.execute("CREATE TABLE names (name TEXT PRIMARY KEY, value BLOB, rank TEXT) WITHOUT ROWID")
    return found
