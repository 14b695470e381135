"""A creator's page as people use it: explain a jump, decide, approve, ask the creator, print."""

import json
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from accounts.examples import creators_path

PASSWORD = "correct horse battery"
HOSTILE = "<script>document.title='taken'</script>\u202e=cmd() "
LOOKS = [("light", 1920), ("dark", 360)]


@pytest.fixture(scope="module")
def file_of_creators(tmp_path_factory):
    """Two example creators, one with hostile texts wherever a stranger writes."""
    documents = {
        document["account_id"].removeprefix("example:"): document
        for document in map(json.loads, creators_path().read_text().splitlines())
    }
    refilled = documents["auto-refill"]  # what it bought is most of this part of its history
    refilled["history"] = [row for row in refilled["history"] if row["date"] >= "2025-10-20"]
    hostile = documents["comment-pod"]
    hostile["profile"] |= {"username": "=cmd()|x", "full_name": f"{HOSTILE}{'🔥' * 300}", "bio": HOSTILE}
    hostile["comments"] = [
        row | {"text": HOSTILE + "🔥" * (25_000 if at == 0 else 5)}
        for at, row in enumerate(hostile["comments"])
    ]
    path = tmp_path_factory.mktemp("creators") / "creators.jsonl"
    path.write_text("".join(json.dumps(documents[name]) + "\n" for name in ("auto-refill", "comment-pod")))
    return path


