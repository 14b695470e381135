"""A screening is started, discarded or loses its files while somebody else starts or discards it."""

import json
import subprocess
import sys
from functools import partial

import pytest
from sqlalchemy import func, select

from serving.jobs.screening_files import ScreeningFiles
from serving.store.screenings import (
    ListChoice,
    get_screening,
    remove_screening,
    start_screening,
    withdraw_screening,
)
from serving.store.tables import lists

GOOD = {"account_id": "good", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 10}}


@pytest.fixture
def ana(desk):
    return desk.member()


@pytest.fixture
def place(ana):
    """Where what was dropped waits."""
    ana.get("/screen")
    ana.post("/screen", {"list": ""}, files=[("files", ("people.jsonl", json.dumps(GOOD).encode()))])
    where = ana.page.url.path
    ana.get(where)
    return where


def files_of(desk, place):
    return ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])


def start(desk, place):
    """As another request does it."""
    with desk.store.database.reading() as connection:
        screening = get_screening(connection, "default", place.rpartition("/")[2])
    assert start_screening(desk.store, screening, ListChoice(None, "Theirs"), (1, 0), "test")


def discard(desk, place):
    """As another request does it."""
    own = ("default", place.rpartition("/")[2])
    assert withdraw_screening(desk.store, *own)
    files_of(desk, place).remove()
    remove_screening(desk.store, *own)


def list_names(desk):
    with desk.store.database.reading() as connection:
        return connection.execute(select(lists.c.name)).scalars().all()


def test_who_starts_a_screening_that_was_started_meanwhile_leaves_no_list_behind(desk, ana, place, first):
    waiting = first(partial(start, desk, place), "start_screening")
    ana.post(f"{place}/start", {"name": "Mine"})
    assert not waiting
    assert list_names(desk) == ["Theirs"]


def test_what_was_started_meanwhile_keeps_its_files(desk, ana, place, first):
    waiting = first(partial(start, desk, place), "withdraw_screening")
    answer = ana.post(f"{place}/discard")
    assert not waiting
    assert answer.status_code == 400 and "This was started already." in answer.text
    assert files_of(desk, place).documents.exists()


def test_what_was_discarded_meanwhile_is_not_started(desk, ana, place, first):
    waiting = first(partial(discard, desk, place), "start_screening")
    answer = ana.post(f"{place}/start", {"name": "Mine"})
    assert not waiting and answer.status_code == 404
    assert list_names(desk) == [] and not files_of(desk, place).path.exists()


def test_what_is_withdrawn_is_not_started_while_its_files_go(desk, ana, place):
    own = ("default", place.rpartition("/")[2])
    with desk.store.database.reading() as connection:
        screening = get_screening(connection, *own)
    assert withdraw_screening(desk.store, *own)
    assert not start_screening(desk.store, screening, ListChoice(None, "Mine"), (1, 0), "test")
    with desk.store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(lists)).scalar_one() == 0


def test_a_screening_whose_files_are_gone_ends_with_a_sentence(desk, ana, place, first):
    waiting = first(files_of(desk, place).remove, "start_screening")
    ana.post(f"{place}/start", {"name": "Mine"})
    for _ in range(600):
        if "The files of this screening were removed meanwhile; drop them again." in ana.get(place).text:
            break
    else:
        raise AssertionError(ana.page.text)
    assert not waiting


def test_what_was_discarded_while_it_is_read_again_is_not_there(desk, ana, place):
    files = files_of(desk, place)
    files.remove()
    order = {
        "key": "00" * 32, "tenant": "default", "form": {}, "memory_bytes": 2**31, "file_bytes": 2**20,
    }  # fmt: skip
    code = """
import json, sys
from pathlib import Path
from serving.desk.reading_child import read_screening
from serving.jobs.child_outcome import outcome_of
from serving.jobs.screening_files import ScreeningFiles
files = ScreeningFiles(Path(sys.argv[1]))
print(json.dumps(outcome_of(lambda order: read_screening(files, order), json.loads(sys.argv[2]))))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, files.path, json.dumps(order)], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == {
        "rule": "The files of this screening were removed meanwhile; drop them again.", "status": 404,
    }  # fmt: skip
