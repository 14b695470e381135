"""Locks of folders: what NFS asks of them, and what is said where there are none."""

import fcntl
import json
import os
from errno import EBADF, ENOLCK

import pytest

from serving.jobs import job_files

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)

NDJSON = {"Content-Type": "application/x-ndjson"}
TABLE = {"files": ("people.csv", b"Handle;Followers\nada;12\n")}


@pytest.fixture
def locks_over_nfs(monkeypatch):
    """Locks no file that is not open for writing, and no folder on other machines, as NFS does; the locks."""
    taken = []

    def lock(handle, how):
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(EBADF, "Bad file descriptor")
        taken.append(handle)
        return fcntl.flock(handle, how)

    monkeypatch.setattr(job_files, "flock", lock)
    return taken


def test_folders_are_held_by_files_that_are_open_for_writing(
    client, submit, worker, documents, lines, locks_over_nfs
):
    job_id, erased = submit(), json.loads(documents[2])["account_id"]
    assert worker().step()
    assert client.delete(f"/v1/subjects/{erased}").json()["job_lines"] == 1
    assert lines(job_id)
    before = len(locks_over_nfs)
    assert before >= 3
    assert client.post("/v1/verdicts/batch", files=TABLE).status_code == 200
    assert client.get("/readyz").status_code == 200
    assert len(locks_over_nfs) == before + 3


def test_a_file_system_without_locks_is_said_by_jobs_by_files_and_by_readiness(
    client, documents, monkeypatch, caplog
):
    def refuse(*_):
        raise OSError(ENOLCK, "No locks available")

    monkeypatch.setattr(job_files, "flock", refuse)
    answers = [
        client.post("/v1/jobs", content=documents[0], headers=NDJSON),
        client.post("/v1/verdicts/batch", files=TABLE),
        client.get("/readyz"),
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == 3 * [(503, "service-unavailable")]
    assert caplog.messages.count("folder_unusable") == 3
