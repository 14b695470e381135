"""Forms that are sent twice bring about what they say once, whichever they are."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from serving.desk import rejudging, screen
from serving.store import idempotency_keys
from serving.store.api_keys import Scope, find_caller
from serving.store.idempotency_keys import remove_old_answers

EVENT = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21"}
DECISION = {
    "outcome": "confirmed", "reason": "Bought.", "label": "inflated", "counts": "followers",
    "confidence": "certain",
}  # fmt: skip
NEW_ROWS = {
    "comment": ("{page}/comments", {"text": "Ask them."}, {"entry_comments": 1, "audit_entries": 1}),
    "reopening": (
        "{page}/triage",
        {"state": "open", "reason": "Look."},
        {"entry_comments": 1, "audit_entries": 2},
    ),
    "assignment": ("{page}/assign", {"member": "me"}, {"audit_entries": 1}),
    "explanation": ("{page}/explain", EVENT, {"verdicts": 1, "evidence": 1, "audit_entries": 2}),
    "event taken over": ("{page}/take-over", EVENT, {"verdicts": 1, "evidence": 1, "audit_entries": 2}),
    "decision": ("{page}/decide", DECISION, {"decisions": 1, "audit_entries": 1}),
    "link": ("{page}/invite", {"days": "7"}, {"contests": 1, "audit_entries": 1}),
    "list": ("/lists", {"name": "Autumn"}, {"lists": 1, "audit_entries": 1}),
    "invitation": (
        "/organisation",
        {"name": "Ben", "role": "analyst"},
        {"invitations": 1, "audit_entries": 1},
    ),
    "key": (
        "/organisation/keys",
        {"name": "k", "days": "", "scopes": ["read"]},
        {"api_keys": 1, "audit_entries": 1},
    ),
}
"""Forms by what they make: path, fields, and the rows that are more in each table after them."""

TABLES = (
    "entry_comments", "verdicts", "evidence", "decisions", "contests", "lists", "invitations", "api_keys",
    "contest_statements", "screenings", "audit_entries",
)  # fmt: skip


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


def rows_of(desk):
    with desk.store.database.reading() as connection:
        rows = {name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}") for name in TABLES}
        return {name: counted.scalar() for name, counted in rows.items()}


def more_rows(desk, before):
    return {name: count - before[name] for name, count in rows_of(desk).items() if count != before[name]}


def send(browser, path, form):
    return browser.caller.post(path, data=browser.form(path, form), follow_redirects=True)


@pytest.mark.parametrize("name", NEW_ROWS)
def test_a_form_that_is_sent_twice_is_done_once(desk, creators, name):
    path, form, expected = NEW_ROWS[name]
    page, ana = creators.page(), desk.member("Ana")
    path = path.format(page=page)
    ana.get(page)
    before = rows_of(desk)
    answers = [send(ana, path, form) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert more_rows(desk, before) == expected
    assert answers[0].url == answers[1].url
    assert secrets_in(answers[0].text) == secrets_in(answers[1].text)


def secrets_in(text):
    return re.findall(r"(?:/contests/|/invitations/|assay_)[\w-]{43,}", text)


def test_the_secrets_of_a_second_sending_are_those_of_the_first_and_are_stored_nowhere(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    for name in ("link", "invitation", "key"):
        path, form, _ = NEW_ROWS[name]
        ana.get(page)
        found = [secrets_in(send(ana, path.format(page=page), form).text) for _ in range(2)]
        assert found[0] == found[1]
        (secret,) = set(found[0])
        if name == "key":
            with desk.store.database.reading() as connection:
                assert find_caller(connection, secret).scopes == {Scope.READ}
        else:
            assert desk.browser().get(secret).status_code == 200
        with closing(sqlite3.connect(desk.store.database.place)) as database:
            assert secret.rpartition("/")[2].rpartition("_")[2] not in "\n".join(database.iterdump())


@pytest.mark.parametrize("name", ["link", "invitation", "key"])
def test_a_form_that_is_sent_again_once_it_is_forgotten_makes_another_secret(desk, creators, name):
    """What was used, ended or revoked stays so."""
    path, form, expected = NEW_ROWS[name]
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    path, before = path.format(page=page), rows_of(desk)
    first = send(ana, path, form)
    remove_old_answers(desk.store, timedelta(seconds=-120))
    late = send(ana, path, form)
    assert (first.status_code, late.status_code) == (200, 200)
    assert len({secret.rpartition("_")[2] for secret in secrets_in(first.text + late.text)}) == 2
    made = next(iter(expected))
    assert more_rows(desk, before)[made] == (1 if name == "invitation" else 2)  # the later one replaces it
    assert secrets_in(send(ana, path, form).text) == secrets_in(late.text)


def end_link(ana, page, _):
    ana.get(page)
    (contest,) = re.findall(r'name="contest" value="(\w+)"', ana.page.text)
    ana.post(f"{page}/close-link", {"contest": contest})


def revoke_key(ana, _, key):
    ana.get("/organisation/keys")
    ana.post(f"/organisation/keys/{key.split('_')[1]}")


def invite_anew(ana, *_):
    ana.get("/organisation")
    ana.post("/organisation", NEW_ROWS["invitation"][1])


def use_invitation(ben, _, address):
    ben.get(address)
    ben.post(address, {"password": "quite a long one", "again": "quite a long one"})


ENDINGS = {
    "link ended": ("link", end_link, "was ended, or has expired"),
    "key revoked": ("key", revoke_key, "was revoked, or has expired"),
    "invitation replaced": ("invitation", invite_anew, "was used, replaced by a newer one, or has expired"),
    "invitation used": ("invitation", use_invitation, "was used, replaced by a newer one, or has expired"),
}
"""How something ends that a form made: what it is, who ends it, and what the form answers from then on."""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_form_that_is_sent_again_says_what_was_ended_meanwhile(desk, creators, ending):
    name, end, words = ENDINGS[ending]
    path, form, _ = NEW_ROWS[name]
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    form, path = ana.form(page, form), path.format(page=page)
    first = ana.caller.post(path, data=form)
    (secret,) = set(secrets_in(first.text))
    assert words not in first.text
    end(desk.browser() if end is use_invitation else ana, page, secret)
    again = ana.caller.post(path, data=form)
    assert (again.status_code, words in again.text) == (200, True)
    assert secrets_in(again.text) == []


def test_the_same_words_from_a_page_that_was_loaded_again_are_another_form(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    for _ in range(2):
        ana.get(page)
        send(ana, f"{page}/comments", {"text": "Ask them."})
    assert creators.entry(page).comments == 2
    send(ana, f"{page}/comments", {"text": "Ask them, too."})  # other words, from the same page
    assert creators.entry(page).comments == 3


def test_an_answer_of_htmx_brings_the_token_of_the_next_form(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page.rsplit("/", 1)[0])
    (token,) = set(re.findall('id="comment-token" value="([0-9a-f]+)"', ana.page.text))
    seen = {token}
    for _ in range(2):
        for _ in range(2):  # a double click comes before the answer
            answer = ana.caller.post(
                f"{page}/comments", data={"csrf": token, "text": "Seen."},
                headers={"HX-Request": "true", "X-CSRF-Token": ana.token},
            )  # fmt: skip
            assert answer.status_code == 200
        (token,) = re.findall('id="comment-token" value="([0-9a-f]+)" hx-swap-oob="true"', answer.text)
        seen.add(token)
    assert creators.entry(page).comments == 2
    assert len(seen) == 3


@pytest.fixture
def both_at_once(monkeypatch):
    """Lets the second sending of a form find no answer of the first before its own work."""

    async def none(*_):
        return None

    monkeypatch.setattr(screen, "answer_before", none)
    monkeypatch.setattr(rejudging, "answer_before", none)


@pytest.mark.usefixtures("both_at_once")
def test_a_form_that_is_sent_while_the_first_is_worked_on_is_done_once(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    before = rows_of(desk)
    for _ in range(2):
        assert send(ana, f"{page}/explain", EVENT).status_code == 200
    assert more_rows(desk, before) == NEW_ROWS["explanation"][2]


def test_what_a_killed_process_began_is_done_by_the_second_sending(desk, creators, monkeypatch):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    before, form = rows_of(desk), {"csrf": ana.token, "text": "Ask them."}
    with monkeypatch.context() as killed:
        killed.setattr(idempotency_keys, "remember_answer", lambda *_: 1 / 0)
        assert ana.caller.post(f"{page}/comments", data=form).status_code == 500
    assert more_rows(desk, before) == {}
    for _ in range(2):
        assert ana.caller.post(f"{page}/comments", data=form).status_code == 303
    assert more_rows(desk, before) == {"entry_comments": 1, "audit_entries": 1}


def test_what_was_refused_is_not_remembered(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    for _ in range(2):
        assert send(ana, f"{page}/approve", {"reason": "I agree.", "do": "approve"}).status_code == 400


def test_a_creators_statement_that_is_sent_twice_is_one(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    (address, *_) = secrets_in(send(ana, f"{page}/invite", {"days": "7"}).text)
    creator = desk.browser()
    creator.get(address)
    before = rows_of(desk)
    for _ in range(2):
        assert send(creator, address, {"statement": "answer", "text": "It was a show."}).status_code == 200
    assert more_rows(desk, before) == {"contest_statements": 1, "audit_entries": 1}
    for content in (b"one", b"one", b"two"):  # the same name and size
        files = {"file": ("a.txt", content)}
        form = creator.form(address, {"statement": "facts"})
        assert creator.caller.post(address, data=form, files=files).status_code in (200, 303)
    assert more_rows(desk, before)["contest_statements"] == 3


def drop(browser, document):
    files = {"files": ("a.json", json.dumps(document))}
    return browser.caller.post("/screen", data={"csrf": browser.token}, files=files).headers["location"]


def test_files_that_are_dropped_twice_are_one_screening(desk, creators):
    ana = desk.member("Ana")
    ana.get("/screen")
    before = rows_of(desk)
    assert len({drop(ana, creators.documents["auto-refill"]) for _ in range(2)}) == 1
    assert more_rows(desk, before)["screenings"] == 1


@pytest.mark.usefixtures("both_at_once")
def test_files_that_are_dropped_while_the_same_are_read_are_one_screening(desk, creators):
    ana = desk.member("Ana")
    ana.get("/screen")
    before = rows_of(desk)
    assert len({drop(ana, creators.documents["auto-refill"]) for _ in range(2)}) == 1
    assert more_rows(desk, before)["screenings"] == 1
    folder = desk.app.state.settings.desk_path
    assert len([one for one in folder.iterdir() if one.is_dir()]) == 1


def test_a_list_that_is_screened_again_by_a_form_sent_twice_is_screened_once(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    here = page.rsplit("/", 1)[0]
    ana.get(f"{here}/watch")
    addresses = []
    for _ in range(2):
        addresses.append(send(ana, f"{here}/watch/now", {}).url.path)
        desk.wait_for_screenings(ana)  # the first has ended when the second comes
    assert len(set(addresses)) == 1


def test_a_form_is_remembered_as_long_as_an_answer_of_the_interface(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    send(ana, f"{page}/comments", {"text": "Ask them."})
    remove_old_answers(desk.store, timedelta(seconds=-120))
    send(ana, f"{page}/comments", {"text": "Ask them."})
    assert creators.entry(page).comments == 2
