"""A folder that somebody removes while another looks into it: nothing is there, and nothing fails."""

import os
import shutil

import pytest

from serving.jobs.erasure import remove_results_about
from serving.jobs.job_files import OWNER_ONLY, JobFiles
from serving.jobs.screening_files import ScreeningFiles, may_hold

ACCOUNT = "example:gone"


@pytest.fixture
def removed_as_it_is_listed(monkeypatch):
    """The first folder that is listed is removed after it was found to be there."""
    listing = os.scandir

    def remove_first(folder):
        monkeypatch.setattr(os, "scandir", listing)
        shutil.rmtree(folder)
        return listing(folder)

    monkeypatch.setattr(os, "scandir", remove_first)


def test_results_of_a_job_that_is_removed(tmp_path, removed_as_it_is_listed):
    files = JobFiles(tmp_path / "job")
    files.path.mkdir(OWNER_ONLY)
    files.piece(0, "a").write_text(f'{{"account_id": "{ACCOUNT}"}}\n')
    assert remove_results_about(files, ACCOUNT) == 0
    assert not files.path.exists()


@pytest.mark.parametrize("ask", [lambda files: files.may_mention(ACCOUNT), lambda files: files.remove()])
def test_files_of_a_screening_that_are_removed(tmp_path, removed_as_it_is_listed, ask):
    files = ScreeningFiles(tmp_path / "desk" / "screening")
    files.create()
    files.documents.write_text(ACCOUNT)
    assert not ask(files)
    assert not files.path.exists()


def test_a_draft_that_is_removed_before_it_is_read(tmp_path):
    assert not may_hold(tmp_path / "gone.part", [ACCOUNT.encode()])
