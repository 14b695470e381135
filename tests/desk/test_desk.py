"""End to end: as an analyst works, with a mouse and without one; every request is seen."""

import csv
import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

HOSTILE = "<script>document.title='taken'</script>"


def watched(context):
    """Every address that the browser asks for, and every error on a page."""
    asked, errors = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("response", lambda answer: errors.append(answer.url) if answer.status >= 500 else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return asked, errors


def test_from_sign_in_to_export(chromium, address, invite, shortlist, tmp_path):
    context = chromium.new_context(accept_downloads=True, viewport={"width": 1440, "height": 900})
    asked, errors = watched(context)
    page = context.new_page()
    sign_in_twice(page, invite("Ana"))
    page.goto(f"{address}/screen")
    drop_and_map(page, shortlist, hostile_table(tmp_path))
    page.fill("#name", "Spring campaign")
    page.click("form.start button")
    expect(page.locator("h1")).to_have_text("Screened", timeout=120_000)
    page.click("text=To the list")
    page.wait_for_url("**/lists/*")
    expect(page.locator("#queue tbody tr")).to_have_count(16)
    triage_by_keyboard(page)
    page.keyboard.press("/")
    page.keyboard.type("script")
    expect(page.locator("#queue tbody tr")).to_have_count(1)
    expect(page.locator("#queue tbody th a")).to_have_text(HOSTILE)
    assert exported(page) == [HOSTILE]
    page.fill("#search", "=1")
    expect(page.locator("#queue tbody th a")).to_have_text("=1+1")
    assert exported(page) == ["'=1+1"]
    assert page.title() == "Spring campaign · Assay"
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {
        urlsplit(address).netloc
    }
    assert not errors
    context.close()


def sign_in_twice(page, address):
    """By the invitation, and after signing out by the password."""
    page.goto(address)
    page.fill("#password", "correct horse battery")
    page.fill("#again", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists")
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in")
    page.fill("#name", "Ana")
    page.fill("#password", "correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists")


def hostile_table(folder):
    """A table whose columns nobody guesses, with handles that are no handles."""
    rows = f'Who;Anhang\n"{HOSTILE}";12.500\n"{"🎉" * 200}";5\n"=1+1";7\n"a\u202eb";8\n'
    (folder / "agency.csv").write_text(rows, encoding="utf-8")
    return folder / "agency.csv"


def drop_and_map(page, *paths):
    """Drop files, say what the table and its columns are, and see all creators."""
    page.set_input_files("#files", list(map(str, paths)))
    expect(page.locator("#chosen li")).to_have_count(len(paths))
    page.click("text=Read the files")
    page.wait_for_url("**/screen/*")
    expect(page.locator("h1")).to_have_text("What was understood")
    page.select_option("#table-0", "accounts")
    expect(page.locator("select[name=column-0-0]")).to_be_visible()
    page.select_option("select[name=column-0-0]", "username")
    page.select_option("select[name=column-0-1]", "followers")
    page.click("#mapper > button")
    expect(page.locator("form.start button")).to_have_text("Screen 16 creators")


def exported(page):
    """The creators in the table that the page gives out."""
    with page.expect_download() as download:
        page.click("text=CSV")
    with open(download.value.path(), encoding="utf-8-sig", newline="") as stream:
        return [row["creator"] for row in csv.DictReader(stream)]


def triage_by_keyboard(page):
    """Confirm the first, ask for data of the second, comment on the third: without a mouse."""
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#decide-dialog")).to_be_visible()
    page.keyboard.type("Bought in May, seen on the curve")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tr.current .state-confirmed")).to_be_visible()
    expect(page.locator("#counts")).to_have_text("16 creators, 15 open")
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#decide-dialog")).to_be_visible()
    page.keyboard.type("The history is missing")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tr.current .state-needs-data")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.locator("#comment-dialog")).to_be_visible()
    page.locator("#comment-text").focus()
    page.keyboard.type("Ask the agency")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("tr.current .said")).to_have_text("1 comment")
    page.keyboard.press("?")
    expect(page.locator("#help-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lists/[0-9a-f]{32}/[0-9a-f]{32}$"))
    page.go_back()
    expect(page.locator("#queue tbody tr")).to_have_count(16)


def test_a_phone_s_queue_decides_and_suggests_what_to_ask_for(chromium, address, signed_in, filled):
    context = chromium.new_context(
        storage_state=signed_in, viewport={"width": 390, "height": 780}, has_touch=True
    )
    page = context.new_page()
    page.goto(f"{address}/lists")
    page.click("main a:has-text('Spring shortlist')")
    lacking = page.locator("#queue tbody tr", has_text="Not enough to clear").first
    name = lacking.get_attribute("data-name")
    expect(lacking.locator(".reason")).to_contain_text("would help most.")
    lacking.locator("button:text-is('Decide')").tap()
    dialog = page.locator("#decide-dialog")
    expect(dialog).to_contain_text("Not enough to clear.")
    dialog.locator("text=needs more data").tap()
    expect(page.locator("#decide-reason")).to_have_value(lacking.get_attribute("data-help"))
    dialog.locator("text=is confirmed").tap()
    expect(page.locator("#decide-reason")).to_have_value("")
    dialog.locator("text=needs more data").tap()
    dialog.locator("button:text-is('Save')").tap()
    row = page.locator(f'#queue tbody tr[data-name="{name}"]')
    expect(row.locator(".state-needs-data")).to_be_visible()
    row.locator("a.creator").focus()
    page.keyboard.press("n")  # the state that it has already
    expect(dialog.locator("[type=radio][value='needs data']")).to_be_checked()
    context.close()


def test_a_row_that_is_stale_is_refused_and_shown_as_it_is_now(chromium, address, signed_in, filled):
    context = chromium.new_context(storage_state=signed_in)
    first, second = context.new_page(), context.new_page()
    rows = []
    for page in (first, second):
        page.goto(f"{address}/lists")
        page.click("main a:has-text('Spring shortlist')")
        name = page.locator("#queue tbody tr").last.get_attribute("data-name")
        rows.append(page.locator(f'#queue tbody tr[data-name="{name}"]'))
    decide_in_the_queue(first, rows[0], "needs more data")
    expect(rows[0].locator(".state-needs-data")).to_be_visible()
    decide_in_the_queue(second, rows[1], "is confirmed")
    expect(second.locator("#notice")).to_contain_text("Somebody decided about this creator meanwhile")
    expect(rows[1].locator(".state-needs-data")).to_be_visible()
    decide_in_the_queue(second, rows[1], "is confirmed")
    expect(rows[1].locator(".state-confirmed")).to_be_visible()
    expect(second.locator("#notice p")).to_have_count(0)
    context.close()


def decide_in_the_queue(page, row, choice):
    """Decide about a row in its dialog, with a reason."""
    row.locator("button:text-is('Decide')").click()
    dialog = page.locator("#decide-dialog")
    dialog.locator(f"text={choice}").click()
    dialog.locator("textarea").fill("Seen.")
    dialog.locator("button:text-is('Save')").click()


def test_another_tenant_sees_an_empty_desk(chromium, address, invite, filled):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(invite("Eve", tenant="other"))
    page.fill("#password", "another long password")
    page.fill("#again", "another long password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lists")
    expect(page.locator("text=No list yet")).to_be_visible()
    context.close()
