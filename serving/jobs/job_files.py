"""Where the files of jobs lie: a folder for each, every file whole or not there."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import BinaryIO, Final

from serving.store.job_rows import Job

__all__ = ["Files", "Folder", "create", "settle", "whole"]

OWNERS_ALONE: Final = 0o700
LOST_SECONDS: Final = 3_600
"""Files of no job are left alone for so long after their last change: a job may be on its way in."""


@dataclass(frozen=True)
class Files:
    """The files of one job.

    Attributes
    ----------
    path
        Their folder.
    """

    path: Path

    @property
    def draft(self) -> Path:
        """The input on its way in."""
        return self.path / "input.part"

    @property
    def lines(self) -> Path:
        """The input as JSON Lines."""
        return self.path / "input.jsonl"

    @property
    def parquet(self) -> Path:
        """The input as it was sent, if it was Parquet; until it is read."""
        return self.path / "input.parquet"

    @property
    def model(self) -> Path:
        """The bundle that the job started with."""
        return self.path / "model"

    def piece(self, number: int, owner: str) -> Path:
        """Where an owner puts the results of a piece: no other owner writes there, however late."""
        return self.path / f"{number:07}-{owner}.jsonl"

    def sent(self, form: str) -> Path:
        """Where the input comes to lie."""
        return self.parquet if form == "parquet" else self.lines

    def accept(self, form: str) -> None:
        """Give the input its name: it is whole."""
        os.replace(self.draft, self.sent(form))
        settle_folder(self.path)
        settle_folder(self.path.parent)

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove all files but some."""
        kept = set(names)
        for path in self.path.iterdir() if self.path.exists() else ():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name not in kept:
                path.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.path, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone among those who change results that are there already."""
        handle = os.open(self.path, os.O_RDONLY)
        try:
            flock(handle, LOCK_EX)
            yield
        finally:
            os.close(handle)


@dataclass(frozen=True)
class Folder:
    """The folder of all jobs.

    Attributes
    ----------
    path
        Where it is.
    """

    path: Path

    def name(self) -> str:
        """The folder's own id, made when it is first asked for; of several at once one wins."""
        named = self.path / "folder.id"
        if not named.exists():
            self.path.mkdir(parents=True, exist_ok=True, mode=OWNERS_ALONE)
            draft = self.path / f".id-{secrets.token_hex(8)}"
            whole(draft, [secrets.token_hex(16).encode()])
            try:
                os.link(draft, named)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return named.read_text()

    def of(self, job: Job) -> Files:
        """The files of a job."""
        return self.named(job.job_id)

    def named(self, job_id: str) -> Files:
        """The files of a job by its id."""
        return Files(self.path / job_id)

    def free(self) -> int:
        """Bytes that still fit."""
        return shutil.disk_usage(self.path).free

    def inputs(self) -> list[Path]:
        """All inputs that are there."""
        return [*self.path.glob("*/input.jsonl"), *self.path.glob("*/input.parquet")]

    def remove_lost(self, known: Callable[[str], bool]) -> None:
        """Remove the files of jobs that are not known, but none that may be about to be."""
        oldest = time.time() - LOST_SECONDS
        for path in self.path.iterdir():
            if path.is_dir() and newest(path) < oldest and not known(path.name):
                shutil.rmtree(path, ignore_errors=True)


def newest(path: Path) -> float:
    """When a folder or one of its files was last changed."""
    return max(one.stat().st_mtime for one in (path, *path.iterdir()))


def create(path: Path) -> BinaryIO:
    """A new file for its owner's eyes only."""
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is there as a whole, also after a power cut, or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with create(draft) as file:
            for piece in pieces:
                file.write(piece)
            settle(file)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    settle_folder(path.parent)


def settle(file: BinaryIO) -> None:
    """Wait until what was written is on the disk."""
    file.flush()
    os.fsync(file.fileno())


def settle_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
