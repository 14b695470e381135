"""Rows of jobs that somebody changed in the database: nothing rests on them, and nothing is lost by them."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from serving.store import job_expiry, timestamps
from serving.store.audit_check import verify_audit_logs
from serving.store.job_seals import columns_of_seal, seal_job
from serving.store.row_seals import NARROWER
from serving.store.tables import job_pieces, jobs

AGO = timestamps.now(plus=timedelta(days=-30))
FAR = "2099-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    "forged",
    [{"expires_at": AGO}, {"expires_at": FAR}, {"done": -1, "folder": "x"}],
    ids=["early", "late", "elsewhere"],
)
def test_a_changed_row_neither_removes_results_nor_keeps_them(
    client, store, submit, worker, small, forged, monkeypatch
):
    job_id = submit()
    worker().step()
    with store.database.writing() as connection:
        connection.execute(update(jobs).values(forged))
    worker("another").clean_up()
    assert (small.jobs_path / job_id).exists()
    assert client.get(f"/v1/jobs/{job_id}").json()["code"] == "results-damaged"
    assert verify_audit_logs(store)[0].fault == f"job {job_id} or one of its results was changed or removed"
    week = timedelta(days=small.job_days, seconds=1)
    monkeypatch.setattr(job_expiry, "now", lambda *, plus=timedelta(): timestamps.now(plus=plus + week))
    with store.database.snapshot() as connection:
        at = job_expiry.noted_end(connection, "default", job_id)
        assert timestamps.now(plus=timedelta(minutes=-5)) < at <= timestamps.now()
    worker("another").clean_up()
    assert not (small.jobs_path / job_id).exists()
    assert verify_audit_logs(store)[0].fault is None  # its entry says that it was removed


@pytest.mark.parametrize(
    "forged", [{"folder": "x"}, {"folder": "x", "state": "none"}], ids=["folder", "state"]
)
def test_a_changed_folder_holds_up_no_erasure(client, store, submit, worker, documents, small, forged):
    job_id = submit()
    worker().step()
    with store.database.writing() as connection:
        connection.execute(update(jobs).values(forged | {"folder": "x"}))
    erased = json.loads(documents[1])["account_id"]
    assert client.delete(f"/v1/subjects/{erased}").json()["job_lines"] >= 1
    left = b"".join(path.read_bytes() for path in (small.jobs_path / job_id).iterdir())
    assert left and erased.encode() not in left


def test_a_row_with_other_values_hides_no_other_job(client, store, submit, worker):
    damaged, whole = submit(), submit()
    for _ in range(2):
        worker().step()
    for values in ({"state": "none"}, {"model": "["}, {"problem": "7"}):
        with store.database.writing() as connection:
            own = update(jobs).where(jobs.c.job_id == damaged)
            connection.execute(own.values({"state": "done", "model": None, "problem": None} | values))
        for path in ("", "/results"):
            answer = client.get(f"/v1/jobs/{damaged}{path}")
            assert (answer.status_code, answer.json()["code"]) == (500, "results-damaged")
        assert [one["job_id"] for one in client.get("/v1/jobs").json()["jobs"]] == [whole]
        worker().clean_up()
        assert client.get(f"/v1/jobs/{whole}").status_code == 200


def test_a_text_that_is_no_utf_8_hides_no_other_job(client, store, submit, worker, small):
    if not store.database.is_sqlite:
        pytest.skip("only SQLite keeps it")
    damaged, whole = submit(), submit()
    for _ in range(2):
        worker().step()
    for column in ("state", "form", "folder", "expires_at", "job_id"):
        with store.database.writing() as connection:
            own = {"odd": b"\xff", "id": damaged}
            change = f"SET {column} = CAST(:odd AS TEXT) WHERE job_id = :id"
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            connection.execute(text(f"UPDATE jobs {change}"), own)
            if column == "job_id":
                connection.execute(
                    text("UPDATE job_pieces SET job_id = CAST(:odd AS TEXT) WHERE job_id = :id"), own
                )
        answer = client.get(f"/v1/jobs/{damaged}")
        assert answer.json()["code"] == ("not-found" if column == "job_id" else "results-damaged")
        assert [one["job_id"] for one in client.get("/v1/jobs").json()["jobs"]] == [whole]
        worker().clean_up()
        assert client.get("/readyz").status_code == 200
        assert client.delete("/v1/subjects/nobody").status_code == 200
    assert any(damaged in sentence for sentence in verify_audit_logs(store)[0].faults)


def test_a_job_that_was_made_to_wait_again_is_named(store, submit, worker):
    job_id = submit()
    worker().step()
    with store.database.writing() as connection:
        connection.execute(update(jobs).values(state="queued"))
    worker("another").step()
    assert verify_audit_logs(store)[0].fault == f"job {job_id} was made to wait or run again after its end"


def test_a_piece_of_another_folder_is_no_piece(client, store, submit, worker, documents, tmp_path, small):
    """Nobody who writes the database has a file of this machine changed by an erasure."""
    job_id = submit()
    worker().step()
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(documents[1])
    with store.database.writing() as connection:
        connection.execute(update(job_pieces).where(job_pieces.c.piece == 0).values(file="../../kept.jsonl"))
    assert (small.jobs_path / job_id / "../../kept.jsonl").exists()
    assert client.get(f"/v1/jobs/{job_id}/results").status_code == 500
    assert client.delete(f"/v1/subjects/{json.loads(documents[1])['account_id']}").status_code == 200
    assert kept.read_bytes() == documents[1]


@pytest.fixture
def older(store, submit, worker):
    """A job that an older Assay has sealed, which covered less."""
    job_id = submit()
    worker().step()
    with store.database.writing() as connection:
        seal_job(connection, "default", job_id, NARROWER[jobs])
    return job_id


def test_a_job_that_an_older_assay_sealed_stays_good(client, store, older, documents):
    erased = json.loads(documents[1])["account_id"]
    assert client.delete(f"/v1/subjects/{erased}").json()["job_lines"] >= 1
    assert client.get(f"/v1/jobs/{older}").status_code == 200
    assert client.get(f"/v1/jobs/{older}/results").status_code == 200
    assert verify_audit_logs(store)[0].fault is None
    with store.database.snapshot() as connection:
        assert columns_of_seal(connection, "default", older) == NARROWER[jobs]  # its expiry is not made good
    with store.database.writing() as connection:
        connection.execute(update(jobs).values(refused=0))
    assert client.get(f"/v1/jobs/{older}").status_code == 500


def test_a_job_that_an_older_assay_sealed_goes_when_its_end_is_long_ago(
    store, older, worker, small, monkeypatch
):
    with store.database.writing() as connection:
        connection.execute(update(jobs).values(expires_at=AGO))
    worker().clean_up()
    assert (small.jobs_path / older).exists()
    week = timedelta(days=small.job_days, seconds=1)
    monkeypatch.setattr(job_expiry, "now", lambda *, plus=timedelta(): timestamps.now(plus=plus + week))
    worker("another").clean_up()
    assert not (small.jobs_path / older).exists()
