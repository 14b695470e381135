"""Files of any source that came with a request: what they say of accounts, as documents, and what is refused.

Small ones are read in a thread of the service, all others in a process of their own, by the same function.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from errno import ENOSPC
from hashlib import file_digest, sha256
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from accounts.document import to_documents
from accounts.errors import AssayError, BadInput, Fault
from accounts.importing import recognise
from accounts.importing.corrections import Corrections
from accounts.importing.drafts import too_many_accounts
from accounts.importing.files import WORKBOOK, as_utf8
from accounts.importing.folders import files_of
from accounts.importing.importer import Imported
from accounts.importing.reading import understood
from accounts.media_types import LINE_SUFFIXES
from accounts.reading import Chunk
from accounts.reading.bounds import check_shape
from accounts.reading.json_parser import ParseError
from serving.jobs.counting_writer import CountingWriter, Excess, ExcessError
from serving.jobs.dropped_files import all_chunks, fault_row, import_others, sorted_files
from serving.jobs.job_files import create_private

__all__ = ["ReadAccounts", "ReadingOrder", "SentFiles", "read_sent"]

SMALL_BYTES: Final = 2**18
"""Files of so many bytes in all are read faster than a process starts."""

PARSED: Final = frozenset({".json", ".js", *LINE_SUFFIXES})
MOST_FAULTS: Final = 10_000
FEW_OBJECTS, LEAST_BYTES_AN_OBJECT = 10_000, 12
DEEPEST: Final = 64
"""Levels of nested lists and objects that a source's JSON may have; none that is known has twenty."""

ENTRY, FAULT = "entry", "fault"
"""What a line of the outcome holds."""

Entry = int | Fault
"""In the order of a request's accounts: so many valid documents that follow each other, or a fault."""


class ReadingOrder(NamedTuple):
    """How files are to be read.

    Attributes
    ----------
    most_accounts, most_bytes
        How many accounts they may hold, and bytes as documents.
    if_known
        Whether nothing is to be read where no file is of a source that is known.
    """

    most_accounts: int
    most_bytes: int
    if_known: bool = False


@dataclass(frozen=True)
class ReadAccounts:
    """What became of the files of a request.

    Attributes
    ----------
    documents
        The file with the valid documents, one a line.
    entries
        Valid documents and faults in their order; a fault for each broken rule.
    faults
        Everything that was refused, also of whole files.
    sources
        The source of each file; None where none is known.
    sentences
        What was understood, for people.
    """

    documents: Path
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    sources: Mapping[str, str | None]
    sentences: Sequence[str]

    @property
    def count(self) -> int:
        """How many valid documents there are."""
        return sum(entry for entry in self.entries if isinstance(entry, int))

    def understood(self) -> bytes:
        """What was made of the files, as JSON for the answer: sources, sentences, and faults row by row."""
        about = json.dumps({"files": dict(self.sources), "sentences": list(self.sentences)})
        rows = ", ".join(json.dumps(fault_row(fault)) for fault in self.faults)  # others go on in between
        return f'{about.removesuffix("}")}, "faults": [{rows}]}}'.encode()


