"""What a source's files hold that no document has a place for; nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from accounts.reading.quoting import escape

__all__ = ["Leftovers"]

_EXAMPLES: Final = 3
_MOST_NAMES: Final = 500
_OTHERS: Final = "(further fields)"


@dataclass
class Leftovers:
    """Counts of what found no place.

    Attributes
    ----------
    unknown
        Fields that the importer does not know, and how often each came.
    unreadable
        Fields whose values could not be read, and how often.
    homeless
        Rows that belong to no account or post of the files, by kind.
    examples
        Why values could not be read, a few for each field.
    """

    unknown: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    homeless: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def unfamiliar(self, path: str) -> None:
        """Count a field that is not known; a file of nothing but new names does not fill the memory."""
        shown = escape(path)
        self.unknown[shown if shown in self.unknown or len(self.unknown) < _MOST_NAMES else _OTHERS] += 1

    def refuse(self, path: str, reason: str) -> None:
        """Count a value that cannot be read, with its reason."""
        self.unreadable[path] += 1
        if len(known := self.examples.setdefault(path, [])) < _EXAMPLES and reason not in known:
            known.append(reason)

    def without_home(self, kind: str, rows: int = 1) -> None:
        """Count rows that belong to no account or post, such as ``comments under unknown posts``."""
        self.homeless[kind] += rows

    @property
    def lines(self) -> list[str]:
        r"""One line for each kind, for people.

        >>> left = Leftovers()
        >>> left.unfamiliar("videos[].colour")
        >>> left.refuse("videos[].likes", '"many" is no count')
        >>> print(*left.lines, sep="\n")
        videos[].likes: 1 value not read ("many" is no count)
        videos[].colour: 1 value of no known field
        """
        unread = [
            f"{path}: {_values(n)} not read ({'; '.join(self.examples.get(path, ()))})"
            for path, n in self.unreadable.most_common()
        ]
        homeless = [f"{kind}: {n:,} left out" for kind, n in self.homeless.most_common()]
        return (
            unread
            + homeless
            + [f"{path}: {_values(n)} of no known field" for path, n in self.unknown.most_common()]
        )


def _values(number: int) -> str:
    return f"{number:,} value" if number == 1 else f"{number:,} values"
