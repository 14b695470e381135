"""A list is screened again, whatever happens meanwhile: at once, once, by turns, and to the end."""

import asyncio
import json
import threading
from functools import partial

import pytest
from sqlalchemy import func, select, update

from accounts.document import to_documents
from accounts.simulation import simulate
from serving.desk import screening_again, screening_run, watching
from serving.desk.screened_pieces import screen_in_turn
from serving.desk.screening_again import judge_entries, observed_since, store_again
from serving.desk.screening_run import tend
from serving.desk.watching import changes_in, watch_once
from serving.screening.fair_turns import FairTurns
from serving.store import stored_documents
from serving.store.api_keys import Scope, create_key
from serving.store.engine import NoUsableStore
from serving.store.evidence import get_evidence
from serving.store.list_rules import ListRules, list_rules_of, set_list_rules
from serving.store.list_screenings import begin_again, next_entries
from serving.store.lists import create_list, get_list, remove_list
from serving.store.screenings import TakenOver, get_screening, list_screening
from serving.store.tables import audit_entries, evidence, list_entries, screenings

LONG_AGO = "2026-01-01T00:00:00.000000Z"


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


@pytest.fixture
def five(creators):
    """A list of five creators."""
    list_id, _ = creators.put(to_documents(simulate(5, seed=3).tables))
    return list_id


@pytest.fixture
def changed(monkeypatch):
    """Since it was screened, something was observed of every creator."""

    def with_other_numbers(store, entry):
        with store.database.reading() as connection:
            document = get_evidence(connection, entry.tenant, entry.evidence_sha256).document
        return document | {"profile": (document.get("profile") or {}) | {"followers": 99}}

    monkeypatch.setattr(screening_again, "observed_since", with_other_numbers)


@pytest.fixture
def one_by_one(monkeypatch):
    monkeypatch.setattr(screening_again, "PIECE_BYTES", 1)


def actions(desk):
    with desk.store.database.reading() as connection:
        found = connection.execute(select(audit_entries.c.document).order_by(audit_entries.c.entry))
        return [(entry["action"], entry["verdict_id"]) for entry in map(json.loads, found.scalars())]


def screened_again(desk):
    return [verdict for action, verdict in actions(desk) if action == "entry.screened_again"]


def newest(desk, list_id):
    with desk.store.database.reading() as connection:
        return list_screening(connection, "default", list_id)


def silence(desk):
    """As after the end of whoever worked on it."""
    with desk.store.database.writing() as connection:
        connection.execute(update(screenings).values(beat_at=LONG_AGO))


def ask(browser, list_id):
    browser.get(f"/lists/{list_id}/watch")
    return browser.post(f"/lists/{list_id}/watch/now")


def test_whoever_asks_is_shown_the_progress_and_then_what_came_of_it(desk, five, changed, monkeypatch):
    ana, may_judge = desk.member(), threading.Event()

    def judge_later(*parts):
        may_judge.wait(60)
        return judge_entries(*parts)

    monkeypatch.setattr(screening_again, "judge_entries", judge_later)
    text = ask(ana, five).text
    place = ana.page.url.path
    assert place.startswith("/screen/") and "Screening again: <bdi>Spring campaign</bdi>" in text
    assert "Begun by <bdi>Ana</bdi>" in text and 'id="total">5</span> creators' in text
    watch = ana.get(f"/lists/{five}/watch").text
    assert "Being screened again" in watch and "0 of 5 creators" in watch
    assert "Screen all again now" not in watch
    may_judge.set()
    desk.wait_for_screenings(ana)
    text = ana.get(place).text
    assert "Screened again: <bdi>Spring campaign</bdi>" in text and 'id="done">5</strong>' in text
    watch = ana.get(f"/lists/{five}/watch").text
    assert "Being screened again" not in watch and "Screen all again now" in watch
    assert "Screened again" in watch
    assert len(set(screened_again(desk))) == len(screened_again(desk)) == 5
    whole = [action for action, _ in actions(desk) if action.startswith("screening.")]
    assert whole == ["screening.started", "screening.done"]


