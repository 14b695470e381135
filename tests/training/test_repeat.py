"""A tracked run to repeat: its settings and data, and what is refused before anything is fitted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accounts.errors import BadInput, WrongUsage
from cli.environment import Environment, code_tags
from cli.work.repeat import RecordedRun, data_sources, recipe, what_differs
from cli.work.training_data import TrainingData, TrainOptions
from training.assemble import SIMULATED_ORIGIN
from training.split import pick
from training.tracking import ModelRegistry

OPTIONS = TrainOptions(
    population=Path("/data/population"), accounts=None, labels=None, simulated=True, columns=None,
    config=None, datasets=(), promote=False, tracking=None,
)  # fmt: skip


@pytest.fixture
def recorded_run(run, monkeypatch):
    written = recipe(OPTIONS, run.fitted) | {"bundle_sha256": run.fitted.bundle.sha256}
    monkeypatch.setattr(ModelRegistry, "recipe", lambda self, run_id: written)
    asked = replace(OPTIONS, population=None, simulated=False)
    return RecordedRun.find("0123", asked, Environment(home=Path("/nowhere")))


def test_settings_and_places_are_the_run_s_own(recorded_run, run):
    assert recorded_run.config == run.config
    assert recorded_run.options == OPTIONS
    moved = replace(OPTIONS, population=Path("/elsewhere"))
    assert RecordedRun.find("0123", moved, Environment(home=Path("/nowhere"))).options == moved


def test_the_same_data_are_taken_and_give_the_same_detector(recorded_run, run):
    data = TrainingData(run.population, SIMULATED_ORIGIN, [], [], None)
    recorded_run.check(data)
    assert recorded_run.is_repeated_by(run.fitted)
    (source,) = data_sources(data, OPTIONS, recorded_run.config, run.fitted)
    assert (source.place, source.accounts) == ("/data/population", run.config.accounts)
    near = replace(OPTIONS, population=Path("population"))
    (source,) = data_sources(data, near, recorded_run.config, run.fitted)
    assert source.place == str(Path("population").absolute())


def test_other_data_are_refused(recorded_run, run):
    other = TrainingData(
        pick(run.population, np.arange(len(run.population)) > 0), SIMULATED_ORIGIN, [], [], None
    )
    with pytest.raises(BadInput, match=r"^run 0123: was trained on data with sha256 [0-9a-f]{12}…\. Those"):
        recorded_run.check(other)


def test_settings_beside_the_run_s_own_are_refused(recorded_run):
    with pytest.raises(WrongUsage, match="leave --config out"):
        RecordedRun.find("0123", replace(OPTIONS, config=Path("a.toml")), Environment(home=Path("/nowhere")))


def test_what_may_be_the_reason_for_other_bytes_is_said(recorded_run, run):
    old = {**recorded_run.recipe, "libraries": {**recorded_run.recipe["libraries"], "lightgbm": "4.0.0"}}
    assert what_differs(old, run.fitted).startswith("lightgbm is ")
    assert what_differs(recorded_run.recipe, run.fitted) == "Assay's code or the machine is another"


def test_the_code_has_a_commit_only_where_there_is_git(tmp_path):
    assert code_tags(tmp_path) == {}
    tags = code_tags()
    assert not tags or len(tags["mlflow.source.git.commit"]) == 40
