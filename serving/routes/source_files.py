"""Files of other programs in a request: a form of several, as the desk takes them, or one by itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request

from accounts.document import to_documents
from accounts.errors import AssayError, BadInput, Fault
from accounts.importing import recognise
from accounts.importing.corrections import Corrections
from accounts.importing.files import as_utf8
from accounts.importing.folders import files_of
from accounts.importing.importer import Imported
from accounts.importing.reading import understood
from accounts.reading import Chunk
from accounts.reading.bounds import check_shape
from accounts.reading.json_parser import ParseError
from serving.http.bodies import CLOSE, Body, BodyFormat, UnsupportedBody, read_file_body, stated_type
from serving.http.forms import MULTIPART, FormLimits, read_form
from serving.jobs.dropped_files import all_chunks, fault_row, import_others, is_own_content, sorted_files
from serving.jobs.job_files import REQUEST_FILES, create_private, holding
from serving.jobs.screening_files import safe_name
from serving.routes.cancellable_files import CancellableFile
from serving.screening.batch_documents import check_cancelled
from serving.settings import Settings

__all__ = ["FILE_TYPES", "MULTIPART", "ReadFiles", "is_of_other_source", "received_files", "written_file"]

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_TYPES: Final = {"text/csv": ".csv", "text/tab-separated-values": ".tsv", XLSX: ".xlsx"}
"""Media types of a body that is one file of a table, each with the suffix that its name gets."""

JSON_SUFFIXES: Final = {BodyFormat.JSON: ".json", BodyFormat.LINES: ".jsonl"}
PROBED_BYTES: Final = 2**16
COPIED_AT_ONCE: Final = 2**20
PARSED: Final = frozenset({".json", ".jsonl", ".ndjson", ".js"})
IN_LINES: Final = frozenset({".jsonl", ".ndjson"})
MOST_FAULTS: Final = 10_000
FEW_OBJECTS, LEAST_BYTES_AN_OBJECT = 10_000, 12
DEEPEST: Final = 64
"""Levels of nested lists and objects that a source's JSON may have; none that is known has twenty."""


@dataclass
class ReadFiles:
    """What a folder of files says of accounts, read file by file.

    Attributes
    ----------
    folder
        Where they lie.
    digest
        Of their names and contents: the same for the same files, however they were sent.
    faults
        What was refused of them, so far.
    own
        Names of the files that hold account documents or tables of ours, once :meth:`chunks` is read.
    imported
        What came of the files of other sources, from then on.
    """

    folder: Path
    digest: bytes
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
        self.imported = import_others(list(map(CancellableFile.of, others)), Corrections(), self.faults)
        seen: set[str] = set()
        for chunk in all_chunks(self.folder, own, self.imported, self.faults):
            check_cancelled()
            fresh = without_known(chunk, seen)
            self.faults += fresh.faults
            if len(seen) > most:
                rule = f"must hold at most {most:,} accounts in all. Got more."
                raise BadInput(Fault("", "", rule, bound="accounts"))
            if len(self.faults) > MOST_FAULTS:
                rule = f"must have at most {MOST_FAULTS:,} faults in all. Got {len(self.faults):,}"
                raise BadInput(Fault("", "", f"{rule}, the first: {self.faults[0]}"))
            yield fresh
        if not seen and not any(fault.account_id for fault in self.faults):
            nothing = Fault("", "", "must hold accounts, in files of a source that is known. Got none.")
            raise BadInput(*(self.faults or [nothing]))

    def understood(self) -> dict[str, Any]:
        """What was made of the files, for the answer: sources, sentences, and faults row by row."""
        sources = dict(self.imported.sources) if self.imported else {}
        return {
            "files": dict.fromkeys(self.own, "assay") | sources,
            "sentences": list(understood(self.imported)) if self.imported else [],
            "faults": [fault_row(fault) for fault in self.faults],
        }

    def document_lines(self, most: int) -> Iterator[bytes]:
        """The valid documents as JSON Lines; refused as :meth:`chunks` does, or where none is valid."""
        lines = 0
        for chunk in self.chunks(most):
            for document in to_documents(chunk.tables):
                yield json.dumps(document).encode() + b"\n"
                lines += 1
        if not lines:
            raise BadInput(*self.faults)


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


