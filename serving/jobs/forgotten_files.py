"""Files whose folder was said to be lost, and has come back: they are removed at once."""

from __future__ import annotations

import errno
import os

from serving.jobs.job_files import JobsFolder
from serving.observe.log import log_event
from serving.store.job_folders import drop_forgotten, forgotten_in
from serving.store.store import Store

__all__ = ["remove_forgotten_files"]


def remove_forgotten_files(store: Store, folder: JobsFolder) -> None:
    """Remove the files of jobs or screenings that were forgotten with this folder.

    Raises
    ------
    OSError
        If some cannot be removed, or are being written; it is to be called again.
    """
    if (name := folder.existing_name()) is None:
        return
    with store.database.reading() as connection:
        forgotten = forgotten_in(connection, name)
    if not forgotten:
        return
    there = [path for path in folder.path.iterdir() if path.is_dir() and path.name in forgotten]
    for path in there:
        folder.with_id(path.name).remove()
        if path.exists():
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))
    drop_forgotten(store, name, forgotten)
    log_event("forgotten_files_removed", count=len(there))
