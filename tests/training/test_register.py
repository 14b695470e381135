"""Which version becomes champion by itself."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from detector.levels import LevelTable
from detector.model_store import ModelStore
from training import register
from training.recalibrate import with_thresholds
from training.register import accuses_anybody, register_trained
from training.tracking import CHALLENGER, CHAMPION, ModelVersion, Registered


@dataclass
class OneVersion:
    """A registry that gives every run the same alias."""

    alias: str

    def record(self, fitted, report):
        return Registered(ModelVersion(7, "run", (self.alias,), fitted.bundle.sha256), "experiment")


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


def test_the_first_version_becomes_champion(fitted, promoted, tmp_path):
    assert accuses_anybody(fitted.bundle)
    register_trained(OneVersion(CHAMPION), fitted, None, tmp_path)
    assert promoted == ["7"]


def test_a_later_version_does_not_unless_asked(fitted, promoted, tmp_path):
    version = register_trained(OneVersion(CHALLENGER), fitted, None, tmp_path)
    assert (promoted, version.aliases) == ([], (CHALLENGER,))
    register_trained(OneVersion(CHALLENGER), fitted, None, tmp_path, to_champion=True)
    assert promoted == ["7"]


def test_a_home_with_a_champion_keeps_it(fitted, promoted, tmp_path: Path):
    ModelStore(tmp_path).make_champion("0" * 64)
    register_trained(OneVersion(CHAMPION), fitted, None, tmp_path)
    assert promoted == []


def test_a_detector_that_accuses_nobody_does_not_become_champion_by_itself(mute, promoted, tmp_path):
    assert not accuses_anybody(mute.bundle)
    register_trained(OneVersion(CHAMPION), mute, None, tmp_path)
    assert promoted == []
    register_trained(OneVersion(CHAMPION), mute, None, tmp_path, to_champion=True)
    assert promoted == ["7"]
