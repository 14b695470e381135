"""The shape of a source's objects, declared: which of its fields become which of the document's, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar

from accounts.importing.leftovers import Leftovers
from accounts.importing.values import Unreadable

__all__ = ["Shape", "at", "items", "names", "readable"]

Value = TypeVar("Value")
Reader = Callable[[Any], Any]
_MISSING: Final = object()


@dataclass(frozen=True)
class Shape:
    """What an object of a source holds.

    Attributes
    ----------
    name
        What reports call the object, such as ``videos[]``.
    fields
        For each field of the document, the path of the source's field (dots between names) and its reader.
        A path that is not there is absent.
    ignored
        Fields of the source that are known and have no place in the document, or are read elsewhere; of an
        object within, one field (``snippet.thumbnails``) or all that are not read (``snippet``).

    Examples
    --------
    >>> from accounts.importing.values import count, moment
    >>> video = Shape("videos[]", {"likes": ("statistics.likeCount", count)}, ignored=frozenset({"etag"}))
    >>> left = Leftovers()
    >>> video.read({"etag": "x", "statistics": {"likeCount": "120", "sighs": "1"}, "colour": "red"}, left)
    {'likes': 120}
    >>> dict(left.unknown)
    {'videos[].colour': 1, 'videos[].statistics.sighs': 1}
    """

    name: str
    fields: Mapping[str, tuple[str, Reader]]
    ignored: frozenset[str] = field(default_factory=frozenset)

    def read(self, item: Mapping[str, Any], leftovers: Leftovers) -> dict[str, Any]:
        """The document's values of one object; what is not known or cannot be read is counted."""
        found: dict[str, Any] = {}
        for target, path, names, reader in self._plan:
            value: Any = item
            for name in names:
                value = value.get(name, _MISSING) if isinstance(value, dict) else _MISSING
            if value is _MISSING:
                continue
            try:
                found[target] = reader(value)
            except Unreadable as reason:
                leftovers.refuse(f"{self.name}.{path}", str(reason))
        self._count_unknown(item, leftovers)
        return found

    def _count_unknown(self, item: Mapping[str, Any], leftovers: Leftovers) -> None:
        for names, known in self._known:
            inner: Any = item
            for name in names:
                inner = inner.get(name) if isinstance(inner, dict) else None
            if isinstance(inner, dict) and not inner.keys() <= known:
                for name in sorted(inner.keys() - known):
                    leftovers.unfamiliar(".".join((self.name, *names, name)))

    @cached_property
    def _plan(self) -> tuple[tuple[str, str, tuple[str, ...], Reader], ...]:
        return tuple(
            (target, path, tuple(path.split(".")), reader) for target, (path, reader) in self.fields.items()
        )

    @cached_property
    def _known(self) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
        """For each object that is read, where it lies and the names known in it."""
        known: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for path in (*self.ignored, *(path for path, _ in self.fields.values())):
            names = tuple(path.split("."))
            for depth, name in enumerate(names):
                known[names[:depth]].add(name)
        return tuple(
            (names, frozenset(inner))
            for names, inner in known.items()
            if not any(".".join(names[:depth]) in self.ignored for depth in range(1, len(names) + 1))
        )


def names(words: str, within: str | None = None) -> frozenset[str]:
    """Names written in a row, for ``ignored``.

    >>> sorted(names("thumbnails tags", within="snippet"))
    ['snippet.tags', 'snippet.thumbnails']
    """
    return frozenset(f"{within}.{word}" if within else word for word in words.split())


def at(item: Any, path: str) -> Any:
    """What stands at a path of names with dots between; None where nothing does.

    >>> at({"a": {"b": 1}}, "a.b"), at({"a": [1]}, "a.b")
    (1, None)
    """
    for name in path.split("."):
        if not isinstance(item, dict):
            return None
        item = item.get(name)
    return item


def items(value: Any, *path: str) -> Iterator[dict[str, Any]]:
    """The objects of a list at a path; none where there is no such list.

    >>> list(items({"data": {"videos": [{"id": 1}, "odd"]}}, "data", "videos"))
    [{'id': 1}]
    """
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def readable(
    reader: Callable[[Any], Value | None], value: Any, path: str, leftovers: Leftovers
) -> Value | None:
    """One value outside any shape, read; None where it cannot be, which is counted.

    >>> from accounts.importing.values import identifier
    >>> left = Leftovers()
    >>> readable(identifier, ["a"], "videos[].id", left), dict(left.unreadable)
    (None, {'videos[].id': 1})
    """
    try:
        return reader(value)
    except Unreadable as reason:
        leftovers.refuse(path, str(reason))
        return None
