"""An account is erased while work on it is in flight: nothing of it may be written again, by whoever."""

import io
import json
import logging
from functools import partial
from threading import Thread

import openpyxl
import pytest
from sqlalchemy import func, select

from cli.work import desk as command
from serving.desk import rejudging, screened_pieces, screening_again, screening_run
from serving.desk.casework import CASEWORK
from serving.desk.screening_run import tend
from serving.desk.triage import TRIAGE_PAGES
from serving.desk.watching import watch_once
from serving.jobs import screening_files
from serving.jobs.erasure import erase_from_files
from serving.jobs.screening_files import ScreeningFiles, screenings_folder, write_lines
from serving.store.list_rules import list_rules_of
from serving.store.lists import remove_list
from serving.store.pseudonyms import account_sha256
from serving.store.screenings import erase_from_screenings
from serving.store.tables import (
    METADATA,
    contest_statements,
    contests,
    entry_comments,
    list_entries,
    list_rules,
    screenings,
)
from serving.store.verdict_rows import erase_account

JUMP = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "note": "An article"}
DECISION = {"outcome": "confirmed", "label": "inflated", "confidence": "likely", "reason": "seen"}
ERASED_TOO = (list_entries, entry_comments, contests, contest_statements)
REMEMBERED = ("screening_erasures", "job_erasures")
GOOD = {"account_id": "good", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 10}}


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


def erase(desk, account_id):
    """As DELETE /v1/subjects does it."""
    found = erase_from_screenings(desk.store, "default", account_id)
    erase_account(desk.store, "default", account_id, "test")
    erase_from_files(desk.store, desk.app.state.settings, (), found, account_id)


def rows_about(desk, account_id):
    """How many rows there are of an account, by table; of what hangs on it of any."""
    digest, counts = account_sha256(account_id), {}
    with desk.store.database.reading() as connection:
        for table in METADATA.tables.values():
            own = [table.c.account_sha256 == digest] if "account_sha256" in table.c else []
            if (own or table in ERASED_TOO) and table.name not in REMEMBERED:
                query = select(func.count()).select_from(table).where(*own)
                counts[table.name] = connection.execute(query).scalar_one()
    return {name: count for name, count in counts.items() if count}


def explained(ana, page):
    ana.get(page)
    ana.post(f"{page}/explain", JUMP)
    return {"when": ana.page.text.partition('name="when" value="')[2].partition('"')[0]}


def waiting_for_a_second(ana, page):
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.post(f"{page}/decide", DECISION)
    return {"do": "approve", "reason": "agreed"}


def invited(ana, page):
    ana.get(page)
    ana.post(f"{page}/invite", {"days": "14"})
    ana.get(page)
    return {"contest": ana.page.text.partition('name="contest" value="')[2].partition('"')[0]}


def nothing_before(form, ana, page):
    return form


WRITERS = {
    "explain": partial(nothing_before, JUMP),
    "withdraw": explained,
    "take-over": partial(nothing_before, JUMP),
    "decide": partial(nothing_before, DECISION),
    "approve": waiting_for_a_second,
    "invite": partial(nothing_before, {"days": "14"}),
    "close-link": invited,
    "assign": partial(nothing_before, {"member": "me"}),
    "comments": partial(nothing_before, {"text": "looked at"}),
    "triage": partial(nothing_before, {"state": "needs data", "reason": "more"}),
}


def test_every_writer_of_a_creators_page_is_tried():
    pages = {path: methods for room in (CASEWORK, TRIAGE_PAGES) for path, methods in room.items()}
    assert {path.rpartition("/")[2] for path, methods in pages.items() if "POST" in methods} == set(WRITERS)


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_done_about_a_creator_writes_nothing_after_the_erasure(desk, creators, first, caplog, name):
    page, ana = creators.page(), desk.member()
    account_id = creators.entry(page).account_id
    ben = desk.member("Ben")
    form = WRITERS[name](ana, page)
    ben.get(page)
    waiting = first(partial(erase, desk, account_id))
    answer = ben.post(f"{page}/{name}", form)
    assert not waiting and answer.status_code < 500
    assert rows_about(desk, account_id) == {}
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


