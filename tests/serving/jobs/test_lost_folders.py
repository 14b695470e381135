"""A folder of jobs that is lost: nothing of it holds up an erasure once an operator has said so.

One that is alive is not lost, and one that comes back has nothing of its forgotten jobs any more.
"""

import asyncio
import json
import shutil
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from serving.app import folder_life
from serving.app.application import make_app
from serving.app.folder_life import note_folder_life, tend_folder
from serving.http.problems import problem
from serving.jobs import job_files, job_run
from serving.jobs.job_files import JobFiles, JobsFolder
from serving.store import lost_folders, timestamps
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore
from serving.store.job_folders import ALIVE_FOR, forgotten_in, note_alive
from serving.store.leases import renew_lease, take_lease
from serving.store.lost_folders import FolderAlive, count_by_folder, forget_folder, leases_in
from serving.store.tables import job_folders

WHY = "Its files were lost with the folder that they lay in."


@pytest.fixture
def say_lost(store):
    """Says that a folder is lost."""

    def say(folder, before=frozenset()):
        return forget_folder(store, folder, "test", timedelta(days=7), problem(500, WHY), before)

    return say


@pytest.fixture
def pass_time(store):
    """Lets so much time pass in which no service has any folder."""

    def passed(time=ALIVE_FOR):
        with store.database.writing() as connection:
            for folder, seen_at in connection.execute(select(job_folders)).all():
                at = timestamps.format_timestamp(timestamps.datetime.fromisoformat(seen_at) - time)
                own = job_folders.c.folder == folder
                connection.execute(update(job_folders).where(own).values(seen_at=at))

    return passed


@pytest.fixture
def leases(store):
    """The leases in a folder."""

    def found(folder):
        with store.database.reading() as connection:
            return leases_in(connection, folder)

    return found


@pytest.fixture
def forget(say_lost, pass_time, leases):
    """Says that a folder is lost, long after its service has ended."""

    def forgotten(folder):
        pass_time()
        return say_lost(folder, leases(folder))

    return forgotten


@pytest.fixture
def verified(store):
    """Checks that the audit log is whole, and what is stored as it says."""
    yield
    assert [one.fault for one in verify_audit_logs(store)] == [None]


@pytest.fixture
def erased(documents):
    return f"/v1/subjects/{json.loads(documents[2])['account_id']}"


def die_at_second_piece(monkeypatch):
    record = job_run.record_piece

    def record_or_die(store, job, piece, *more):
        if piece.piece:
            raise KeyboardInterrupt
        return record(store, job, piece, *more)

    monkeypatch.setattr(job_run, "record_piece", record_or_die)


