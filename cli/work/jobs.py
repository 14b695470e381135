"""What ``assay jobs`` does."""

from __future__ import annotations

import time
from datetime import timedelta

from accounts.errors import WrongUsage
from cli.display.terminal import console, say, text
from serving.http.problems import problem
from serving.jobs.job_files import JobsFolder
from serving.jobs.screening_files import screenings_folder
from serving.settings import Settings
from serving.store.api_keys import COMMAND_LINE
from serving.store.lost_folders import Leases, check_not_seen, count_by_folder, leases_in
from serving.store.lost_folders import forget_folder as forget
from serving.store.store import Store, open_store

__all__ = ["forget_folder"]


def forget_folder(folder_id: str) -> None:
    """Note that a folder is lost: its screenings and ended jobs are removed, and its other jobs fail.

    Raises
    ------
    WrongUsage
        If nothing has its files there, if it is a folder of these settings, which is there, or if a service
        still has it.
    NoUsableStore
        If the store does not work.
    """
    settings = Settings.read()
    for folder in (JobsFolder(settings.jobs_path), screenings_folder(settings)):
        if folder_id == folder.existing_name():
            raise WrongUsage(f"The folder {folder_id} is not lost: it is at {folder.path}.")
    store = open_store(settings)
    try:
        check_has_files(store, folder_id)
        before = leases_of_a_while_ago(store, folder_id, settings.job_lease_seconds)
        why = problem(500, "Its files were lost with the folder that they lay in.")
        retention = timedelta(days=settings.job_days)
        counts = forget(store, folder_id, COMMAND_LINE, retention, why, before)
    finally:
        store.database.close()
    of_jobs = f"Jobs that had ended, removed: {counts.removed:,}. Unfinished jobs, failed: {counts.failed:,}."
    console().print(text(f"{of_jobs} Screenings, removed: {counts.screenings:,}."))


def leases_of_a_while_ago(store: Store, folder_id: str, seconds: float) -> Leases:
    """The leases of the jobs that run in a folder, after the time in which one that holds is renewed.

    Raises
    ------
    WrongUsage
        If a service has said lately that it has the folder.
    """
    with store.database.reading() as connection:
        check_not_seen(connection, folder_id)
        leases = leases_in(connection, folder_id)
    if leases:
        sentence = (
            f"Jobs that run there: {len(leases):,}. Watching for {seconds:g} seconds whether they still do."
        )
        say(sentence)
        time.sleep(seconds)
    return leases


def check_has_files(store: Store, folder_id: str) -> None:
    """Refuse a folder in which nothing has its files, and name those in which something has."""
    counts = count_by_folder(store)
    if folder_id not in counts:
        there = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
        sentence = f"No job or screening lies in a folder {folder_id!r}."
        raise WrongUsage(f"{sentence} Folders in which some lie: {there or 'none'}.")
