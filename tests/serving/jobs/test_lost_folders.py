"""A folder of jobs that is lost: nothing of it holds up an erasure once an operator has said so."""

import json
import shutil
from datetime import timedelta

import pytest

from serving.http.problems import problem
from serving.jobs import job_files, job_run
from serving.jobs.job_files import JobsFolder
from serving.store import timestamps
from serving.store.audit_check import verify_audit_logs
from serving.store.lost_folders import forget_folder, jobs_by_folder

WHY = "Its files were lost with the folder that they lay in."


@pytest.fixture
def forget(store):
    """Says that a folder is lost."""
    return lambda folder: forget_folder(store, folder, "test", timedelta(days=7), problem(500, WHY))


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
    assert jobs_by_folder(store) == {lost: 3}

    assert forget(lost) == (1, 2)
    answer = client.delete(erased)
    assert (answer.status_code, answer.json()["job_lines"]) == (200, 0)
    assert jobs_by_folder(store) == {}
    assert client.get(f"/v1/jobs/{done}").status_code == 404
    for job_id in (running, waiting):
        job = client.get(f"/v1/jobs/{job_id}").json()
        assert (job["state"], job["problem"]["detail"], job["accounts"]["done"]) == ("failed", WHY, 0)
        results = client.get(f"/v1/jobs/{job_id}/results")
        assert (results.status_code, results.content) == (200, b"")
    assert not worker("the second", job_lease_seconds=0).step()
    assert client.delete(f"/v1/jobs/{waiting}").status_code == 204
    assert forget(lost) == (0, 0)


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
    assert not list((small.jobs_path / job_id).iterdir())


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