def test_a_list_is_not_screened_twice_at_once(desk, five, monkeypatch):
    monkeypatch.setattr(watching, "begin_run", lambda *_: None)
    ana, ben = desk.member(), desk.member("Ben")
    ben.get(f"/lists/{five}/watch")
    ask(ana, five)
    place = ana.page.url.path
    answer = ben.post(f"/lists/{five}/watch/now")
    assert ben.page.url.path == place
    assert "being screened again already" in answer.text and "Begun by <bdi>Ana</bdi>" in answer.text
    set_list_rules(desk.store, "default", five, ListRules(watch_days=1), "test")
    ana.caller.portal.call(watch_once, desk.app)
    with desk.store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(screenings)).scalar_one() == 1
        assert not list_rules_of(connection, "default", five).watched_at  # it is due still


def test_a_list_that_is_due_is_screened_by_its_rule(desk, five, changed):
    ana = desk.member()
    set_list_rules(desk.store, "default", five, ListRules(watch_days=1), "test")
    ana.caller.portal.call(watch_once, desk.app)
    desk.wait_for_screenings(ana)
    text = ana.get(f"/screen/{newest(desk, five).screening_id}").text
    assert "Begun by the list’s rule" in text and len(screened_again(desk)) == 5


@pytest.mark.usefixtures("changed", "one_by_one")
@pytest.mark.parametrize("fault", ["killed", "lost"])
def test_what_was_screened_stays_and_another_goes_on_behind_it(desk, five, monkeypatch, fault):
    """The process ends after two creators, or the database is lost."""
    ana, stored = desk.member(), []

    def break_off(*parts):
        if len(stored) == 2:
            raise asyncio.CancelledError if fault == "killed" else NoUsableStore("It is gone.")
        stored.append(store_again(*parts))
        return stored[-1]

    monkeypatch.setattr(screening_again, "store_again", break_off)
    ask(ana, five)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    assert "Screening again" in ana.get(place).text and 'id="done">2</strong>' in ana.page.text
    assert len(screened_again(desk)) == 2
    monkeypatch.setattr(screening_again, "store_again", store_again)
    ana.caller.portal.call(tend, desk.app)
    assert not desk.app.state.desk_tasks  # it was alive a moment ago
    silence(desk)
    ana.caller.portal.call(tend, desk.app)
    desk.wait_for_screenings(ana)
    assert "Screened again" in ana.get(place).text and 'id="done">5</strong>' in ana.page.text
    assert len(set(screened_again(desk))) == len(screened_again(desk)) == 5


def test_of_two_that_work_on_the_same_piece_one_stores_it(desk, five, changed):
    access = desk.app.state.store_access
    screening, _ = begin_again(desk.store, "default", five, "test")
    with desk.store.database.reading() as connection:
        entry_ids = [name for name, _ in next_entries(connection, screening, 25)]
    detector = desk.app.state.screening.detector
    judged = judge_entries(access, screening, entry_ids, detector, None)
    assert len(store_again(desk.store, screening, entry_ids, judged)) == 5
    with pytest.raises(TakenOver):
        store_again(desk.store, screening, entry_ids, judged)
    assert len(screened_again(desk)) == 5


def test_who_is_taken_over_ends_nothing(desk, five, changed, monkeypatch):
    ana = desk.member()

    def another_was_first(*_):
        raise TakenOver

    monkeypatch.setattr(screening_again, "store_again", another_was_first)
    ask(ana, five)
    desk.wait_for_screenings(ana)
    assert newest(desk, five).state == "running"


def test_what_waits_for_its_turn_is_not_taken_up_by_another(desk, five, changed, monkeypatch):
    ana, may_judge, begun = desk.member(), threading.Event(), []

    def judge_later(*parts):
        begun.append(parts)
        may_judge.wait(60)
        return judge_entries(*parts)

    monkeypatch.setattr(screening_again, "judge_entries", judge_later)
    ask(ana, five)
    silence(desk)
    ana.caller.portal.call(tend, desk.app)
    assert newest(desk, five).beat_at > LONG_AGO
    may_judge.set()
    desk.wait_for_screenings(ana)
    assert len(begun) == 1


