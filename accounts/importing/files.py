"""Files as they lie in a folder: parsed JSON, JSON Lines, tables, and X's archives, which are JavaScript."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json

from accounts.errors import BadInput, Fault

__all__ = ["SUFFIXES", "File", "files_of"]

SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson", ".js", ".csv", ".tsv", ".xlsx"})

_ASSIGNED: Final = re.compile(r"\s*window\.[\w.]+\s*=\s*")
_LINES: Final = frozenset({".jsonl", ".ndjson"})
_TABLES: Final = frozenset({".csv", ".tsv", ".xlsx"})


@dataclass(frozen=True)
class File:
    """One file, parsed when it is asked for.

    Attributes
    ----------
    name
        What refusals call it.
    content
        Its bytes.
    modified
        When it was written, in UTC: where a source does not say when it was collected, the best there is.
    """

    name: str
    content: bytes
    modified: dt.datetime

    @property
    def suffix(self) -> str:
        """Of its name, in lower case."""
        return Path(self.name).suffix.lower()

    @cached_property
    def json(self) -> Any:
        """Its JSON value; of JSON Lines a list of them; None where it is a table.

        Raises
        ------
        BadInput
            If it is neither JSON nor JSON Lines.
        """
        if self.suffix in _TABLES:
            return None
        content = self.content.removeprefix(b"\xef\xbb\xbf")
        if self.suffix == ".js" and (found := _ASSIGNED.match(content[:200].decode("utf-8", "replace"))):
            content = content[len(found[0].encode()) :]
        if self.suffix in _LINES:
            return [self._parsed(line, number) for number, line in _lines(content)]
        return self._parsed(content.strip().removesuffix(b";"))

    def _parsed(self, content: bytes, line: int | None = None) -> Any:
        try:
            return from_json(content, allow_inf_nan=True)
        except ValueError as error:
            place = self.name if line is None else f"{self.name} line {line}"
            raise BadInput(Fault(place, "", f"must be JSON: {error}.")) from None

    @cached_property
    def rows(self) -> Sequence[Mapping[str, str]]:
        """Rows of a table by the names of its columns; empty where it is none."""
        if self.suffix not in _TABLES:
            return ()
        try:
            written = self.content.decode("utf-8-sig")
        except UnicodeDecodeError:
            written = self.content.decode(
                "utf-16" if self.content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp1252"
            )
        head = written.split("\n", 1)[0]
        mark = max(",;\t|", key=head.count)
        return list(csv.DictReader(io.StringIO(written, newline=""), delimiter=mark, restkey="", restval=""))

    @property
    def columns(self) -> frozenset[str]:
        """Names of a table's columns."""
        return frozenset(self.rows[0]) if self.rows else frozenset()


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(content.split(b"\n"), 1) if line.strip())


def files_of(paths: Sequence[Path]) -> Iterator[File]:
    """The files that paths name, of folders those within with a known suffix, in the order of their names.

    Raises
    ------
    BadInput
        If a path is not there.
    """
    for path in paths:
        found = (
            sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES)
            if path.is_dir()
            else [path]
        )
        for one in found:
            try:
                stamp = dt.datetime.fromtimestamp(one.stat().st_mtime, dt.UTC)
                yield File(str(one.relative_to(path)) if path.is_dir() else one.name, one.read_bytes(), stamp)
            except OSError as error:
                raise BadInput(
                    Fault(str(one), "", f"must be a file that can be read: {error.strerror}.")
                ) from None
