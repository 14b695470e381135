"""When the queue of ten thousand creators is first painted, in turns with two static pages, in Chromium.

``python -m benchmarks.desk.first_paint`` writes results/first_paint.json beside it. On a shared machine
milliseconds say how busy it is, so each round opens all three pages in one browser, one after another:
``queue`` of a real service, ``copy`` (the bytes of its page and files from memory, so that what is between
the two is the service's own time), and ``bare`` (a page of as many bytes that has one paragraph, no style
and no script: what nobody can be faster than). ``first_visit`` has an empty cache every time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import truediv
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.desk.looks import signed_in
from benchmarks.desk.queue import CREATORS, fill
from benchmarks.desk.screenshots import assay, service
from serving.settings import Settings
from serving.store.store import open_store

RESULTS: Final = Path(__file__).with_name("results") / "first_paint.json"
ROUNDS: Final = 30
FIRST_VISITS: Final = 12
PAINTED: Final = """() => new Promise(resolve => {
  const page = performance.getEntriesByType("navigation")[0];
  const look = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve({answered: page.responseStart, first_paint: paint.startTime});
    else setTimeout(look, 5);
  };
  look();
})"""
"""Milliseconds from the start of the navigation to the first byte and to the first paint with content."""

File = tuple[str, bytes | None, str]
NOTHING: Final[File] = ("text/plain", None, "no-store")
Times = dict[str, list[dict[str, float]]]
"""Of each page the times of its rounds."""


class Served(BaseHTTPRequestHandler):
    """Gives what its server holds, by path: the media type, the bytes, and how long they may be stored."""

    protocol_version = "HTTP/1.1"
    server: Files

    def do_GET(self) -> None:
        """Answer with the file of the path; 404 where there is none."""
        path = urlsplit(self.path).path
        media_type, content, cache_control = self.server.files.get(path, NOTHING)
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content or b"")))
        self.send_header("Cache-Control", cache_control)
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: Any) -> None:
        """Say nothing of a request."""


class Files(ThreadingHTTPServer):
    """A server of files from memory, on a free port of this machine."""

    def __init__(self, files: Mapping[str, File]) -> None:
        super().__init__(("127.0.0.1", 0), Served)
        self.files = files


@contextmanager
def static_pages(context: BrowserContext, queue: str) -> Iterator[dict[str, str]]:
    """The addresses of the queue's copy and of the bare page, while a server gives them."""
    page = context.request.get(queue).body()
    html = "text/html; charset=utf-8"
    bare = b"<!doctype html><title>Bare</title><p>" + b"word " * (len(page) // 5)
    files: dict[str, File] = {"/copy": (html, page, "no-store"), "/bare": (html, bare, "no-store")}
    for path in set(re.findall(r'(/static/[^"?]+)', page.decode())):
        answer = context.request.get(queue.partition("/lists")[0] + path)
        files[path] = (answer.headers["content-type"], answer.body(), "max-age=3600")
    server = Files(files)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        yield {"copy": f"{address}/copy", "bare": f"{address}/bare"}
    finally:
        server.shutdown()
        server.server_close()


def times_of(page: Page, address: str) -> dict[str, float]:
    """The times of one page, opened once."""
    page.goto(address)
    return dict(page.evaluate(PAINTED))


def again(context: BrowserContext, addresses: dict[str, str]) -> Times:
    """All pages in turns, with style sheet and scripts in the browser's cache after the first round."""
    times: Times = {name: [] for name in addresses}
    page = context.new_page()
    for number in range(ROUNDS + 1):
        for name, address in addresses.items():
            found = times_of(page, address)
            if number:
                times[name].append(found)
    page.close()
    return times


def first_visits(browser: Browser, state: Any, addresses: dict[str, str]) -> Times:
    """All pages in turns, each by a browser that has nothing of it."""
    times: Times = {name: [] for name in addresses}
    for _ in range(FIRST_VISITS):
        for name, address in addresses.items():
            context = browser.new_context(storage_state=state)
            times[name].append(times_of(context.new_page(), address))
            context.close()
    return times


def summary(times: Times) -> dict[str, Any]:
    """Smallest and median milliseconds of each page, and the queue over the others in the same round."""
    paints = {name: [one["first_paint"] for one in found] for name, found in times.items()}
    ratios = {
        name: round(statistics.median(map(truediv, paints["queue"], paints[name])), 2)
        for name in ("copy", "bare")
    }
    return {
        "rounds": len(paints["queue"]),
        "milliseconds": {
            name: {kind: smallest_and_median([one[kind] for one in found]) for kind in found[0]}
            for name, found in times.items()
        },
        "under_200_ms": sum(one < 200 for one in paints["queue"]),
        "ratio_of_the_queue_to": ratios,
    }


def smallest_and_median(values: list[float]) -> dict[str, float]:
    """Both, in milliseconds."""
    return {"smallest": round(min(values), 1), "median": round(statistics.median(values), 1)}


def measure(browser: Browser, home: Path) -> dict[str, Any]:
    """Both kinds of visit to the queue of a service of its own."""
    store = open_store(Settings(home=home))
    large = fill(store)
    store.database.close()
    with service(home) as address:
        invite = ("desk", "invite", "Lee", "--role", "lead", "--address", address)
        context = signed_in(browser, assay(home, *invite))
        queue = f"{address}/lists/{large}"
        size = len(context.request.get(queue).body())
        with static_pages(context, queue) as others:
            addresses = {"queue": queue} | others
            load = round(os.getloadavg()[0], 1)
            return {
                "creators": CREATORS, "bytes": size, "cores": os.cpu_count(), "load": load,
                "again": summary(again(context, addresses)),
                "first_visit": summary(first_visits(browser, context.storage_state(), addresses)),
            }  # fmt: skip


def main() -> None:
    """Measure, print, and write the figures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("This needs Chromium: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        figures = measure(browser, Path(folder) / "home")
        browser.close()
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