def test_a_list_of_one_tenant_does_not_hold_up_another(desk):
    """Each piece takes a turn: a small one is due before the next of four large ones."""
    order = []

    async def piece(tenant, cost):
        await screen_in_turn(desk.app, tenant, cost, lambda *_: order.append(tenant))

    async def work():
        service = desk.app.state.screening
        service.turns = FairTurns()
        with service.turns.line("first") as line:
            await line.due(0)
            waiting = [asyncio.create_task(piece("large", 4_000_000)) for _ in range(4)]
            waiting.append(asyncio.create_task(piece("small", 30_000)))
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

    desk.member().caller.portal.call(work)
    assert order.index("small") == 1 and len(order) == 5


def test_a_piece_is_as_large_as_its_evidence(desk, five, changed, one_by_one, monkeypatch):
    pieces = []

    def count(access, screening, entry_ids, *rest):
        pieces.append(len(entry_ids))
        return judge_entries(access, screening, entry_ids, *rest)

    monkeypatch.setattr(screening_again, "judge_entries", count)
    ana = desk.member()
    ask(ana, five)
    desk.wait_for_screenings(ana)
    assert pieces == [1, 1, 1, 1, 1]


@pytest.mark.usefixtures("changed", "one_by_one")
@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_a_list_that_is_removed_meanwhile_ends_it_with_a_sentence(desk, five, first, caplog, when):
    ana = desk.member()
    remove = partial(remove_list, desk.store, "default", five, "test")
    names = {"before": "store_again", "between": None, "after": "note_screened"}
    ana.get(f"/lists/{five}/watch")
    if names[when]:
        first(remove, names[when])
    else:
        first(lambda: first(remove, "store_again"), "store_again")
    ana.post(f"/lists/{five}/watch/now")
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    text = ana.get(place).text
    assert "The screening has failed" in text and "The list was removed meanwhile." in text
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


@pytest.mark.usefixtures("changed", "one_by_one")
def test_who_is_in_the_list_no_more_is_not_counted(desk, five, monkeypatch):
    ana, stored = desk.member(), []

    def remove_another(store, screening, entry_ids, judged):
        if not stored:
            with store.database.writing() as connection:
                later = select(func.max(list_entries.c.entry_id)).scalar_subquery()
                connection.execute(list_entries.delete().where(list_entries.c.entry_id == later))
        stored.append(entry_ids)
        return store_again(store, screening, entry_ids, judged)

    monkeypatch.setattr(screening_again, "store_again", remove_another)
    ask(ana, five)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    text = ana.get(place).text
    assert 'id="done">4</strong> of <span id="total">4</span>' in text
    assert "as they were" not in text and "as it was" not in text


def test_who_cannot_be_screened_stays_and_is_counted(desk, five, monkeypatch):
    lost = []

    def unreadable(store, entry):
        lost.append(entry.entry_id)
        return None if len(lost) <= 2 else observed_since(store, entry)

    monkeypatch.setattr(screening_again, "observed_since", unreadable)
    ana = desk.member()
    ask(ana, five)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    assert "2 creators stay as they were" in ana.get(place).text


def test_evidence_that_was_damaged_holds_up_nobody_else(desk, five):
    ana = desk.member()
    with desk.store.database.writing() as connection:
        one = select(func.min(evidence.c.evidence_sha256)).scalar_subquery()
        connection.execute(
            update(evidence).where(evidence.c.evidence_sha256 == one).values(document=b"damaged")
        )
    ask(ana, five)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    text = ana.get(place).text
    assert "Screened again" in text and "1 creator stays as it was" in text


