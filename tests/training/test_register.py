"""Which version becomes champion by itself."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from detector.bundle import load, starter_path
from detector.levels import LevelTable
from detector.model_store import ModelStore
from training import register
from training.fitness import fit_to_judge
from training.recalibrate import with_thresholds
from training.register import TrainedRun, is_right_about_known_cases, register_trained
from training.tracking import CHALLENGER, CHAMPION, ModelVersion, Registered


@dataclass
class OneVersion:
    """A registry with a champion or without one."""

    has_champion: bool = False

    def record(self, fitted, report, notes):
        return Registered(ModelVersion(7, "run", (CHALLENGER,), fitted.bundle.sha256), "experiment")


@pytest.fixture
def promoted(monkeypatch):
    """The numbers of the versions that were promoted."""
    numbers = []

    def promote(store, which, home):
        numbers.append(which)
        return ModelVersion(int(which), "run", (CHAMPION,), "")

    monkeypatch.setattr(register, "promote", promote)
    return numbers


@pytest.fixture
def mute(fitted):
    """A detector without any threshold."""
    rows = {row.level: replace(row, accuse_above=None) for row in fitted.bundle.levels}
    return replace(fitted, bundle=with_thresholds(fitted.bundle, LevelTable(rows)))


@pytest.fixture
def known_cases(monkeypatch):
    """Whether a detector is right about the known cases, as the test says."""
    outcome = {"right": True}
    monkeypatch.setattr(register, "is_right_about_known_cases", lambda bundle: outcome["right"])
    return outcome


def test_the_first_version_becomes_champion(fitted, promoted, known_cases, tmp_path):
    register_trained(OneVersion(), TrainedRun(fitted, None), tmp_path)
    assert promoted == ["7"]


def test_a_first_version_that_is_wrong_about_known_cases_does_not(fitted, promoted, known_cases, tmp_path):
    known_cases["right"] = False
    version = register_trained(OneVersion(), TrainedRun(fitted, None), tmp_path)
    assert (promoted, version.aliases) == ([], (CHALLENGER,))


def test_a_later_version_does_not_unless_asked(fitted, promoted, known_cases, tmp_path):
    version = register_trained(OneVersion(has_champion=True), TrainedRun(fitted, None), tmp_path)
    assert (promoted, version.aliases) == ([], (CHALLENGER,))
    register_trained(OneVersion(has_champion=True), TrainedRun(fitted, None), tmp_path, to_champion=True)
    assert promoted == ["7"]


def test_a_home_with_a_champion_keeps_it(fitted, promoted, known_cases, tmp_path: Path):
    ModelStore(tmp_path).make_champion("0" * 64)
    register_trained(OneVersion(), TrainedRun(fitted, None), tmp_path)
    assert promoted == []


def test_a_detector_that_accuses_nobody_is_not_right(mute):
    assert not fit_to_judge(mute.bundle)
    assert not is_right_about_known_cases(mute.bundle)


def test_the_starter_is_right_about_known_cases():
    assert is_right_about_known_cases(load(starter_path()))
