"""Too many, too slow, too long: turned away at once, and nobody works for who is gone."""

import asyncio
import inspect
import threading
from dataclasses import replace

import httpx
import pytest

from detector.screening import Detector
from serving.app.application import SCOPED_ENDPOINTS, make_app
from serving.desk.routes import PAGES
from serving.http.admission import (
    BOUNDED_ROUTES,
    LIGHT_READS,
    ConcurrencyLimit,
    TooManyOfTenant,
    take_place,
)
from serving.http.authentication import Unauthenticated
from serving.limits import Limits
from serving.observe.gc_pauses import GcPauses
from serving.observe.metrics import Metrics
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


def test_strangers_take_no_place(app, monkeypatch):
    """Whose key is made up waits for the answer, which is slowed down."""
    application, known, asked = app(most_waiting=1), asyncio.Event(), []

    async def authorize(request, scope):
        asked.append(request)
        if len(asked) < 4:
            await known.wait()
            raise Unauthenticated("The key is not known.")
        return ANYONE

    monkeypatch.setattr(application.state.authenticator, "authorize", authorize)

    async def talk(client):
        strangers = [asyncio.create_task(client.post("/v1/verdicts", content=KEYS)) for _ in range(3)]
        while len(asked) < 3:
            await asyncio.sleep(0.01)
        GO.set()
        answer = await client.post("/v1/verdicts", content=KEYS)
        known.set()
        return answer, await asyncio.gather(*strangers)

    answer, refused = asking(application, talk)
    assert answer.status_code == 200
    assert [one.status_code for one in refused] == [401] * 3


def test_a_tenants_place_is_held_until_its_answer_has_gone_out():
    limits = Limits(most_downloads=3, tenant_share=0.5)
    holding, go = [], asyncio.Event()

    async def streaming(scope, receive, send):
        take_place(scope, scope["tenant"])
        holding.append(scope["tenant"])  # as an endpoint that has returned the answer that it streams
        await go.wait()

    layer = ConcurrencyLimit(streaming, "/v1/jobs/{job_id}/results", limits, Metrics(GcPauses()))

    async def talk():
        def ask(tenant):
            return layer({"type": "http", "method": "GET", "tenant": tenant}, None, None)

        waiting = [asyncio.create_task(ask(tenant)) for tenant in ("many", "many")]
        while len(holding) < 2:
            await asyncio.sleep(0)
        with pytest.raises(TooManyOfTenant) as refusal:
            await ask("many")
        waiting.append(asyncio.create_task(ask("one")))
        while len(holding) < 3:
            await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*waiting)
        return refusal.value

    refusal = asyncio.run(talk())
    assert (refusal.setting, refusal.headers["Retry-After"]) == ("tenant_share", "1")
    assert not layer.tenants


QUEUES = {
    "render_in_turn", "stream_in_turns", "erase_from_files", "in_turn", "judge_again", "batch_pdf_report",
    "pdf_report", "html_report", "screen_one", "replay", "screen_batch", "read_apart", "read_files",
}  # fmt: skip
"""What begins in a turn or a place that tenants share."""


def names_in(function, depth=3):
    """The names that a function of ours uses, and those that the functions that it names use."""
    code = inspect.unwrap(function).__code__
    for name in code.co_names:
        yield name
        named = inspect.unwrap(function).__globals__.get(name)
        if depth and inspect.isfunction(named) and named.__module__.startswith("serving."):
            yield from names_in(named, depth - 1)


def test_every_route_that_waits_for_a_shared_turn_has_places():
    rooms = [SCOPED_ENDPOINTS, *PAGES]
    ends = [(path, *one) for room in rooms for path, methods in room.items() for one in methods.items()]
    waiting = {(path, method) for path, method, (_, endpoint) in ends if QUEUES & set(names_in(endpoint))}
    assert {("/lists/{list_id}/{entry_id}/turning", "GET"), ("/v1/subjects", "DELETE")} <= waiting
    without = {path for path, _ in waiting} - set(BOUNDED_ROUTES)
    light = {path for path, method in waiting if method == "GET"} & LIGHT_READS
    assert (without, light) == (set(), set())
