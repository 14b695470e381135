"""What was understood of the files that were dropped, before anything is judged.

Assay's own documents and tables are read as ever, other files imported. What is valid becomes a file of
documents without anybody's name but the creators'; what is not becomes a list of faults, row by row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from accounts.checks import examine
from accounts.document import to_documents
from accounts.errors import AssayError, BadInput, Fault
from accounts.importing.files import SUFFIXES, File
from accounts.importing.folders import files_of
from accounts.importing.importer import Imported, import_files
from accounts.importing.reading import chunks_of, understood
from accounts.reading import Chunk, read
from accounts.schema import LISTS
from accounts.tables import Tables
from serving.desk.mapper import HandCorrections, mapped_tables
from serving.jobs.screening_files import ScreeningFiles
from serving.store.evidence import pseudonymised
from serving.store.store import Store

__all__ = ["understand"]

OWN_LINES: Final = frozenset({".json", ".jsonl", ".ndjson"})
OWN_TABLES: Final = ("accounts.csv", "accounts.parquet")
TABLE_FILES: Final = frozenset(
    f"{name}{suffix}" for name in ("accounts", *LISTS) for suffix in (".csv", ".parquet")
)
PROBED_BYTES: Final = 2**16
MOST_SHOWN: Final = 200
PARTS: Final = ("posts", "comments", "history", "audience")


@dataclass
class Understanding:
    """What comes together while the files are read.

    Attributes
    ----------
    sentences
        What was made of the files, for people.
    accounts
        The first accounts as the page shows them.
    counts
        Of accounts, and of rows in each table.
    faults
        Everything that was refused.
    findings
        What the checks found, by check: how many accounts, and one sentence.
    """

    sentences: list[str] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def understand(store: Store, tenant: str, files: ScreeningFiles) -> dict[str, Any]:
    """Read what was dropped, and write documents, faults and the summary; that summary.

    Raises
    ------
    AssayError
        If nothing of it can be read at all.
    """
    corrections = HandCorrections.read(files.read_json(files.corrections))
    found = Understanding()
    own, others = sorted_files(files.dropped, found)
    imported = import_others(others, corrections, found)
    chunks = all_chunks(files.dropped, own, imported, found)
    documents = (
        pseudonymised(store, tenant, document)
        for tables in valid(chunks, found)
        for document in to_documents(tables)
    )
    files.write_lines(files.documents, documents)
    files.write_lines(files.faults, map(fault_row, found.faults))
    sources = dict(imported.sources) if imported else {}
    summary = {
        "sentences": found.sentences + (list(understood(imported)) if imported else []),
        "accounts": found.accounts,
        "counts": {name: found.counts[name] for name in ("accounts", *PARTS)},
        "faults": len(found.faults),
        "first_faults": [fault_row(fault) for fault in found.faults[:MOST_SHOWN]],
        "findings": sorted(found.findings.values(), key=lambda one: -one["accounts"]),
        "tables": list(mapped_tables(others, sources, corrections)),
    }
    files.write_json(files.summary, summary)
    return summary


def sorted_files(folder: Path, found: Understanding) -> tuple[list[Path], list[File]]:
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
            found.faults += [named(fault, path.name) for fault in error.faults]
    return own, others


def named(fault: Fault, name: str) -> Fault:
    """A fault with the name of its file, and not its path here."""
    return Fault(name, fault.field, fault.rule, fault.account_id, fault.bound)


def is_own_document(path: Path) -> bool:
    """Whether a file holds account documents of ours."""
    if path.suffix.lower() not in OWN_LINES:
        return False
    with path.open("rb") as stream:
        head = stream.read(PROBED_BYTES)
    return b'"account_id"' in head and b'"platform"' in head


def import_others(
    others: Sequence[File], corrections: HandCorrections, found: Understanding
) -> Imported | None:
    """Import files of other sources; what cannot be read at all is a fault, file by file."""
    if not others:
        return None
    try:
        return import_files(others, corrections=corrections)
    except BadInput as error:
        if len(others) == 1:
            found.faults += error.faults
            return None
    good = [file for file in others if can_be_imported(file, corrections, found)]
    return import_files(good, corrections=corrections) if good else None


def can_be_imported(file: File, corrections: HandCorrections, found: Understanding) -> bool:
    """Whether a file can be imported alone; otherwise its faults are noted."""
    try:
        import_files([file], corrections=corrections)
    except BadInput as error:
        found.faults += error.faults
        return False
    return True


def all_chunks(
    folder: Path, own: Sequence[Path], imported: Imported | None, found: Understanding
) -> Iterator[Chunk]:
    """The accounts of all files; a file that breaks off is a fault, and what came before it counts."""
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
            faults = error.faults if isinstance(error, BadInput) else (Fault(name, "", str(error)),)
            found.faults += [without_path(fault, folder) for fault in faults]


def without_paths(chunk: Chunk, folder: Path) -> Chunk:
    """A chunk whose faults name files, and no folders of this machine."""
    return Chunk(chunk.tables, tuple(without_path(fault, folder) for fault in chunk.faults), chunk.order)


def without_path(fault: Fault, folder: Path) -> Fault:
    """A fault that names its file, and no folder of this machine."""
    return named(fault, fault.place.replace(f"{folder}/", ""))


def valid(chunks: Iterator[Chunk], found: Understanding) -> Iterator[Tables]:
    """The accounts without a fault, each once, counted and checked."""
    for chunk in chunks:
        found.faults += chunk.faults
        names = chunk.tables.accounts["account_id"].to_list()
        for name in (name for name in names if name in found.seen):
            found.faults.append(Fault("", "account_id", "is in more than one file; the first counts.", name))
        fresh = [name for name in names if name not in found.seen]
        found.seen.update(fresh)
        if fresh:
            tables = chunk.tables.select(fresh)
            note(tables, found)
            yield tables


def note(tables: Tables, found: Understanding) -> None:
    """Count some accounts, check their evidence, and show the first of them."""
    found.counts["accounts"] += len(tables)
    for part in PARTS:
        found.counts[part] += tables[part].height
    for findings in examine(tables).findings.values():
        for one in findings:
            known = found.findings.setdefault(
                one.check, {"check": one.check, "field": one.field, "accounts": 0, "sentence": one.sentence}
            )
            known["accounts"] += 1
    room = MOST_SHOWN - len(found.accounts)
    found.accounts += map(
        account_row, to_documents(tables.select(tables.accounts["account_id"].to_list()[:room]))
    )


def account_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """An account as the page shows it."""
    profile = document.get("profile", {})
    return {
        "account_id": document["account_id"],
        "platform": document["platform"],
        "as_of": document["as_of"],
        "followers": profile.get("followers"),
        **{part: len(document.get(part, ())) for part in PARTS},
    }


def fault_row(fault: Fault) -> dict[str, Any]:
    """A fault as the page and the downloaded table show it."""
    return {
        "place": fault.place,
        "account_id": fault.account_id or "",
        "field": fault.field,
        "rule": fault.rule,
    }
