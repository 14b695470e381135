"""The folders of jobs and screenings are alive: noted every minute, so that nobody can say they are lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from anyio import move_on_after, to_thread

from serving.jobs.forgotten_files import remove_forgotten_files
from serving.jobs.job_files import JobsFolder
from serving.jobs.screening_files import screenings_folder
from serving.observe.log import LastingError
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.job_folders import note_alive
from serving.store.store import Store

__all__ = ["note_folder_life", "tend_at_start", "tend_folder", "tend_folders"]

EVERY_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 5.0
START_SECONDS: Final = 10.0
"""How long the start waits for it at most."""


async def tend_at_start(store_access: StoreAccess) -> None:
    """Do it once before the first request is answered; where that fails :func:`note_folder_life` says why."""
    settings = store_access.settings
    if settings.store_verdicts:
        with suppress(Exception), move_on_after(START_SECONDS):
            await to_thread.run_sync(
                lambda: tend_folders(store_access.opened(), settings),
                abandon_on_cancel=True,
            )


async def note_folder_life(store_access: StoreAccess) -> None:
    """Note every minute, for ever, that this service's folders are alive, whether they are worked on or not.

    Where one was forgotten while no service had it, what was forgotten is removed. An error is logged,
    and it is tried again after five seconds: a database may come back.
    """
    settings, error_log = store_access.settings, LastingError("jobs_folder_not_noted")
    while settings.store_verdicts:
        try:
            await store_access.run(tend_folders, settings)
        except Exception as error:
            error_log.add(error)
            await asyncio.sleep(RETRY_SECONDS)
        else:
            error_log.end()
            await asyncio.sleep(EVERY_SECONDS)


def tend_folders(store: Store, settings: Settings) -> None:
    """Do that of :func:`tend_folder` for the folders of jobs and of screenings."""
    for folder in (JobsFolder(settings.jobs_path), screenings_folder(settings)):
        tend_folder(store, folder)


def tend_folder(store: Store, folder: JobsFolder) -> None:
    """Note that a folder is alive, if it is there, and remove the files that were forgotten with it."""
    if name := folder.existing_name():
        note_alive(store, name)
        remove_forgotten_files(store, folder)
