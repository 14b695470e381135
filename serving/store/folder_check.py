"""Whether the folders that requests write files to would take them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import NamedTuple

from accounts.errors import AssayError
from serving.settings import Settings
from serving.store.disk_space import RESERVED_BYTES
from serving.store.write_check import LEAST_FREE_BYTES

__all__ = ["FolderUnusable", "WrittenFolder", "check_folders"]


class FolderUnusable(AssayError):
    """503: a folder that requests write files to takes none; the sentence says which, and not where it is."""

    status = 503


class WrittenFolder(NamedTuple):
    """A folder that requests write files to.

    Attributes
    ----------
    name
        What a sentence calls it.
    path
        Where it is, or will be.
    least_free_bytes
        With less on its disk requests are refused.
    is_made
        Whether it is made, with its parents, when it is needed first.
    """

    name: str
    path: Path
    least_free_bytes: int
    is_made: bool = True

    def check(self) -> None:
        """Write a file without a name, which leaves nothing behind.

        Raises
        ------
        FolderUnusable
            If that fails, the disk has too little space, or it is not there and nobody makes it.
        """
        places = (self.path, *self.path.parents) if self.is_made else (self.path,)
        place = next((one for one in places if os.path.lexists(one)), self.path)
        try:
            with TemporaryFile(dir=place) as file:
                file.write(b"\0")
                file.flush()
            free = shutil.disk_usage(place).free
        except OSError as error:
            raise FolderUnusable(f"The folder {self.name} takes no files: {error.strerror}.") from error
        if free < self.least_free_bytes:
            least = self.least_free_bytes // 2**20
            raise FolderUnusable(f"The folder {self.name} is on a full disk: less than {least} MiB are left.")


def check_folders(settings: Settings) -> None:
    """Check every folder that requests to a service with these settings write to.

    Raises
    ------
    FolderUnusable
        By the first that takes nothing.
    """
    for folder in written_folders(settings):
        folder.check()


def written_folders(settings: Settings) -> Iterator[WrittenFolder]:
    """The folders that requests write to: of jobs, of files on the desk, and for files on their way.

    Raises
    ------
    FolderUnusable
        If there is no folder for temporary files at all.
    """
    if settings.store_verdicts:
        yield WrittenFolder("of jobs (`jobs_folder`)", settings.jobs_path, RESERVED_BYTES)
    if settings.store_verdicts and settings.desk:
        yield WrittenFolder("of files that are dropped on the desk", settings.desk_path, RESERVED_BYTES)
    try:
        temporary = Path(gettempdir())
    except FileNotFoundError as error:
        raise FolderUnusable("There is no folder for temporary files (`TMPDIR`).") from error
    yield WrittenFolder("for temporary files (`TMPDIR`)", temporary, LEAST_FREE_BYTES, is_made=False)
