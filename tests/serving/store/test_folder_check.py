"""Ready means able: a folder that requests write to is noticed where it takes nothing."""

import errno
import itertools
import os
import tempfile
from collections import namedtuple

import pytest

from serving.app.application import make_app
from serving.settings import Settings
from serving.store import folder_check
from serving.store.folder_check import FolderUnusable, check_folders

DOCUMENT = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
CSV = {"Content-Type": "text/csv"}
LINES = {"Content-Type": "application/x-ndjson"}
Usage = namedtuple("Usage", "free")


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Settings whose folders are all of the test's own, outside of the home where that is possible."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return Settings(home=tmp_path / "home", jobs_folder=tmp_path / "own-jobs", no_auth=True)


def is_a_file(path, _):
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        path.rmdir()
    path.write_text("no folder")


def is_a_link_to_nothing(path, _):
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        path.rmdir()
    path.symlink_to("nowhere")


def is_gone(path, _):
    path.rename(path.with_name("moved"))


def takes_nothing(path, monkeypatch):
    """As a folder of another user's, which root may write to."""
    path.mkdir(parents=True, exist_ok=True)
    really_open = os.open

    def refuse(name, flags, *more, **named):
        if os.fspath(name).startswith(str(path)) and flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, "Permission denied", os.fspath(name))
        return really_open(name, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)


def is_full(path, monkeypatch):
    path.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(folder_check.shutil, "disk_usage", lambda one: Usage(2**20 if one == path else 2**40))


FOLDERS = {
    "of jobs": lambda settings: settings.jobs_path,
    "dropped on the desk": lambda settings: settings.desk_path,
    "for temporary files": lambda _: folder_check.Path(tempfile.gettempdir()),
}


@pytest.mark.parametrize("fault", [is_a_file, is_a_link_to_nothing, takes_nothing, is_full])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_takes_nothing_is_noticed_by_name(own, monkeypatch, name, fault):
    check_folders(own)
    path = FOLDERS[name](own)
    fault(path, monkeypatch)
    with pytest.raises(FolderUnusable, match=name) as refused:
        check_folders(own)
    assert str(path.parent) not in str(refused.value)


def test_a_folder_that_nobody_makes_must_be_there(own, monkeypatch):
    path = folder_check.Path(tempfile.gettempdir())
    is_gone(path, monkeypatch)
    with pytest.raises(
        FolderUnusable, match=r"for temporary files.* takes no files: No such file or directory"
    ):
        check_folders(own)
    path.with_name("moved").rename(path)
    check_folders(own)


def test_a_check_leaves_nothing_behind_and_makes_no_folder(own):
    check_folders(own)
    assert not own.jobs_path.exists() and not own.home.exists()
    own.jobs_path.mkdir()
    check_folders(own)
    assert not list(own.jobs_path.iterdir()) and not os.listdir(tempfile.gettempdir())


def test_a_service_that_takes_no_jobs_needs_no_folder_of_theirs(own, monkeypatch):
    is_a_file(own.jobs_path, monkeypatch)
    check_folders(own.model_copy(update={"store_verdicts": False}))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *itertools.product(["of jobs", "for temporary files"], [is_a_file, takes_nothing]),
        ("for temporary files", is_gone),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_what_fails_for_a_folder_is_503_and_so_is_readiness(own, calling, monkeypatch, name, fault):
    with calling(make_app(own)) as client:
        assert client.get("/readyz").status_code == 200
        fault(FOLDERS[name](own), monkeypatch)
        client.app.state.store_access.checked_at = float("-inf")
        path, headers = ("/v1/jobs", LINES) if name == "of jobs" else ("/v1/verdicts/batch", CSV)
        answer = client.post(path, content=DOCUMENT, headers=headers)
        ready = client.get("/readyz")
        client.app.state.store_access.close()
    assert (answer.status_code, ready.status_code) == (503, 503), answer.text
    assert ready.json()["code"] == "folder-unusable" and name in ready.json()["detail"]
