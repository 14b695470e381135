"""What axe-core finds on the desk's pages in every look, in Chromium.

``python -m benchmarks.desk.looks`` writes results/looks.json beside it: light and dark, at four widths, of
which the tests look at two. It starts a service of its own on a free port, and ends it.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal, get_args

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.desk.screenshots import PASSWORD, assay, files, service

RESULTS: Final = Path(__file__).with_name("results") / "looks.json"
Scheme = Literal["light", "dark"]
WIDTHS: Final = (360, 768, 1280, 1920)
PAGES: Final = (
    "/lists", "QUEUE", "QUEUE?state=overturned", "QUEUE/watch", "QUEUE/compare", "CREATOR",
    "CREATOR/comment-groups", "CREATOR/turning", "CREATOR/history",
    "CREATOR/value?fee=1500&currency=EUR&posts=2", "CONTEST", "/screen", "UNDERSTOOD", "SCREENED",
    "/organisation", "/organisation/keys", "/organisation/audit-log", "/organisation/retention",
    "/organisation/model", "/lists/none", "/sign-in",
)  # fmt: skip
_PAGE: Final = re.compile("(?P<begins>[A-Z]*)(?P<rest>.*)")
SHORTLIST: Final = 8
WAIT_MS: Final = 240_000


def signed_in(browser: Browser, invitation: str) -> BrowserContext:
    """A context whose person has a session."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(invitation)
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists", timeout=WAIT_MS)
    return context


def places(page: Page, address: str, files: list[str]) -> dict[str, str]:
    """The addresses of pages that only come to be: what was understood, a list, and a creator of it."""
    found = {}
    for start in (True, False):
        page.goto(f"{address}/screen")
        page.set_input_files("#files", files)
        page.click("#drop-form button")
        page.wait_for_url("**/screen/*", timeout=WAIT_MS)
        if start:
            page.click("form.start button")
            page.wait_for_selector("h1:text-is('Screened')", timeout=WAIT_MS)
            screened = page.url
            page.click("text=To the list")
            page.wait_for_url("**/lists/*", timeout=WAIT_MS)
            found["QUEUE"] = page.url
            creator = page.locator("#queue a.creator").first.get_attribute("href")
            found["CREATOR"] = f"{address}{creator}"
            found["SCREENED"] = screened
            page.goto(found["CREATOR"])
            page.click("button:text-is('Make a link')")
            found["CONTEST"] = page.inner_text(".address")
        else:
            found["UNDERSTOOD"] = page.url
    return found


def looked_at(
    browser: Browser, state: Any, scheme: Scheme, width: int, addresses: dict[str, str]
) -> list[str]:
    """What axe-core finds on all pages in one look, and pages that must be scrolled sideways."""
    context = browser.new_context(
        storage_state=state, color_scheme=scheme, viewport={"width": width, "height": 900},
        reduced_motion="reduce", bypass_csp=True,
    )  # fmt: skip
    page, wrong = context.new_page(), []
    page.set_default_timeout(WAIT_MS)
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        violations = Axe().run(page).response["violations"]
        wrong += [f"{name}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{name}: wider than its window")
    context.close()
    return wrong


def measure(browser: Browser, folder: Path, widths: list[int]) -> dict[str, Any]:
    """Every look at every page of a service of its own."""
    home = folder / "home"
    with service(home) as address:
        invite = ("desk", "invite", "Lee", "--role", "lead", "--address", address)
        context = signed_in(browser, assay(home, *invite))
        found = places(context.new_page(), address, files(folder, SHORTLIST))
        parts = {name: _PAGE.fullmatch(name) for name in PAGES}
        addresses = {
            name: found.get(part["begins"], address) + part["rest"]
            for name, part in parts.items()
            if part is not None
        }
        looks = {}
        for scheme, width in product(get_args(Scheme), widths):
            looks[f"{scheme} {width}"] = looked_at(browser, context.storage_state(), scheme, width, addresses)
            print(scheme, width, looks[f"{scheme} {width}"], flush=True)
        context.close()
    return {"pages": len(addresses), "axe": looks}


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS))
    widths = parser.parse_args().widths
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("This needs Chromium: apt-get install chromium.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        results = measure(browser, Path(folder), widths)
        browser.close()
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
