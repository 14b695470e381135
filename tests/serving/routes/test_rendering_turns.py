"""Turns at rendering: one thread at a time, and tenants by turns."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import anyio
import pytest
from starlette.requests import ClientDisconnect

from serving.routes.rendering_turns import render_in_turn, stream_in_turns, whole_in_turns
from serving.screening.fair_turns import FairTurns
from serving.store.api_keys import ANYONE


@pytest.fixture
def request_of():
    """Makes requests of one application."""
    state = SimpleNamespace(rendering_turns=FairTurns())

    def of(tenant, receive=anyio.sleep_forever):
        caller = replace(ANYONE, tenant=tenant)
        return SimpleNamespace(
            app=SimpleNamespace(state=state), state=SimpleNamespace(caller=caller), receive=receive
        )

    return of


def test_one_thread_renders_at_a_time(request_of):
    lock, collisions = threading.Lock(), []

    def render():
        if not lock.acquire(blocking=False):
            collisions.append(True)
            return
        time.sleep(0.01)
        lock.release()

    async def run():
        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(render_in_turn, request_of(f"t{number % 2}"), render)

    anyio.run(run)
    assert not collisions


def test_a_tenant_with_one_request_does_not_wait_for_all_of_another(request_of):
    order = []

    async def read(tenant, parts):
        async for _ in stream_in_turns(request_of(tenant), (b"x" * 1000 for _ in range(parts))):
            order.append(tenant)

    async def run():
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(read, "many", 5)
            group.start_soon(read, "one", 1)

    anyio.run(run)
    assert order.count("many") == 50
    assert order.index("one") < 25


def test_parts_come_whole_and_in_order_and_an_error_ends_the_turn(request_of):
    def parts():
        yield b"a"
        yield b"b"
        raise LookupError

    async def read():
        found = []
        with pytest.raises(LookupError):
            async for part in stream_in_turns(request_of("t"), parts()):
                found.append(part)
        return found, await render_in_turn(request_of("t"), lambda: "free")

    assert anyio.run(read) == ([b"a", b"b"], "free")


def test_a_long_table_lets_others_have_their_turn_between_its_pieces(request_of):
    order = []

    def parts():
        for number in range(50):
            order.append("many")
            yield b"%d," % number

    async def one():
        await render_in_turn(request_of("one"), lambda: order.append("one"))

    async def run():
        found = []
        async with anyio.create_task_group() as group:

            async def whole():
                found.append(await whole_in_turns(request_of("many"), parts()))

            group.start_soon(whole)
            group.start_soon(one)
        return found

    (content,) = anyio.run(run)
    assert content == b"".join(b"%d," % number for number in range(50))
    assert order.index("one") < 5


def test_whoever_hangs_up_gives_the_turn_back(request_of):
    rendered = []

    async def run():
        hung_up = anyio.Event()

        async def receive():
            await hung_up.wait()
            return {"type": "http.disconnect"}

        async def hang_up():
            await anyio.wait_all_tasks_blocked()
            hung_up.set()

        turns = request_of("busy").app.state.rendering_turns
        async with anyio.create_task_group() as group:
            with turns.line("busy") as line:
                await line.due(0)
                group.start_soon(hang_up)
                with pytest.raises(ClientDisconnect):
                    await render_in_turn(request_of("gone", receive), lambda: rendered.append("gone"))
        return await render_in_turn(request_of("t"), lambda: "free")

    assert anyio.run(run) == "free"
    assert not rendered
