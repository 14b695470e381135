"""Files as a source would have written them: answers without what they were wrapped in, rows as objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final

from pydantic_core import from_json

from accounts.importing.files import MOST_OF_HEAD, File

__all__ = ["RowsAsObjects", "Unwrapped", "views_of"]

WRAPPERS: Final = ("data", "result", "results", "items", "response", "body")
"""Names under which services and programs put the answer that they pass on."""

_DEEPEST: Final = 3
_MOST_PARTS: Final = 8
_MOST_ITEMS: Final = 1_000
_LONGEST_PLACE: Final = 9
"""Digits of a place in a list: Python refuses to read some thousands as a number."""
_LONGEST_PARSED: Final = 2**16
_APART: Final = re.compile(r"[/.]")
_TEXTS: Final = re.compile(r"\[(?:(?:'[^'\\]*'|\"[^\"\\]*\")(?:, ?(?!\])|(?=\])))*\]")
_TEXT: Final = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True)
class Unwrapped(File):
    """A file whose objects lie one level deeper, under a name such as ``data`` or ``results``.

    Attributes
    ----------
    whole
        The file as it is.

    Examples
    --------
    >>> import datetime as dt
    >>> then = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> answer = File("a.json", b'{"status": "ok", "data": [{"id": 1}, {"id": 2}]}', then)
    >>> list(Unwrapped.of(answer).objects), Unwrapped.of(answer).beside
    ([{'id': 1}, {'id': 2}], ('status',))
    """

    whole: File = field(kw_only=True)

    @classmethod
    def of(cls, whole: File) -> Unwrapped:
        """A file without what its objects are wrapped in."""
        return cls(whole.name, whole.content, whole.modified, whole=whole)

    @cached_property
    def head(self) -> tuple[dict[str, Any], ...]:
        """The first objects."""
        return tuple(islice(self.objects, MOST_OF_HEAD))

    @property
    def objects(self) -> Iterator[dict[str, Any]]:
        """What stands under the names, of each object; an object that is not wrapped as it is."""
        for page in self.whole.objects:
            yield from _within(page) or [page]

    @property
    def beside(self) -> tuple[str, ...]:
        """Names of what stands beside them, which is left out."""
        pages = [page for page in self.whole.head if _wrapped(page)]
        return tuple(dict.fromkeys(name for page in pages for name in page if name not in _wrapped(page)))

    def forget(self) -> None:
        """Drop what was parsed, of the whole file too."""
        super().forget()
        self.whole.forget()


@dataclass(frozen=True)
class RowsAsObjects(File):
    r"""A table whose rows are a source's objects: exported as CSV or Excel, what lies within as columns.

    Attributes
    ----------
    whole
        The table.

    Examples
    --------
    >>> import datetime as dt
    >>> then = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    >>> table = File("a.csv", b"id,author/name,tags/0,tags/1\n1,ana,rye,\n", then)
    >>> list(RowsAsObjects.of(table).objects)
    [{'id': '1', 'author': {'name': 'ana'}, 'tags': ['rye']}]
    """

    whole: File = field(kw_only=True)

    @classmethod
    def of(cls, whole: File) -> RowsAsObjects:
        """A table's rows as objects."""
        return cls(whole.name, whole.content, whole.modified, whole.sheet, whole.book, whole=whole)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """None: it is no table any more."""
        return ()

    @property
    def rows(self) -> Iterator[Mapping[str, str]]:
        """None: it is no table any more."""
        return iter(())

    @cached_property
    def head(self) -> tuple[dict[str, Any], ...]:
        """The first objects."""
        return tuple(islice(self.objects, MOST_OF_HEAD))

    @property
    def objects(self) -> Iterator[dict[str, Any]]:
        """Each row as the object that it stands for; cells that are empty are absent."""
        return map(_nested, self.whole.rows)

    def forget(self) -> None:
        """Drop what was read, of the table too."""
        super().forget()
        self.whole.forget()


def views_of(file: File) -> Iterator[Unwrapped | RowsAsObjects]:
    """The ways to see a file in which a source may know it, the nearest first."""
    if file.header:
        yield RowsAsObjects.of(file)
        return
    for _ in range(_DEEPEST):
        if not any(map(_wrapped, file.head)):
            return
        file = Unwrapped.of(file)
        yield file


def _wrapped(page: Mapping[str, Any]) -> list[str]:
    """The names under which a page holds an object, or a list of some."""
    return [name for name in WRAPPERS if name in page and _holds_objects(page[name])]


def _holds_objects(value: Any) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict) for one in value)
    )


def _within(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name in _wrapped(page):
        value = page[name]
        found += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    return found


def _nested(row: Mapping[str, str]) -> dict[str, Any]:
    """A row whose columns are paths, with ``/`` or dots between names and places in lists."""
    found: dict[str, Any] = {}
    for column, cell in row.items():
        if not column or not cell:
            continue
        *above, name = _APART.split(column)[:_MOST_PARTS]
        place = found
        for part in above:
            inner = place.get(part)
            place[part] = place = inner if isinstance(inner, dict) else {}
        place.setdefault(name, _parsed(cell))
    return {name: _with_lists(value) for name, value in found.items()}


def _with_lists(value: Any) -> Any:
    """Objects whose names are the places in a list, as that list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    if inner and all(map(_is_place, inner)) and len(inner) <= _MOST_ITEMS:
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _is_place(name: str) -> bool:
    return len(name) <= _LONGEST_PLACE and name.isdecimal()


def _parsed(cell: str) -> Any:
    """What a cell holds: a list or an object where it is written as one, in JSON or as Python shows texts.

    >>> _parsed('[{"name": "rye"}]'), _parsed("['rye', 'oat']"), _parsed("[sic]")
    ([{'name': 'rye'}], ['rye', 'oat'], '[sic]')
    """
    if cell[0] not in "[{" or cell[-1] not in "]}" or len(cell) > _LONGEST_PARSED:
        return cell
    if _TEXTS.fullmatch(cell):
        return [single or double for single, double in _TEXT.findall(cell)]
    try:
        return from_json(cell)
    except ValueError:
        return cell
