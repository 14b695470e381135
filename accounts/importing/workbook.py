"""Excel workbooks as tables of texts, with bounds against files that unpack to more than a computer has."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from accounts.errors import BadInput, Fault

__all__ = ["MAX_CELLS", "MAX_UNPACKED_BYTES", "rows_of", "sheets_of"]

MAX_UNPACKED_BYTES: Final = 512 * 2**20
"""Bytes that a workbook may unpack to."""

MAX_CELLS: Final = 20_000_000
"""Cells between the first and the last of a sheet, empty ones included: the reader keeps them all."""

_EXACT: Final = 2**53
_CORNER: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError)


def sheets_of(content: bytes, name: str) -> list[str]:
    """Names of a workbook's sheets.

    Raises
    ------
    BadInput
        If it is no workbook, or too large.
    """
    found: list[str] = _opened(content, name).sheet_names
    return found


def rows_of(content: bytes, name: str, sheet: str | None = None) -> Iterator[list[str]]:
    """Cells of a sheet, the first where none is named, as a CSV file would have them.

    Times are ISO, days alone stay days, whole numbers have no fraction. A number beyond 2^53 is written with
    its power of ten: a spreadsheet keeps 15 digits, so that an id of 19 has become another.

    Raises
    ------
    BadInput
        If it is no workbook, or too large.
    """
    from python_calamine import CalamineError

    book = _opened(content, name)
    try:
        found = book.get_sheet_by_index(0) if sheet is None else book.get_sheet_by_name(sheet)
        rows = found.to_python(skip_empty_area=False)
    except (CalamineError, *_BROKEN) as error:
        raise _refusal(name, error) from None
    return ([_text(cell) for cell in row] for row in rows)


def _opened(content: bytes, name: str) -> Any:
    """A workbook of python-calamine, which is loaded only where a workbook is read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(_bounded(content, name)))
    except (CalamineError, *_BROKEN) as error:
        raise _refusal(name, error) from None


def _bounded(content: bytes, name: str) -> bytes:
    """The workbook packed anew from what was unpacked within the bounds, so that no size in it can lie."""
    packed = io.BytesIO()
    room = MAX_UNPACKED_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.infolist():
            with old.open(member) as stream:
                part = stream.read(room + 1)
            room -= len(part)
            if room < 0:
                raise BadInput(Fault(name, "", f"must unpack to at most {MAX_UNPACKED_BYTES >> 20} MiB."))
            if "worksheets/" in member.filename:
                _check_area(part, name)
            new.writestr(member.filename, part)
    return packed.getvalue()


def _check_area(sheet: bytes, name: str) -> None:
    columns = rows = 0
    for found in _CORNER.finditer(sheet):
        columns, rows = max(columns, _number(found[1])), max(rows, int(found[2]))
    if columns * rows > MAX_CELLS:
        rule = (
            f"must have sheets of at most {MAX_CELLS:,} cells. Got {columns * rows:,}, empty ones included."
        )
        raise BadInput(Fault(name, "", rule))


def _number(column: bytes) -> int:
    """Position of a column by its letters.

    >>> _number(b"A"), _number(b"AB")
    (1, 28)
    """
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
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
