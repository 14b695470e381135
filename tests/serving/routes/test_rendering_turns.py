"""Turns at rendering: one thread at a time, and tenants by turns."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import anyio
import pytest

from serving.routes.rendering_turns import render_in_turn, stream_in_turns
from serving.screening.fair_turns import FairTurns
from serving.store.api_keys import ANYONE


@pytest.fixture
def request_of():
    """Makes requests of one application."""
    state = SimpleNamespace(rendering_turns=FairTurns())

    def of(tenant):
        caller = replace(ANYONE, tenant=tenant)
        return SimpleNamespace(app=SimpleNamespace(state=state), state=SimpleNamespace(caller=caller))

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
