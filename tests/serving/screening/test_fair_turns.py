"""Turns at a thread: by tenant and by bytes, whoever came first, and whoever goes away meanwhile."""

import asyncio

from serving.screening.fair_turns import FairTurns


def test_a_small_batch_waits_for_one_piece_of_another_tenants_heavy_ones():
    order = []

    async def work(turns, tenant, pieces, cost):
        with turns.line(tenant) as line:
            for piece in range(pieces):
                await line.due(cost)
                order.append(f"{tenant}{line.arrival}.{piece}")
                await asyncio.sleep(0)

    async def run():
        turns = FairTurns()
        heavy = [work(turns, "heavy", 3, 4_000_000) for _ in range(2)]
        await asyncio.gather(*heavy, work(turns, "small", 2, 50_000))
        return turns

    turns = asyncio.run(run())
    assert order[:3] == ["heavy0.0", "small2.0", "small2.1"]
    assert order[3:] == ["heavy0.1", "heavy0.2", "heavy1.0", "heavy1.1", "heavy1.2"]
    assert len(turns.clock.ends) <= 2


def test_who_goes_away_while_waiting_or_as_the_turn_comes_holds_up_nobody():
    async def hold(turns, tenant):
        with turns.line(tenant) as line:
            await line.due(1)
            await asyncio.sleep(0.01)

    async def run():
        turns = FairTurns()
        first, cancelled, late, last = [asyncio.create_task(hold(turns, name)) for name in "abcd"]
        await asyncio.sleep(0)
        cancelled.cancel()
        # It becomes its turn and is cancelled in the same step, before it runs again.
        first.add_done_callback(lambda _: late.cancel())
        await first
        await asyncio.wait_for(last, 5)
        return turns.free, turns.waiting

    assert asyncio.run(run()) == (1, [])
