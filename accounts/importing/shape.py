"""The shape of a source's objects, declared: which of its fields become which of the document's, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

from accounts.importing.leftovers import Leftovers
from accounts.importing.values import Unreadable, identifier
from accounts.schema import MAX_IDENTIFIER_LENGTH

__all__ = ["Shape", "at", "items", "name_of", "names", "readable"]

Value = TypeVar("Value")
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Shape:
    """What an object of a source holds.

    Attributes
    ----------
    name
        What reports call the object, such as ``videos[]``.
    fields
        For each field of the document, the path of the source's field (dots between names) and its reader.
        Of several paths with ``|`` between them the first that is there counts. One that is not is absent.
    ignored
        Fields of the source that are known and have no place in the document, or are read elsewhere; of an
        object within, one field (``snippet.thumbnails``) or all that are not read (``snippet``).
    flat
        Whether dots are part of names, as they are in columns of tables.

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
    flat: bool = False

    def read(self, item: Mapping[str, Any], leftovers: Leftovers) -> dict[str, Any]:
        """The document's values of one object; what is not known or cannot be read is counted."""
        found: dict[str, Any] = {}
        for target, name, reader in self._direct:
            value = item.get(name)
            if value is not None:
                try:
                    found[target] = reader(value)
                except Unreadable as reason:
                    leftovers.refuse(f"{self.name}.{name}", str(reason))
        self._read_nested(item, found, leftovers)
        self._read_first(item, found, leftovers)
        self._count_unknown(item, leftovers)
        return found

    def _read_nested(self, item: Mapping[str, Any], found: dict[str, Any], leftovers: Leftovers) -> None:
        """Add the values that stand under one name in an object within."""
        for within, fields in self._nested:
            inner: Any = item
            for name in within:
                inner = inner.get(name) if isinstance(inner, dict) else None
            if not isinstance(inner, dict):
                continue
            for target, name, reader in fields:
                value = inner.get(name)
                if value is not None:
                    try:
                        found[target] = reader(value)
                    except Unreadable as reason:
                        leftovers.refuse(".".join((self.name, *within, name)), str(reason))

    def _read_first(self, item: Mapping[str, Any], found: dict[str, Any], leftovers: Leftovers) -> None:
        """Add the values that stand under the first of several names that is there."""
        for target, paths, reader in self._plan:
            for names in paths:
                value: Any = item
                for name in names:
                    value = value.get(name) if isinstance(value, dict) else None
                if value is None:
                    continue
                try:
                    found[target] = reader(value)
                except Unreadable as reason:
                    leftovers.refuse(".".join((self.name, *names)), str(reason))
                break

    def _count_unknown(self, item: Mapping[str, Any], leftovers: Leftovers) -> None:
        for names, known in self._known:
            inner: Any = item
            for name in names:
                inner = inner.get(name) if isinstance(inner, dict) else None
            if isinstance(inner, dict) and not inner.keys() <= known:
                for name in sorted(inner.keys() - known):
                    leftovers.unfamiliar(".".join((self.name, *names, name)))

    @cached_property
    def _direct(self) -> tuple[tuple[str, str, Reader], ...]:
        """Fields that stand in the object itself under one name, which most do."""
        return tuple(
            (target, path, reader) for target, (path, reader) in self.fields.items() if self._is_direct(path)
        )

    def _is_direct(self, path: str) -> bool:
        return "|" not in path and (self.flat or "." not in path)

    @cached_property
    def _nested(self) -> tuple[tuple[tuple[str, ...], tuple[tuple[str, str, Reader], ...]], ...]:
        """Fields that stand under one name in an object within, by where that lies: it is looked up once."""
        fields: defaultdict[tuple[str, ...], list[tuple[str, str, Reader]]] = defaultdict(list)
        for target, (path, reader) in self.fields.items():
            if "|" not in path and not self._is_direct(path):
                *within, name = self._names(path)
                fields[tuple(within)].append((target, name, reader))
        return tuple((within, tuple(inner)) for within, inner in fields.items())

    @cached_property
    def _plan(self) -> tuple[tuple[str, tuple[tuple[str, ...], ...], Reader], ...]:
        """The others, with their paths."""
        return tuple(
            (target, tuple(self._names(path) for path in paths.split("|")), reader)
            for target, (paths, reader) in self.fields.items()
            if "|" in paths
        )

    def _names(self, path: str) -> tuple[str, ...]:
        return (path,) if self.flat else tuple(path.split("."))

    @cached_property
    def _known(self) -> tuple[tuple[tuple[str, ...], frozenset[str]], ...]:
        """For each object that is read, where it lies and the names known in it."""
        known: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        read = [self._names(path) for paths, _ in self.fields.values() for path in paths.split("|")]
        for names in (*map(self._names, self.ignored), *read):
            for depth, name in enumerate(names):
                known[names[:depth]].add(name)
        return tuple(
            (names, frozenset(inner))
            for names, inner in known.items()
            if not any(".".join(names[:depth]) in self.ignored for depth in range(1, len(names) + 1))
        )


def names(words: str, within: str | None = None, mark: str | None = None) -> frozenset[str]:
    """Names written in a row, with spaces or another mark between them, for ``ignored``.

    >>> sorted(names("thumbnails tags", within="snippet")), sorted(names("Video ID|Privacy", mark="|"))
    (['snippet.tags', 'snippet.thumbnails'], ['Privacy', 'Video ID'])
    """
    return frozenset(f"{within}.{word}" if within else word for word in words.split(mark))


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


@cache
def _ways(paths: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each of several paths, and its names."""
    return tuple((path, tuple(path.split("."))) for path in paths.split("|"))


def name_of(item: Mapping[str, Any], paths: str, kind: str, leftovers: Leftovers) -> str | None:
    """What an object is called: the first of several paths, with ``|`` between, that names something.

    >>> name_of({"id": "", "code": 71}, "id|code", "media[]", Leftovers())
    '71'
    """
    for path, within in _ways(paths):
        value: Any = item
        for part in within:
            value = value.get(part) if isinstance(value, dict) else None
        if type(value) is str and value.isalnum() and value.isascii() and len(value) <= MAX_IDENTIFIER_LENGTH:
            return value
        try:
            name = identifier(value)
        except Unreadable as reason:
            leftovers.refuse(f"{kind}.{path}", str(reason))
            continue
        if name is not None:
            return name
    return None