class Person:
    """Somebody before a browser of their own; ``hosts`` are those that it asked."""

    def __init__(self, chromium, address, invitation=None):
        self.context, self.address, self.hosts = chromium.new_context(reduced_motion="reduce"), address, set()
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        if invitation:
            self.page.goto(invitation)
            self.page.fill("#password", PASSWORD)
            self.page.fill("#again", PASSWORD)
            self.page.click("text=Set the password")
            self.page.wait_for_url("**/lists")

    def go(self, address):
        self.page.goto(address if address.startswith("http") else f"{self.address}{address}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def check(self, *looks):
        """What axe finds with everything open, in each look."""
        found = []
        for scheme, width in looks:
            self.page.emulate_media(color_scheme=scheme)
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            violations = Axe().run(self.page).response["violations"]
            found += [(scheme, width, one["id"], one["nodes"][0]["html"]) for one in violations]
            wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            found += [(scheme, width, "wider than the screen", "")] if self.page.evaluate(wide) else []
        return found


@pytest.fixture(scope="module")
def lee(chromium, address, invite):
    person = Person(chromium, address, invite("Lee of the creators"))
    yield person
    person.context.close()


@pytest.fixture(scope="module")
def mia(chromium, address, invite):
    person = Person(chromium, address, invite("Mia of the creators", role="analyst"))
    yield person
    person.context.close()


@pytest.fixture(scope="module")
def queue(lee, file_of_creators):
    """The address of the list that the file was screened into."""
    page = lee.go("/screen")
    page.set_input_files("#files", file_of_creators)
    page.click("text=Read the files")
    page.wait_for_url("**/screen/*")
    page.click("form.start button")
    page.wait_for_selector("h1:text-is('Screened')", timeout=120_000)
    lee.go("/lists")
    return page.locator("main table a").first.get_attribute("href")


@pytest.fixture(scope="module")
def creators(lee, queue):
    """The addresses of the two pages, the hostile creator's last."""
    page = lee.go(queue)
    found = {one.get_attribute("href") for one in page.locator(f"#queue a[href^='{queue}/']").all()}
    texts = {address: lee.go(address).inner_text("h1") for address in found}
    return sorted(texts, key=lambda address: "cmd()" in texts[address])


def test_a_jump_is_explained_and_judged_again(lee, creators):
    page = lee.go(creators[0])
    assert "Signals of inflation" in page.inner_text(".verdict-line")
    page.click("#jump-1 summary")
    page.select_option("#jump-1-kind", "press")
    page.fill("#jump-1-to", "2025-11-21")
    page.fill("#jump-1-note", "An article in the paper")
    press(page, "#jump-1-form button")
    assert "For a person to review" in page.inner_text(".verdict-line")
    assert "An article in the paper" in page.inner_text("#growth")
    assert "Before it: Signals of inflation" in page.inner_text("#growth")
    page.wait_for_selector("#history li")
    assert "explains November 5 to 21, 2025 as press" in page.inner_text("#history")


def test_a_decision_waits_for_a_second_person(lee, mia, queue, creators):
    plain, page = creators[0], lee.go(f"{queue}/watch")
    page.check("[name=second_person]")
    press(page, "button:text-is('Save')")
    decide(lee.go(plain), "confirmed")
    assert "waits for a second person" in page.inner_text("#decision")
    other = mia.go(plain)
    other.fill("#approve-reason", "I see it, too.")
    press(other, "button:text-is('Approve')")
    assert "confirmed" in other.inner_text(".verdict-line")


def test_a_creator_answers_and_the_case_is_open_again(lee, creators, chromium, address):
    plain = creators[0]
    page = lee.go(plain)
    press(page, "button:text-is('Make a link')")
    link = page.inner_text(".address")
    creator = Person(chromium, address)
    own = creator.go(link)
    assert "About your account" in own.inner_text("h1")
    assert creator.check(*LOOKS) == []
    own.fill("#answer", f"It was the paper {HOSTILE}")
    press(own, "button:text-is('Send the answer')")
    assert "Thank you" in own.inner_text("main")
    assert "It was the paper" in lee.go(plain).inner_text("#contest")
    assert "contested" in page.inner_text(".verdict-line")
    assert creator.hosts == {urlsplit(address).netloc}
    creator.context.close()


def press(page, selector):
    """Click what sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.click(selector)
    page.wait_for_load_state("networkidle")


def decide(page, outcome):
    if not page.is_visible("#reason"):
        page.click("#decision summary")
    page.check(f"[name=outcome][value={outcome}]")
    page.select_option("#what", "not sure")
    page.fill("#reason", "The growth says so.")
    press(page, "#decision form[action$=decide] button")


def test_hostile_texts_are_texts_and_nothing_leaves_the_machine(lee, creators, address):
    page = lee.go(creators[1])
    page.click("#comment-groups >> text=The same text")
    page.wait_for_selector("#comment-groups td.quoted")
    assert "<script>" in page.inner_text("#comment-groups")
    assert "\u202e" not in page.inner_text("body")
    assert page.title() != "taken"
    assert "\u202e" not in page.title()
    assert page.locator("main script").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert lee.hosts == {urlsplit(address).netloc}


def test_the_keyboard_alone_suffices_for_a_case(mia, queue, creators):
    """From the list to a creator, a decision with its reason, to the next creator and back: keys alone."""
    page = mia.go(queue)
    page.keyboard.press("j")
    opened(page, "Enter")
    if not page.url.endswith(creators[1]):
        opened(page, "j")
    assert page.url.endswith(creators[1])
    page.keyboard.press("o")
    assert page.is_checked("[name=outcome][value=overturned]")
    page.keyboard.press("c")  # typed as text, for the reason has the focus
    page.keyboard.type("onfirmed by the agency's own figures.")
    page.keyboard.press("Tab")
    opened(page, "Enter")
    assert "confirmed by the agency's own figures." in page.inner_text("#decision")
    opened(page, "j" if page.locator("[rel=next]").count() else "k")
    assert page.url.endswith(creators[0])
    page.keyboard.press("u")
    page.wait_for_url(f"**{queue}#entry-*")


def opened(page, key):
    """Press a key that leads to another page, and wait for that."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")


def test_axe_finds_nothing(lee, queue, creators):
    pages = [
        *creators, f"{creators[1]}/comment-groups?kind=same_text", f"{creators[0]}/turning",
        f"{creators[0]}/history", f"{creators[0]}/value?fee=1500&currency=EUR&posts=2", f"{queue}/watch",
        f"{queue}/compare", f"{queue}/compare?" + "&".join(f"entry={one[-32:]}" for one in creators),
    ]  # fmt: skip
    found = {}
    page = lee.go(f"{queue}/watch")
    page.click("button:text-is('Screen all again now')")
    page.wait_for_selector("h1:has-text('Screened again')", timeout=120_000)
    pages.append(page.url)
    for one in pages:
        lee.go(one)
        if violations := lee.check(*LOOKS):
            found[one] = violations
    assert found == {}
