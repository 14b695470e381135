"""The shape of a source's objects, declared: which of its fields become which of the document's, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NamedTuple, TypeVar

from accounts.importing.leftovers import Leftovers
from accounts.importing.values import Unreadable, identifier
from accounts.schema import MAX_IDENTIFIER_LENGTH

__all__ = ["Shape", "at", "items", "name_of", "names", "readable", "within"]

Value = TypeVar("Value")
Reader = Callable[[Any], Any]


class _Level(NamedTuple):
    """What is read of one object: where it lies, its fields, and the names known in it; None: every name."""

    above: tuple[str, ...]
    fields: tuple[tuple[str, str, Reader], ...]
    known: frozenset[str] | None


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
        for above, fields, known in self._levels:
            inner: Any = item
            for name in above:
                inner = inner.get(name) if isinstance(inner, dict) else None
            if not isinstance(inner, dict):
                continue
            get = inner.get
            for target, name, reader in fields:
                if (value := get(name)) is not None:
                    try:
                        found[target] = reader(value)
                    except Unreadable as reason:
                        leftovers.refuse(".".join((self.name, *above, name)), str(reason))
            if known is not None and not known.issuperset(inner):
                for name in sorted(inner.keys() - known):
                    leftovers.unfamiliar(".".join((self.name, *above, name)))
        if self._several:
            self._read_first(item, found, leftovers)
        return found

    def _read_first(self, item: Mapping[str, Any], found: dict[str, Any], leftovers: Leftovers) -> None:
        """Add the values that stand under the first of several names that is there."""
        for target, paths, reader in self._several:
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

    @cached_property
    def _levels(self) -> tuple[_Level, ...]:
        """For each object that is read, the item itself and those above, what is read and known in it."""
        fields: defaultdict[tuple[str, ...], list[tuple[str, str, Reader]]] = defaultdict(list)
        known: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
        for target, (paths, reader) in self.fields.items():
            if "|" not in paths:
                *above, name = self._names(paths)
                fields[tuple(above)].append((target, name, reader))
        read = [self._names(path) for paths, _ in self.fields.values() for path in paths.split("|")]
        for names in (*read, *map(self._names, sorted(self.ignored))):
            for depth, name in enumerate(names):
                known[names[:depth]].add(name)
        return tuple(
            _Level(above, tuple(fields[above]), None if self._is_ignored(above) else frozenset(inner))
            for above, inner in known.items()
            if above in fields or not self._is_ignored(above)
        )

    def _is_ignored(self, above: tuple[str, ...]) -> bool:
        """Whether an object, or one around it, is ignored: every name in it is known then."""
        return any(".".join(above[:depth]) in self.ignored for depth in range(1, len(above) + 1))

    @cached_property
    def _several(self) -> tuple[tuple[str, tuple[tuple[str, ...], ...], Reader], ...]:
        """The fields that stand under the first of several names, with their paths."""
        return tuple(
            (target, tuple(self._names(path) for path in paths.split("|")), reader)
            for target, (paths, reader) in self.fields.items()
            if "|" in paths
        )

    def _names(self, path: str) -> tuple[str, ...]:
        return (path,) if self.flat else tuple(path.split("."))


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


def within(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object under a name; an empty one where there is none.

    >>> within({"user": {"id": 1}}, "user"), within({"user": "ana"}, "user")
    ({'id': 1}, {})
    """
    inner = item.get(name)
    return inner if isinstance(inner, dict) else {}


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
    value: Any
    for path, parts in _ways(paths):
        if len(parts) == 1:
            value = item.get(path)
            if value is None:
                continue
        else:
            value = item
            for part in parts:
                value = value.get(part) if isinstance(value, dict) else None
        if (  # most are of Latin letters, digits and underscores
            type(value) is str
            and value.isascii()
            and (value.isalnum() or value.isidentifier())
            and len(value) <= MAX_IDENTIFIER_LENGTH
        ):
            return value
        try:
            name = identifier(value)
        except Unreadable as reason:
            leftovers.refuse(f"{kind}.{path}", str(reason))
            continue
        if name is not None:
            return name
    return None
