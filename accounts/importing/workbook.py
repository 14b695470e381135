"""Excel workbooks as tables of texts, with bounds against files that unpack to more than a computer has."""

from __future__ import annotations

import datetime as dt
import io
import string
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Any, Final
from xml.parsers import expat

from accounts.errors import BadInput, Fault

__all__ = ["MAX_CELLS", "MAX_UNPACKED_BYTES", "MOST_SHEETS", "Workbook", "rows_of", "sheets_of"]

MOST_SHEETS: Final = 250
"""Sheets of a workbook; one for each creator of a shortlist is many."""

MOST_PARTS: Final = 5_000
"""Files that a workbook is packed of: a picture or a note for each of thousands of rows."""

MAX_UNPACKED_BYTES: Final = 512 * 2**20
"""Bytes that a workbook may unpack to, with a shared text as often as cells refer to it."""

MAX_CELLS: Final = 20_000_000
"""Cells of all sheets up to the last of each, empty ones included: the reader keeps them all."""

MAX_RATIO: Final = 200
"""How many times larger a workbook may become; one of 100,000 equal rows becomes 20 times larger."""

FREE_BYTES: Final = 16 * 2**20
"""Up to this unpacked size the ratio does not matter."""

FREE_CELLS: Final = 1_000_000
CELLS_EACH: Final = 100
"""Cells of an area that are free, and for each that is there: one cell far below makes a huge area."""

LONGEST_TEXT: Final = 2**19
"""Bytes without a tag: a cell of Excel has at most 32,767 characters, of ten bytes each."""

_BINARY: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tiff", ".emf", ".wmf", ".bin"})
_PARSED_AT_ONCE: Final = 2**18
_EXACT: Final = 2**53
_SHEET, _SHARED_TEXTS = b"sheetData", b"sst"
_PART: Final = b"PK\x01\x02"
"""What begins each line of a packed file's contents."""

_OPEN_DOCUMENT: Final = "content.xml"
_BOOK, _PLACES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_DIGITS, _LETTERS = string.digits, string.ascii_letters
_SPACES: Final = " \t\r\n"
_BEYOND: Final = 2**40
_LONGEST_COLUMN, _LONGEST_NUMBER = 12, 20
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, expat.ExpatError,
)  # fmt: skip


class Workbook:
    """A workbook, unpacked and opened once for all of its sheets.

    Parameters
    ----------
    content
        Its bytes.
    name
        What refusals call it.

    Raises
    ------
    BadInput
        If it is no workbook, too large, has too many sheets, or two that are one part of it.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self._book = _opened(content, name)
        self.sheets: list[str] = self._book.sheet_names
        if len(self.sheets) > MOST_SHEETS:
            rule = f"must have at most {MOST_SHEETS:,} sheets. Got {len(self.sheets):,}."
            raise BadInput(Fault(name, "", rule))

    def rows(self, sheet: str | None = None) -> Iterator[list[str]]:
        """Cells of a sheet as :func:`rows_of` gives them."""
        from python_calamine import CalamineError

        try:
            book = self._book
            found = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
        except (CalamineError, *_BROKEN) as error:
            raise _refusal(self.name, error) from None
        # Row by row: all at once would keep every other thread waiting.
        left = [""] * (found.start or (0, 0))[1]
        return (left + [_text(cell) for cell in row] for row in found.iter_rows())


def sheets_of(content: bytes, name: str) -> list[str]:
    """Names of a workbook's sheets.

    Raises
    ------
    BadInput
        If it is no workbook, or too large.
    """
    return Workbook(content, name).sheets


def rows_of(content: bytes, name: str, sheet: str | None = None) -> Iterator[list[str]]:
    """Cells of a sheet, the first where none is named, as a CSV file would have them.

    Times are ISO, days alone stay days, whole numbers have no fraction. A number beyond 2^53 is written with
    its power of ten: a spreadsheet keeps 15 digits, so that an id of 19 has become another.

    Raises
    ------
    BadInput
        If it is no workbook, or too large.
    """
    return Workbook(content, name).rows(sheet)


def _opened(content: bytes, name: str) -> Any:
    """A workbook of python-calamine, which is loaded only where a workbook is read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(_bounded(content, name)))
    except (CalamineError, *_BROKEN) as error:
        raise _refusal(name, error) from None