@dataclass(frozen=True)
class SentFiles:
    """The private folder with the files of a request, and what becomes of them.

    Attributes
    ----------
    path
        The folder.
    """

    path: Path

    @property
    def folder(self) -> Path:
        """The folder of the files by their own names."""
        return self.path / "sent"

    @property
    def documents(self) -> Path:
        """The valid documents, one a line, once they were read."""
        return self.path / "documents.jsonl"

    @property
    def outcome(self) -> Path:
        """What else became of them, as JSON Lines; ``null`` where nothing was read: no source is known."""
        return self.path / "outcome.jsonl"

    def size(self) -> int:
        """Of all files, in bytes."""
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def are_small(self) -> bool:
        """Whether they are read faster than a process starts; a workbook unpacks to who knows what."""
        books = [path for path in self.folder.iterdir() if path.suffix.lower() == WORKBOOK]
        return not books and self.size() <= SMALL_BYTES

    def digest(self) -> bytes:
        """A digest of their names and contents: the same for the same files, however they were sent."""
        whole = sha256()
        for path in sorted(self.folder.iterdir()):
            with path.open("rb") as stream:
                whole.update(path.name.encode() + b"\0" + file_digest(stream, "sha256").digest())
        return whole.digest()

    def read_accounts(self) -> ReadAccounts | None:
        """What :func:`read_sent` wrote down; None where nothing was read, for no source is known."""
        found: dict[str, list[Entry]] = {ENTRY: [], FAULT: []}
        with self.outcome.open("rb") as stream:
            about = json.loads(stream.readline())
            for kind, value in map(json.loads, stream):  # one by one: others go on in between
                found[kind].append(value if isinstance(value, int) else Fault(*value))
        if about is None:
            return None
        faults = tuple(one for one in found[FAULT] if isinstance(one, Fault))
        return ReadAccounts(self.documents, tuple(found[ENTRY]), faults, **about)


def read_sent(files: SentFiles, order: ReadingOrder) -> None:
    """Read the files of a request; documents and outcome are written.

    Raises
    ------
    BadInput
        If there are more accounts than may be, or more faults than anybody reads, or no account and nothing
        that can be said of a single one, or their documents are too large.
    OSError
        If the disk has no room for the documents.
    """
    if order.if_known and not are_of_known_source(files.folder):
        files.outcome.write_bytes(b"null")
        return
    reading = Reading(files.folder)
    entries: list[Entry] = []
    with create_private(files.documents) as file:
        writer = CountingWriter(file, files.path, order.most_bytes)
        for chunk in reading.chunks(order.most_accounts):
            for document in to_documents(chunk.tables):
                write_line(writer, json.dumps(document).encode() + b"\n")
            entries += entries_of(chunk)
    about = {
        "sources": reading.sources(),
        "sentences": list(understood(reading.imported)) if reading.imported else [],
    }
    with create_private(files.outcome) as file:
        for line in (about, *((ENTRY, one) for one in entries), *((FAULT, one) for one in reading.faults)):
            file.write(json.dumps(line, default=astuple).encode() + b"\n")


def entries_of(chunk: Chunk) -> Iterator[Entry]:
    """The accounts of a chunk in order: how many valid ones follow each other, and the faults of others.

    >>> from accounts.tables import Tables
    >>> list(entries_of(Chunk(Tables.of(), (), ("ana", "bo", Fault("a.csv row 4", "", "is bad.")))))
    [2, Fault(place='a.csv row 4', field='', rule='is bad.', account_id=None, bound=None)]
    """
    for are_faults, group in groupby(chunk.order, lambda one: isinstance(one, Fault)):
        if are_faults:
            yield from (one for one in group if isinstance(one, Fault))
        else:
            yield len(list(group))


def write_line(writer: CountingWriter, line: bytes) -> None:
    """Write the line of a document, if there is room for it.

    Raises
    ------
    BadInput
        If all of them are too large together.
    OSError
        If the disk is full.
    """
    try:
        writer.write(line)
    except ExcessError as error:
        if error.excess is Excess.SPACE:
            raise OSError(ENOSPC, os.strerror(ENOSPC)) from error
        rule = f"must be at most {writer.most_bytes:,} bytes long as account documents."
        raise BadInput(Fault("", "", rule)) from error


