"""Pictures of every page of the desk, on a simulated shortlist, by headless Chromium.

``python -m benchmarks.desk.screenshots`` writes docs/desk/*.png. It starts a service of its own on a free
port of this machine, in a temporary folder, and ends it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.free_port import free_port

FOLDER: Final = Path(__file__).parents[2] / "docs" / "desk"
NOBODIES: Final = (
    "small_person", "lurker", "newcomer", "mass_follower", "mass_fake", "empty_fake", "dressed_fake",
    "newborn_fake", "active_fake", "dormant", "fake_follower",
)  # fmt: skip
PASSWORD: Final = "correct horse battery"
START_SECONDS: Final = 120.0
SLOWEST_MS: Final = 240_000
COLOURS: Final = 255
"""Of a picture's palette: flat pages need no more, and the files stay small."""

TABLE: Final = (
    "Creator;Platform;Followers;Avg likes\nana_r;instagram;12.500;300\nbobby.t;tiktok;90.000;2000\n"
)
BAD: Final = {
    "account_id": "worse",
    "platform": "x",
    "as_of": "2026-11-01T00:00:00Z",
    "profile": {"posts": -1},
}


def assay(home: Path, *arguments: str) -> str:
    """What a command of Assay prints."""
    command = [sys.executable, "-m", "cli.assay", *arguments]
    done = subprocess.run(command, env=variables(home), capture_output=True, text=True, check=True)
    return done.stdout.strip()


def variables(home: Path) -> dict[str, str]:
    """The environment of a service and its commands."""
    return {**os.environ, "ASSAY_HOME": str(home)}


@contextmanager
def service(home: Path) -> Iterator[str]:
    """A service on a free port; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "cli.assay", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=variables(home), stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address, timeout=5).close()
            return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


def picture(page: Page, name: str) -> None:
    """Write what a page shows as a small PNG."""
    image = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    image.save(FOLDER / f"{name}.png", optimize=True)


def files(folder: Path, creators: int) -> list[str]:
    """A shortlist of so many creators, a table whose columns are guessed, and a document with a fault."""
    documents = to_documents(simulate(creators, seed=7, without=NOBODIES).tables)
    contents = {
        "shortlist.jsonl": "".join(json.dumps(one) + "\n" for one in documents),
        "agency.csv": TABLE,
        "late.jsonl": json.dumps(BAD) + "\n",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [str(folder / name) for name in contents]


def tour(browser: Browser, address: str, invitation: str, dropped: list[str]) -> None:
    """Walk through the desk, and take a picture of every page."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce", locale="en-GB"
    )
    page = context.new_page()
    page.set_default_timeout(SLOWEST_MS)
    page.goto(f"{address}/sign-in")
    picture(page, "sign-in")
    page.goto(invitation)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists")
    screen(page, address, dropped)
    queue = page.url
    work(page)
    page.goto(f"{address}/lists")
    picture(page, "lists")
    for name in ("", "keys", "audit-log", "retention", "model"):
        page.goto(f"{address}/organisation/{name}".rstrip("/"))
        picture(page, f"organisation-{name or 'members'}")
    page.set_viewport_size({"width": 390, "height": 780})
    page.emulate_media(color_scheme="dark")
    page.goto(queue)
    picture(page, "queue-phone-dark")
    context.close()


def screen(page: Page, address: str, dropped: list[str]) -> None:
    """From the files to the list."""
    page.goto(f"{address}/screen")
    page.set_input_files("#files", dropped)
    picture(page, "screen")
    page.click("#drop-form button")
    page.wait_for_url("**/screen/*")
    picture(page, "understood")
    page.locator("#tables").scroll_into_view_if_needed()
    page.locator("#tables").evaluate("element => element.scrollIntoView()")
    picture(page, "mapper")
    page.fill("#name", "Spring campaign")
    page.click("form.start button")
    page.wait_for_selector("h1:text-is('Screened')", timeout=SLOWEST_MS)
    picture(page, "screened")
    page.click("text=To the list")
    page.wait_for_url("**/lists/*")


def work(page: Page) -> None:
    """Triage by keyboard, and the creator's own page."""
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_selector("#decide-dialog[open]")
    picture(page, "queue-decide")
    page.keyboard.type("The curve and the agency's own mail agree.")
    page.click("#decide-dialog button[type=submit]")
    page.wait_for_selector("tr.current .state-confirmed")
    page.keyboard.press("j")
    picture(page, "queue")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1")
    picture(page, "creator")
    case(page)


def case(page: Page) -> None:
    """The creator's page further down, others beside it, and the page behind the creator's link."""
    queue = page.url.rpartition("/")[0]
    first_with(page, queue, "#comment-groups tbody tr:nth-child(3)")
    page.evaluate("document.getElementById('comments').scrollIntoView()")
    picture(page, "creator-comments")
    creator = first_with(page, queue, "#jump-1")
    for part in ("growth", "turning", "decision"):
        page.evaluate(f"document.getElementById('{part}').scrollIntoView()")
        picture(page, f"creator-{part}")
    page.goto(f"{queue}/watch")
    picture(page, "watch")
    page.goto(f"{queue}/compare")
    chosen = page.locator("input[name=entry]")
    for place in range(3):
        chosen.nth(place).check()
    page.click("button:text-is('Compare')")
    page.wait_for_selector("table.compare")
    picture(page, "compare")
    page.goto(creator)
    page.click("button:text-is('Make a link')")
    page.goto(page.inner_text(".address"))
    picture(page, "contest")
    page.goto(queue)


def first_with(page: Page, queue: str, element: str) -> str:
    """Open the first creator of the queue whose page has an element; where its page is."""
    page.goto(queue)
    addresses = [one.get_attribute("href") or "" for one in page.locator("#queue a.creator").all()]
    for address in addresses:
        page.goto(f"{queue.partition('/lists')[0]}{address}")
        page.wait_for_load_state("networkidle")
        if page.locator(element).count():
            break
    return page.url


def main() -> None:
    """Take all pictures again."""
    chromium: Any = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("The pictures need Chromium: apt-get install chromium.")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        invite = ("desk", "invite", "Lee", "--role", "lead", "--address")
        with service(home) as address:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            tour(browser, address, assay(home, *invite, address), files(Path(folder), 40))
            browser.close()
    for path in sorted(FOLDER.glob("*.png")):
        print(f"{path.name}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
