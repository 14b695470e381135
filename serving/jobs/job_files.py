"""The files of jobs: a folder for each job, and every file written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from serving.store.disk_space import CannotLock

if TYPE_CHECKING:
    from serving.store.job_rows import Job  # here: a process that reads files needs no database

__all__ = [
    "ARRIVING", "HELD", "OWNER_ONLY", "REQUEST_FILES", "JobFiles", "JobsFolder", "LockedFolder",
    "check_locks", "create_private", "holding", "remove_lost_folders", "remove_lost_request_files",
    "sync_file", "write_whole", "writing_whole",
]  # fmt: skip

OWNER_ONLY: Final = 0o700
LOST_SECONDS: Final = 60
"""After its last change a folder that nobody holds, and that belongs to no job, is removed."""

FOLDER_ID: Final = "folder.id"
HELD: Final = "held"
"""The file of a folder that is locked by whoever changes what lies there, or works in it alone."""

ARRIVING: Final = "arriving"
"""The file of a job's folder that is locked while the job is received, and its worker may begin already."""

PART: Final = "part"

REQUEST_FILES: Final = "assay-files-"
"""How the temporary folders with files of a request begin."""


@dataclass(frozen=True)
class LockedFolder:
    """A folder in which one process at a time changes files.

    Attributes
    ----------
    path
        Its path.
    """

    path: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder against whoever else changes files there, also on another machine."""
        with holding(self.path / HELD):
            yield

    def paths_like(self, pattern: str) -> list[Path]:
        """Its files and folders by a pattern of :meth:`Path.glob`; none where it is removed meanwhile."""
        with suppress(FileNotFoundError):
            return list(self.path.glob(pattern))
        return []

    def drafts(self) -> list[Path]:
        """Files that were being written whole, and are no more where their process was ended."""
        return self.paths_like(f".*.{PART}")

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove all files and folders but these files, and the one that is locked."""
        keep = {HELD, *names}
        for path in self.paths_like("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in keep:
                path.unlink(missing_ok=True)


class JobFiles(LockedFolder):
    """The paths of one job's files."""

    @property
    def draft(self) -> Path:
        """The input while it is uploaded."""
        return self.path / "input.part"

    @property
    def lines(self) -> Path:
        """The input as JSON Lines."""
        return self.path / "input.jsonl"

    @property
    def parquet(self) -> Path:
        """The input as it was uploaded, if it is Parquet; removed once it is JSON Lines."""
        return self.path / "input.parquet"

    @property
    def old_model(self) -> Path:
        """Where an older Assay copied the bundle that the job started with."""
        return self.path / "model"

    def piece(self, number: int, owner: str) -> Path:
        """The results of a piece by one worker: another worker's, however late, have another name."""
        return self.path / f"{number:07}-{owner}.jsonl"

    def results(self) -> list[Path]:
        """All files with results, also those that no row names."""
        return [path for path in self.paths_like("*.jsonl") if path != self.lines]

    def input_of(self, form: str) -> Path:
        """The uploaded input by its format."""
        return self.parquet if form == "parquet" else self.lines

    def accept(self, form: str) -> None:
        """Give the uploaded input its final name, also on the disk: it is whole."""
        os.replace(self.draft, self.input_of(form))
        sync_folder(self.path)
        sync_folder(self.path.parent)

    def remove(self) -> None:
        """Remove the job's folder."""
        shutil.rmtree(self.path, ignore_errors=True)

    @contextmanager
    def being_created(self) -> Iterator[None]:
        """Make the folder, and hold it until its job is in the database, or refused."""
        self.path.mkdir(mode=OWNER_ONLY)
        arriving = self.path / ARRIVING
        try:
            with holding(arriving):
                yield
        finally:
            arriving.unlink(missing_ok=True)


@dataclass(frozen=True)
class JobsFolder:
    """The folder with the folders of all jobs.

    Attributes
    ----------
    path
        Its path, which other services of the same database need not share.
    """

    path: Path

    def existing_name(self) -> str | None:
        """The folder's own id; None where it has none yet."""
        named = self.path / FOLDER_ID
        return named.read_text() if named.exists() else None

    def name(self) -> str:
        """The folder's own id, created when it is first needed; of several processes at once one wins."""
        named = self.path / FOLDER_ID
        if not named.exists():
            self.path.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
            draft = self.path / f".id-{secrets.token_hex(8)}"
            write_whole(draft, [secrets.token_hex(16).encode()])
            try:
                os.link(draft, named)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return named.read_text()

    def of(self, job: Job) -> JobFiles:
        """The files of a job."""
        return self.with_id(job.job_id)

    def with_id(self, job_id: str) -> JobFiles:
        """The files of a job by its id."""
        return JobFiles(self.path / job_id)

    def free(self) -> int:
        """Free bytes on its disk."""
        return shutil.disk_usage(self.path).free

    def names_after(self, name: str, most: int) -> list[str]:
        """The names of at most so many folders of jobs, in order, from after a name."""
        names = sorted(path.name for path in self.path.iterdir() if path.name > name and path.is_dir())
        return names[:most]

    def inputs(self) -> list[Path]:
        """The inputs of all jobs, as JSON Lines or Parquet."""
        return [*self.path.glob("*/input.jsonl"), *self.path.glob("*/input.parquet")]

    def remove_lost(self, known: Callable[[str], bool]) -> None:
        """Remove the folders of unknown jobs that no process holds: whoever received them was killed."""
        for path in self.path.iterdir():
            if path.is_dir() and is_abandoned(path) and not known(path.name):
                shutil.rmtree(path, ignore_errors=True)


def remove_lost_request_files() -> None:
    """Remove the temporary folders with files of requests whose process was killed."""
    remove_lost_folders(Path(tempfile.gettempdir()), REQUEST_FILES)


def remove_lost_folders(parent: Path, prefix: str) -> None:
    """Remove the folders whose names begin so and that no process holds."""
    for path in parent.glob(f"{prefix}*"):
        if path.is_dir() and is_abandoned(path):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def holding(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a file, made where there is none; the kernel gives it up when this process ends, in whatever way.

    It is open for writing: over NFS no other can be held.

    Raises
    ------
    BlockingIOError
        If it is not to be waited for, and somebody else holds it.
    CannotLock
        If it cannot be held at all, with its path.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            flock(handle, LOCK_EX if wait else LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise
        except OSError as error:
            raise CannotLock(error.errno, error.strerror, str(path)) from error
        yield
    finally:
        os.close(handle)


def check_locks(folder: Path) -> None:
    """Check that files of a folder can be held; where nothing can be written, there is nothing to be held.

    Raises
    ------
    CannotLock
        If they cannot.
    """
    try:
        with holding(folder / HELD, wait=False):
            return
    except CannotLock:
        raise
    except OSError:
        return


def is_abandoned(folder: Path) -> bool:
    """Whether nobody holds a folder, which was not changed lately: a new one is not held at once."""
    try:
        if last_change(folder) > time.time() - LOST_SECONDS:
            return False
        with ExitStack() as all_of_them:
            for held in (folder / HELD, folder / ARRIVING):
                if held.exists():
                    all_of_them.enter_context(holding(held, wait=False))
    except OSError:  # it is held, or gone, or another user's
        return False
    return True


def last_change(path: Path) -> float:
    """When a folder or one of its files was last changed, in seconds since 1970."""
    return max(one.stat().st_mtime for one in (path, *path.iterdir()))


def create_private(path: Path) -> BinaryIO:
    """A new or emptied file that only its owner can read."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file atomically: after a power cut, too, it has all pieces or is as it was before."""
    with writing_whole(path) as file:
        for piece in pieces:
            file.write(piece)


@contextmanager
def writing_whole(path: Path, suffix: str = PART) -> Iterator[BinaryIO]:
    """A draft that gets a file's name once the block has ended without an error; else it is removed.

    Its own name ends with the suffix, which several that write the same file at once must not share.
    """
    draft = path.with_name(f".{path.name}.{suffix}")
    try:
        with create_private(draft) as file:
            yield file
            sync_file(file)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_file(file: BinaryIO) -> None:
    """Flush a file to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
