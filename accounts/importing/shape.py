"""The shape of a source's objects, declared: which of its fields become which of the document's, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from accounts.importing.drafts import Leftovers
from accounts.importing.values import Unreadable

__all__ = ["Shape", "items", "reach"]

Reader = Callable[[Any], Any]
MISSING: Final = object()


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
        Fields of the source that are known and have no place in the document, or are read elsewhere.

    Examples
    --------
    >>> from accounts.importing.values import count, moment
    >>> video = Shape("videos[]", {"likes": ("statistics.likeCount", count)}, ignored=frozenset({"etag"}))
    >>> left = Leftovers()
    >>> video.read({"etag": "x", "statistics": {"likeCount": "120"}, "colour": "red"}, left)
    {'likes': 120}
    >>> dict(left.unknown)
    {'videos[].colour': 1}
    """

    name: str
    fields: Mapping[str, tuple[str, Reader]]
    ignored: frozenset[str] = field(default_factory=frozenset)

    def read(self, item: Mapping[str, Any], leftovers: Leftovers) -> dict[str, Any]:
        """The document's values of one object; what is not known or cannot be read is counted."""
        found: dict[str, Any] = {}
        for target, (path, reader) in self.fields.items():
            if (value := reach(item, path)) is MISSING:
                continue
            try:
                found[target] = reader(value)
            except Unreadable as reason:
                leftovers.refuse(f"{self.name}.{path}", str(reason))
        for name in item.keys() - self._known:
            leftovers.unknown[f"{self.name}.{name}"] += 1
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return self.ignored | {path.split(".", 1)[0] for path, _ in self.fields.values()}


def reach(item: Any, path: str) -> Any:
    """What stands at a path of names with dots between, or :data:`MISSING`.

    >>> reach({"a": {"b": 1}}, "a.b")
    1
    """
    for name in path.split("."):
        if not isinstance(item, Mapping) or name not in item:
            return MISSING
        item = item[name]
    return item


def items(value: Any, *path: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list at a path; none where there is no such list.

    >>> list(items({"data": {"videos": [{"id": 1}, "odd"]}}, "data", "videos"))
    [{'id': 1}]
    """
    found = reach(value, ".".join(path)) if path else value
    return (one for one in found if isinstance(one, Mapping)) if isinstance(found, list) else iter(())
