import csv
import io
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from accounts.document import to_documents
from accounts.errors import NoUsableModel
from accounts.reading import read_documents
from accounts.simulation import simulate
from serving.desk import screening_run
from serving.desk.screening_run import tend
from serving.desk.typed_averages import typed_document
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.store.access import StoreAccess
from serving.store.engine import NoUsableStore
from serving.store.list_entries import EntryFilter, PageOf, page_of_entries
from serving.store.pseudonyms import pseudonymiser
from serving.store.tables import evidence, screenings
from serving.store.timestamps import now

GOOD = {"account_id": "good", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 10}}
BAD = GOOD | {"account_id": "bad", "profile": {"followers": -1}}


def lines(*documents):
    return "".join(json.dumps(document) + "\n" for document in documents).encode()


def drop(browser, **files):
    browser.get("/screen")
    sent = [("files", (name.replace("__", "."), content)) for name, content in files.items()]
    return browser.post("/screen", {"list": ""}, files=sent)


def wait_until_done(browser):
    """Ask again and again: nothing else tells when work beside requests is over."""
    path = browser.page.url.path
    for _ in range(600):
        if "<h1>Screening" not in browser.get(path).text:
            return browser.page
    raise AssertionError(browser.page.text)


def start(browser, **form):
    browser.post(f"{browser.page.url.path}/start", form)
    return wait_until_done(browser)


def entries_of(desk, browser, tenant="default"):
    list_id = re.search(r"/lists/([0-9a-f]{32})", browser.page.text)[1]
    with desk.store.database.reading() as connection:
        return page_of_entries(connection, tenant, list_id, EntryFilter(), PageOf(0, 1000))


def test_good_accounts_are_screened_and_bad_ones_are_faults(desk):
    browser = desk.member()
    page = drop(browser, people__jsonl=lines(GOOD, BAD)).text
    assert "What was understood" in page
    assert "people.jsonl line 2" in page
    assert str(desk.app.state.settings.home) not in page
    page = start(browser, name="Spring").text
    assert "Screened" in page and "people.jsonl line 2" in page
    (entry,) = entries_of(desk, browser)
    assert (entry.account_id, entry.label, entry.state) == ("good", "insufficient", "open")
    table = browser.caller.get(f"{browser.page.url.path}/faults.csv")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert [(row["place"], row["account_id"], row["field"]) for row in rows] == [
        ("people.jsonl line 2", "bad", "profile.followers")
    ]
    assert not list(screenings_folder(desk.app.state.settings).path.glob("*/dropped"))


def test_the_same_verdict_as_the_interface_gives_and_nobody_named(desk):
    population = simulate(6, seed=8)
    documents = list(to_documents(population.tables))
    browser = desk.member()
    drop(browser, people__jsonl=lines(*documents))
    start(browser)
    found = {entry.account_id: entry for entry in entries_of(desk, browser)}
    answer = desk.app.state.screening.detector.screen(read_documents(documents).tables)
    assert {verdict.account_id: verdict.label for verdict in answer} == {
        name: entry.label for name, entry in found.items()
    }
    for verdict in answer:  # comments of one moment are put in order by their authors' ids
        assert found[verdict.account_id].suspicion == pytest.approx(verdict.suspicion, abs=0.01)
    with desk.store.database.reading() as connection:
        stored = connection.execute(select(evidence)).all()
    assert all(row.bytes > len(row.document) for row in stored)
    assert len(stored) == 6


def test_authors_are_digests_but_for_the_creator_and_followers_have_no_names(desk):
    document = GOOD | {
        "profile": {"username": "good"},
        "comments": [{"author_id": "eve"}, {"author_id": "@good"}, {"author_id": "eve", "text": "hi"}, {}],
        "audience": [{"username": "bob77", "full_name": "Bob B", "bio": "ho"}],
    }
    found = pseudonymiser(desk.store.key, "default")(document)
    first, own, second, none = (row.get("author_id") for row in found["comments"])
    assert first == second and re.fullmatch("[0-9a-f]{32}", first)
    assert own == "@good" and none is None
    assert found["comments"][2]["text"] == "hi"
    assert found["audience"] == [
        {"username_length": 5, "username_digits": 2, "full_name_words": 2, "bio_length": 2}
    ]
    assert pseudonymiser(desk.store.key, "other")(document)["comments"][0]["author_id"] != first


