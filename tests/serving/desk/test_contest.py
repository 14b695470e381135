import asyncio
import json
import re
from collections import Counter

import httpx
import pytest

from serving.desk import contest
from serving.store.audit_check import verify_audit_logs
from serving.store.row_seals import seal_rows
from serving.store.tables import contests

HOSTILE = "<script>alert(1)</script>\u202e"
COMMENTS = [
    {"post_id": "p", "author_id": f"secret{at}", "text": f"unmistakable words {HOSTILE}"} for at in range(60)
]


def link_of(ana, page, days="14"):
    ana.get(page)
    answer = ana.post(f"{page}/invite", {"days": days})
    return re.search(r"/contests/[\w-]{43}", answer.text)[0]


JUMP = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "note": "An <b>article</b>"}


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


@pytest.fixture
def case(desk, creators):
    page, ana = creators.page("comment-pod", comments=COMMENTS), desk.member()
    creator = desk.browser()
    address = link_of(ana, page)
    return page, ana, creator, address


def test_the_creator_sees_reasons_and_nobody_elses_data(desk, case):
    _, _, creator, address = case
    answer = creator.get(address)
    assert answer.status_code == 200
    assert "About your account" in answer.text
    assert "unmistakable words" not in answer.text
    assert "secret" not in answer.text
    assert "Sign out" not in answer.text


def test_who_asks_often_for_a_link_waits_for_its_only_turn_or_is_refused(desk, case):
    """Whoever has it needs no key, and asks as often as they like."""
    _, _, _, address = case
    read, asking = [], 4 * contest.MOST_WAITING

    def read_once(*arguments):
        read.append(arguments)
        return contest.creators_own(*arguments)

    async def ask():
        transport = httpx.ASGITransport(desk.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", timeout=None
        ) as client:
            return await asyncio.gather(*(client.get(address) for _ in range(asking)))

    desk.app.state.contests = contest.ContestState()
    desk.app.state.contests.files.read = read_once
    answers = asyncio.run(ask())
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {200, 503} and statuses[200] >= contest.MOST_WAITING
    assert {answer.headers.get("retry-after") for answer in answers if answer.status_code == 503} == {"10"}
    assert len(read) == 1
    assert not desk.app.state.contests.turns


def test_an_answer_reopens_the_case_and_the_desk_shows_both_sides(desk, creators, case):
    page, ana, creator, address = case
    ana.post(
        f"{page}/decide", {"outcome": "confirmed", "label": "inflated", "confidence": "likely", "reason": "x"}
    )
    creator.get(address)
    assert (
        creator.post(address, {"statement": "answer", "text": f"It was a giveaway {HOSTILE}"}).status_code
        == 200
    )
    assert "Thank you" in creator.page.text
    assert creators.entry(page).state == "contested"
    assert [check.fault for check in verify_audit_logs(desk.store)] == [None]
    text = ana.get(page).text
    assert "It was a giveaway" in text
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_an_event_of_the_creator_is_taken_over_by_a_person(desk, creators):
    page, ana = creators.page(), desk.member()
    creator, address = desk.browser(), link_of(ana, page)
    creator.get(address)
    creator.post(address, {"statement": "event", **JUMP})
    before = creators.entry(page)
    text = ana.get(page).text
    assert before.label == "inflated"
    fields = dict(re.findall(r'type="hidden" name="(kind|from|to|note)" value="([^"]*)"', text))
    ana.post(f"{page}/take-over", fields)
    assert creators.entry(page).label == "review"
    assert "the creator, taken over by Ana" in ana.get(page).text


def test_facts_are_text_or_csv_and_not_large(desk, case):
    page, ana, creator, address = case
    creator.get(address)

    def send(name, content):
        return creator.post(address, {"statement": "facts"}, files={"file": (name, content)})

    assert send("stats.csv", b"day,followers\n2026-10-01,=1+1\n").status_code == 200
    assert "=1+1" in ana.get(page).text
    assert send("mac.csv", b"day,followers\r2026-10-02,77\r").status_code == 200
    assert "2026-10-02" in ana.get(page).text
    for name, content in [
        ("a.csv", b"\r" * 2_001),
        ("a.exe", b"x"), ("a.csv", b"x" * 200_000), ("a.txt", b"\xff\xfe"), ("a.txt", b"a\0b"), ("", b"x"),
    ]:  # fmt: skip
        creator.get(address)
        assert 400 <= send(name, content).status_code < 500


def test_a_wrong_statement_is_refused(desk, case):
    _, _, creator, address = case
    for wrong in ({}, {"statement": "answer", "text": ""}, {"statement": "answer", "text": "x" * 9000},
                  {"statement": "event", **JUMP, "to": "2000-01-01"}):  # fmt: skip
        creator.get(address)
        assert 400 <= creator.post(address, wrong).status_code < 500


def form_of(page, kind):
    """The form of a contest's page by the kind of its statement."""
    return next(form for form in re.findall(r"<form.*?</form>", page, re.S) if f'value="{kind}"' in form)


def test_a_wrong_day_leaves_the_page_with_the_fault_beside_the_field_and_what_was_typed(desk, case):
    _, _, creator, address = case
    creator.get(address)
    answer = creator.post(
        address, {"statement": "event", **JUMP, "to": "2000-01-01", "link": "https://a.example"}
    )
    assert answer.status_code == 400
    assert "About your account" in answer.text
    form = form_of(answer.text, "event")
    assert re.search(r'name="to" value="2000-01-01"[^>]*aria-describedby="event-to-fault"', form)
    assert re.search(r'id="event-to-fault">[^<]*the last not before the first', form)
    assert 'value="press" selected' in form
    assert 'name="from" value="2025-11-05"' in form
    assert "An &lt;b&gt;article&lt;/b&gt;" in form
    assert 'value="https://a.example"' in form
    creator.post(address, {"statement": "event", **JUMP})
    assert "Thank you" in creator.page.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "www.example.org", "https://"])
