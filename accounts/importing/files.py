"""Files as they lie in a folder: parsed JSON, JSON Lines, tables, and X's archives, which are JavaScript."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from itertools import chain, islice
from json import detect_encoding
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic_core import from_json

from accounts.errors import BadInput, Fault
from accounts.importing.array_items import NotPlainArray, array_items
from accounts.importing.reading_place import noting_place
from accounts.importing.texts import table_of
from accounts.importing.title_rows import MOST_TITLES, title_rows
from accounts.importing.workbook import Workbook
from accounts.media_types import LINE_SUFFIXES, TABLE_TYPES

__all__ = ["MOST_BYTES", "MOST_OF_HEAD", "SUFFIXES", "WORKBOOK", "File", "as_utf8"]

SUFFIXES: Final = frozenset({".json", ".js", *LINE_SUFFIXES, *TABLE_TYPES})
MOST_BYTES: Final = 2**30
"""Bytes of a file that is read whole, which takes several times its size in memory. JSON Lines, and arrays of
objects, are not."""

_ASSIGNED: Final = re.compile(rb"\s*(?:window\.)?[\w.]+\s*=\s*(?=[\[{])")
_ARRAYS: Final = frozenset({".json", ".js"})
_LONGEST_NAME: Final = 1_024
"""Bytes of a script in which the name that its array is assigned to stands."""
WORKBOOK: Final = ".xlsx"
_BLANK_BYTES: Final = 2**16
"""A larger file is not looked through for anything but white space."""

MOST_OF_HEAD: Final = 20
"""Objects by which a source recognises its file."""
_READ_BYTES: Final = 2**18
"""Bytes that are read at a time of JSON Lines, which may have hundreds of kilobytes each."""
_MOST_COLUMNS: Final = 16_384
_STREAMED_FROM: Final = 4 * 2**20
"""Bytes from which on an array is read item by item."""


@dataclass(frozen=True)
class File:
    """One file, parsed when it is asked for.

    Attributes
    ----------
    name
        What refusals call it.
    content
        Its bytes, or where they lie.
    modified
        When it was written, in UTC: where a source does not say when it was collected, the best there is.
    sheet
        Which sheet of a workbook it stands for, whose name follows in brackets in ``name``.
    book
        That workbook, which all of its sheets share.
    """

    name: str
    content: bytes | Path
    modified: dt.datetime
    sheet: str | None = None
    book: Workbook | None = field(default=None, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Of its content, in bytes; 0 where it cannot be seen."""
        if isinstance(self.content, bytes):
            return len(self.content)
        try:
            return self.content.stat().st_size
        except OSError:
            return 0

    @property
    def suffix(self) -> str:
        """Of its name, in lower case."""
        return WORKBOOK if self.sheet is not None else Path(self.name).suffix.lower()

    @property
    def is_empty(self) -> bool:
        r"""Whether it holds nothing but white space; a sheet: no cell.

        >>> File("a.csv", b"\xef\xbb\xbf\n", dt.datetime(2026, 11, 1, tzinfo=dt.UTC)).is_empty
        True
        """
        if self.suffix == WORKBOOK:
            return not any(any(cells) for cells in self._sheet)
        return self.size <= _BLANK_BYTES and not as_utf8(self.read(), self.name).strip()

    @cached_property
    def json(self) -> Any:
        """Its JSON value, kept until :meth:`forget`; of JSON Lines a list; None where it is a table.

        Raises
        ------
        BadInput
            If it is neither JSON nor JSON Lines.
        """
        if self.suffix in TABLE_TYPES:
            return None
        return list(self._lines()) if self.suffix in LINE_SUFFIXES else self._whole()

    @property
    def objects(self) -> Iterator[dict[str, Any]]:
        """The JSON objects of the file, once through: its value, the items of its list, or its lines.

        JSON Lines, and the items of an array of more than 4 MiB, are parsed one at a time; what was parsed is
        dropped at the end, so that memory holds one file at a time. What is no object is passed over; a table
        has none.

        >>> file = File("a.json", b'[{"id": 1}, 2, [{"id": 3}]]', dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
        >>> list(file.objects)
        [{'id': 1}]
        """
        yield from noting_place(self.name, "item", enumerate(self._items(), 1))

    def _items(self) -> Iterator[dict[str, Any]]:
        if self.suffix in LINE_SUFFIXES:
            self.forget()
            for line in self._lines():
                if isinstance(line, dict):
                    yield line
                else:
                    yield from _objects(line)
        elif self.suffix in _ARRAYS and "json" not in self.__dict__ and self.size > _STREAMED_FROM:
            self.forget()
            yield from self._streamed()
        else:
            yield from _objects(self.json)
            self.forget()

    @property
    def values(self) -> Iterator[Any]:
        """Its JSON value, or that of each line of JSON Lines; none of a table."""
        if self.suffix in LINE_SUFFIXES:
            yield from self._lines()
        elif self.suffix not in TABLE_TYPES:
            yield self.json
            self.forget()

    @cached_property
    def head(self) -> tuple[dict[str, Any], ...]:
        """The first objects, by which a source recognises its file."""
        streamed = self.suffix in LINE_SUFFIXES or self.size > _STREAMED_FROM
        return tuple(islice(self.objects if streamed else _objects(self.json), MOST_OF_HEAD))

    def forget(self) -> None:
        """Drop what was parsed; it is parsed again where it is asked for."""
        for name in ("json", "head", "_sheet"):
            self.__dict__.pop(name, None)

    @property
    def rows(self) -> Iterator[Mapping[str, str]]:
        """Rows of a table by the names of its columns, once through; none where it is no table."""
        lines: Iterator[tuple[int, list[str]]] = enumerate(self._all_cells(), 1)
        head = list(islice(lines, MOST_TITLES + 1))
        titles = title_rows([cells for _, cells in head])
        lines = chain(head[titles:], lines)
        names = _named(next(lines, (0, []))[1], self.name)
        filled = ((number, _row_of(names, cells)) for number, cells in lines if any(cells))
        yield from noting_place(self.name, "row", filled)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """Names of a table's columns, in their order; empty where it is no table."""
        return tuple(name for name in _named(next(self._cells(), []), self.name) if name)

    @property
    def columns(self) -> frozenset[str]:
        """Names of a table's columns."""
        return frozenset(self.header)

    @property
    def titles(self) -> int:
        """Lines of a table above its header."""
        return title_rows(list(islice(self._all_cells(), MOST_TITLES + 1)))

    def _cells(self) -> Iterator[list[str]]:
        lines = self._all_cells()
        head = list(islice(lines, MOST_TITLES + 1))
        return chain(head[title_rows(head) :], lines)

    def _all_cells(self) -> Iterator[list[str]]:
        if self.suffix == WORKBOOK:
            return iter(self._sheet)
        return table_of(self.read(), self.name) if self.suffix in TABLE_TYPES else iter(())

    @cached_property
    def _sheet(self) -> list[list[str]]:
        book = self.book or Workbook(self.read(), self.name)
        return list(book.rows(self.sheet))

    def read(self) -> bytes:
        """The bytes of the file.

        Raises
        ------
        BadInput
            If it cannot be read, or is too large to be read whole.
        """
        if isinstance(self.content, bytes):
            return self.content
        try:
            if self.content.stat().st_size > MOST_BYTES:
                hint = "Save it as JSON Lines, which are read one at a time, or in parts."
                raise BadInput(Fault(self.name, "", f"must have at most {MOST_BYTES >> 20:,} MiB. {hint}"))
            return self.content.read_bytes()
        except OSError as error:
            raise BadInput(
                Fault(self.name, "", f"must be a file that can be read: {error.strerror}.")
            ) from None

    def _whole(self) -> Any:
        content = as_utf8(self.read(), self.name)
        if self.suffix == ".js" and (found := _ASSIGNED.match(content)):
            content = content[found.end() :]
            content = content.strip().removesuffix(b";")
        try:
            return self._parsed(content)
        except BadInput:
            if (lines := self._as_lines(content)) is None:
                raise
            return lines

    def _as_lines(self, content: bytes) -> list[Any] | None:
        """The values of JSON Lines under another name; None where the first line is no object by itself."""
        lines = content.splitlines()
        try:
            first = from_json(lines[0], allow_inf_nan=True) if len(lines) > 1 else None
        except ValueError:
            return None
        if not isinstance(first, dict):
            return None
        return [self._parsed(line, number) for number, line in enumerate(lines, 1) if line.strip()]

    def _streamed(self) -> Iterator[dict[str, Any]]:
        """The objects of an array one at a time; of anything else, once it was parsed whole."""
        given = 0
        try:
            with self._opened() as stream:
                for found in array_items(stream, behind=b";" if self.suffix == ".js" else b""):
                    given += 1
                    yield found
        except (NotPlainArray, OSError):
            yield from islice(_objects(self.json), given, None)
            self.forget()

    def _opened(self) -> BinaryIO:
        """The file, read from behind what a script assigns it to."""
        stream = BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")
        assigned = _ASSIGNED.match(stream.read(_LONGEST_NAME)) if self.suffix == ".js" else None
        stream.seek(assigned.end() if assigned else 0)
        return stream

    def _lines(self) -> Iterator[Any]:
        for number, line in enumerate(self._raw_lines(), 1):
            if stripped := line.removeprefix(b"\xef\xbb\xbf").strip():
                yield self._parsed(stripped, number)

    def _raw_lines(self) -> Iterator[bytes]:
        if isinstance(self.content, bytes):
            yield from self.content.split(b"\n")
            return
        try:
            with self.content.open("rb", _READ_BYTES) as stream:
                while line := stream.readline(MOST_BYTES):
                    yield line
        except OSError as error:
            raise BadInput(
                Fault(self.name, "", f"must be a file that can be read: {error.strerror}.")
            ) from None

    def _parsed(self, content: bytes, line: int | None = None) -> Any:
        try:
            return from_json(content, allow_inf_nan=True, cache_strings="keys")
        except ValueError as error:
            place = self.name if line is None else f"{self.name} line {line}"
            page = " It is a web page." if content.lstrip()[:1] == b"<" else ""
            raise BadInput(Fault(place, "", f"must be JSON: {error}.{page}")) from None