def test_a_creator_cannot_answer_where_the_case_is_gone(desk, creators, first, caplog):
    page, ana, creator = creators.page(), desk.member(), desk.browser()
    account_id = creators.entry(page).account_id
    ana.get(page)
    text = ana.post(f"{page}/invite", {"days": "14"}).text
    address = f"/contests/{text.partition('/contests/')[2][:43]}"
    creator.get(address)
    first(partial(erase, desk, account_id), "add_statement")
    answer = creator.post(address, {"statement": "answer", "text": "It was a giveaway"})
    assert answer.status_code == 404 and "This link does not work" in answer.text
    assert rows_about(desk, account_id) == {}
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


@pytest.mark.parametrize("by_night", [True, False])
def test_the_watch_writes_nothing_after_the_erasure(desk, creators, first, monkeypatch, by_night):
    page, ana = creators.page(), desk.member()
    entry, watch = creators.entry(page), f"{page.rsplit('/', 1)[0]}/watch"
    ana.get(page)
    ana.post(watch, {"watch_days": "1"})
    monkeypatch.setattr(screening_again, "observed_since", changed_since)
    waiting = first(partial(erase, desk, entry.account_id), "store_again")
    if by_night:
        ana.caller.portal.call(watch_once, desk.app)
    else:
        assert ana.post(f"{watch}/now").status_code == 200
    desk.wait_for_screenings(ana)
    assert not waiting
    assert rows_about(desk, entry.account_id) == {}


def changed_since(store, one):
    """The evidence of an entry with other numbers: another verdict, which is to be stored."""
    document = rejudging.document_of(store, one)
    return document | {"profile": document["profile"] | {"followers": 99}}


def test_an_explanation_is_not_lost_to_a_watch_that_read_the_evidence_before(desk, creators, monkeypatch):
    page, ben = creators.page(), desk.member("Ben")
    ben.get(page)
    monkeypatch.setattr(screening_again, "observed_since", changed_since)
    judged, store_again = [], screening_again.store_again

    def explain_meanwhile(store, screening, entry_ids, found):
        if not judged:
            one = found[0][0]
            judged.append(one)
            document = rejudging.document_of(store, one)
            said = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "who": "Ana"}
            more = document | {"annotations": [said | {"when": "2026-11-01T00:00:00Z"}]}
            own = rejudging.judge_document(desk.app.state.screening, more, one.tenant)
            rejudging.store_judged(store, one, own, "test", [])
        return store_again(store, screening, entry_ids, found)

    monkeypatch.setattr(screening_again, "store_again", explain_meanwhile)
    assert ben.post(f"{page.rsplit('/', 1)[0]}/watch/now").status_code == 200
    place = ben.page.url.path
    desk.wait_for_screenings(ben)
    assert "1 creator stays as it was" in ben.get(place).text
    found = rejudging.document_of(desk.store, creators.entry(page))
    assert judged and [one["kind"] for one in found["annotations"]] == ["press"]


@pytest.mark.parametrize("what", ["watch", "watch/now"])
def test_a_list_that_is_removed_meanwhile_gets_no_rules(desk, creators, first, caplog, what):
    page, ana = creators.page(), desk.member()
    list_id = page.split("/")[2]
    ana.get(page)
    names = {"watch": "set_list_rules", "watch/now": "begin_again"}
    waiting = first(partial(remove_list, desk.store, "default", list_id, "test"), names[what])
    assert ana.post(f"/lists/{list_id}/{what}", {"watch_days": "3"}).status_code == 404
    assert not waiting
    with desk.store.database.reading() as connection:
        assert list_rules_of(connection, "default", list_id).watch_days == 0
        assert connection.execute(select(func.count()).select_from(list_rules)).scalar_one() == 0
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


