"""From files of any known source to account documents, and a report of what found no place in them."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, overload

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.importing import spreadsheet
from accounts.importing.catalogue import SOURCES
from accounts.importing.corrections import Corrections, read_corrections
from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.folders import files_of, refuse_without_files, unopened
from accounts.importing.leftovers import Leftovers
from accounts.importing.mapped_json import source_of
from accounts.importing.source import Source
from accounts.importing.views import RowsAsObjects, Unwrapped, views_of
from accounts.reading.quoting import quote, suggest

__all__ = ["Imported", "ImportedDocument", "import_files", "import_paths", "recognise"]

_NAMED: Final = 3
_ERRORS: Final = frozenset({"error", "errors"})
_MAPPING: Final = "a column mapping, at the command line or the desk, says"
_KEPT_BYTES: Final = 64 * 2**20


@dataclass(frozen=True)
class ImportedDocument:
    """One account.

    Attributes
    ----------
    files
        Names of the files that speak of it.
    document
        Its account document, not yet checked against the schema.
    """

    files: tuple[str, ...]
    document: Mapping[str, Any]

    @property
    def place(self) -> str:
        """What refusals call it: its first files."""
        more = len(self.files) - _NAMED
        return ", ".join(self.files[:_NAMED]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True)
class Imported:
    """What came of some files.

    Attributes
    ----------
    accounts
        In the order in which they were met. Where the files hold much, each is put together when it is come
        to, so that memory holds one of them.
    sources
        Name of the source of each file; None where none recognised it.
    leftovers
        What the files hold that found no place.
    notes
        What was understood of plain tables: which column became which field, and which were left.
    """

    accounts: Sequence[ImportedDocument]
    sources: Mapping[str, str | None]
    leftovers: Leftovers
    notes: Sequence[str] = ()

    @property
    def documents(self) -> list[Mapping[str, Any]]:
        """The account documents alone, all of them in memory; ``accounts`` gives one after the other."""
        return [account.document for account in self.accounts]


def recognise(file: File) -> Source | None:
    """The source that a file comes from, by its content; None where none knows it.

    Raises
    ------
    BadInput
        If it is broken. An archive of X holds programs beside its data: they are unknown and no fault.
    """
    return _seen(file, SOURCES.values())[0]


def _seen(file: File, sources: Iterable[Source]) -> tuple[Source | None, File]:
    """Which of the sources a file comes from, and the file as that one reads it.

    What is of a particular source comes first: as the file is, within what it is wrapped in, or as a table of
    its objects.
    """
    try:
        for source in sources:
            if not source.generic and source.recognises(file):
                return source, file
        for view in views_of(file):
            for source in sources:
                if _recognises_view(source, view):
                    return source, view
        return next((source for source in sources if source.generic and source.recognises(file)), None), file
    except BadInput:
        if file.suffix == ".js":
            return None, file
        raise


def _recognises_view(source: Source, view: Unwrapped | RowsAsObjects) -> bool:
    if isinstance(view, RowsAsObjects):
        return source.recognises_rows is not None and source.recognises_rows(view)
    return not source.generic and source.recognises(view)


def import_paths(
    paths: Sequence[Path],
    source: str | None = None,
    as_of: dt.datetime | None = None,
    columns: Path | None = None,
) -> Imported:
    """Import files and folders, corrected by the TOML file ``columns``; see :func:`import_files`."""
    corrections = Corrections() if columns is None else read_corrections(columns)
    for path in paths:
        if path.is_dir():
            refuse_without_files(path)
    imported = import_files(list(files_of(paths)), source, as_of, corrections)
    others = ", ".join(f"{number:,} {suffix}" for suffix, number in unopened(paths).most_common())
    return replace(imported, notes=[*imported.notes, f"not opened: {others}"]) if others else imported


def import_files(
    files: Sequence[File],
    source: str | None = None,
    as_of: dt.datetime | None = None,
    corrections: Corrections | None = None,
    most_accounts: int | None = None,
) -> Imported:
    """Documents of the accounts that files are about.

    Parameters
    ----------
    files
        Of one source or of several.
    source
        Name of the source that all of them come from; without it each is recognised by its content.
    as_of
        When they were collected; without it each file's own time counts.
    corrections
        What the columns of plain tables are, where the guess is wrong.
    most_accounts
        How many accounts they may be about; without it as many as there are.

    Raises
    ------
    WrongUsage
        If there is no such source.
    BadInput
        If no file is known, or one cannot be parsed, or as soon as they are about more accounts.
    """
    corrections = corrections or Corrections()
    if files and all(file.is_empty for file in files):
        raise BadInput(Fault(_names(files), "", "is empty. A table with a header, or JSON, was expected."))
    owners, views = _owners(files, source, corrections)
    if not any(owners):
        raise BadInput(_unknown(files))
    drafts = Drafts(as_of, corrections, most_accounts)
    drafts.notes += [line for view in views for line in _left_beside(view)]
    drafts.notes += [
        f"{file.name}: it is empty"
        for file, owner in zip(files, owners, strict=True)
        if not owner and file.is_empty
    ]
    with _without_collector():
        for one in _in_order(owners):
            one.read([file for file, owner in zip(views, owners, strict=True) if owner is one], drafts)
        drafts.finish()
    sources = {file.name: owner.name if owner else None for file, owner in zip(files, owners, strict=True)}
    accounts = _Accounts(drafts)
    return Imported(
        list(accounts) if drafts.is_in_memory else accounts, sources, drafts.leftovers, drafts.notes
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """Let Python not look for cycles meanwhile: what is imported has none, and is walked again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _owners(
    files: Sequence[File], source: str | None, corrections: Corrections
) -> tuple[list[Source | None], list[File]]:
    """The source of each file, and the file as that source reads it."""
    if source is not None:
        chosen = _source(source)
        return [chosen for _ in files], [view for _, view in _recognised(files, [chosen])]
    if corrections.json is not None:
        mapped = source_of(corrections.json, corrections.zone)
        return [mapped if mapped.recognises(file) else None for file in files], list(files)
    known = list(_recognised(files, SOURCES.values(), corrections))
    return [owner for owner, _ in known], [view for _, view in known]


