"""The files of a screening: what was dropped, what was understood, and the documents to be screened."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from accounts.errors import AssayError
from serving.jobs.input_lines import is_about
from serving.jobs.job_files import (
    OWNER_ONLY,
    PART,
    JobsFolder,
    LockedFolder,
    create_private,
    write_whole,
    writing_whole,
)
from serving.settings import Settings

__all__ = ["FilesRemoved", "ScreeningFiles", "keep_file", "safe_name", "screenings_folder", "write_lines"]

COPIED_AT_ONCE: Final = 2**20
LONGEST_NAME: Final = 120
UNSAFE: Final = re.compile(r"[^\w .()\[\]+-]")


class FilesRemoved(AssayError):
    """The files of a screening were removed; HTTP 404."""

    status = 404

    def __init__(self) -> None:
        super().__init__("The files of this screening were removed meanwhile; drop them again.")


def screenings_folder(settings: Settings) -> JobsFolder:
    """The folder of all screenings, in Assay's own folder."""
    return JobsFolder(settings.desk_path)


def safe_name(name: str) -> str:
    r"""A file's name without folders, and without what a path or a page could take for something else.

    >>> safe_name("../../etc/pass<wd>.csv"), safe_name("C:\\\\x\\\\Liste März.xlsx"), safe_name("..")
    ('pass_wd_.csv', 'Liste März.xlsx', 'file')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = UNSAFE.sub("_", last).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    short = f"{stem[: LONGEST_NAME - 20]}{dot}{suffix[:20]}" if dot else plain[:LONGEST_NAME]
    return short or "file"


def keep_file(folder: Path, name: str, content: BinaryIO) -> None:
    """Copy a file into a folder under its safe name; a second of the same name gets a number."""
    plain, number = Path(safe_name(name)), 2
    path = folder / plain
    while path.exists():
        path, number = folder / f"{plain.stem} ({number}){plain.suffix}", number + 1
    with create_private(path) as copy:
        shutil.copyfileobj(content, copy, COPIED_AT_ONCE)


class ScreeningFiles(LockedFolder):
    """The paths of one screening's files."""

    @classmethod
    def of(cls, settings: Settings, screening_id: str) -> ScreeningFiles:
        """Those of the screening with this id."""
        return cls(screenings_folder(settings).path / screening_id)

    @property
    def uploads(self) -> Path:
        """The folder of the uploaded files, unchanged, by their own names."""
        return self.path / "dropped"

    @property
    def documents(self) -> Path:
        """The valid account documents, pseudonymised, one a line."""
        return self.path / "documents.jsonl"

    @property
    def faults(self) -> Path:
        """What was refused: one fault a line."""
        return self.path / "faults.jsonl"

    @property
    def summary(self) -> Path:
        """What was understood, as JSON."""
        return self.path / "understood.json"

    @property
    def corrections(self) -> Path:
        """What somebody corrected by hand, as JSON."""
        return self.path / "corrections.json"

    def size(self) -> int:
        """Bytes that all of them take on the disk; 0 where they were removed."""
        total = 0
        for folder in (self.path, self.uploads):
            with suppress(FileNotFoundError), os.scandir(folder) as found:
                for one in found:
                    with suppress(FileNotFoundError):
                        total += one.stat().st_size if one.is_file() else 0
        return total

    def create(self) -> None:
        """Create the folders, readable by the service's user alone."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
        self.path.mkdir(mode=OWNER_ONLY)
        self.uploads.mkdir(mode=OWNER_ONLY)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """As that of any folder; where this one was removed meanwhile there is nothing to be changed."""
        with ExitStack() as held:
            with suppress(FileNotFoundError):
                held.enter_context(super().locked())
            yield

    @contextmanager
    def writing(self, *paths: Path) -> Iterator[list[BinaryIO]]:
        """Drafts that get the names of some of the files, all at once, if the block ends without an error."""
        with ExitStack() as held, ExitStack() as drafts:
            suffix = f"{secrets.token_hex(8)}.{PART}"
            yield [drafts.enter_context(writing_whole(path, suffix)) for path in paths]
            held.enter_context(self.locked())

    def keep(self, name: str, content: BinaryIO) -> None:
        """Copy an uploaded file into the folder; see :func:`keep_file`."""
        with self.locked():
            keep_file(self.uploads, name, content)

    def write_json(self, path: Path, value: Any) -> None:
        """Write a JSON file whole or not at all."""
        with self.writing(path) as (file,):
            file.write(json.dumps(value).encode())

    def read_json(self, path: Path) -> Any:
        """A JSON file's value; None where there is no such file."""
        try:
            return json.loads(path.read_bytes())
        except FileNotFoundError:
            return None

    def document_lines(self, start: int, count: int) -> list[bytes]:
        """Some of the documents, by their place in the file.

        Raises
        ------
        FilesRemoved
            If it was removed, as an erasure does before a screening is started.
        """
        try:
            with self.documents.open("rb") as stream:
                return list(islice(stream, start, start + count))
        except FileNotFoundError as error:
            raise FilesRemoved from error

    def fault_rows(self) -> Iterator[dict[str, Any]]:
        """The faults, one after the other."""
        if self.faults.exists():
            with self.faults.open("rb") as stream:
                yield from map(json.loads, stream)

    def add_faults(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add to the faults, while their folder is there."""
        with suppress(FileNotFoundError), self.faults.open("ab") as stream:
            stream.writelines(json.dumps(row).encode() + b"\n" for row in rows)

    def remove_inputs(self) -> None:
        """Remove everything but the faults: the documents were screened, or nobody will."""
        with self.locked():
            self.keep_only([self.faults.name])

    def may_mention(self, account_id: str) -> bool:
        """Whether a file speaks of an account, or may: of what is packed, or no UTF-8, nobody knows.

        Its name on its platform will do, in capitals or not: of that account ids are made.
        """
        names = {account_id, account_id.rpartition(":")[2] or account_id}
        texts = {text for name in names for text in (name, json.dumps(name)[1:-1])}
        wanted = [text.encode(errors="surrogatepass").lower() for text in texts]
        with self.locked():
            return any(may_hold(path, wanted) for path in self.paths_like("**/*") if path.is_file())

    def erase(self, account_id: str) -> None:
        """Erase an account from a screening that runs or has ended.

        Its document becomes a line with ``null``, for the others are found by the numbers of their lines.
        Drafts are removed: nobody is to read the files any more.
        """
        with self.locked():
            for draft in self.drafts():
                draft.unlink(missing_ok=True)
            if self.documents.exists():
                with self.documents.open("rb") as stream:
                    lines = (b"null\n" if is_about(line, account_id) else line for line in stream)
                    write_whole(self.documents, lines)
            if self.faults.exists():
                rows = self.faults.read_bytes().splitlines(keepends=True)
                write_whole(self.faults, [row for row in rows if not is_about(row, account_id)])
            shutil.rmtree(self.uploads, ignore_errors=True)
            self.summary.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove everything, and the folder once nobody holds it."""
        with self.locked():
            self.keep_only(())
        shutil.rmtree(self.path, ignore_errors=True)


def write_lines(file: BinaryIO, values: Iterable[Mapping[str, Any]]) -> None:
    """Write JSON Lines."""
    file.writelines(json.dumps(value).encode() + b"\n" for value in values)


def may_hold(path: Path, wanted: list[bytes]) -> bool:
    """Whether a file, read piece by piece, holds one of some texts in small letters, or is no UTF-8.

    One that is not there holds none: a draft has another name by now, or is gone.
    """
    overlap = max(map(len, wanted))
    before, decoder = b"", getincrementaldecoder("utf-8")()
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return False
    with stream, suppress(UnicodeDecodeError):
        while piece := stream.read(COPIED_AT_ONCE):
            decoder.decode(piece)
            window = before + piece.lower()
            if b"\0" in piece or any(text in window for text in wanted):
                return True
            before = window[-overlap:]
        decoder.decode(b"", final=True)
        return False
    return True
