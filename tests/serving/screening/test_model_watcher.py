"""A new champion takes over between requests; a bad one never does."""

import asyncio
import json
import logging
import math
import time
from dataclasses import replace

import httpx
import pytest

from accounts.errors import NoUsableModel
from detector import model_store
from detector.bundle import Bundle, load, starter_path
from detector.manifest import MANIFEST
from detector.model_store import ModelStore
from detector.screening import Detector
from serving.app.application import make_app
from serving.app.lifespan import use_detector
from serving.screening import model_watcher
from serving.screening.model_watcher import ModelWatcher, load_in_child_first
from serving.settings import Settings


def called(bundle, version):
    """The same detector under another name, and so with another sha256."""
    manifest = replace(bundle.manifest, facts=replace(bundle.facts, version=version))
    return Bundle.from_files({**bundle.files, MANIFEST: manifest.to_bytes()})


def crown(bundle, home):
    """Make a bundle the champion; its folder."""
    models = ModelStore(home)
    folder = models.add(bundle)
    models.make_champion(folder.name)
    return folder


def load_here(models, sha256):
    return Detector(load(models.folder_of(sha256), expected=sha256))


@pytest.fixture(scope="module")
def bundles():
    first = load(starter_path())
    return [called(first, "first"), called(first, "second")]


@pytest.fixture(scope="module")
def home_of(tmp_path_factory):
    return tmp_path_factory.mktemp("running")


@pytest.fixture
def home(tmp_path, bundles):
    crown(bundles[0], tmp_path)
    return tmp_path


class Swaps:
    """The model that the watcher swapped in last, and the outcomes of all candidates."""

    def __init__(self, home, attempt=load_here):
        self.in_use = None
        self.outcomes = []
        self.attempts = 0
        self.attempt = attempt
        self.watcher = ModelWatcher(home, self.swap, lambda: self.in_use, self.load, self.outcomes.append)

    def load(self, models, sha256):
        self.attempts += 1
        return self.attempt(models, sha256)

    def swap(self, detector):
        self.in_use = detector.bundle.sha256

    def check(self):
        asyncio.run(self.watcher.check())


def test_each_new_champion_is_taken_up_once(home, bundles):
    swaps = Swaps(home)
    swaps.check()
    assert swaps.in_use == bundles[0].sha256
    crown(bundles[1], home)
    for _ in range(3):
        swaps.check()
    assert (swaps.in_use, swaps.attempts) == (bundles[1].sha256, 2)
    crown(bundles[1], home)  # the same once more
    swaps.check()
    assert (swaps.attempts, swaps.outcomes) == (2, ["taken_up"] * 2)


def test_without_a_champion_the_model_stays(tmp_path):
    swaps = Swaps(tmp_path)
    swaps.check()
    assert swaps.attempts == 0


def test_a_bad_candidate_is_refused_once_and_the_model_stays(home, bundles, caplog):
    swaps = Swaps(home)
    swaps.check()
    (crown(bundles[1], home) / "likes.txt").write_text("tree\n")
    with caplog.at_level(logging.WARNING, "assay"):
        swaps.check()
        swaps.check()
    assert (swaps.in_use, swaps.outcomes) == (bundles[0].sha256, ["taken_up", "refused"])
    (note,) = [record for record in caplog.records if record.message == "champion_refused"]
    assert "likes.txt was changed" in note.facts["reason"]


def test_a_refused_champion_is_taken_up_once_its_bundle_is_whole(home, bundles):
    swaps = Swaps(home)
    folder = crown(bundles[1], home)
    on_its_way = (folder / "likes.txt").rename(home / "likes.txt")
    swaps.check()
    assert (swaps.in_use, swaps.outcomes) == (None, ["refused"])
    on_its_way.rename(folder / "likes.txt")
    swaps.check()
    assert (swaps.in_use, swaps.outcomes) == (bundles[1].sha256, ["refused", "taken_up"])


def test_a_champion_whose_trial_was_ended_from_outside_is_tried_again_later(home, bundles, monkeypatch):
    def refuse_as_killed(*_):
        raise NoUsableModel("The bundle ended its process (exit code -9).")

    swaps = Swaps(home, refuse_as_killed)
    swaps.check()
    swaps.attempt = load_here
    swaps.check()
    assert swaps.outcomes == ["refused"]
    monkeypatch.setattr(model_watcher.time, "monotonic", lambda: math.inf)
    swaps.check()
    assert (swaps.in_use, swaps.outcomes) == (bundles[0].sha256, ["refused", "taken_up"])