@contextmanager
def private_folder() -> Iterator[Path]:
    """A temporary folder that this process holds, so that another removes it where this one is killed."""
    with TemporaryDirectory(prefix=REQUEST_FILES) as name, holding(Path(name)):
        yield Path(name)


@asynccontextmanager
async def received_files(request: Request, settings: Settings) -> AsyncIterator[ReadFiles]:
    """The files of a request in a private folder, which is removed afterwards.

    Raises
    ------
    RequestProblem
        If they have more than ``desk_upload_bytes`` in all, came packed, or too slowly.
    BadInput
        If a form holds no file.
    """
    most = settings.desk_upload_bytes
    with private_folder() as folder:
        if stated_type(request) == MULTIPART:
            if request.headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
                raise UnsupportedBody("A form of files must come as it is, not packed.", CLOSE)
            form = await read_form(request, FormLimits.of_files(most))
            sent = [one for _, one in form.multi_items() if isinstance(one, UploadFile) and one.filename]
            for one in sent:
                await to_thread.run_sync(keep_file, folder, str(one.filename), one.file)
            await form.close()
            if not sent:
                raise BadInput(Fault("", "", "must be a form with at least one file. Got none."))
        else:
            suffix = FILE_TYPES.get(stated_type(request), ".json")
            data = await read_file_body(request, settings, most, "desk_upload_bytes")
            await to_thread.run_sync((folder / f"body{suffix}").write_bytes, data)
        yield ReadFiles(folder, await to_thread.run_sync(digest_of, folder))


@asynccontextmanager
async def written_file(body: Body) -> AsyncIterator[ReadFiles]:
    """A body of JSON of another source as a file in a private folder, which is removed afterwards."""
    with private_folder() as folder:
        await to_thread.run_sync(body_file, folder, body)
        yield ReadFiles(folder, sha256(body.data).digest())


def body_file(folder: Path, body: Body) -> Path:
    """A body of JSON written to a file of a folder."""
    path = folder / f"body{JSON_SUFFIXES[body.format]}"
    path.write_bytes(body.data)
    return path


def is_of_other_source(body: Body) -> bool:
    """Whether JSON that holds no account document of ours is what a known source gives."""
    head = body.data[:PROBED_BYTES]
    if is_own_content(head) or b'"account_id"' in head:
        return False
    if shape_fault(body.data, lines=body.format is BodyFormat.LINES) is not None:
        return False
    with private_folder() as folder:
        try:
            files = map(CancellableFile.of, files_of([body_file(folder, body)]))
            return any(recognise(file) is not None for file in files)
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
        if text.count(b"{") > FEW_OBJECTS + len(text) // LEAST_BYTES_AN_OBJECT:
            return ParseError("must consist of objects with something in them. Most have next to nothing")
        check_shape(text, DEEPEST)
    except BadInput:
        return None  # no text at all, as whoever parses it says
    except ParseError as error:
        return error.with_traceback(None)  # its frames hold the whole file
    return None


def shape_fault_of(path: Path) -> ParseError | None:
    """What is wrong with a file of JSON, or JSON in lines, that must not be parsed."""
    return shape_fault(path.read_bytes(), lines=path.suffix.lower() in IN_LINES)


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


def keep_file(folder: Path, name: str, content: BinaryIO) -> None:
    """Copy a file under its safe name; a second of the same name gets a number."""
    plain, number = Path(safe_name(name)), 2
    path = folder / plain
    while path.exists():
        path, number = folder / f"{plain.stem} ({number}){plain.suffix}", number + 1
    with create_private(path) as copy:
        shutil.copyfileobj(content, copy, COPIED_AT_ONCE)


def digest_of(folder: Path) -> bytes:
    """A digest of the names and contents of a folder's files."""
    whole = sha256()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as stream:
            content = sha256()
            while piece := stream.read(COPIED_AT_ONCE):
                content.update(piece)
        whole.update(path.name.encode() + b"\0" + content.digest())
    return whole.digest()
