"""How long a page of the queue takes on the server where the list has ten thousand creators.

``python -m benchmarks.desk.queue`` writes results/queue.json beside it.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from benchmarks.desk.creator_page import ask, milliseconds, sign_in
from serving.app.application import make_app
from serving.desk.new_entries import risk_of
from serving.settings import Settings
from serving.store.list_entries import NewEntry, put_entries_in
from serving.store.lists import create_list
from serving.store.store import Store

RESULTS: Final = Path(__file__).with_name("results") / "queue.json"
CREATORS: Final = 10_000
TIMES: Final = 30
LABELS: Final = ("authentic", "authentic", "authentic", "insufficient", "review", "inflated", "automated")
PAGES: Final = {
    "first": "",
    "last": "?page=200",
    "search": "?search=handle_99",
    "filter": "?label=review&platform=tiktok&state=open",
    "search that finds nothing": "?search=nobody",
}


def creators(rng: random.Random) -> list[NewEntry]:
    """Drawn entries, without the verdicts that the queue would look for damage in."""
    found = []
    for number in range(CREATORS):
        label, suspicion = rng.choice(LABELS), rng.random()
        found.append(
            NewEntry(
                account_id=f"account:{number}", name=f"handle_{number}", label=label, suspicion=suspicion,
                platform=rng.choice(("instagram", "tiktok", "youtube")), tier=rng.choice(("nano", "micro")),
                risk=risk_of(label, suspicion), threshold=0.71, score=round(100 * (1 - suspicion)),
                level="profile+posts30+comments50", first_reason="A reason of ordinary length. " * 4,
                followers=rng.randrange(10**6), verdict_id=f"{number:032x}", evidence_sha256=f"{number:064x}",
            )
        )  # fmt: skip
    return found


def fill(store: Store) -> str:
    """A list with all of them; its id."""
    list_id = create_list(store, "default", "benchmark", "benchmark")
    with store.database.writing() as connection:
        put_entries_in(connection, "default", list_id, creators(random.Random(1)))
    return list_id


def measure(browser: TestClient, list_id: str) -> dict[str, Any]:
    """Median and slowest of each page, and the processor's time, which other work beside changes little."""
    figures = {}
    for name, query in PAGES.items():
        address = f"/lists/{list_id}{query}"
        ask(browser, address)
        times, processor = [], []
        for _ in range(TIMES):
            before = time.process_time()
            times.append(milliseconds(partial(ask, browser, address)))
            processor.append(1000 * (time.process_time() - before))
        figures[name] = {
            "median": round(statistics.median(times), 1),
            "slowest": round(max(times), 1),
            "processor": round(statistics.median(processor), 1),
        }
    return figures


def main() -> None:
    """Measure, print, and write the figures."""
    with tempfile.TemporaryDirectory() as home:
        app = make_app(Settings(home=Path(home), no_auth=True, log_requests=False))
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as browser:
            list_id = fill(app.state.store_access.opened())
            sign_in(browser)
            load = round(os.getloadavg()[0], 1)
            figures = {"creators": CREATORS, "load": load, "milliseconds": measure(browser, list_id)}
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