def dropped(browser, *documents):
    content = "".join(json.dumps(document) + "\n" for document in documents).encode()
    browser.get("/screen")
    browser.post("/screen", {"list": ""}, files=[("files", ("people.jsonl", content))])
    return browser.page.url.path


def run_to_the_end(browser, place, **form):
    browser.get(place)
    browser.post(f"{place}/start", form)
    for _ in range(600):
        if "<h1>Screening" not in browser.get(place).text:
            return browser.page
    raise AssertionError(browser.page.text)


def test_a_screening_stores_nothing_of_who_is_erased_while_it_runs(desk, first):
    ana = desk.member()
    place = dropped(ana, GOOD, GOOD | {"account_id": "other"})
    waiting = first(partial(erase, desk, "good"), "store_piece")
    run_to_the_end(ana, place)
    assert not waiting
    assert rows_about(desk, "good") == {}
    assert len(rows_about(desk, "other")) > 1


def test_a_screening_names_nobody_among_its_faults_who_is_erased_meanwhile(desk, first, monkeypatch):
    ana = desk.member()
    place = dropped(ana, GOOD)
    failed = [screened_pieces.failed_row("good", "could not be screened.")]
    monkeypatch.setattr(screening_run, "screen_piece", lambda *_: screened_pieces.Piece([], failed))
    waiting = first(partial(erase, desk, "good"), "note_failed")
    run_to_the_end(ana, place)
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    assert not waiting and "good" not in files.faults.read_text()


def test_two_erasures_at_once_both_change_the_documents_of_a_screening(desk, monkeypatch):
    names = ("good", "other", "third")
    place = dropped(desk.member(), *(GOOD | {"account_id": name} for name in names))
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    second, look = Thread(target=files.erase, args=("other",)), screening_files.is_about

    def begin_the_second(line, account_id):
        if second.ident is None:
            second.start()
            second.join(1)  # it waits for the first, and would be done by then
        return look(line, account_id)

    monkeypatch.setattr(screening_files, "is_about", begin_the_second)
    files.erase("good")
    second.join()
    written = files.documents.read_text()
    assert [name in written for name in names] == [False, False, True]


def test_an_erasure_lets_nobody_write_what_was_read_before_it(desk):
    place = dropped(desk.member(), GOOD)
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    with pytest.raises(FileNotFoundError), files.writing(files.documents) as (draft,):
        write_lines(draft, [GOOD])
        files.erase("good")
    assert files.documents.read_text() == "null\n"


def test_files_that_are_read_twice_at_once_are_those_of_one_reading(desk):
    place = dropped(desk.member(), GOOD)
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    parts = (files.documents, files.summary)
    with files.writing(*parts) as (documents, summary):
        documents.write(b"one, and longer")
        with files.writing(*parts) as drafts:
            for draft in drafts:
                draft.write(b"another")
        summary.write(b"one")
    assert [path.read_bytes() for path in parts] == [b"one, and longer", b"one"]


def test_a_screening_whose_list_is_removed_ends_with_a_sentence(desk, first, caplog):
    ana = desk.member()
    place = dropped(ana, GOOD)

    def remove():
        with desk.store.database.reading() as connection:
            list_id = connection.execute(select(screenings.c.list_id)).scalar_one()
        remove_list(desk.store, "default", list_id, "test")

    waiting = first(remove, "store_piece")
    assert "The list was removed meanwhile." in run_to_the_end(ana, place).text
    assert not waiting and rows_about(desk, "good") == {}
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    while desk.app.state.desk_tasks:  # it says so before it removes its files
        ana.get("/lists")
    assert not files.documents.exists() and not files.uploads.exists()


