from datetime import timedelta

import pytest

from serving.jobs.job_files import JobsFolder
from serving.settings import Settings
from serving.store.job_rows import JobState, NewJob, add_job, cancel_job
from serving.store.store import open_store

LOST = "0f" * 16


@pytest.fixture
def with_jobs(home):
    """A store with a job that waits and one that has ended, in a folder that is not there."""
    store = open_store(Settings(home=home))
    for number in "12":
        new = NewJob("default", number * 32, LOST, "ndjson", 10, "0" * 64, 500, 1)
        assert add_job(store, new, "test", 10, lambda *_: None).state == JobState.QUEUED
    cancel_job(store, "default", "1" * 32, "test", timedelta(days=7))
    store.database.close()


@pytest.mark.usefixtures("with_jobs")
def test_a_lost_folder_is_forgotten(run):
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "Jobs that had ended, removed: 1. Unfinished jobs, failed: 1.\n"
    assert run("audit", "verify").exit_code == 0
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stderr) == (
        2,
        f"No job lies in a folder {LOST!r}. Folders with jobs: none.\n",
    )


@pytest.mark.usefixtures("with_jobs")
@pytest.mark.parametrize("name", ["another", ""])
def test_a_folder_without_jobs_is_refused_with_those_that_have_some(run, name):
    done = run("jobs", "forget-folder", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"No job lies in a folder {name!r}. Folders with jobs: {LOST} (2).\n"


def test_the_folder_that_is_there_is_not_lost(run, home):
    folder = JobsFolder(Settings(home=home).jobs_path)
    done = run("jobs", "forget-folder", folder.name())
    assert (done.exit_code, done.stderr) == (
        2,
        f"The folder {folder.name()} is not lost: it is at {folder.path}.\n",
    )