def test_a_champion_that_is_named_while_another_is_loaded_is_taken_up_next(home, bundles):
    def interrupted(models, sha256):
        crown(bundles[1], home)
        return load_here(models, sha256)

    swaps = Swaps(home, interrupted)
    swaps.check()
    assert swaps.in_use == bundles[0].sha256
    swaps.attempt = load_here
    swaps.check()
    assert swaps.in_use == bundles[1].sha256


@pytest.mark.parametrize("content", ["{", '{"sha256": "latest"}', json.dumps({"sha256": "0" * 64})])
def test_a_pointer_that_leads_nowhere_is_refused_once_and_the_model_stays(home, bundles, content, caplog):
    swaps = Swaps(home, load_in_child_first)
    swaps.in_use = bundles[0].sha256
    (home / "champion.json").write_text(content)
    with caplog.at_level(logging.WARNING, "assay"):
        swaps.check()
        swaps.check()
    assert (swaps.in_use, swaps.outcomes) == (bundles[0].sha256, ["refused"])


def test_watching_goes_on_after_an_error(home, caplog):
    swaps = Swaps(home)

    def broken(*_):
        raise ZeroDivisionError

    swaps.attempt = broken

    async def watch():
        watching = asyncio.create_task(swaps.watcher.run(0.01))
        while swaps.attempts < 2:
            await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(asyncio.wait_for(watch(), 30))
    assert "champion_not_looked_at" in caplog.messages


def test_a_candidate_is_tried_in_a_process_of_its_own(home, bundles, monkeypatch):
    seen, models = [], ModelStore(home)
    monkeypatch.setattr(model_store, "try_in_child", lambda folder: seen.append(folder) or bundles[1].sha256)
    with pytest.raises(NoUsableModel, match="is not the one with sha256"):
        load_in_child_first(models, bundles[0].sha256)
    assert seen == [models.folder_of(bundles[0].sha256)]


def test_no_request_fails_while_models_change_and_each_ends_where_it_began(
    tmp_path, bundles, documents, loaded
):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))
    detectors = [Detector(bundle) for bundle in bundles]
    over, answers = asyncio.Event(), []

    async def ask(client, number):
        while not over.is_set():
            if number % 4:
                answer = await client.post("/v1/verdicts", content=documents[number % len(documents)])
                verdicts = [answer.json()]
            else:
                answer = await client.post("/v1/verdicts/batch", content=b"[" + b",".join(documents) + b"]")
                verdicts = answer.json()["verdicts"]
            answers.append((answer.status_code, answer.headers["assay-model"], verdicts))

    async def change():
        for number in range(12):
            use_detector(app, detectors[number % 2])
            before = len(answers)
            while len(answers) == before:
                await asyncio.sleep(0.01)
        over.set()

    async def both():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            await asyncio.gather(change(), *(ask(client, number) for number in range(8)))

    asyncio.run(both())
    assert {status for status, _, _ in answers} == {200}
    assert {model for _, model, _ in answers} >= {bundle.sha256 for bundle in bundles}
    for _, model, verdicts in answers:
        assert {one["model"]["sha256"] for one in verdicts} == {model}


def test_a_service_that_runs_takes_up_a_champion_and_refuses_a_bad_one(address, home_of, bundles, documents):
    with httpx.Client(base_url=address, timeout=60) as client:

        def speaks(wanted):
            return client.post("/v1/verdicts", content=documents[0]).headers["assay-model"] == wanted

        async def until(wanted):
            while not speaks(wanted):
                await asyncio.sleep(0.2)

        for bundle in bundles:
            crown(bundle, home_of)
            asyncio.run(asyncio.wait_for(until(bundle.sha256), 60))
        (home_of / "champion.json").write_text(json.dumps({"sha256": "0" * 64}))
        while 'assay_model_changes_total{outcome="refused"} 1.0' not in client.get("/metrics").text:
            assert speaks(bundles[1].sha256)
            time.sleep(0.05)
        assert speaks(bundles[1].sha256)


@pytest.fixture(scope="module")
def variables():
    return {"ASSAY_MODEL_POLL_SECONDS": "0.2"}