def _left_beside(view: File) -> Iterator[str]:
    """What stands beside the answer that a file wraps, and is left out."""
    if isinstance(view, Unwrapped) and view.beside:
        more = f" and {len(view.beside) - _NAMED} more" if len(view.beside) > _NAMED else ""
        beside = ", ".join(map(quote, view.beside[:_NAMED]))
        yield f"{view.name}: its answer is read; left out beside it: {beside}{more}"


def _in_order(owners: Sequence[Source | None]) -> list[Source]:
    """Each source once: those of the catalogue in its order, as plain tables add to what others know."""
    known = [one for one in SOURCES.values() if one in owners]
    return known + [one for one in dict.fromkeys(owners) if one is not None and one not in known]


def _recognised(
    files: Sequence[File], sources: Collection[Source], corrections: Corrections | None = None
) -> Iterator[tuple[Source | None, File]]:
    """The source of each file; what was parsed for that is kept as long as it is little."""
    room = _KEPT_BYTES
    for file in files:
        owner, view = _seen(file, sources)
        if corrections is not None and corrections.speak_of(file.name):
            owner, view = spreadsheet.SOURCE, file
        yield owner, view
        room -= file.size
        if room < 0:
            view.forget()


class _Accounts(Sequence[ImportedDocument]):
    """Accounts that are put together one by one, whenever they are gone through."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def __len__(self) -> int:
        return len(self._drafts.by_id)

    def __iter__(self) -> Iterator[ImportedDocument]:
        documents = self._drafts.documents()
        while True:
            with _without_collector():
                found = next(documents, None)
            if found is None:
                return
            draft, document = found
            yield ImportedDocument(draft.files, document)

    @overload
    def __getitem__(self, place: int) -> ImportedDocument: ...

    @overload
    def __getitem__(self, place: slice) -> list[ImportedDocument]: ...

    def __getitem__(self, place: int | slice) -> ImportedDocument | list[ImportedDocument]:
        return list(self)[place]


def _source(name: str) -> Source:
    if name not in SOURCES:
        known = f"Known are {', '.join(sorted(SOURCES))}."
        raise WrongUsage(f"{name} is no source{suggest(name, SOURCES)} {known}")
    return SOURCES[name]


def _names(files: Sequence[File]) -> str:
    return ", ".join(file.name for file in files[:_NAMED]) or "no file"


def _unknown(files: Sequence[File]) -> Fault:
    seen = f" {_described(files[0])}" if len(files) == 1 else ""
    return Fault(_names(files), "", f"must come from a known source ({', '.join(sorted(SOURCES))}).{seen}")


def _described(file: File) -> str:
    """What a file holds that no source is known by."""
    if file.header:
        columns = ", ".join(quote(name) for name in file.header[:_NAMED])
        more = ", ..." if len(file.header) > _NAMED else ""
        return f"Its first line names columns {columns}{more}; {_MAPPING} which is which."
    item = next(iter(file.head), None)
    if not item:
        return "It holds no object, or an empty one."
    if item.keys() & _ERRORS:
        error = item[next(iter(item.keys() & _ERRORS))]
        reason = error.get("message") if isinstance(error, dict) else error
        return f"It holds an error that an interface answered: {quote(reason)}."
    fields = ", ".join(quote(name) for name in list(item)[:_NAMED])
    return f"Its objects have {fields}; {_MAPPING} where its fields lie."
