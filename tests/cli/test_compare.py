"""``assay compare`` and ``assay promote`` from folder or registry to the champion."""

import shutil
from dataclasses import replace

import pytest

from detector.bundle import load, save, starter_path
from detector.levels import LevelTable
from detector.model_store import ModelStore
from training.gates import compare as gates_compare
from training.recalibrate import with_thresholds
from training.tracking import ModelRegistry

SMALL = "accounts = 40\ndosed_accounts = 2\n"
COMPARED = {}
"""Gates by challenger and champion: a comparison takes seconds and always comes out the same."""


@pytest.fixture(autouse=True)
def compared_once(monkeypatch):
    def compare_once(challenger, champion, **how):
        pair = challenger.bundle.sha256, champion.bundle.sha256
        if pair not in COMPARED:
            COMPARED[pair] = gates_compare.compare(challenger, champion, **how)
        return COMPARED[pair]

    monkeypatch.setattr("cli.work.compare.compare", compare_once)


@pytest.fixture
def gates(tmp_path):
    path = tmp_path / "gates.toml"
    path.write_text(SMALL)
    return path


@pytest.fixture(scope="module")
def small():
    """A detector that is no match for the starter: its thresholds are nowhere met."""
    starter = load(starter_path())
    rows = {row.level: replace(row, accuse_above=1.0) for row in starter.levels}
    return with_thresholds(starter, LevelTable(rows))


@pytest.fixture(scope="module")
def recorded_store(small, tmp_path_factory):
    """A registry with one version, which is no champion."""
    registry = ModelRegistry.at(f"sqlite:///{tmp_path_factory.mktemp('store')}/mlflow.db")
    registry.record_recalibrated(small, small.sha256, {}, {})
    return registry


@pytest.fixture
def store(recorded_store, tmp_path, monkeypatch):
    """The registry on a copy of its database, where no public set is."""
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path / "data"))
    shutil.copy(recorded_store.uri.removeprefix("sqlite:///"), tmp_path)
    return replace(recorded_store, uri=f"sqlite:///{tmp_path}/mlflow.db")


def test_a_bundle_is_compared_and_what_fails_is_said(run, small, gates, tmp_path, monkeypatch):
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path / "data"))
    save(small, tmp_path / "bundle")
    answer = run("compare", tmp_path / "bundle", "starter", "--gates", gates)
    assert answer.exit_code == 1, answer.output
    assert "fit to judge" in answer.stdout
    assert "gates passed." in answer.stdout
    same = run("compare", "starter", "--gates", gates)
    assert same.exit_code == 0, same.output


def test_a_version_that_fails_is_promoted_by_force_alone(run, store, gates, home):
    arguments = ["promote", "1", "--gates", gates, "--tracking", store.uri]
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert "Not promoted: " in refused.stderr
    assert not ModelStore(home).has_champion
    assert not store.has_champion
    forced = run(*arguments, "--force")
    assert forced.exit_code == 0, forced.output
    assert store.find("champion").number == 1
    assert ModelStore(home).champion().sha256 == store.find("1").sha256
    with store._mlflow() as (_, client):
        tags = client.get_model_version(store.name, "1").tags
    assert "examples" in tags["promoted_against"]
    assert tags["promoted_at"].endswith("Z")


def test_what_is_not_there_is_named(run, store, gates):
    answer = run("compare", "7", "--gates", gates, "--tracking", store.uri)
    assert answer.exit_code == 4
    assert "No version 7 of the model assay" in answer.stderr
