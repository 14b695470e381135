"""Which files to open of those that lie where somebody points."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from accounts.errors import BadInput, Fault
from accounts.importing.files import SUFFIXES, WORKBOOK, File
from accounts.importing.workbook import Workbook
from accounts.reading.quoting import file_name

__all__ = ["files_of", "refuse_without_files", "unopened"]

_PACKED: Final = frozenset({".zip", ".gz", ".xz", ".bz2", ".zst", ".7z", ".rar", ".tar"})
_PAGES: Final = frozenset({".html", ".htm", ".xls", ".pdf", ".docx"})


def files_of(paths: Sequence[Path]) -> Iterator[File]:
    """The files that paths name, of folders those within with a known suffix, in the order of their names.

    Raises
    ------
    BadInput
        If a path is not there, or is packed.
    """
    for path in paths:
        within = path.is_dir()
        found = sorted(one for one in path.rglob("*") if one.suffix.lower() in SUFFIXES) if within else [path]
        for one in found:
            if one.suffix.lower() in _PACKED:
                raise BadInput(Fault(str(one), "", "must be unpacked first."))
            if one.suffix.lower() in _PAGES:
                rule = "must be JSON, CSV or .xlsx; most exports come as JSON where one asks."
                raise BadInput(Fault(str(one), "", rule))
            if one.is_file() or not within:
                yield from _opened(one, str(path.name / one.relative_to(path)) if within else file_name(one))


def _opened(path: Path, name: str) -> Iterator[File]:
    """A file, or each sheet of a workbook."""
    try:
        stamp = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    except OSError as error:
        raise BadInput(Fault(name, "", f"must be a file that can be read: {error.strerror}.")) from None
    file = File(name, path, stamp)
    if file.suffix != WORKBOOK:
        yield file
        return
    book = Workbook(file.read(), name)
    for sheet in book.sheets:
        yield File(f"{name} [{sheet}]", path, stamp, sheet, book)


def refuse_without_files(folder: Path) -> None:
    """Refuse a folder of which no file can be imported, and say what it holds.

    Raises
    ------
    BadInput
        If it is one.
    """
    if any(one.suffix.lower() in SUFFIXES for one in folder.rglob("*")):
        return
    others = unopened([folder])
    found = ", ".join(f"{number:,} {suffix}" for suffix, number in others.most_common()) or "nothing"
    packed = ", to be unpacked first" if others.keys() & _PACKED else ""
    known = ", ".join(sorted(SUFFIXES))
    raise BadInput(
        Fault(folder.name, "", f"must hold a file that can be imported ({known}). It holds {found}{packed}.")
    )


def unopened(paths: Sequence[Path]) -> Counter[str]:
    """How many files of other kinds lie in the folders that paths name, by suffix."""
    within = (one for path in paths if path.is_dir() for one in path.rglob("*") if one.is_file())
    suffixes = sorted(one.suffix.lower() for one in within if one.suffix.lower() not in SUFFIXES)
    return Counter(suffix or "without a suffix" for suffix in suffixes)
