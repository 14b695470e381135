"""Replays: tenants take turns, some may wait, and the last old models stay loaded."""

from dataclasses import replace

import anyio
import httpx
import pytest

from detector.bundle import Bundle
from detector.manifest import MANIFEST
from detector.model_store import ModelStore
from serving.app.application import make_app
from serving.screening import old_models
from serving.screening.old_models import MOST_LOADED, ModelNotFound, OldModels
from serving.screening.service import ScreeningService
from serving.settings import Settings
from serving.store.api_keys import ANYONE


@pytest.fixture
def asking(tmp_path, loaded, documents, monkeypatch):
    """Runs what is given, which asks for tenants' replays while the turn is held; the answers."""
    app = make_app(Settings(home=tmp_path, no_auth=True, most_waiting=3, tenant_share=0.5))
    turns = app.state.screening.replay_turns

    async def authorize(request, _):
        return replace(ANYONE, tenant=request.headers["tenant"])

    monkeypatch.setattr(app.state.authenticator, "authorize", authorize)

    def run(talk):
        async def held():
            answers, paths, asked = [], {}, []
            transport = httpx.ASGITransport(app)
            async with (
                httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=None) as client,
                anyio.create_task_group() as group,
            ):
                for tenant in ("many", "one"):
                    verdict = await client.post(
                        "/v1/verdicts", content=documents[0], headers={"tenant": tenant}
                    )
                    paths[tenant] = f"/v1/verdicts/{verdict.json()['verdict_id']}/replay"

                async def request(tenant):
                    answers.append(await client.post(paths[tenant], headers={"tenant": tenant}))

                async def ask(tenant):
                    group.start_soon(request, tenant)
                    asked.append(tenant)
                    while len(turns.waiting) + len(answers) < len(asked):
                        await anyio.sleep(0.001)

                with turns.line("held") as line:
                    await line.due(0)
                    await talk(ask)
            return answers

        return anyio.run(held)

    yield run
    app.state.store_access.close()


def test_another_tenants_replay_waits_for_one_at_most_and_finds_a_place(asking, monkeypatch):
    replayed, run = [], ScreeningService.replay

    async def noted(self, tenant, stored):
        answer = await run(self, tenant, stored)
        replayed.append(tenant)
        return answer

    monkeypatch.setattr(ScreeningService, "replay", noted)

    async def talk(ask):
        for tenant in ("many", "many", "many", "one", "one"):
            await ask(tenant)

    refused, others = (answers := asking(talk))[:2], answers[2:]
    assert [(one.status_code, one.headers["retry-after"]) for one in refused] == [(503, "1")] * 2
    assert [one.json()["setting"] for one in refused] == ["tenant_share", "most_waiting"]
    assert [one.json()["same"] for one in others] == [True] * 3
    assert replayed == ["many", "one", "many"]


@pytest.fixture
def models(tmp_path, detector, monkeypatch):
    """The old models of a home, the sha256 of each, and which were loaded."""
    bundle, loading = detector.bundle, []
    store, names = ModelStore(tmp_path), []
    for number in range(MOST_LOADED + 1):
        other = replace(bundle.manifest, facts=replace(bundle.facts, version=f"old{number}"))
        names.append(store.add(Bundle.from_files({**bundle.files, MANIFEST: other.to_bytes()})).name)

    def load(folder, *, expected):
        loading.append(expected)
        return bundle

    monkeypatch.setattr(old_models, "load", load)
    return OldModels(tmp_path, bundle.sha256), names, loading


def test_the_last_few_old_models_are_loaded_once(models):
    old, names, loading = models
    for name in (*names[:-1], *names[:-1]):
        old.get(name, "v")
    assert loading == names[:-1]
    old.get(names[-1], "v")
    assert list(old.loaded) == names[1:]
    old.get(names[0], "v")
    assert loading == [*names, names[0]]


def test_a_model_that_is_gone_is_not_found_though_it_is_loaded(models):
    old, (name, *_), _ = models
    old.get(name, "v")
    (ModelStore(old.home).folder_of(name) / MANIFEST).unlink()
    with pytest.raises(ModelNotFound, match="is not here; the one in use is"):
        old.get(name, "v")
