from datetime import timedelta

import pytest
from sqlalchemy import select

from serving.jobs.job_files import JobsFolder
from serving.settings import Settings
from serving.store.job_folders import note_alive
from serving.store.job_rows import JobState, NewJob, add_job, cancel_job, get_job
from serving.store.leases import renew_lease, take_lease
from serving.store.store import open_store
from serving.store.tables import jobs

LOST = "0f" * 16


@pytest.fixture
def store(home):
    opened = open_store(Settings(home=home))
    yield opened
    opened.database.close()


@pytest.fixture
def with_jobs(store):
    """A store with a job that waits and one that has ended, in a folder that is not there."""
    for number in "12":
        new = NewJob("default", number * 32, LOST, "ndjson", 10, "0" * 64, 500, 1)
        assert add_job(store, new, "test", 10, lambda *_: None).state == JobState.QUEUED
    cancel_job(store, "default", "1" * 32, "test", timedelta(days=7))


@pytest.fixture
def running(store, with_jobs):
    """The job that waited is run by a worker."""
    with store.database.reading() as connection:
        job = get_job(connection, "default", "2" * 32)
    return take_lease(store, job, "a worker", died=False)


@pytest.mark.usefixtures("with_jobs")
def test_a_lost_folder_is_forgotten(run):
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stderr) == (0, "")
    assert (
        done.stdout
        == "Jobs that had ended, removed: 1. Unfinished jobs, failed: 1. Screenings, removed: 0.\n"
    )
    assert run("audit", "verify").exit_code == 0
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stderr) == (
        2,
        f"No job or screening lies in a folder {LOST!r}. Folders in which some lie: none.\n",
    )


@pytest.mark.usefixtures("with_jobs")
@pytest.mark.parametrize("name", ["another", ""])
def test_a_folder_without_jobs_is_refused_with_those_that_have_some(run, name):
    done = run("jobs", "forget-folder", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"No job or screening lies in a folder {name!r}. Folders in which some lie: {LOST} (2).\n"
    )


@pytest.mark.parametrize("name", ["jobs", "desk"])
def test_the_folder_that_is_there_is_not_lost(run, home, name):
    folder = JobsFolder(Settings(home=home).home / name)
    done = run("jobs", "forget-folder", folder.name())
    assert (done.exit_code, done.stderr) == (
        2,
        f"The folder {folder.name()} is not lost: it is at {folder.path}.\n",
    )


@pytest.mark.usefixtures("with_jobs")
def test_a_folder_whose_service_was_seen_lately_is_not_forgotten(run, store):
    note_alive(store, LOST)
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"The folder {LOST} is not lost: its service was seen at 20")
    assert done.stderr.endswith(
        "If it is, stop that service first, and ask again 10 minutes after it was seen last.\n"
    )
    with store.database.reading() as connection:
        assert set(connection.execute(select(jobs.c.folder)).scalars()) == {LOST}


def test_a_job_that_runs_is_watched(run, store, running, monkeypatch):
    slept = []

    def renew_meanwhile(seconds):
        slept.append(seconds)
        renew_lease(store, running)

    monkeypatch.setattr("cli.work.jobs.time.sleep", renew_meanwhile)
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stdout, slept) == (2, "", [30])
    watching = "Jobs that run there: 1. Watching for 30 seconds whether they still do."
    in_hand = f"The folder {LOST} is not lost: a worker has job {running.job_id} there in hand."
    assert done.stderr == f"{watching}\n{in_hand} Stop its service first.\n"
    monkeypatch.setattr("cli.work.jobs.time.sleep", slept.append)
    done = run("jobs", "forget-folder", LOST)
    assert (done.exit_code, done.stderr, slept) == (0, f"{watching}\n", [30, 30])
    assert (
        done.stdout
        == "Jobs that had ended, removed: 1. Unfinished jobs, failed: 1. Screenings, removed: 0.\n"
    )