@pytest.mark.usefixtures("verified")
def test_a_lost_folder_holds_up_no_erasure_once_an_operator_says_so(
    client, submit, worker, store, small, erased, forget, monkeypatch
):
    done = submit()
    assert worker().step()
    running, waiting = submit(), submit()
    die_at_second_piece(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        worker("the first").step()
    lost = JobsFolder(small.jobs_path).name()
    shutil.rmtree(small.jobs_path)
    refused = client.delete(erased)
    assert (refused.status_code, lost in refused.json()["detail"]) == (409, True)
    assert count_by_folder(store) == {lost: 3}

    assert forget(lost) == (1, 2, 0)
    answer = client.delete(erased)
    assert (answer.status_code, answer.json()["job_lines"]) == (200, 0)
    assert count_by_folder(store) == {}
    assert client.get(f"/v1/jobs/{done}").status_code == 404
    for job_id in (running, waiting):
        job = client.get(f"/v1/jobs/{job_id}").json()
        assert (job["state"], job["problem"]["detail"], job["accounts"]["done"]) == ("failed", WHY, 0)
        results = client.get(f"/v1/jobs/{job_id}/results")
        assert (results.status_code, results.content) == (200, b"")
    assert not worker("the second", job_lease_seconds=0).step()
    assert client.delete(f"/v1/jobs/{waiting}").status_code == 204
    assert forget(lost) == (0, 0, 0)


def test_a_job_whose_files_are_lost_is_removed_after_its_retention(
    client, submit, worker, small, rewrite, forget
):
    job_id = submit()
    forget(JobsFolder(small.jobs_path).name())
    shutil.rmtree(small.jobs_path)
    worker().clean_up()
    assert client.get(f"/v1/jobs/{job_id}").status_code == 200
    rewrite(job_id, expires_at=timestamps.now(plus=timedelta(seconds=-1)))
    worker().clean_up()
    assert client.get(f"/v1/jobs/{job_id}").status_code == 404


@pytest.mark.usefixtures("verified")
def test_a_folder_that_comes_back_loses_the_files_of_its_forgotten_jobs(
    submit, worker, small, forget, monkeypatch
):
    done = submit()
    worker().step()
    waiting = submit()
    folder = JobsFolder(small.jobs_path)
    forget(folder.name())
    later = submit()
    monkeypatch.setattr(job_files, "LOST_SECONDS", -60)
    worker().clean_up()
    assert not (folder.path / done).exists()
    assert not (folder.path / waiting).exists()
    assert (folder.path / later / "input.jsonl").exists()


@pytest.mark.usefixtures("verified")
def test_a_worker_of_a_folder_that_is_not_lost_adds_nothing_to_its_job(
    submit, worker, small, forget, look, monkeypatch
):
    job_id, record = submit(), job_run.record_piece

    def forgotten_meanwhile(store, job, piece, *more):
        if piece.piece == 1:
            forget(job.folder)
        return record(store, job, piece, *more)

    monkeypatch.setattr(job_run, "record_piece", forgotten_meanwhile)
    assert worker().step()
    assert (look(job_id).state, look(job_id).done, look(job_id).problem["detail"]) == ("failed", 0, WHY)
    assert not list((small.jobs_path / job_id).glob("*.*"))


def test_files_whose_folder_lost_its_id_alone_stay_until_an_operator_says_more(
    submit, worker, small, forget, monkeypatch
):
    job_id = submit()
    worker().step()
    folder = JobsFolder(small.jobs_path)
    lost = folder.name()
    (folder.path / "folder.id").unlink()
    assert folder.existing_name() is None
    monkeypatch.setattr(job_files, "LOST_SECONDS", -60)
    worker().clean_up()
    assert list((folder.path / job_id).iterdir())
    forget(lost)
    worker().clean_up()
    assert not (folder.path / job_id).exists()


@pytest.mark.usefixtures("verified")
def test_a_folder_that_is_alive_is_not_forgotten(
    start, submit, worker, small, look, erased, say_lost, pass_time, tmp_path, store
):
    done = submit()
    worker().step()
    waiting, folder = submit(), JobsFolder(small.jobs_path)
    elsewhere = start(jobs_folder=tmp_path / "elsewhere")
    with pytest.raises(
        FolderAlive, match=r"is not lost: its service was seen at 20\d\d-.*Z\. If it is, stop"
    ):
        say_lost(folder.name())
    pass_time(ALIVE_FOR - timedelta(minutes=1))
    with pytest.raises(FolderAlive):
        say_lost(folder.name())
    assert elsewhere.delete(erased).status_code == 409
    assert (look(done).state, look(waiting).state) == ("done", "queued")
    pass_time(timedelta(minutes=1))
    tend_folder(store, folder)
    with pytest.raises(FolderAlive):
        say_lost(folder.name())
    pass_time()
    assert say_lost(folder.name()) == (1, 1, 0)
    assert elsewhere.delete(erased).status_code == 200


@pytest.mark.usefixtures("verified")
def test_a_folder_with_a_lease_that_holds_is_not_forgotten(
    submit, small, store, look, leases, say_lost, pass_time
):
    job_id, folder = submit(), JobsFolder(small.jobs_path).name()
    pass_time()
    before = leases(folder)
    job = take_lease(store, look(job_id), "a worker", died=False)
    with pytest.raises(FolderAlive, match=f"a worker has job {job_id} there in hand"):
        say_lost(folder, before)
    before = leases(folder)
    renew_lease(store, job)
    with pytest.raises(FolderAlive):
        say_lost(folder, before)
    assert say_lost(folder, leases(folder)) == (0, 1, 0)


@pytest.mark.usefixtures("verified")
def test_a_folder_that_comes_back_loses_them_at_once_and_nothing_else(
    submit, worker, small, forget, store, look
):
    done = submit()
    worker().step()
    waiting = submit()
    folder = JobsFolder(small.jobs_path)
    forget(folder.name())
    later, arriving = submit(), folder.with_id("a" * 32)
    with arriving.being_created():
        tend_folder(store, folder)
        assert not (folder.path / done).exists()
        assert not (folder.path / waiting).exists()
        assert (folder.path / later / "input.jsonl").exists()
        assert arriving.path.exists()
    with store.database.reading() as connection:
        assert forgotten_in(connection, folder.name()) == set()
    assert worker().step()
    assert look(later).state == "done"


@pytest.mark.usefixtures("verified")
def test_an_erasure_at_a_folder_that_was_forgotten_answers_when_its_files_are_gone(
    client, submit, worker, small, erased, forget, monkeypatch
):
    job_id = submit()
    worker().step()
    forget(JobsFolder(small.jobs_path).name())
    with monkeypatch.context() as patched:
        patched.setattr(JobFiles, "remove", lambda _: None)
        assert client.delete(erased).status_code == 500
    assert (small.jobs_path / job_id).exists()
    assert client.delete(erased).status_code == 200
    assert not (small.jobs_path / job_id).exists()


@pytest.mark.usefixtures("verified")
def test_a_service_that_comes_back_meanwhile_waits_and_removes_the_files(
    submit, small, store, forget, monkeypatch
):
    job_id, folder = submit(), JobsFolder(small.jobs_path)
    service, forget_jobs = (
        threading.Thread(target=tend_folder, args=(store, folder)),
        lost_folders._forget_jobs,
    )

    def comes_back_first(*all_of_it):
        service.start()
        service.join(0.5)  # it must wait; without that it has looked already, and found nothing
        return forget_jobs(*all_of_it)

    monkeypatch.setattr(lost_folders, "_forget_jobs", comes_back_first)
    assert forget(folder.name()) == (0, 1, 0)
    service.join()
    assert not (folder.path / job_id).exists()


def test_a_row_that_names_a_job_of_a_living_folder_removes_nothing(submit, small, store):
    job_id, folder = submit(), JobsFolder(small.jobs_path)
    with store.database.writing() as connection:
        connection.execute(
            lost_folders.forgotten_jobs.insert(),
            [{"folder": folder.name(), "job_id": name} for name in (job_id, "..", "", "folder.id")],
        )
    tend_folder(store, folder)
    assert (folder.path / job_id / "input.jsonl").exists()
    assert (folder.path / "folder.id").exists()


def test_folders_that_were_not_seen_for_long_leave_no_row(store, pass_time):
    note_alive(store, "one")
    pass_time(timedelta(days=2))
    note_alive(store, "another")
    with store.database.reading() as connection:
        assert list(connection.execute(select(job_folders.c.folder)).scalars()) == ["another"]


@pytest.mark.parametrize("run_jobs", [True, False])
def test_a_service_notes_its_folder_at_its_start_and_removes_what_was_forgotten(
    small, submit, forget, say_lost, run_jobs
):
    job_id, folder = submit(), JobsFolder(small.jobs_path)
    forget(folder.name())

    async def start_and_end():
        app = make_app(small.model_copy(update={"run_jobs": run_jobs}))
        async with app.router.lifespan_context(app):
            assert not (folder.path / job_id).exists()
        app.state.store_access.close()

    asyncio.run(start_and_end())
    with pytest.raises(FolderAlive):
        say_lost(folder.name())


def test_a_folder_is_noted_for_ever_and_an_error_ends_nothing(small, store, say_lost, monkeypatch):
    for name in ("EVERY_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(folder_life, name, 0.0)
    folder, tries = JobsFolder(small.jobs_path).name(), []

    async def run(task, *args):
        tries.append(1)
        if len(tries) == 1:
            raise NoUsableStore("The database is gone.")
        task(store, *args)
        if len(tries) == 3:
            done.set()

    async def run_for_a_while():
        access = SimpleNamespace(settings=small, run=run)
        task = asyncio.create_task(note_folder_life(access))
        await done.wait()
        task.cancel()

    done = asyncio.Event()
    asyncio.run(run_for_a_while())
    with pytest.raises(FolderAlive):
        say_lost(folder)
