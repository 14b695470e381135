"""How long the page of one creator takes on the server, with 500 posts and 20,000 comments.

``python -m benchmarks.desk.creator_page`` writes results/creator_page.json beside it.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from accounts.examples import creators_path
from serving.app.application import make_app
from serving.desk.creator_files import CreatorFiles
from serving.desk.new_entries import new_entry
from serving.desk.rejudging import judge_document
from serving.settings import Settings
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import EntryFilter, PageOf, page_of_entries, put_entries_in
from serving.store.lists import create_list
from serving.store.pseudonyms import pseudonymiser
from serving.store.verdict_rows import TenantVerdict, store_verdicts

RESULTS: Final = Path(__file__).with_name("results") / "creator_page.json"
POSTS: Final = 500
COMMENTS: Final = 20_000
TIMES: Final = 15
PARTS: Final = ("", "/comment-groups", "/comment-groups?kind=same_text", "/history", "/turning")


def large_creator() -> dict[str, Any]:
    """An example creator's document, blown up."""
    line = next(line for line in creators_path().read_text().splitlines() if "bought-likes" in line)
    document, rng = json.loads(line), random.Random(1)
    as_of = datetime.fromisoformat(document["as_of"])
    posts, comments = document["posts"], document["comments"]
    document["posts"] = [
        rng.choice(posts)
        | {
            "post_id": f"q{at}",
            "published_at": (as_of - timedelta(days=3 + 0.9 * at)).isoformat().replace("+00:00", "Z"),
        }
        for at in range(POSTS)
    ]
    document["comments"] = [
        {
            "post_id": f"q{rng.randrange(POSTS)}",
            "author_id": f"u{rng.randrange(9_000)}",
            "text": rng.choice(comments)["text"] + (f" {at}" if at % 3 else ""),
        }
        for at in range(COMMENTS)
    ]
    result: dict[str, Any] = document
    return result


def milliseconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def main() -> None:
    """Measure, print, and write the figures."""
    with tempfile.TemporaryDirectory() as home:
        app = make_app(Settings(home=Path(home), no_auth=True))
        with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as browser:
            figures = measure(app, browser)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measure(app: Any, browser: TestClient) -> dict[str, Any]:
    """Times of the page when it is asked for first, and again."""
    store, tenant = app.state.store_access.opened(), "default"
    list_id = create_list(store, tenant, "benchmark", "benchmark")
    judged = judge_document(app.state.screening, pseudonymiser(store.key, tenant)(large_creator()))
    store_verdicts(store, [TenantVerdict(tenant, "benchmark", judged.verdict)])
    with store.database.writing() as connection:
        evidence = store_evidence_in(connection, tenant, judged.document)
        put_entries_in(connection, tenant, list_id, [new_entry(judged.verdict, judged.document, evidence)])
    with store.database.reading() as connection:
        (entry,) = page_of_entries(connection, tenant, list_id, EntryFilter(), PageOf())
    sign_in(browser)
    page = f"/lists/{list_id}/{entry.entry_id}"
    return {
        "posts": POSTS,
        "comments": COMMENTS,
        "load": round(os.getloadavg()[0], 1),
        "bytes": len(browser.get(page).content),
        "first_milliseconds": first_times(app, browser, page),
        "again_milliseconds": {part or "/": times(lambda p=part: ask(browser, page + p)) for part in PARTS},  # type: ignore[misc]
    }


def sign_in(browser: TestClient) -> None:
    """Sign in as this machine."""
    text = browser.get("/sign-in").text
    token = text.partition('X-CSRF-Token": "')[2].partition('"')[0]
    browser.post("/sign-in", data={"csrf": token, "as": "machine"})


def ask(browser: TestClient, address: str) -> None:
    """Ask for a page that must be there."""
    response = browser.get(address)
    if response.status_code != 200 or response.url.path.startswith("/sign-in"):
        raise RuntimeError(f"{address} answered {response.status_code} at {response.url}")


def first_times(app: Any, browser: TestClient, page: str) -> dict[str, float]:
    """Times of the page when nothing of it is ready."""

    def first() -> None:
        app.state.creator_files = CreatorFiles()
        ask(browser, page)

    return times(first)


def times(work: Callable[[], None]) -> dict[str, float]:
    """Smallest, median and largest of some times, and the processor's, which other work changes less."""
    found, processor = [], []
    for _ in range(TIMES):
        before = time.process_time()
        found.append(milliseconds(work))
        processor.append(1000 * (time.process_time() - before))
    return {
        "smallest": round(min(found), 1),
        "median": round(statistics.median(found), 1),
        "largest": round(max(found), 1),
        "processor": round(statistics.median(processor), 1),
    }


if __name__ == "__main__":
    main()
