"""The formats of files with accounts: the suffixes of their names, and their media types over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["JSON", "LINES", "LINE_SUFFIXES", "MEDIA_TYPES", "PARQUET", "TABLE_TYPES", "XLSX"]

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
PARQUET: Final = "application/vnd.apache.parquet"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LINE_SUFFIXES: Final = (".jsonl", ".ndjson")

TABLE_TYPES: Final[Mapping[str, str]] = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": XLSX,
}
"""Tables of any source, which are recognised by their columns."""

MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".json": JSON,
    **dict.fromkeys(LINE_SUFFIXES, LINES),
    **TABLE_TYPES,
    ".parquet": PARQUET,
}
"""The media type of each file that a job takes, by its suffix in lower case."""
