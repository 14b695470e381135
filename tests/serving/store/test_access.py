"""Threads of the store: one tenant's requests leave some of them to the others."""

import asyncio
import threading

import pytest

from serving.settings import Settings
from serving.store.access import ASKING_TENANT, StoreAccess


@pytest.mark.parametrize(("share", "most"), [(0.75, 6), (0.1, 1), (1, 8)])
def test_one_tenant_takes_its_share_of_the_threads_and_another_finds_one(tmp_path, share, most):
    go = threading.Event()

    async def ask(tenant, task):
        ASKING_TENANT.set(tenant)
        return await access.run(task)

    async def run():
        many = [asyncio.create_task(ask("many", lambda _: go.wait())) for _ in range(30)]
        try:
            for _ in range(100):  # each of them has begun, or waits
                await asyncio.sleep(0)
            taken = access.writers.limiter.borrowed_tokens
            few = asyncio.create_task(ask("few", lambda _: "answered"))
            if most < 8:
                assert await few == "answered"
        finally:
            go.set()
        await asyncio.gather(*many)
        return taken, await few, dict(access.writers.shares)

    access = StoreAccess(Settings(home=tmp_path, tenant_share=share))
    taken, few, shares = asyncio.run(run())
    access.close()
    assert (taken, few, shares) == (most, "answered", {})