def test_what_is_screened_again_to_the_same_is_stored_no_second_time(desk, five):
    ana = desk.member()
    before = actions(desk)
    ask(ana, five)
    desk.wait_for_screenings(ana)
    new = [action for action, _ in actions(desk)[len(before) :]]
    assert [action for action in new if action != "member.joined" and "session" not in action] == [
        "screening.started", "screening.done",
    ]  # fmt: skip


def test_an_empty_list_is_done_at_once(desk):
    ana = desk.member()
    list_id = create_list(desk.store, "default", "Nobody", "test")
    ask(ana, list_id)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    assert "Screened again" in ana.get(place).text


def test_an_error_inside_is_said_on_both_pages(desk, five, changed, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(screening_again, "judge_entries", fail)
    ana = desk.member()
    ask(ana, five)
    place = ana.page.url.path
    desk.wait_for_screenings(ana)
    assert screening_run.INTERNAL.split(";")[0] in ana.get(place).text
    assert "the rest is as it was" in ana.page.text
    text = ana.get(f"/lists/{five}/watch").text
    assert "Not screened again to the end" in text and "0 of 5 creators" in text


def test_who_may_only_read_sees_that_it_runs_and_no_link(desk, five, monkeypatch):
    monkeypatch.setattr(watching, "begin_run", lambda *_: None)
    ask(desk.member(), five)
    key = create_key(desk.store, tenant="default", name="Bot", scopes=[Scope.READ])
    rea = desk.browser()
    rea.get("/sign-in")
    rea.post("/sign-in", {"key": key})
    text = rea.get(f"/lists/{five}/watch").text
    assert "Being screened again" in text and "/screen/" not in text
    assert rea.post(f"/lists/{five}/watch/now").status_code == 403


def test_the_row_goes_in_time(desk, five, monkeypatch):
    ana = desk.member()
    ask(ana, five)
    desk.wait_for_screenings(ana)
    screening_id = newest(desk, five).screening_id
    silence(desk)
    ana.caller.portal.call(tend, desk.app)
    with desk.store.database.reading() as connection:
        assert get_screening(connection, "default", screening_id) is None


def test_it_counts_as_nothing_that_was_dropped(desk_of, monkeypatch, creators_of):
    desk = desk_of(jobs_at_once=1)
    monkeypatch.setattr(watching, "begin_run", lambda *_: None)
    ana = desk.member()
    ask(ana, create_list(desk.store, "default", "One", "test"))
    ana.get("/screen")
    good = {"account_id": "good", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {}}
    answer = ana.post("/screen", {"list": ""}, files=[("files", ("a.jsonl", json.dumps(good).encode()))])
    assert answer.status_code == 200 and "What was understood" in answer.text


def test_the_page_compares_some_and_says_so(desk, five, monkeypatch):
    monkeypatch.setattr(watching, "MOST_COMPARED", 2)
    with desk.store.database.reading() as connection:
        shortlist = get_list(connection, "default", five)
        assert changes_in(connection, shortlist, "en_GB").compared == 2
    assert "Of the 2 creators of the highest risk." in desk.member().get(f"/lists/{five}/watch").text


def test_what_changed_is_found_without_reading_all_verdicts(desk, five, monkeypatch):
    ana = desk.member()
    for followers in (99, 1_000, 50_000, 12_345_678):
        monkeypatch.setattr(screening_again, "observed_since", partial(with_followers, followers))
        ask(ana, five)
        desk.wait_for_screenings(ana)
    read = []
    loads = json.loads
    monkeypatch.setattr(stored_documents.json, "loads", lambda text: read.append(text) or loads(text))
    with desk.store.database.reading() as connection:
        changes_in(connection, get_list(connection, "default", five), "en_GB")
    assert 0 < len([text for text in read if '"verdict_id"' in text]) <= 10


def with_followers(followers, store, entry):
    with store.database.reading() as connection:
        document = get_evidence(connection, entry.tenant, entry.evidence_sha256).document
    return document | {"profile": (document.get("profile") or {}) | {"followers": followers}}