def _bounded(content: bytes, name: str) -> bytes:
    """The workbook packed anew from what was unpacked within the bounds, so that no size in it can lie."""
    if content.count(_PART) > MOST_PARTS:
        raise BadInput(Fault(name, "", f"must be packed of at most {MOST_PARTS:,} files. Got more."))
    packed = io.BytesIO()
    described: dict[str, bytes] = {}
    names: set[str] = set()
    most = min(MAX_UNPACKED_BYTES, max(FREE_BYTES, MAX_RATIO * len(content)))
    room, cells = most, 0
    lengths = array("Q")
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in sorted(old.infolist(), key=_texts_first):
            if _is_unread(member.filename):
                continue
            if (part_name := member.filename.lower()) in names:
                raise BadInput(Fault(name, "", f"must have each of its parts once. Got {part_name!r} twice."))
            names.add(part_name)
            with old.open(member) as stream:
                part = stream.read(room + 1)
            room -= len(part)
            if room >= 0 and has_long_text(part):
                raise BadInput(Fault(name, "", "must have at most 32,767 characters in a cell. Got more."))
            if room >= 0 and _SHARED_TEXTS in part:
                # Whichever of several the reader takes: of each number the longest text counts.
                texts = lengths_of_texts(part)
                lengths = array("Q", map(max, zip_longest(lengths, texts, fillvalue=0))) if lengths else texts
            if room >= 0 and _SHEET in part:  # under whatever name it lies
                area = _Area.of(part, lengths)
                cells += _cells_of(area, name)
                room -= area.shared_bytes
            if room < 0:
                raise BadInput(Fault(name, "", f"must unpack to at most {most >> 20} MiB."))
            if cells > MAX_CELLS:
                rule = f"must have at most {MAX_CELLS:,} cells in all. Got {cells:,}, empty ones included."
                raise BadInput(Fault(name, "", rule))
            new.writestr(member.filename, part)
            if part_name in (_BOOK, _PLACES):
                described[part_name] = part
    _check_parts(described.get(_BOOK, b""), described.get(_PLACES, b""), name)
    return packed.getvalue()


def _check_parts(book: bytes, places: bytes, name: str) -> None:
    """Refuse sheets that are one part of the workbook: it would be read as often as they are."""
    if not book or not places:
        raise BadInput(Fault(name, "", "must be an Excel workbook (.xlsx). Got another packed file."))
    targets = {one.get("Id"): one.get("Target", "") for one in _attributes(places, "Relationship")}
    parts = [
        targets.get(next((value for key, value in one.items() if key.rpartition(":")[2] == "id"), None), "")
        for one in _attributes(book, "sheet")
    ]
    plain = [part.replace("\\", "/").lstrip("/").lower().removeprefix("xl/") for part in parts if part]
    if len(set(plain)) < len(plain):
        raise BadInput(Fault(name, "", "must have a part of its own for each sheet. Got one for several."))


def _attributes(part: bytes, tag: str) -> list[dict[str, str]]:
    """The attributes of each element of this name; raises ExpatError if the part is no XML."""
    found: list[dict[str, str]] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == tag:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    parser.Parse(part, True)
    return found


def _texts_first(member: zipfile.ZipInfo) -> bool:
    """Order parts so that the texts that cells share come before the sheets, which most programs write first.

    >>> _texts_first(zipfile.ZipInfo("xl/sharedStrings.xml")) < _texts_first(zipfile.ZipInfo("xl/a.xml"))
    True
    """
    return "sharedstrings" not in member.filename.lower()


