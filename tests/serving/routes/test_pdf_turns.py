"""Turns at laying out PDFs: two at once, tenants by turns, and nobody waits in vain."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import anyio
import httpx
import pytest
from anyio.lowlevel import checkpoint
from starlette.requests import ClientDisconnect

from serving.app.application import make_app
from serving.desk.report_files import REPORT_FILES
from serving.http import waiting
from serving.http.admission import BOUNDED_ROUTES
from serving.http.problems import ServiceUnavailable
from serving.http.waiting import seconds_left
from serving.routes import reports
from serving.routes.reports import PDFS_AT_ONCE, REPORT_ENDPOINTS, batch_pdf_report, pdf_report
from serving.screening.fair_turns import FairTurns
from serving.settings import Settings
from serving.store.api_keys import ANYONE


@pytest.fixture
def lay_out(monkeypatch):
    """Processes that end one by one, as they are released; which cases they had, in the order they began."""
    begun, released = [], anyio.Semaphore(0)

    async def run_process(_, *, input, check):
        begun.append([case["name"] for case in json.loads(input)["cases"]])
        await released.acquire()
        return SimpleNamespace(returncode=0, stdout=input)

    monkeypatch.setattr(reports, "run_process", run_process)
    return SimpleNamespace(begun=begun, released=released)


@pytest.fixture
def request_of():
    """Makes requests of one application."""
    state = SimpleNamespace(pdf_turns=FairTurns(PDFS_AT_ONCE))

    def of(tenant, receive=anyio.sleep_forever):
        caller = replace(ANYONE, tenant=tenant)
        return SimpleNamespace(
            app=SimpleNamespace(state=state), state=SimpleNamespace(caller=caller), receive=receive
        )

    return of


async def settle(*processes):
    """Wait until all tasks do, once each of these processes has been released in its turn."""
    for process in processes:
        process.release()
        await anyio.wait_all_tasks_blocked()
    await anyio.wait_all_tasks_blocked()


def test_another_tenant_s_pdf_waits_for_one_that_is_laid_out_at_most(request_of, lay_out):
    async def run():
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(pdf_report, request_of("many"), {"name": "many"})
            await settle()
            assert len(lay_out.begun) == PDFS_AT_ONCE
            group.start_soon(pdf_report, request_of("one"), {"name": "one"})
            group.start_soon(batch_pdf_report, request_of("list"), [{"name": "list"}] * 50, "A list")
            await settle(lay_out.released)
            assert lay_out.begun[PDFS_AT_ONCE:] == [["one"]]
            await settle(lay_out.released)
            assert lay_out.begun[-1] == ["list"] * 50
            await settle(*[lay_out.released] * 10)

    anyio.run(run)
    assert len(lay_out.begun) == 12


def test_a_report_of_many_cases_costs_more_than_one_of_few(request_of, lay_out):
    async def run():
        async with anyio.create_task_group() as group:
            for _ in range(PDFS_AT_ONCE):
                group.start_soon(pdf_report, request_of("first"), {"name": "first"})
            await settle()
            for _ in range(2):
                group.start_soon(batch_pdf_report, request_of("list"), [{"name": "list"}] * 50, "A list")
            for _ in range(4):
                group.start_soon(pdf_report, request_of("one"), {"name": "one"})
            await settle(*[lay_out.released] * 8)

    anyio.run(run)
    names = [cases[0] for cases in lay_out.begun[PDFS_AT_ONCE:]]
    assert names == ["list", *["one"] * 4, "list"]


def test_a_request_that_could_not_end_in_time_is_refused_while_it_waits(request_of, lay_out, monkeypatch):
    async def run():
        async with anyio.create_task_group() as group:
            for _ in range(PDFS_AT_ONCE):
                group.start_soon(pdf_report, request_of("many"), {"name": "many"})
            await settle()
            with monkeypatch.context() as patch, anyio.fail_after(300):
                patch.setattr(waiting, "current_effective_deadline", anyio.current_time)
                with pytest.raises(ServiceUnavailable) as refusal:
                    await pdf_report(request_of("late"), {"name": "late"})
            await settle(*[lay_out.released] * 2)
            group.start_soon(pdf_report, request_of("after"), {"name": "after"})
            await settle(lay_out.released)
            return refusal.value

    refusal = anyio.run(run)
    assert refusal.headers["Retry-After"] == "60" and "waiting" in str(refusal)
    assert [name for (name,) in lay_out.begun] == ["many", "many", "after"]


def test_a_pdf_is_given_up_before_its_request_is(request_of, lay_out, monkeypatch):
    monkeypatch.setattr(reports, "ANSWER_SECONDS", 600)

    async def run():
        with anyio.fail_after(300), pytest.raises(ServiceUnavailable, match="took too long") as refusal:
            await pdf_report(request_of("one"), {"name": "one"})
        return refusal.value, request_of("one").app.state.pdf_turns.free

    refusal, free = anyio.run(run)
    assert refusal.headers["Retry-After"] == "60" and free == PDFS_AT_ONCE


def test_the_pdfs_of_clients_that_hung_up_take_no_place(request_of, lay_out):
    async def run():
        hung_up, gone = anyio.Event(), []

        async def receive():
            await hung_up.wait()
            return {"type": "http.disconnect"}

        async def ask():
            with pytest.raises(ClientDisconnect):
                await pdf_report(request_of("gone", receive), {"name": "gone"})
            gone.append(True)

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(ask)
            await settle()
            assert len(lay_out.begun) == PDFS_AT_ONCE
            hung_up.set()
            await settle()
            turns = request_of("gone").app.state.pdf_turns
            assert (len(gone), turns.free, turns.waiting) == (10, PDFS_AT_ONCE, [])
            group.start_soon(pdf_report, request_of("gone"), {"name": "next"})
            await settle(lay_out.released)

    anyio.run(run)
    assert [name for (name,) in lay_out.begun] == ["gone"] * PDFS_AT_ONCE + ["next"]


def test_a_request_s_time_bounds_its_turn():
    async def run():
        endless = seconds_left()
        with anyio.move_on_after(1000):
            await checkpoint()
            return endless, seconds_left()

    endless, left = anyio.run(run)
    assert endless == math.inf and 0 < left <= 1000


def test_one_tenant_s_pdfs_leave_places_to_the_others(tmp_path, loaded, lay_out, monkeypatch):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False, most_pdfs=6, tenant_share=0.5))
    path = f"/v1/verdicts/{'0' * 32}/report.pdf"

    async def authorize(request, _):
        return replace(ANYONE, tenant=request.headers["tenant"])

    async def asked_case(request):
        return {"name": request.headers["tenant"]}, "en_GB"

    monkeypatch.setattr(app.state.authenticator, "authorize", authorize)
    monkeypatch.setattr(reports, "asked_case", asked_case)

    async def run():
        answers = []

        async def ask(tenant):
            answers.append(await client.get(path, headers={"tenant": tenant}))

        async def wait_for(number):
            while len(lay_out.begun) + len(app.state.pdf_turns.waiting) < number:
                await anyio.sleep(0.01)

        transport = httpx.ASGITransport(app)
        with anyio.fail_after(300):
            async with (
                httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=300) as client,
                anyio.create_task_group() as group,
            ):
                for _ in range(3):
                    group.start_soon(ask, "many")
                await wait_for(3)
                await ask("many")
                group.start_soon(ask, "one")
                await wait_for(4)
                for _ in range(4):
                    lay_out.released.release()
        return answers

    refused, *answers = anyio.run(run)
    assert (refused.status_code, refused.json()["setting"]) == (503, "tenant_share")
    assert refused.headers["retry-after"] == "1"
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [name for (name,) in lay_out.begun] == ["many", "many", "one", "many"]


def test_every_route_of_a_pdf_has_its_places():
    routes = {path for path in (*REPORT_ENDPOINTS, *REPORT_FILES) if "report.pdf" in path}
    assert len(routes) == 4
    assert {BOUNDED_ROUTES.get(path) for path in routes} == {"most_pdfs"}
