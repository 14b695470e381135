"""Tables for spreadsheets: CSV and XLSX in which no cell is taken for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from starlette.responses import Response

from accounts.media_types import XLSX
from detector.spreadsheet import csv_line, harmless_row

__all__ = ["csv_response", "xlsx_response"]

BOM: Final = "\ufeff"
"""With it Excel reads the file as UTF-8."""

LONGEST_CELL: Final = 32_000
"""Excel refuses a workbook with a cell of more than 32,767 characters."""

NOT_IN_XML: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]|_(?=x[0-9a-fA-F]{4}_)")
"""What a workbook holds by its code (``_x001B_``): what XML cannot hold, and what looks like a code."""


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A table as a CSV file to be kept."""
    lines = (csv_line(cells, "\r\n") for cells in (columns, *harmless_rows(columns, rows)))
    text = BOM + "".join(lines)
    return attachment(text.encode(errors="replace"), f"{name}.csv", "text/csv; charset=utf-8")


def harmless_rows(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[list[object]]:
    """The cells of each row, in the order of the columns."""
    for row in rows:
        yield harmless_row({column: row.get(column) for column in columns})


def xlsx_response(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """A table as a workbook to be kept: texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Creators")
    sheet.freeze_panes = "A2"
    for place in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 18
    sheet.append([bold(sheet, column) for column in columns])
    for cells in harmless_rows(columns, rows):
        sheet.append([text_cell(sheet, cell) for cell in cells])
    content = io.BytesIO()
    book.save(content)
    return attachment(content.getvalue(), f"{name}.xlsx", XLSX)


def bold(sheet: Any, value: str) -> WriteOnlyCell:
    """A cell of the head."""
    cell = WriteOnlyCell(sheet, value)
    cell.font = Font(bold=True)
    return cell


def text_cell(sheet: Any, value: Any) -> Any:
    """A cell with a value: numbers as they are, and a text typed as one, so that it is never a formula."""
    if not isinstance(value, str):
        return value
    written = NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
    cell = WriteOnlyCell(sheet, written[:LONGEST_CELL])
    cell.data_type = "s"
    return cell


def attachment(content: bytes, name: str, media_type: str) -> Response:
    """A file for keeping, and not for showing."""
    return Response(
        content, headers={"Content-Type": media_type, "Content-Disposition": f'attachment; filename="{name}"'}
    )
