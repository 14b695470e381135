"""What is wrong with an audit log and the stored rows: a sentence for each fault, up to a largest number."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

__all__ = ["MALFORMED", "MOST_NAMED", "EntryFault", "Faults", "RowFault", "printable"]

MOST_NAMED: Final = 100
"""How many faults of a tenant are named; the others are counted."""

MALFORMED: Final = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What Python raises at values that Assay writes nowhere."""

UNSURE: Final = ", or an entry about it is among those above"


class EntryFault(Enum):
    """What is wrong with entries: the end of the sentence about one, and about several."""

    CHANGED = ("was changed", "were changed")
    KEYLESS = ("has no key", "have no key")
    MISSING = ("is missing", "are missing")
    MOVED = ("was moved or changed", "were moved or changed")
    UNREADABLE = ("cannot be read", "cannot be read")


class RowFault(NamedTuple):
    """What is wrong with a stored row, and whether that is certain where entries of the log are broken."""

    sentence: str
    is_certain: bool = False


class EntryRun(NamedTuple):
    """Entries in a row with the same fault."""

    fault: EntryFault
    first: int
    last: int

    def __str__(self) -> str:
        """As a sentence.

        >>> print(EntryRun(EntryFault.MISSING, 4, 6))
        entries 4 to 6 are missing
        """
        one, several = self.fault.value
        if self.first == self.last:
            return f"entry {self.first} {one}"
        between = "and" if self.first + 1 == self.last else "to"
        return f"entries {self.first} {between} {self.last} {several}"


@dataclass
class Faults:
    """The faults of a tenant's log and rows, in the order in which they were found.

    Attributes
    ----------
    named
        A sentence for each, up to ``MOST_NAMED``.
    more
        How many there are besides.
    is_broken
        Whether an entry is not as it was written: what it said of a row is not known.
    run
        The entries that were named last, as long as others may join them.
    """

    named: list[str] = field(default_factory=list)
    more: int = 0
    is_broken: bool = False
    run: EntryRun | None = None

    def add(self, sentence: str) -> None:
        """Add a fault."""
        self.end_run()
        if len(self.named) < MOST_NAMED:
            self.named.append(printable(sentence))
        else:
            self.more += 1

    def add_broken(self, sentence: str) -> None:
        """Add a fault of the log's entries."""
        self.add(sentence)
        self.is_broken = True

    def add_entries(self, fault: EntryFault, first: int, last: int) -> None:
        """Add entries with a fault; those that follow others with the same one are named with them."""
        if self.run is not None and (self.run.fault, self.run.last + 1) == (fault, first):
            first = self.run.first
        else:
            self.end_run()
        self.run = EntryRun(fault, first, last)
        self.is_broken = True

    def add_row(self, fault: RowFault) -> None:
        """Add a stored row that does not fit the log, or does not fit what is left of it."""
        self.add(fault.sentence + (UNSURE if self.is_broken and not fault.is_certain else ""))

    def end_run(self) -> None:
        """Name the entries that were added last."""
        run, self.run = self.run, None
        if run is not None:
            self.add(str(run))


def printable(value: object) -> str:
    r"""A value of the database as text that can be written, whatever bytes it had.

    >>> printable("v\udcff")
    'v\\udcff'
    """
    return str(value).encode("utf-8", "backslashreplace").decode()
