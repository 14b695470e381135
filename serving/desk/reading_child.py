"""The process that reads what was dropped on the desk, in limited memory: whatever it is, no other waits.

``python -m serving.desk.reading_child FOLDER`` reads what it needs from standard input as JSON, and prints
how it ended as a JSON object.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from accounts.errors import AssayError
from accounts.importing.files import SUFFIXES, File
from accounts.importing.folders import files_of
from serving.desk.mapper import corrections_from_form
from serving.desk.understanding import understand
from serving.jobs.child_outcome import run_child
from serving.jobs.screening_files import FilesRemoved, ScreeningFiles

__all__ = ["apply_corrections", "read_screening"]


def read_screening(files: ScreeningFiles, order: dict[str, Any]) -> None:
    """Read a screening's files in this process.

    Parameters
    ----------
    order
        ``key`` of the store in hexadecimal, ``tenant``, ``form`` with corrections or null, and the digests of
        accounts that are left out (``erased``).

    Raises
    ------
    AssayError
        If nothing of them can be read at all, or somebody discarded the screening meanwhile.
    """
    try:
        if order["form"] is not None:
            apply_corrections(files, order["form"])
        understand(bytes.fromhex(order["key"]), order["tenant"], files, frozenset(order["erased"]))
    except Exception as error:
        if isinstance(error, AssayError) or files.uploads.is_dir():
            raise
        raise FilesRemoved from error


def apply_corrections(files: ScreeningFiles, form: dict[str, Any]) -> None:
    """Write down what a form says of the tables."""
    summary = files.read_json(files.summary)
    opened = {file.name: file for path in sorted(files.uploads.iterdir()) for file in openable(path)}
    files.write_json(files.corrections, corrections_from_form(form, summary["tables"], opened))


def openable(path: Path) -> list[File]:
    """The file or the sheets at a path; none where it is of another kind."""
    return list(files_of([path])) if path.suffix.lower() in SUFFIXES else []


if __name__ == "__main__":
    run_child(lambda order: read_screening(ScreeningFiles(Path(sys.argv[1])), order))
