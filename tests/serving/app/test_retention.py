"""What runs beside the requests: the log says an error that lasts once, and not at every try."""

import asyncio
import logging
from contextlib import suppress
from types import SimpleNamespace

from serving.app import retention
from serving.app.retention import truncate_after_erasures
from serving.observe.log import LOGGER
from serving.store.engine import NoUsableStore

TRIES = 40


def test_a_log_that_cannot_be_cut_for_long_is_said_once_and_when_it_was(caplog, monkeypatch):
    monkeypatch.setattr(retention, "LONGEST_PAUSE_SECONDS", 0.0)
    caplog.set_level(logging.INFO, logger=LOGGER.name)
    tries = []

    async def run(_):
        tries.append(1)
        if len(tries) <= TRIES:
            raise NoUsableStore("The disk is full.")
        cut.set()
        return True

    async def erase():
        settings = SimpleNamespace(store_verdicts=True)
        task = asyncio.create_task(
            truncate_after_erasures(SimpleNamespace(settings=settings, run=run), asyncio.Event())
        )
        await cut.wait()
        await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    cut = asyncio.Event()
    asyncio.run(erase())
    lines = [(record.message, record.levelname, record.facts["times"]) for record in caplog.records]
    assert lines == [("log_not_truncated", "ERROR", 1), ("log_not_truncated", "INFO", TRIES)]
