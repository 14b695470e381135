"""axe-core finds nothing, of any severity, on any page: light and dark, on a phone and on a large screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe

LOOKS = [("light", 1920), ("dark", 360)]
PAGES = (
    "/lists", "QUEUE", "QUEUE?state=overturned", "CREATOR", "/screen", "UNDERSTOOD", "SCREENED",
    "/organisation", "/organisation/keys", "/organisation/audit-log", "/organisation/retention",
    "/organisation/model", "/lists/none",
)  # fmt: skip


@pytest.fixture(scope="module")
def places(chromium, address, signed_in, filled, shortlist):
    """The addresses of pages that only come to be."""
    context = chromium.new_context(storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{address}/lists")
    page.click("text=Spring shortlist")
    page.wait_for_url("**/lists/*")
    queue = page.url
    creator = page.locator("#queue a.creator").first.get_attribute("href")
    found = {"QUEUE": queue, "CREATOR": f"{address}{creator}"}
    for name in ("UNDERSTOOD", "SCREENED"):
        page.goto(f"{address}/screen")
        page.set_input_files("#files", files_beside(shortlist))
        page.click("text=Read the files")
        page.wait_for_url("**/screen/*")
        found[name] = page.url
    page.click("form.start button")
    page.wait_for_selector("h1:text-is('Screened')", timeout=120_000)
    context.close()
    return found


def files_beside(shortlist):
    """The shortlist, a table, and a document with a fault."""
    table, bad = shortlist.with_name("agency.csv"), shortlist.with_name("bad.jsonl")
    table.write_text("Creator;Platform;Followers;Avg likes\nana_r;instagram;12.500;300\nbo;x;7;3\n")
    bad.write_text('{"account_id": "bad", "platform": "x", "as_of": "2026-11-01"}\n')
    return [str(shortlist), str(table), str(bad)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing(chromium, address, signed_in, places, look):
    scheme, width = look
    context = chromium.new_context(
        storage_state=signed_in, color_scheme=scheme, viewport={"width": width, "height": 900},
        reduced_motion="reduce", bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    found = {}
    for name in PAGES:
        key, _, query = name.partition("?")
        page.goto(places.get(key, f"{address}{key}") + (f"?{query}" if query else ""))
        found[name] = findings(page)
        assert not overflowing(page), name
    page.goto(places["QUEUE"])
    page.keyboard.press("j")
    page.keyboard.press("c")
    found["dialog"] = findings(page)
    context.clear_cookies()
    page.goto(f"{address}/sign-in")
    found["sign-in"] = findings(page)
    context.close()
    assert not {name: one for name, one in found.items() if one}


def findings(page):
    """Rule and first element of everything that axe-core finds."""
    return [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"][:300])
        for one in Axe().run(page).response["violations"]
    ]


def overflowing(page):
    """Whether the page as a whole must be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
