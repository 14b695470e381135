"""Files of any source in one folder, as somebody dropped or sent them: the good ones are read all the same.

Assay's own documents and tables are read as ever, other files imported, each recognised by its content.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from accounts.errors import AssayError, BadInput, Fault
from accounts.importing.corrections import Corrections
from accounts.importing.files import SUFFIXES, File
from accounts.importing.folders import files_of
from accounts.importing.importer import Imported, import_files
from accounts.importing.reading import chunks_of
from accounts.media_types import LINE_SUFFIXES
from accounts.reading import Chunk, read
from accounts.reading.chunks import merge_small_chunks
from accounts.schema import LISTS

__all__ = ["all_chunks", "fault_row", "import_others", "is_own_content", "sorted_files"]

OWN_LINES: Final = frozenset({".json", *LINE_SUFFIXES})
OWN_TABLES: Final = ("accounts.csv", "accounts.parquet")
TABLE_FILES: Final = frozenset(
    f"{name}{suffix}" for name in ("accounts", *LISTS) for suffix in (".csv", ".parquet")
)
PROBED_BYTES: Final = 2**16
ACCOUNTS_AT_ONCE: Final = 100


def sorted_files(folder: Path, faults: list[Fault]) -> tuple[list[Path], list[File]]:
    """Assay's own documents and tables, and all other files, workbooks sheet by sheet."""
    own: list[Path] = []
    others: list[File] = []
    paths = sorted(folder.iterdir())
    tables = any((folder / name).exists() for name in OWN_TABLES)
    for path in paths:
        if (tables and path.name in TABLE_FILES) or is_own_document(path):
            own.append(path)
            continue
        try:
            if path.suffix.lower() not in SUFFIXES and path.suffix.lower() != ".parquet":
                list(files_of([path]))  # says what is wrong with packed files and pages
                raise BadInput(Fault(path.name, "", "must be JSON, CSV, TSV or .xlsx."))
            others += files_of([path])
        except BadInput as error:
            faults += [with_place(fault, path.name) for fault in error.faults]
    return own, others


def with_place(fault: Fault, name: str) -> Fault:
    """A fault with the name of its file, and not its path here."""
    return Fault(name, fault.field, fault.rule, fault.account_id, fault.bound)


def is_own_document(path: Path) -> bool:
    """Whether a file holds account documents of ours."""
    if path.suffix.lower() not in OWN_LINES:
        return False
    with path.open("rb") as stream:
        head = stream.read(PROBED_BYTES)
    return is_own_content(head)


def import_others(
    others: Sequence[File], corrections: Corrections, faults: list[Fault], most: int | None = None
) -> Imported | None:
    """Import files of other sources; what cannot be read at all is a fault, file by file.

    Raises
    ------
    BadInput
        If they are about more accounts than ``most``.
    """
    if not others:
        return None
    try:
        return import_files(others, corrections=corrections, most_accounts=most)
    except BadInput as error:
        if have_too_many_accounts(error):
            raise
        if len(others) == 1:
            faults += error.faults
            return None
    good = [file for file in others if can_be_imported(file, corrections, faults, most)]
    return import_files(good, corrections=corrections, most_accounts=most) if good else None


def can_be_imported(file: File, corrections: Corrections, faults: list[Fault], most: int | None) -> bool:
    """Whether a file can be imported alone; otherwise its faults are noted."""
    try:
        import_files([file], corrections=corrections, most_accounts=most)
    except BadInput as error:
        if have_too_many_accounts(error):
            raise
        faults += error.faults
        return False
    return True


def have_too_many_accounts(error: BadInput) -> bool:
    """Whether files were refused because they are about more accounts than they may be."""
    return error.faults[0].bound == "accounts"


def all_chunks(
    folder: Path, own: Sequence[Path], imported: Imported | None, faults: list[Fault]
) -> Iterator[Chunk]:
    """The accounts of all files, those of small ones together.

    A file that breaks off is a fault, and what came before it counts.
    """
    return merge_small_chunks(_chunks_by_file(folder, own, imported, faults), ACCOUNTS_AT_ONCE)


def _chunks_by_file(
    folder: Path, own: Sequence[Path], imported: Imported | None, faults: list[Fault]
) -> Iterator[Chunk]:
    readers: list[tuple[str, Iterator[Chunk]]] = []
    if any((folder / name).exists() for name in OWN_TABLES):
        readers.append(("accounts", read(folder, keep_going=True)))
    readers += [(path.name, read(path, keep_going=True)) for path in own if path.name not in TABLE_FILES]
    if imported:
        readers.append(("", chunks_of(imported, keep_going=True)))
    for name, reader in readers:
        try:
            yield from (without_paths(chunk, folder) for chunk in reader)
        except AssayError as error:
            raised = error.faults if isinstance(error, BadInput) else (Fault(name, "", str(error)),)
            faults += [without_path(fault, folder) for fault in raised]


def without_paths(chunk: Chunk, folder: Path) -> Chunk:
    """A chunk whose faults name files, and no folders of this machine."""
    return Chunk(chunk.tables, tuple(without_path(fault, folder) for fault in chunk.faults), chunk.order)


def without_path(fault: Fault, folder: Path) -> Fault:
    """A fault that names its file, and no folder of this machine."""
    return with_place(fault, fault.place.replace(f"{folder}/", ""))


def is_own_content(head: bytes) -> bool:
    """Whether a file that begins so holds account documents of ours."""
    return b'"account_id"' in head and b'"platform"' in head


def fault_row(fault: Fault) -> dict[str, Any]:
    """A fault as pages, answers and downloaded tables show it."""
    return {
        "place": fault.place,
        "account_id": fault.account_id or "",
        "field": fault.field,
        "rule": fault.rule,
    }