@pytest.mark.parametrize("name", ["finish_reading", "erase_before_they_are_copied"])
def test_files_that_arrive_while_somebody_is_erased_are_dropped_again(desk, first, monkeypatch, name):
    ana = desk.member()
    ana.get("/screen")
    act = partial(erase, desk, "good")
    if name == "finish_reading":
        waiting = first(act, name)
    else:
        create, waiting = ScreeningFiles.create, []
        monkeypatch.setattr(ScreeningFiles, "create", lambda self: (create(self), act()))
    sent = [("files", ("people.jsonl", json.dumps(GOOD).encode()))]
    answer = ana.post("/screen", {"list": ""}, files=sent)
    assert answer.status_code == 409 and "An account was erased" in answer.text
    folder = screenings_folder(desk.app.state.settings).path
    assert not waiting and not [path for path in folder.iterdir() if path.is_dir()]
    with desk.store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(screenings)).scalar_one() == 0


def test_columns_that_are_corrected_while_somebody_is_erased_bring_nothing_back(desk, first):
    ana = desk.member()
    ana.get("/screen")
    table = b"Who;Anhang\ngood;12.500\n"
    ana.post("/screen", {"list": ""}, files=[("files", ("list.csv", table))])
    place = ana.page.url.path
    waiting = first(partial(erase, desk, "good"), "finish_reading")
    answer = ana.post(f"{place}/columns", {"table-0": "accounts"})
    assert not waiting and answer.status_code == 409
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    assert not files.path.exists()
    assert ana.post(f"{place}/start", {}).status_code == 404
    ana.caller.portal.call(tend, desk.app)
    assert rows_about(desk, "good") == {}


@pytest.mark.parametrize("name", ["list.xlsx", "list of UTF-16.csv", "in capitals.csv", "another's.csv"])
def test_files_that_wait_are_removed_where_they_may_speak_of_who_is_erased(desk, name):
    """What is packed, or no UTF-8, is not searched: nobody knows of whom it speaks."""
    rows = [["Who", "Anhang"], ["GOOD" if name.startswith("in") else "good", "12.500"], ["other", "9"]]
    text = "".join(f"{';'.join(row)}\n" for row in (rows if name != "another's.csv" else rows[::2]))
    content = text.encode("utf-16" if "UTF-16" in name else "utf-8")
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(packed := io.BytesIO())
        content = packed.getvalue()
    ana = desk.member()
    ana.get("/screen")
    ana.post("/screen", {"list": ""}, files=[("files", (name, content))])
    place = ana.page.url.path
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    assert files.uploads.exists()
    erase(desk, "ig:good")
    assert files.path.exists() == (name == "another's.csv")
    assert ana.get(place).status_code == (200 if name == "another's.csv" else 404)


def test_columns_that_are_corrected_after_an_erasure_bring_nothing_back(desk):
    ana = desk.member()
    ana.get("/screen")
    ana.post("/screen", {"list": ""}, files=[("files", ("list.csv", b"Who;Where;A\ngood;x;12\nother;x;9\n"))])
    place = ana.page.url.path
    erase_from_screenings(desk.store, "default", "good")  # in whatever way its file speaks of the account
    columns = {f"column-0-{place}": name for place, name in enumerate(("username", "platform", "followers"))}
    ana.post(f"{place}/columns", {"table-0": "accounts"})
    ana.post(f"{place}/columns", {"table-0": "accounts", **columns})
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    documents = files.documents.read_text()
    assert '"other"' in documents and '"good"' not in documents


def test_the_command_line_fills_no_list_with_who_is_erased_meanwhile(desk, monkeypatch, tmp_path, detector):
    path = tmp_path / "people.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + json.dumps(GOOD | {"account_id": "other"}) + "\n")
    screen = command.screen_piece

    def erase_meanwhile(*parts):
        found = screen(*parts)
        erase(desk, "good")
        return found

    monkeypatch.setenv("ASSAY_HOME", str(desk.app.state.settings.home))
    monkeypatch.setattr(command, "open_detector", lambda *_: detector)
    monkeypatch.setattr(command, "screen_piece", erase_meanwhile)
    command.fill(path, "Spring", "default")
    assert rows_about(desk, "good") == {}
    with desk.store.database.reading() as connection:
        assert connection.execute(select(list_entries.c.account_id)).scalars().all() == ["other"]