def test_counts_in_thousands_are_read_and_said(desk):
    browser = desk.member()
    page = drop(browser, agency__csv=b"Creator;Followers (k)\nana;12,5\n", none__csv=b"\n").text
    assert "12,500" in page and "each number times 1,000" in page
    assert "none.csv: it is empty" in page
    assert not re.search(r"Shortlist of \d{4}-", page) and "Shortlist of " in page


def test_a_spreadsheet_is_mapped_and_corrected_by_hand(desk):
    browser = desk.member()
    table = b"Who;Anhang;Average likes\nana;12.500;300\n"
    page = drop(browser, list__csv=table).text
    assert "No creator was found" in page and "This table holds" in page
    place = browser.page.url.path
    page = browser.post(f"{place}/columns", {"table-0": "accounts"}).text
    assert '<option value="followers">Followers</option>' in page
    form = {"table-0": "accounts", "column-0-0": "username", "column-0-1": "followers", "column-0-2": ""}
    page = browser.post(f"{place}/columns", form).text
    assert "12,500" in page and "Screen 1 creator" in page
    browser.page = browser.get(place)
    start(browser)
    (entry,) = entries_of(desk, browser)
    assert (entry.account_id, entry.followers, entry.platform) == ("ana", 12_500, "other")
    assert browser.post(f"{place}/columns", form).status_code == 400