def lengths_of_texts(part: bytes) -> array[int]:
    """Bytes of each text that cells may share; raises ExpatError if the part is no XML.

    >>> lengths_of_texts(b"<sst><si><t>one</t></si><si><r><t>t</t></r><r><t>wo!</t></r></si></sst>")
    array('Q', [3, 4])
    """
    lengths = array("Q")

    def begin(tag: str, _: Mapping[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def add(text: str) -> None:
        if lengths:
            lengths[-1] += len(text.encode())

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.CharacterDataHandler = begin, add
    _parse(parser, part)
    return lengths


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    """Parse a part piece by piece: all at once would keep every other thread waiting."""
    parser.buffer_text = True
    for start in range(0, len(part), _PARSED_AT_ONCE):
        parser.Parse(part[start : start + _PARSED_AT_ONCE], False)
    parser.Parse(b"", True)


def _cells_of(area: _Area, name: str) -> int:
    """Cells of a sheet, empty ones included; refused where nearly all of them are."""
    if FREE_CELLS + CELLS_EACH * area.filled < area.cells <= MAX_CELLS:
        rule = f"must not be nearly empty. Got {area.filled:,} cells in an area of {area.cells:,}."
        raise BadInput(Fault(name, "", rule))
    return area.cells


def _is_unread(name: str) -> bool:
    """Whether a part is none that should be looked at: pictures, and what other programs keep in a workbook.

    A part of OpenDocument's would be read in place of a workbook that is broken, without any of these bounds.

    >>> _is_unread("xl/media/image1.PNG"), _is_unread("customXml/item1.xml"), _is_unread("xl/workbook.xml")
    (True, True, False)
    """
    plain = name.lower()
    return PurePosixPath(plain).suffix in _BINARY or plain.startswith("customxml/") or plain == _OPEN_DOCUMENT


def has_long_text(part: bytes) -> bool:
    """Whether a part has a text far longer than a cell's, which would be read in one go.

    >>> has_long_text(b"<t>" + b" " * 2 * LONGEST_TEXT), has_long_text(b"<t> </t>" * LONGEST_TEXT)
    (True, False)
    """
    return any(
        part.find(b"<", start, start + LONGEST_TEXT) < 0
        for start in range(0, len(part) - LONGEST_TEXT, LONGEST_TEXT)
    )


class _Area:
    """Rows and columns up to the last cell of a sheet, also of cells and rows that do not say where they are.

    Parameters
    ----------
    lengths
        Bytes of the texts that cells may refer to.

    Attributes
    ----------
    filled
        Cells that are there.
    shared_bytes
        Bytes of the texts that they refer to, each as often as they do: the reader gives each a copy. Of a
        cell that does not plainly say which, those of the longest.

    Examples
    --------
    >>> cells = b'<c r="AB7" t="s"> <v>1</v> </c> <c t="s"><v>1</v></c><c t="s"><v>+0</v></c><c><v>1</v></c>'
    >>> area = _Area.of(b'<sheetData><row r="7">' + cells + b"</row><row/></sheetData>", [50, 3])
    >>> area.cells, area.filled, area.shared_bytes
    (248, 4, 56)
    >>> two = b'<c t="s"><v>1</v><v>0</v></c><c t="s"><f>1</f><v>0</v></c>'
    >>> _Area.of(b"<sheetData><row>" + two + b"</row></sheetData>", [50, 3]).shared_bytes
    153
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        self.lengths, self.longest = lengths, max(lengths, default=0)
        self.row = self.column = self.rows = self.columns = self.filled = self.shared_bytes = 0
        self.shared = self.has_value = self.reading = False

    @property
    def cells(self) -> int:
        """Cells of the area, empty ones included."""
        return self.rows * self.columns

    @classmethod
    def of(cls, sheet: bytes, lengths: Sequence[int]) -> _Area:
        """The area of a sheet, read piece by piece; raises ExpatError if it is no XML."""
        area, parser = cls(lengths), expat.ParserCreate()
        parser.StartElementHandler, parser.CharacterDataHandler = area.begin, area.refer
        _parse(parser, sheet)
        return area

    def begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A row or a cell begins, which is the next one or where it says."""
        kind = tag.rpartition(":")[2]
        if kind == "row":
            self.row, self.column = _number(attributes.get("r", "")) or self.row + 1, 0
            self.shared = False
        elif kind == "c":
            self.filled += 1
            self.shared, self.has_value, self.reading = attributes.get("t") == "s", False, False
            self.shared_bytes += self.longest if self.shared else 0
            letters = attributes.get("r", "").rstrip(_DIGITS)
            self.column = _column(letters) if letters else self.column + 1
            below = attributes.get("r", "").lstrip(_LETTERS) if letters else ""
            self.rows = max(self.rows, _number(below))
        elif kind == "v" and not self.has_value:
            self.has_value = self.reading = True
        elif self.shared:  # a second value, or something beside or in it: whichever is read
            self.shared_bytes += self.longest
            self.shared = self.reading = False
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)

    def refer(self, text: str) -> None:
        """The text of a cell, which says which of the shared ones is its own."""
        number = text.strip(_SPACES)
        plain = self.shared and self.reading and len(number) <= _LONGEST_NUMBER and number.isdecimal()
        if plain and (place := int(number)) < len(self.lengths):
            self.shared_bytes += self.lengths[place] - self.longest
        self.reading = False


def _number(digits: str) -> int:
    """What is written, 0 where it is no number; at most so much that no sheet is that long."""
    return min(int(digits[:20]), _BEYOND) if digits.isdecimal() else 0


def _column(letters: str) -> int:
    """Position of a column by its letters.

    >>> _column("A"), _column("ab")
    (1, 28)
    """
    number = 0
    for letter in letters.upper()[:_LONGEST_COLUMN]:
        number = number * 26 + ord(letter) - 64
    return number


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, (dt.datetime, dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _refusal(name: str, error: Exception) -> BadInput:
    return BadInput(Fault(name, "", f"must be an Excel workbook (.xlsx): {str(error)[:100]}."))
