"""What ``assay jobs`` does."""

from __future__ import annotations

import time
from datetime import timedelta

from accounts.errors import WrongUsage
from cli.display.terminal import console, say, text
from serving.http.problems import problem
from serving.jobs.job_files import JobsFolder
from serving.settings import Settings
from serving.store.api_keys import COMMAND_LINE
from serving.store.lost_folders import Leases, check_not_seen, jobs_by_folder, leases_in
from serving.store.lost_folders import forget_folder as forget
from serving.store.store import Store, open_store

__all__ = ["forget_folder"]


def forget_folder(folder_id: str) -> None:
    """Note that a folder of jobs is lost: jobs that have ended are removed, and the others fail.

    Raises
    ------
    WrongUsage
        If no job has its files there, if it is the folder of these settings, which is there, or if a service
        still has it.
    NoUsableStore
        If the store does not work.
    """
    settings = Settings.read()
    if folder_id == JobsFolder(settings.jobs_path).existing_name():
        raise WrongUsage(f"The folder {folder_id} is not lost: it is at {settings.jobs_path}.")
    store = open_store(settings)
    try:
        check_has_jobs(store, folder_id)
        before = leases_of_a_while_ago(store, folder_id, settings.job_lease_seconds)
        why = problem(500, "Its files were lost with the folder that they lay in.")
        retention = timedelta(days=settings.job_days)
        removed, failed = forget(store, folder_id, COMMAND_LINE, retention, why, before)
    finally:
        store.database.close()
    console().print(text(f"Jobs that had ended, removed: {removed:,}. Unfinished jobs, failed: {failed:,}."))


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


def check_has_jobs(store: Store, folder_id: str) -> None:
    """Refuse a folder in which no job has its files, and name those in which jobs have theirs."""
    counts = jobs_by_folder(store)
    if folder_id not in counts:
        there = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
        raise WrongUsage(f"No job lies in a folder {folder_id!r}. Folders with jobs: {there or 'none'}.")