@dataclass
class Reading:
    """The reading of a folder of files, one after the other.

    Attributes
    ----------
    folder
        Where they lie.
    faults
        What was refused of them, so far.
    own
        Names of the files that hold account documents or tables of ours, once :meth:`chunks` is read.
    imported
        What came of the files of other sources, from then on.
    """

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    imported: Imported | None = None

    def chunks(self, most: int) -> Iterator[Chunk]:
        """The accounts of all files, each once: of one that stands in several files the first counts.

        Raises
        ------
        BadInput
            If there are more than ``most``, or more faults than anybody reads, or no account and nothing that
            can be said of a single one.
        """
        leave_out_harmful(self.folder, self.faults)
        own, others = sorted_files(self.folder, self.faults)
        self.own = [path.name for path in own]
        self.imported = import_others(others, Corrections(), self.faults, most)
        seen: set[str] = set()
        for chunk in all_chunks(self.folder, own, self.imported, self.faults):
            fresh = without_known(chunk, seen)
            self.faults += fresh.faults
            if len(seen) > most:
                raise too_many_accounts(most)
            if len(self.faults) > MOST_FAULTS:
                rule = f"must have at most {MOST_FAULTS:,} faults in all. Got {len(self.faults):,}"
                raise BadInput(Fault("", "", f"{rule}, the first: {self.faults[0]}"))
            yield fresh
        if not seen and not any(fault.account_id for fault in self.faults):
            nothing = Fault("", "", "must hold accounts, in files of a source that is known. Got none.")
            raise BadInput(*(self.faults or [nothing]))

    def sources(self) -> dict[str, str | None]:
        """The source of each file; None where none is known."""
        return dict.fromkeys(self.own, "assay") | (dict(self.imported.sources) if self.imported else {})


def without_known(chunk: Chunk, seen: set[str]) -> Chunk:
    """A chunk without the accounts that were seen before, each of which becomes a fault."""
    names = chunk.tables.accounts["account_id"].to_list()
    again = {name for name in names if name in seen}
    seen.update(names)
    if not again:
        return chunk
    rule = "is in more than one file; the first counts."
    order = tuple(
        Fault(one, "account_id", rule, one) if isinstance(one, str) and one in again else one
        for one in chunk.order
    )
    faults = tuple(one for one in order if isinstance(one, Fault))
    return Chunk(chunk.tables.select([name for name in names if name not in again]), faults, order)


def are_of_known_source(folder: Path) -> bool:
    """Whether a file that may be parsed is what a known source gives."""
    try:
        if any(shape_fault_of(path) for path in folder.iterdir()):
            return False
        return any(recognise(file) is not None for file in files_of(sorted(folder.iterdir())))
    except AssayError:  # refused by the reader of account documents, which says why
        return False


def shape_fault(data: bytes, *, lines: bool) -> ParseError | None:
    r"""What is wrong with JSON, or JSON in ``lines``, that must not be parsed: it would stop everything else.

    >>> print(shape_fault(b"0\n" * 20_000, lines=True))
    must have an object in each line. 20,000 lines have 0 objects
    >>> shape_fault(b'{"id": 1}\n' * 20_000, lines=True), shape_fault(b"\n" * 20_000, lines=False)
    (None, None)
    """
    try:
        text = as_utf8(data, "")
        ends, objects = text.count(b"\n"), text.count(b"{")
        if lines and ends > FEW_OBJECTS + objects:
            return ParseError(f"must have an object in each line. {ends:,} lines have {objects:,} objects")
        if objects > FEW_OBJECTS + len(text) // LEAST_BYTES_AN_OBJECT:
            return ParseError("must consist of objects with something in them. Most have next to nothing")
        check_shape(text, DEEPEST)
    except BadInput:
        return None  # no text at all, as whoever parses it says
    except ParseError as error:
        return error.with_traceback(None)  # its frames hold the whole file
    return None


def shape_fault_of(path: Path) -> ParseError | None:
    """What is wrong with a file of JSON, or JSON in lines, that must not be parsed."""
    return shape_fault(path.read_bytes(), lines=path.suffix.lower() in LINE_SUFFIXES)


def leave_out_harmful(folder: Path, faults: list[Fault]) -> None:
    """Remove the files of a folder that must not be read in this process; each is a fault.

    That is JSON that is dense, and Parquet, of which a few KiB may unpack to more than a computer has.
    """
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".parquet":
            rule = "must be JSON, CSV, TSV or .xlsx: Parquet comes as the body of a job."
            faults.append(Fault(path.name, "", rule))
            path.unlink()
        elif path.suffix.lower() in PARSED and (error := shape_fault_of(path)) is not None:
            faults.append(Fault(path.name, "", f"{error}.", bound=error.bound))
            path.unlink()