def test_a_link_is_a_web_address(case, link):
    _, _, creator, address = case
    creator.get(address)
    answer = creator.post(address, {"statement": "event", **JUMP, "link": link})
    assert answer.status_code == 400
    assert re.search(r'id="event-link-fault">[^<]*https://', form_of(answer.text, "event"))
    assert (
        creator.post(address, {"statement": "event", **JUMP, "link": "HTTP://a.example/x"}).status_code == 200
    )


def test_a_long_answer_is_not_lost(desk, case):
    _, _, creator, address = case
    creator.get(address)
    form = form_of(creator.post(address, {"statement": "answer", "text": "x" * 8001}).text, "answer")
    assert "x" * 8001 in form
    assert "1 to 8,000 characters" in form


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"x" * 200_000, "at most 100 kB"), (b"caf\xe9", "text in UTF-8")]
)
def test_a_wrong_file_is_named_beside_its_field(case, content, sentence):
    _, _, creator, address = case
    creator.get(address)
    answer = creator.post(address, {"statement": "facts"}, files={"file": ("a.txt", content)})
    assert answer.status_code == 400
    assert sentence in re.search(r'id="file-fault">([^<]*)', form_of(answer.text, "facts"))[1]
    assert "To the lists" not in answer.text


def test_a_file_too_large_to_be_read_leaves_the_page_with_the_fault(case):
    _, _, creator, address = case
    creator.get(address)
    answer = creator.post(address, {"statement": "facts"}, files={"file": ("a.txt", b"x" * 2_000_000)})
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert "About your account" in answer.text
    assert "at most 100 kB" in re.search(r'id="file-fault">([^<]*)', form_of(answer.text, "facts"))[1]
    assert "What you have sent" not in creator.get(address).text


def test_a_contest_holds_so_much_and_no_more(desk, case):
    _, _, creator, address = case
    creator.get(address)
    desk.app.state.contests.limit.per_minute = 10_000
    answers = []
    for number in range(22):
        creator.get(address)
        answers.append(creator.post(address, {"statement": "answer", "text": f"{number}"}).status_code)
    assert answers[:20] == [200] * 20
    assert all(400 <= status < 500 for status in answers[20:])


def test_statements_are_limited_by_the_minute(desk, case):
    _, _, creator, address = case
    statuses = []
    for number in range(14):
        creator.get(address)
        statuses.append(creator.post(address, {"statement": "answer", "text": f"{number}"}).status_code)
    assert 429 in statuses


def test_links_that_do_not_work_say_nothing_and_make_wait(desk, case):
    _, _, creator, address = case
    wrong = address[:-5] + "AAAAA"
    statuses = [creator.get(wrong).status_code for _ in range(13)]
    assert statuses[0] == 404
    assert statuses[-1] == 429


def test_an_ended_link_does_not_work(desk, case):
    page, ana, creator, address = case
    assert creator.get(address).status_code == 200
    name = re.search(r'name="contest" value="(\w+)"', ana.get(page).text)[1]
    ana.post(f"{page}/close-link", {"contest": name})
    assert creator.get(address).status_code == 404


def test_what_a_creator_sends_while_their_link_is_ended_is_not_taken(desk, creators, case, first):
    page, ana, creator, address = case
    creator.get(address)
    contest = re.search(r'name="contest" value="(\w+)"', ana.get(page).text)[1]
    waiting = first(lambda: ana.post(f"{page}/close-link", {"contest": contest}), "add_statement")
    answer = creator.post(address, {"statement": "answer", "text": "It was a giveaway"})
    assert not waiting and answer.status_code == 404 and "This link has expired" in answer.text
    assert creators.entry(page).state != "contested"


def test_an_expired_link_does_not_work(desk, case):
    _, _, creator, address = case
    with desk.store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE contests SET expires_at = '2020-01-01T00:00:00.000000Z'")
        seal_rows(connection, contests)
    answer = creator.get(address)
    assert answer.status_code == 404
    assert "<h1>This link has expired</h1>" in answer.text
    assert "Ask whoever sent it to you" in answer.text
    assert "To the lists" not in answer.text
    creator.get(address[:-5] + "AAAAA")
    assert "<h1>This link does not work</h1>" in creator.page.text
    assert "has expired" not in creator.page.text


def test_no_secret_is_stored(desk, case):
    address = case[3]
    secret = address.rsplit("/", 1)[1]
    with desk.store.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM contests").all()
        log = connection.exec_driver_sql("SELECT document FROM audit_entries").scalars().all()
    assert secret not in json.dumps([list(map(str, row)) for row in rows])
    assert secret not in "".join(log)


@pytest.mark.parametrize("language", ["en-GB", "de"])
def test_dates_are_written_one_way(case, language):
    _, _, creator, address = case
    headers = {"Accept-Language": language}
    creator.get(address)
    event = {"statement": "event", **JUMP}
    assert creator.post(address, event).status_code == 200
    page = creator.get(address, headers=headers).text
    words = re.sub(r"<[^>]+>", " ", page)
    assert "from what others wrote" in words
    assert not re.findall(r"\b\d{4}-\d\d-\d\d", words)
    assert ("5 November 2025" if language == "en-GB" else "5. November 2025") in words
