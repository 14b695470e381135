"""The process that reads what was dropped on the desk, in limited memory: whatever it is, no other waits.

``python -m serving.desk.reading_child FOLDER`` reads what it needs from standard input as JSON, and prints
how it ended as a JSON object.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final

from accounts.errors import AssayError
from accounts.importing.files import SUFFIXES, File
from accounts.importing.folders import files_of
from serving.desk.mapper import corrections_from_form
from serving.desk.understanding import understand
from serving.http.disk import is_disk_full
from serving.jobs.child_limits import limit_files, limit_memory, yield_to_others
from serving.jobs.screening_files import FilesRemoved, ScreeningFiles
from serving.observe.log import error_location
from serving.observe.parent_death import end_with_parent

__all__ = ["DISK", "FAILED", "RULE", "STATUS", "TOO_MUCH", "apply_corrections", "work"]

RULE, STATUS, TOO_MUCH, DISK, FAILED = "rule", "status", "memory", "disk", "failed"
"""Members of what is printed: a sentence with its status, too little memory or disk, or an error's place."""

DONE: Final[dict[str, Any]] = {}


def work(files: ScreeningFiles, order: dict[str, Any]) -> dict[str, Any]:
    """Read a screening's files in this process; how it ended.

    Parameters
    ----------
    order
        ``key`` of the store in hexadecimal, ``tenant``, ``form`` with corrections or null, ``memory_bytes``
        and ``file_bytes``.
    """
    limit_memory(order["memory_bytes"])
    limit_files(order["file_bytes"])
    try:
        if order["form"] is not None:
            apply_corrections(files, order["form"])
        understand(bytes.fromhex(order["key"]), order["tenant"], files)
    except AssayError as error:
        return {RULE: str(error), STATUS: error.status}
    except MemoryError:
        return {TOO_MUCH: True}
    except Exception as error:
        if not files.uploads.is_dir():  # somebody discarded the screening meanwhile
            return {RULE: str(FilesRemoved()), STATUS: FilesRemoved.status}
        if isinstance(error, OSError) and is_disk_full(error):
            return {DISK: True}
        return {FAILED: error_location(error)}
    return DONE


def apply_corrections(files: ScreeningFiles, form: dict[str, Any]) -> None:
    """Write down what a form says of the tables."""
    summary = files.read_json(files.summary)
    opened = {file.name: file for path in sorted(files.uploads.iterdir()) for file in openable(path)}
    files.write_json(files.corrections, corrections_from_form(form, summary["tables"], opened))


def openable(path: Path) -> list[File]:
    """The file or the sheets at a path; none where it is of another kind."""
    return list(files_of([path])) if path.suffix.lower() in SUFFIXES else []


if __name__ == "__main__":
    end_with_parent(os.getppid())
    yield_to_others()
    print(json.dumps(work(ScreeningFiles(Path(sys.argv[1])), json.load(sys.stdin))))
