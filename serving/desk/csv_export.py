"""Tables for spreadsheets: CSV and XLSX in which no cell is taken for a formula."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from starlette.responses import Response

from detector.spreadsheet import csv_line, harmless_row

__all__ = ["CSV_TYPE", "attachment", "csv_parts", "xlsx_parts"]

CSV_TYPE: Final = "text/csv; charset=utf-8"

ROWS_AT_ONCE: Final = 500
"""Of a table, before another tenant has its turn."""

SHEET: Final = "xl/worksheets/sheet1.xml"

BOM: Final = "\ufeff"
"""With it Excel reads the file as UTF-8."""

LONGEST_CELL: Final = 32_000
"""Excel refuses a workbook with a cell of more than 32,767 characters."""

NOT_IN_XML: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]|_(?=x[0-9a-fA-F]{4}_)")
"""What a workbook holds by its code (``_x001B_``): what XML cannot hold, and what looks like a code."""


def csv_parts(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A table as CSV, some rows at a time."""
    yield (BOM + csv_line(columns, "\r\n")).encode(errors="replace")
    remaining = harmless_rows(columns, rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        yield "".join(csv_line(cells, "\r\n") for cells in some).encode(errors="replace")


def harmless_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[object]]:
    """The cells of each row, in the order of the columns."""
    for row in rows:
        yield harmless_row({column: row.get(column) for column in columns})


def xlsx_parts(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A table as a workbook: texts are texts, whatever they begin with.

    It is made some rows at a time, with an empty part after each time, and comes with the last part. The rows
    are written beside ``openpyxl``, which takes ten times as long for them.
    """
    content, around = io.BytesIO(), empty_workbook(columns)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as whole, zipfile.ZipFile(around) as parts:
        for name in parts.namelist():
            if name != SHEET:
                whole.writestr(name, parts.read(name))
        before, end, after = parts.read(SHEET).partition(b"</sheetData>")
        with whole.open(SHEET, "w") as sheet:
            sheet.write(before)
            numbered = enumerate(harmless_rows(columns, rows), 2)
            while some := list(islice(numbered, ROWS_AT_ONCE)):
                text = "".join(row_xml(number, cells) for number, cells in some)
                sheet.write(text.encode(errors="replace"))
                yield b""
            sheet.write(end + after)
    yield content.getvalue()


def empty_workbook(columns: Sequence[str]) -> io.BytesIO:
    """A workbook with the head of a table alone."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Creators")
    sheet.freeze_panes = "A2"
    for place in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.append([bold(sheet, column) for column in columns])
    content = io.BytesIO()
    book.save(content)
    return content


def bold(sheet: Any, value: str) -> WriteOnlyCell:
    """A cell of the head."""
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    return cell


def row_xml(number: int, cells: Sequence[object]) -> str:
    """A row of a sheet; an absent value has no cell.

    >>> row_xml(2, [None, 0.5])
    '<row r="2"><c r="B2"><v>0.5</v></c></row>'
    """
    written = (
        cell_xml(f"{get_column_letter(place)}{number}", cell)
        for place, cell in enumerate(cells, 1)
        if cell is not None
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def cell_xml(place: str, value: object) -> str:
    """A cell with a value: a number as it is, all else as a text, so that it is never a formula.

    >>> cell_xml("A2", True)
    '<c r="A2" t="b"><v>1</v></c>'
    """
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{value:d}</v></c>'
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    written = NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value))[:LONGEST_CELL]
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(written)}</t></is></c>'


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file for keeping, and not for showing."""
    return Response(
        content, headers={"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
    )