def as_utf8(content: bytes, name: str) -> bytes:
    """The bytes of a JSON file in UTF-8 without a mark; UTF-16 and UTF-32 are known by their marks or zeros.

    >>> [as_utf8('{"a": 1}'.encode(encoding), "") for encoding in ("utf-16", "utf-16-le", "utf-32")]
    [b'{"a": 1}', b'{"a": 1}', b'{"a": 1}']

    Raises
    ------
    BadInput
        If it looks like one of them and is none.
    """
    encoding = detect_encoding(content)
    if not encoding.startswith("utf-8"):
        try:
            content = content.decode(encoding).encode("utf-8", "surrogatepass")
        except UnicodeError:
            raise BadInput(Fault(name, "", "must be a text, best in UTF-8.")) from None
    return content.removeprefix(b"\xef\xbb\xbf")


def _row_of(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return dict(zip(names, [*cells, *[""] * (len(names) - len(cells))], strict=False))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict))


def _named(header: Sequence[str], file: str = "") -> list[str]:
    """Names of columns; one that comes again gets a number, one that is empty stays so.

    >>> _named(["likes", "views (all)", "likes", "", "views", "likes", ""])
    ['likes', 'views (all)', 'likes (2)', '', 'views (2)', 'likes (3)', '']

    Raises
    ------
    BadInput
        If there are more columns than a spreadsheet has.
    """
    if len(header) > _MOST_COLUMNS:
        rule = f"must have at most {_MOST_COLUMNS:,} columns. Got {len(header):,}."
        raise BadInput(Fault(file, "", rule))
    names: list[str] = []
    times: Counter[str] = Counter()
    for name in (one.strip() for one in header):
        again = times[name] if name else 0
        names.append(f"{name} ({again + 1})" if again else name)
        times.update({names[-1], names[-1].partition(" (")[0]})
    return names