def test_typed_averages_clear_and_accuse_nobody(desk):
    browser = desk.member()
    browser.get("/screen")
    form = {"handle": "@ana", "platform": "instagram", "followers": "12.5k", "average_likes": "300"}
    page = browser.post("/screen", form).text
    assert "are no evidence" in page and "2.4\xa0%" in page and "5\xa0%" in page
    start(browser)
    (entry,) = entries_of(desk, browser)
    assert (entry.account_id, entry.label, entry.comments) == ("ana", "insufficient", 1)


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube", "x", "twitch", "other"])
def test_no_typed_averages_whatever_they_are_clear_anybody(detector, platform):
    from datetime import datetime

    sizes = ("10", "900", "8000", "30000", "200000", "5000000")
    documents = [
        typed_document(
            {"handle": f"a{i}", "platform": platform, "followers": size, "following": following,
             "posts": posts, "average_likes": "1000", "average_comments": "10", "average_views": "9000"},
            datetime(2026, 11, 1),
        )[0]
        for i, (size, following, posts) in enumerate(
            (size, following, posts)
            for size in sizes for following in ("", "0", "300", "7000") for posts in ("", "0", "12", "2000")
        )
    ]  # fmt: skip
    verdicts = detector.screen(read_documents(documents).tables)
    assert {verdict.label for verdict in verdicts} <= {"insufficient", "review", "automated"}


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ({}, "No file was chosen"),
        ({"handle": "a" * 300, "platform": "x"}, "1 to 256 characters"),
        ({"handle": "a", "platform": "moon"}, "The platform"),
        ({"handle": "a", "platform": "x", "followers": "many"}, "Followers must be a number"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk, form, rule):
    browser = desk.member()
    browser.get("/screen")
    answer = browser.post("/screen", form)
    assert answer.status_code == 400
    assert rule in answer.text
    assert not [path for path in screenings_folder(desk.app.state.settings).path.iterdir() if path.is_dir()]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a__zip", b"PK", "must be unpacked first"),
        ("a__html", b"<b>", "must be JSON, CSV"),
        ("a__exe", b"MZ", "must be JSON, CSV"),
        ("a__json", b"{", "must be JSON"),
        ("a__xlsx", b"no workbook", "a.xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(desk, name, content, rule):
    browser = desk.member()
    answer = drop(browser, **{name: content})
    assert answer.status_code == 200
    assert rule in answer.text and "No creator was found" in answer.text


def test_more_than_may_be_dropped_is_refused(desk_of):
    desk = desk_of(desk_upload_bytes=2_000)
    browser = desk.member()
    answer = drop(browser, a__jsonl=b" " * 3_000)
    assert answer.status_code == 413
    assert "2,000 bytes" in answer.text


def test_another_tenant_sees_nothing_of_it(desk):
    ana, eve = desk.member("Ana"), desk.member("Eve", tenant="other")
    place = drop(ana, people__jsonl=lines(GOOD)).url.path
    eve.get("/screen")
    for path in (place, f"{place}/faults.csv", f"{place}/progress"):
        assert eve.get(path).status_code == 404
    eve.get("/screen")
    assert eve.post(f"{place}/start", {}).status_code == 404
    start(ana)
    assert "good" not in eve.get("/lists").text


def test_progress_is_a_stream_of_events(desk):
    browser = desk.member()
    place = drop(browser, people__jsonl=lines(GOOD)).url.path
    start(browser)
    answer = browser.caller.get(f"{place}/progress")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.splitlines()[2:4] == [
        "event: progress", 'data: {"state": "done", "done": 1, "total": 1}',
    ]  # fmt: skip


def test_what_nobody_works_on_any_more_is_taken_up(desk, monkeypatch):
    browser = desk.member()
    drop(browser, people__jsonl=lines(GOOD))
    monkeypatch.setattr("serving.desk.screen.begin_run", lambda *_: None)  # its worker died at once
    browser.post(f"{browser.page.url.path}/start", {})
    with desk.store.database.writing() as connection:
        connection.execute(update(screenings).values(beat_at="2026-01-01T00:00:00.000000Z"))
    browser.caller.portal.call(tend, desk.app)
    wait_until_done(browser)
    assert len(entries_of(desk, browser)) == 1


def test_what_was_dropped_and_not_screened_is_removed_in_time(desk):
    browser = desk.member()
    place = drop(browser, people__jsonl=lines(GOOD)).url.path
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    browser.caller.portal.call(tend, desk.app)
    assert files.documents.exists()
    with desk.store.database.writing() as connection:
        connection.execute(update(screenings).values(beat_at="2026-01-01T00:00:00.000000Z"))
    browser.caller.portal.call(tend, desk.app)
    assert not files.path.exists()
    assert browser.get(place).status_code == 404


def test_screening_again_updates_the_entry(desk):
    browser = desk.member()
    drop(browser, people__jsonl=lines(GOOD))
    start(browser, name="One")
    (before,) = entries_of(desk, browser)
    drop(browser, people__jsonl=lines(GOOD | {"profile": {"followers": 11}}))
    start(browser, list=before.list_id)
    (after,) = entries_of(desk, browser)
    assert (after.entry_id, after.followers) == (before.entry_id, 11)
    assert after.screened_at > before.screened_at < now()


def test_a_screening_goes_on_once_a_lost_database_is_back_and_says_nothing_of_it(desk, monkeypatch):
    ana, run, lost = desk.member(), StoreAccess.run, [True]

    async def lose_once(self, task, *parts, **more):
        if task.__name__ == "store_piece" and lost:
            lost.clear()
            raise NoUsableStore("The database at /secret/place does not work.")
        return await run(self, task, *parts, **more)

    monkeypatch.setattr(StoreAccess, "run", lose_once)
    drop(ana, people__jsonl=lines(GOOD))
    place = ana.page.url.path
    ana.post(f"{place}/start", {})
    while desk.app.state.desk_tasks:
        ana.get("/lists")
    text = ana.get(place).text
    assert not lost and "<h1>Screening</h1>" in text and "/secret" not in text
    with desk.store.database.writing() as connection:
        connection.execute(update(screenings).values(beat_at=now(plus=timedelta(minutes=-5))))
    ana.caller.portal.call(tend, desk.app)
    while desk.app.state.desk_tasks:
        ana.get("/lists")
    assert "<h1>Screened</h1>" in ana.get(place).text


def test_a_service_without_a_model_leaves_screenings_to_one_that_has_one(desk, monkeypatch):
    ana, screening = desk.member(), desk.app.state.screening
    drop(ana, people__jsonl=lines(GOOD))
    place = ana.page.url.path
    ana.get(place)
    monkeypatch.setattr(screening_run, "screen_in_turn", without_model)
    ana.post(f"{place}/start", {})
    desk.wait_for_screenings(ana)
    with desk.store.database.writing() as connection:
        connection.execute(update(screenings).values(beat_at=now(plus=timedelta(minutes=-5))))
    monkeypatch.undo()
    desk.app.state.screening = NoUsableModel("There is no bundle at /secret/place.")
    ana.caller.portal.call(tend, desk.app)
    assert not desk.app.state.desk_tasks
    text = ana.get(place).text
    assert "<h1>Screening</h1>" in text and "/secret" not in text
    desk.app.state.screening = screening
    ana.caller.portal.call(tend, desk.app)
    desk.wait_for_screenings(ana)
    assert "<h1>Screened</h1>" in ana.get(place).text


async def without_model(*_):
    raise NoUsableModel("There is no bundle at /secret/place.")
