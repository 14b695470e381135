"""Files dropped on the desk of another service, or of one whose folder is lost: none is passed over."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from serving.app.folder_life import tend_folders
from serving.http.problems import problem
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.store.audit_check import verify_audit_logs
from serving.store.job_folders import forgotten_in
from serving.store.lost_folders import FolderAlive, count_by_folder, forget_folder
from serving.store.screenings import create_screening, get_screening
from serving.store.tables import job_folders

ELSEWHERE, HERE = "e" * 32, "a" * 32
ERASED = "/v1/subjects/ada"


@pytest.fixture
def drop(store, small):
    """Drops a file with two accounts on the desk, whose files lie in a folder; the files that are here."""

    def dropped(screening_id, folder):
        create_screening(store, "default", screening_id, folder, "test", 10)
        files = ScreeningFiles.of(small, screening_id)
        files.create()
        (files.uploads / "people.jsonl").write_text(json.dumps({"account_id": "ada"}))
        return files

    return dropped


@pytest.fixture
def forget(store):
    """Says that a folder is lost, after some time in which no service had it."""

    def forgotten(folder, *, seen_at=""):
        with store.database.writing() as connection:
            connection.execute(update(job_folders).values(seen_at=seen_at))
        return forget_folder(store, folder, "test", timedelta(days=7), problem(500, "Lost."))

    return forgotten


def test_an_erasure_says_where_else_the_account_was_dropped_until_that_folder_is_lost(
    client, store, small, drop, forget
):
    drop(ELSEWHERE, "another").remove()
    here = drop(HERE, screenings_folder(small).name())
    refused = client.delete(ERASED)
    assert (refused.status_code, refused.json()["code"]) == (409, "files-elsewhere")
    assert "or screenings lie in the folder of another service (another): ask" in refused.json()["detail"]
    assert not here.path.exists()
    assert count_by_folder(store)["another"] == 1
    assert forget("another") == (0, 0, 1)
    assert client.delete(ERASED).status_code == 200
    with store.database.reading() as connection:
        assert get_screening(connection, "default", ELSEWHERE) is None
        assert get_screening(connection, "default", HERE)
    assert [one.fault for one in verify_audit_logs(store)] == [None]


@pytest.mark.parametrize("comes_back", ["at an erasure", "at its start"])
def test_what_was_forgotten_is_removed_when_its_folder_comes_back(
    client, store, small, drop, forget, comes_back
):
    folder = screenings_folder(small).name()
    files = drop(HERE, folder)
    assert forget(folder) == (0, 0, 1)
    if comes_back == "at its start":
        tend_folders(store, small)
    else:
        assert client.delete(ERASED).status_code == 200
    assert not files.path.exists()
    with store.database.reading() as connection:
        assert forgotten_in(connection, folder) == set()


def test_a_folder_of_the_desk_that_is_alive_is_not_forgotten(store, small, drop, forget):
    folder = screenings_folder(small).name()
    drop(HERE, folder)
    with store.database.reading() as connection:
        seen_at = dict(connection.execute(select(job_folders)).all())[folder]
    with pytest.raises(FolderAlive):
        forget(folder, seen_at=seen_at)
    assert forget(folder) == (0, 0, 1)
    tend_folders(store, small)
    with store.database.reading() as connection:
        assert dict(connection.execute(select(job_folders)).all())[folder] >= seen_at
