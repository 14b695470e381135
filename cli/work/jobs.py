"""What ``assay jobs`` does."""

from __future__ import annotations

from datetime import timedelta

from accounts.errors import WrongUsage
from cli.display.terminal import console, text
from serving.http.problems import problem
from serving.jobs.job_files import JobsFolder
from serving.settings import Settings
from serving.store.api_keys import COMMAND_LINE
from serving.store.lost_folders import forget_folder as forget
from serving.store.lost_folders import jobs_by_folder
from serving.store.store import Store, open_store

__all__ = ["forget_folder"]


def forget_folder(folder_id: str) -> None:
    """Note that a folder of jobs is lost: jobs that have ended are removed, and the others fail.

    Raises
    ------
    WrongUsage
        If no job has its files there, or if it is the folder of these settings, which is there.
    NoUsableStore
        If the store does not work.
    """
    settings = Settings.read()
    if folder_id == JobsFolder(settings.jobs_path).existing_name():
        raise WrongUsage(f"The folder {folder_id} is not lost: it is at {settings.jobs_path}.")
    store = open_store(settings)
    try:
        check_has_jobs(store, folder_id)
        why = problem(500, "Its files were lost with the folder that they lay in.")
        removed, failed = forget(store, folder_id, COMMAND_LINE, timedelta(days=settings.job_days), why)
    finally:
        store.database.close()
    console().print(text(f"Jobs that had ended, removed: {removed:,}. Unfinished jobs, failed: {failed:,}."))


def check_has_jobs(store: Store, folder_id: str) -> None:
    """Refuse a folder in which no job has its files, and name those in which jobs have theirs."""
    counts = jobs_by_folder(store)
    if folder_id not in counts:
        there = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
        raise WrongUsage(f"No job lies in a folder {folder_id!r}. Folders with jobs: {there or 'none'}.")
