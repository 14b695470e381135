"""A model that reads a feature from outside, behind the service: judged, kept, replayed, run as a job."""

import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from detector.bundle import build, load, save, starter_path
from detector.heads import ScorerParams, fit_scorer
from detector.signals import signal_named
from features.catalogue import CATALOGUE
from features.outside import drop_features, files_in_use, use_features
from serving.app.application import make_app
from serving.jobs.job_run import JobRun
from serving.settings import Settings


@pytest.fixture(scope="module")
def with_own_feature(my_features, tmp_path_factory):
    """The file, and a bundle like the starter whose head of likes reads its feature, too."""
    folder = tmp_path_factory.mktemp("own") / "bundle"
    used = use_features([my_features])
    try:
        save(reading_it(load(starter_path())), folder)
    finally:
        drop_features(used)
    return SimpleNamespace(file=str(my_features), model=folder)


def reading_it(starter):
    """The starter with a small head of likes, fitted to noise, that splits on the feature."""
    random, likes = np.random.default_rng(1), signal_named("likes")
    numbers = pd.DataFrame(random.normal(size=(400, len(likes.features))), columns=list(likes.features))
    head = fit_scorer(
        numbers,
        numbers["likes_tenth"] < 0,
        constraints=likes.constraints,
        params=ScorerParams(trees=3, leaves=4),
    )
    names = list(starter.manifest.features)
    golden = pd.DataFrame([one.values for one in starter.manifest.golden], columns=names, dtype=np.float64)
    peers = replace(
        starter.peers,
        features=(*starter.peers.features, "likes_tenth"),
        grids={
            key: np.vstack([grid, np.full_like(grid[:1], np.nan)])
            for key, grid in starter.peers.grids.items()
        },
    )
    return build(
        starter.facts,
        signal_models=replace(starter.signal_models, scorers={**starter.scorers, "likes": head}),
        amounts=starter.amounts, comments=starter.comments, levels=starter.levels, peers=peers,
        novelty=starter.novelty, golden=golden.assign(likes_tenth=np.nan),
        golden_levels=[one.level for one in starter.manifest.golden],
        golden_platforms=[one.platform for one in starter.manifest.golden],
    )  # fmt: skip


@pytest.fixture(autouse=True)
def drop_outside_features():
    yield
    drop_features(files_in_use())


def test_it_judges_and_replays_what_it_judged(with_own_feature, on_sqlite, documents, calling):
    settings = on_sqlite.model_copy(
        update={"no_auth": True, "model": with_own_feature.model, "features": (with_own_feature.file,)}
    )
    app = make_app(settings)
    with calling(app) as client:
        assert client.get("/readyz").status_code == 200
        model_card = client.get("/v1/model").json()
        answers = [client.post("/v1/verdicts?explain=all", content=document).json() for document in documents]
        replayed = client.post(f"/v1/verdicts/{answers[0]['verdict_id']}/replay").json()
    app.state.store_access.close()
    assert "likes_tenth" in CATALOGUE.by_name
    assert model_card["sha256"] == load(with_own_feature.model).sha256 != load(starter_path()).sha256
    assert all(answer["model"]["sha256"] == model_card["sha256"] for answer in answers)
    assert replayed["same"]


def test_a_job_takes_the_file_in_by_itself(with_own_feature, on_sqlite):
    """A job's process is another one than the service's."""
    settings = on_sqlite.model_copy(
        update={"model": with_own_feature.model, "features": (with_own_feature.file,)}
    )
    job = SimpleNamespace(model=None, job_id="0" * 32)
    detector = JobRun(settings, None, job, threading.Event()).load_detector()
    assert "likes_tenth" in detector.bundle.manifest.features
    job.model = {"sha256": detector.bundle.sha256}
    drop_features(files_in_use())
    again = JobRun(settings, None, job, threading.Event()).load_detector()
    assert again.bundle.sha256 == detector.bundle.sha256


@pytest.mark.parametrize("given", [(), ("gone.py",)])
def test_without_the_file_it_says_what_is_missing(with_own_feature, tmp_path, calling, given):
    files = tuple(str(tmp_path / name) for name in given)
    app = make_app(
        Settings(
            home=tmp_path, no_auth=True, store_verdicts=False, model=with_own_feature.model, features=files
        )
    )
    with calling(app) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    wanted = "gone.py cannot be read" if given else "reads likes_tenth from my_features.py"
    assert wanted in answer.json()["detail"]
