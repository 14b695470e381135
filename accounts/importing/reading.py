"""Any path to accounts: Assay's own documents and tables as ever, files of known sources imported."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from accounts.errors import BadInput
from accounts.importing.files import SUFFIXES
from accounts.importing.folders import files_of
from accounts.importing.importer import Imported, ImportedDocument, import_paths, recognise
from accounts.importing.json_mapping import is_json_mapping
from accounts.reading import Chunk, read
from accounts.reading.chunks import emit_chunk
from accounts.reading.documents import validate_documents
from accounts.reading.seen_ids import SeenIds
from accounts.schema import LISTS

__all__ = ["chunks_of", "is_importable", "read_any", "understood"]

_OWN_TABLES: Final = ("accounts.parquet", "accounts.csv")
_PROBED_BYTES: Final = 2**16
_MOST_ACCOUNTS: Final = 500
MOST_ROWS: Final = 10_000
_MOST_LINES: Final = 20
_NAMED: Final = 3
_LONGEST_SENTENCE: Final = 2_000
_CUT: Final = " ... (cut)"

Note = Callable[[str], None]


def read_any(
    path: Path, *, keep_going: bool = False, columns: Path | None = None, note: Note = lambda _: None
) -> Iterator[Chunk]:
    """Read the accounts at a path, whatever it holds.

    Parameters
    ----------
    path
        What :func:`accounts.reading.read` takes, or a file or folder of known sources.
    keep_going
        Make bad accounts faults of their chunk, instead of stopping at the first.
    columns
        A column mapping of CSV files, corrections of a table's columns, or a mapping of JSON.
    note
        Is told what was understood, in sentences.

    Raises
    ------
    BadInput
        As :func:`accounts.reading.read` does.
    """
    if not is_importable(path, columns):
        yield from read(path, keep_going=keep_going, columns=columns)
        return
    imported = import_paths([path], columns=columns)
    for sentence in understood(imported):
        note(sentence)
    yield from chunks_of(imported, keep_going=keep_going)


def is_importable(path: Path, columns: Path | None = None) -> bool:
    """Whether a path holds files of known sources, and none of Assay's own."""
    if not (path.is_file() or path.is_dir()):  # what is read from a pipe to recognise it would be lost
        return False
    if columns is not None:
        return path.suffix.lower() == ".xlsx" or _is_for_imports(columns)
    if path.is_dir():
        own = any((path / name).exists() for name in _OWN_TABLES)
        return not own and _is_recognised(path)
    suffix = path.suffix.lower()
    return suffix in SUFFIXES and not _is_own(path) and _is_recognised(path)


def _is_for_imports(columns: Path) -> bool:
    """Whether a TOML file says where JSON lies, or corrects a guess; a mapping of CSV files has accounts."""
    try:
        given = tomllib.loads(columns.read_text(encoding="utf-8-sig"))
        return is_json_mapping(given) or (bool(given) and "accounts" not in given)
    except (OSError, ValueError):  # refused by its reader
        return False


def _is_own(path: Path) -> bool:
    with path.open("rb") as stream:
        return b'"account_id"' in stream.read(_PROBED_BYTES)


def _is_recognised(path: Path) -> bool:
    try:
        return any(recognise(file) is not None for file in files_of([path]))
    except BadInput:
        return path.is_dir()  # one of several files is broken: the import says which


def chunks_of(imported: Imported, *, keep_going: bool = False) -> Iterator[Chunk]:
    """Imported accounts checked against the schema, some at a time; a fault names its account's files."""
    seen = SeenIds()
    for named in _some_at_a_time(imported.accounts):
        yield from emit_chunk(*validate_documents(named, seen), keep_going=keep_going)


def _some_at_a_time(accounts: Iterable[ImportedDocument]) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
    """Places and documents of so many accounts as have so many rows."""
    named: list[tuple[str, Mapping[str, Any]]] = []
    rows = 0
    for one in accounts:
        named.append((one.place, one.document))
        rows += sum(len(one.document.get(part, ())) for part in LISTS)
        if len(named) >= _MOST_ACCOUNTS or rows >= MOST_ROWS:
            yield named
            named, rows = [], 0
    if named:
        yield named


def understood(imported: Imported) -> Iterator[str]:
    """What an import made of the files, for people: sources, columns, and what found no place.

    Files name their columns and fields themselves, so that each sentence has an end.
    """
    return (shorten(sentence) for sentence in _sentences(imported))


def shorten(sentence: str) -> str:
    """A sentence, cut where it is longer than anybody reads.

    >>> len(shorten("left out: " + "a" * 9_000))
    2000
    """
    too_long = len(sentence) > _LONGEST_SENTENCE
    return f"{sentence[: _LONGEST_SENTENCE - len(_CUT)]}{_CUT}" if too_long else sentence


def _sentences(imported: Imported) -> Iterator[str]:
    by_source: dict[str | None, list[str]] = {}
    for name, source in imported.sources.items():
        by_source.setdefault(source, []).append(name)
    for source, names in by_source.items():
        if source is None:
            more = " ..." if len(names) > _NAMED else ""
            shown = ", ".join(names[:_NAMED])
            yield f"{_counted(len(names), 'file')} of no known source left out: {shown}{more}."
        else:
            yield f"{_counted(len(names), 'file')} read as {source}."
    yield from imported.notes
    lines = imported.leftovers.lines
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield f"... and {len(lines) - _MOST_LINES:,} more kinds of values without a place."


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
