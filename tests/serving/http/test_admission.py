"""Too many, too slow, too long: turned away at once, and nobody works for who is gone."""

import asyncio
import threading
from dataclasses import replace

import httpx
import pytest

from detector.screening import Detector
from serving.app.application import make_app
from serving.screening import batch_documents
from serving.settings import Settings
from serving.store.api_keys import ANYONE

KEYS = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'


class Slow(Detector):
    """Judges nobody before it may."""

    def screen_batch(self, tables, *, explain):
        SEEN.append(tables.accounts.height)
        GO.wait(30)
        return super().screen_batch(tables, explain=explain)


GO, SEEN = threading.Event(), []


@pytest.fixture
def app(tmp_path, detector, loaded, monkeypatch):
    monkeypatch.setattr("serving.app.lifespan.open_detector", lambda *_: Slow(detector.bundle))
    GO.clear()
    SEEN.clear()
    yield lambda **changed: make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False, **changed))
    GO.set()


def asking(app, talk):
    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            return await talk(client)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "body", "setting"),
    [("/v1/verdicts", KEYS, "most_waiting"), ("/v1/verdicts/batch", b"[%s]" % KEYS, "most_batches_waiting")],
)
def test_too_many_are_turned_away_at_once_and_the_others_answered(app, path, body, setting):
    async def talk(client):
        waiting = [asyncio.create_task(client.post(path, content=body)) for _ in range(2)]
        await asyncio.sleep(0.3)
        refused = await client.post(path, content=body)
        alive, counts = await client.get("/livez"), await client.get("/metrics")
        GO.set()
        others = await asyncio.gather(*waiting)
        return refused, counts.text, (alive, *others, await client.post(path, content=body))

    refused, counts, answered = asking(app(**{setting: 2}), talk)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["setting"] == setting
    assert f'assay_requests_total{{method="POST",route="{path}",status="503"}} 1.0' in counts
    assert [one.status_code for one in answered] == [200] * 4


def test_who_takes_too_long_is_answered_and_no_longer_worked_for(app):
    async def talk(client):
        first = asyncio.create_task(client.post("/v1/verdicts", content=KEYS))
        await asyncio.sleep(0.2)
        others = [client.post("/v1/verdicts", content=KEYS.replace(b'"a"', b'"b"')) for _ in range(3)]
        late = await asyncio.gather(first, *others)
        GO.set()
        return late, await client.post("/v1/verdicts", content=KEYS)

    application = app(request_seconds=0.6)
    late, after = asking(application, talk)
    assert {one.status_code for one in late} == {504}
    assert late[0].json()["setting"] == "request_seconds"
    assert after.status_code == 200
    assert SEEN == [1, 1]  # the first, which had begun, and the last


def test_a_batch_that_takes_too_long_ends_between_its_parts(app, monkeypatch):
    monkeypatch.setattr(batch_documents, "PIECE_ACCOUNTS", 1)
    body = b"[%s]" % b",".join(KEYS.replace(b'"a"', b'"%d"' % number) for number in range(5))

    async def talk(client):
        asked = asyncio.create_task(client.post("/v1/verdicts/batch", content=body))
        await asyncio.sleep(0.6)
        GO.set()
        return await asked

    answer = asking(app(request_seconds=0.3), talk)
    assert answer.status_code == 504
    assert SEEN == [1]


def test_one_tenant_leaves_places_to_the_others(app, monkeypatch):
    application = app(most_waiting=4, tenant_share=0.5)
    tenants = iter(["heavy"] * 3 + ["small"])

    async def authorize(request, scope):
        return replace(ANYONE, tenant=next(tenants))

    monkeypatch.setattr(application.state.authenticator, "authorize", authorize)

    async def talk(client):
        waiting = [asyncio.create_task(client.post("/v1/verdicts", content=KEYS)) for _ in range(2)]
        await asyncio.sleep(0.3)
        third = await client.post("/v1/verdicts", content=KEYS)
        other = asyncio.create_task(client.post("/v1/verdicts", content=KEYS))
        await asyncio.sleep(0.1)
        GO.set()
        return third, await asyncio.gather(*waiting, other)

    refused, answered = asking(application, talk)
    assert (refused.status_code, refused.json()["setting"]) == (503, "tenant_share")
    assert refused.headers["retry-after"] == "1"
    assert [one.status_code for one in answered] == [200] * 3
