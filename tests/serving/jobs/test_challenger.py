"""The challenger on bulk jobs: beside every stored verdict, and never in a job's way."""

import json
from dataclasses import replace

import pytest

from accounts.errors import WrongUsage
from detector.levels import LevelTable
from detector.model_store import ChallengerStore
from detector.screening import Detector
from serving.jobs import challenger as challenger_module
from serving.jobs import job_run
from serving.settings import Settings
from serving.store.shadow_rows import shadow_pairs
from training.recalibrate import with_thresholds

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def mild(detector):
    """A detector that accuses nobody."""
    rows = {row.level: replace(row, accuse_above=1.0) for row in detector.bundle.levels}
    return Detector(with_thresholds(detector.bundle, LevelTable(rows)))


@pytest.fixture
def mild_challenger(small, mild, monkeypatch):
    """The mild detector as the challenger, without a child process that tries it first."""
    ChallengerStore(small.home).make_champion(mild.bundle.sha256)
    monkeypatch.setattr(challenger_module, "load_in_child_first", lambda *_: mild)


@pytest.fixture
def pairs(store, mild):
    """What both models said."""

    def read_pairs():
        with store.database.reading() as connection:
            return shadow_pairs(connection, "default", mild.bundle.sha256)

    return read_pairs


def test_it_judges_all_that_a_job_judges(submit, worker, lines, mild_challenger, pairs, results_alone):
    expected, job_id = results_alone(), submit()
    assert worker(shadow_jobs=True, job_verdicts="all").step()
    assert lines(job_id) == expected
    verdicts = {one["verdict_id"]: one for one in map(json.loads, expected) if "problem" not in one}
    assert len(verdicts) == 8
    assert {one.verdict_id: one.label for one in pairs()} == {
        name: one["label"] for name, one in verdicts.items()
    }
    assert all(one.challenger_label not in {"inflated", "automated"} for one in pairs())
    assert any(one.challenger_label != one.label for one in pairs())


@pytest.mark.parametrize("what", ["off", "fails", "does not load", "is the job's own model"])
def test_a_job_ends_as_it_would_without_it(
    submit, worker, lines, mild_challenger, pairs, results_alone, monkeypatch, detector, small, what
):
    def fail(*_):
        raise ValueError("odd")

    expected, job_id, logged = results_alone(), submit(), []
    if what == "fails":
        monkeypatch.setattr(challenger_module, "shadows_of", fail)
        monkeypatch.setattr(challenger_module, "log_error", lambda name, _: logged.append(name))
    elif what == "does not load":
        monkeypatch.setattr(challenger_module, "load_in_child_first", fail)
        monkeypatch.setattr(challenger_module, "log_event", lambda name, **_: logged.append(name))
    elif what == "is the job's own model":
        ChallengerStore(small.home).make_champion(detector.bundle.sha256)
        monkeypatch.setattr(challenger_module, "load_in_child_first", None)
    assert worker(shadow_jobs=what != "off", job_verdicts="all").step()
    assert lines(job_id) == expected
    assert pairs() == []
    assert set(logged) == {"fails": {"shadow_failed"}, "does not load": {"challenger_refused"}}.get(
        what, set()
    )


def test_a_piece_that_is_not_recorded_is_not_judged(submit, worker, mild_challenger, pairs, monkeypatch):
    record = job_run.record_piece

    def cancelled_before(store, job, piece, *more):
        if piece.piece == 1:
            raise job_run.LeaseLost(job.job_id)
        return record(store, job, piece, *more)

    submit()
    monkeypatch.setattr(job_run, "record_piece", cancelled_before)
    assert worker(shadow_jobs=True, job_verdicts="all").step()
    assert len(pairs()) == 3


def test_beside_accused_accounts_alone_it_is_refused(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv("ASSAY_SHADOW_JOBS", "true")
    with pytest.raises(WrongUsage, match=r"ASSAY_SHADOW_JOBS wants job_verdicts to be all"):
        Settings.read()
    monkeypatch.setenv("ASSAY_JOB_VERDICTS", "all")
    assert Settings.read().shadow_jobs
