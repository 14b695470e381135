"""Whoever acts on a page acts on what it showed them: where that is otherwise by then, nothing is stored."""

import re
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select

from serving.desk import rejudging
from serving.store.decisions import HumanDecision, Ruling, decisions_about, record_decision
from serving.store.list_entries import NewEntry, put_entries_in
from serving.store.list_rules import list_rules_of
from serving.store.members import Role
from serving.store.tables import audit_entries, contest_statements, decisions, verdicts

ELSEWHERE = {"kind": "press", "from": "2025-12-01", "to": "2025-12-02"}
"""Explains nothing that stands out: another verdict with the same label."""

THE_JUMP = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21"}
CONFIRMED = {"outcome": "confirmed", "label": "inflated", "confidence": "likely", "reason": "Bought in May."}
OVERTURNED = CONFIRMED | {"outcome": "overturned", "label": "authentic", "reason": "It was a show."}
JUDGED, DECIDED, ANSWERED = "was judged again meanwhile", "decided about this creator", "creator answered"


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


class Case:
    """A creator, who waits for a decision, and Ana and Ben who work on it."""

    def __init__(self, desk, creators):
        self.desk, self.creators, self.page = desk, creators, creators.page()
        self.queue = self.page.rpartition("/")[0]
        self.ana, self.ben, self.creator = desk.member("Ana"), desk.member("Ben"), desk.browser()

    @property
    def entry(self):
        return self.creators.entry(self.page)

    def does(self, browser, path, form):
        """Load the page, and send a form of it."""
        browser.get(self.page)
        answer = browser.post(f"{self.page}/{path}", form)
        assert answer.status_code == 200
        return answer

    def ask_for_a_second_person(self):
        self.ana.get(f"{self.queue}/watch")
        self.ana.post(f"{self.queue}/watch", {"watch_days": "0", "second_person": "yes"})

    def invite(self):
        self.address = re.search(r"/contests/[\w-]{43}", self.does(self.ana, "invite", {"days": "7"}).text)[0]

    def answers(self):
        self.creator.get(self.address)
        assert self.creator.post(self.address, {"statement": "answer", "text": "A show."}).status_code == 200

    def explained(self, by=None, stretch=ELSEWHERE):
        self.does(by or self.ana, "explain", stretch)

    def decided_over_the_interface(self):
        outside = HumanDecision(Ruling.CONFIRMED, "Jo", "Seen.")
        assert record_decision(self.desk.store, "default", self.entry.verdict_id, outside, "key:abc")

    def rows(self):
        """How many rows there are of what somebody does."""
        tables = (decisions, verdicts, contest_statements, audit_entries)
        with self.desk.store.database.reading() as connection:
            counts = (select(func.count()).select_from(table) for table in tables)
            return [connection.execute(query).scalar_one() for query in counts], self.entry


@pytest.fixture
def case(desk, creators):
    return Case(desk, creators)


def test_nobody_approves_another_decision_than_their_page_showed(case):
    case.ask_for_a_second_person()
    case.does(case.ana, "decide", CONFIRMED)
    case.ben.get(case.page)
    case.does(case.ana, "decide", OVERTURNED)
    before = case.rows()
    approval = {"reason": "I agree to confirm it", "do": "approve"}
    refused = case.ben.post(f"{case.page}/approve", approval)
    assert refused.status_code == 409 and DECIDED in refused.text
    assert "Ana</bdi> decided “overturned”; a second person must approve" in refused.text
    assert "I agree to confirm it</textarea>" in refused.text
    assert case.rows() == before and before[1].state == "second person"
    assert case.ben.post(f"{case.page}/approve", approval).status_code == 200  # now they have seen it
    assert case.entry.state == "overturned"


def test_an_approval_names_the_decision(case):
    case.ask_for_a_second_person()
    case.does(case.ana, "decide", CONFIRMED)
    case.ben.get(case.page)
    before = case.rows()
    for wrong in ({"approves": ""}, {"approves": "0" * 32}, {"decision_id": ""}, {"verdict_id": ""}):
        form = {"reason": "I agree.", "do": "approve"} | wrong
        assert case.ben.post(f"{case.page}/approve", form).status_code == 409
    assert case.rows() == before


HAPPENED = {
    "judged again": (lambda case: None, Case.explained, JUDGED),
    "judged with another label": (
        lambda case: None,
        lambda case: case.explained(stretch=THE_JUMP),
        JUDGED,
    ),
    "decided": (lambda case: None, lambda case: case.does(case.ana, "decide", OVERTURNED), DECIDED),
    "decided over the interface": (lambda case: None, Case.decided_over_the_interface, DECIDED),
    "decided again, alike": (
        lambda case: case.does(case.ana, "decide", CONFIRMED),
        lambda case: case.does(case.ana, "decide", CONFIRMED | {"reason": "More likes than views."}),
        DECIDED,
    ),
    "withdrawn": (
        lambda case: case.does(case.ana, "decide", CONFIRMED),
        lambda case: case.does(case.ana, "triage", {"state": "open", "reason": "Too early."}),
        DECIDED,
    ),
    "answered": (Case.invite, Case.answers, ANSWERED),
    "answered again": (lambda case: (case.invite(), case.answers()), Case.answers, ANSWERED),
}
"""What happens after somebody has loaded a creator's page: what was before it, the act, and the sentence."""


@pytest.mark.parametrize("name", HAPPENED)
def test_nobody_decides_by_a_page_that_is_stale(case, name):
    prepare, happen, sentence = HAPPENED[name]
    prepare(case)
    case.ben.get(case.page)
    happen(case)
    before = case.rows()
    refused = case.ben.post(f"{case.page}/decide", CONFIRMED)
    assert refused.status_code == 409 and sentence in refused.text
    assert "Bought in May.</textarea>" in refused.text and "Decide" in refused.text
    assert case.rows() == before
    again = case.ben.post(f"{case.page}/decide", OVERTURNED | {"label": "not sure"})  # now they have seen it
    assert again.status_code == 200 and case.entry.state == "overturned"


@pytest.mark.parametrize("act", [Case.explained, Case.decided_over_the_interface])
def test_what_a_decision_is_about_is_checked_in_its_transaction(case, first, act):
    case.ben.get(case.page)
    seen = []
    waiting = first(lambda: (act(case), seen.append(case.rows())), "decide_entry")
    refused = case.ben.post(f"{case.page}/decide", CONFIRMED)
    assert not waiting and refused.status_code == 409
    assert seen == [case.rows()]


def test_what_an_approval_is_of_is_checked_in_its_transaction(case, first):
    case.ask_for_a_second_person()
    case.does(case.ana, "decide", CONFIRMED)
    case.ben.get(case.page)
    waiting = first(lambda: case.does(case.ana, "decide", OVERTURNED), "approve_decision")
    refused = case.ben.post(f"{case.page}/approve", {"reason": "I agree.", "do": "approve"})
    assert not waiting and refused.status_code == 409 and case.entry.state == "second person"


@pytest.mark.parametrize("outcome", ["confirmed", "overturned", "needs data", "open"])
@pytest.mark.parametrize(
    ("happen", "sentence"),
    [
        pytest.param(Case.explained, JUDGED, id="judged again"),
        pytest.param(lambda case: case.does(case.ana, "decide", OVERTURNED), DECIDED, id="overturned"),
    ],
)
def test_the_queue_s_dialog_is_about_the_row_that_was_shown(case, outcome, happen, sentence):
    case.does(case.ana, "decide", CONFIRMED)
    case.ben.get(case.queue)
    happen(case)
    before = case.rows()
    form = {"state": outcome, "reason": "Seen.", "label": "not sure"}
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://desk{case.queue}"}
    refused = case.ben.post(f"{case.page}/triage", form, headers=headers)
    assert refused.status_code == 409
    notice, row = refused.text.split("<template>")
    assert 'class="notice notice-bad" role="alert"' in notice and sentence in notice
    assert f'data-verdict="{case.entry.verdict_id}" data-state="{case.entry.state}"' in row
    assert 'hx-swap-oob="true" data-place=' in row and 'id="decide-token"' in row
    assert case.rows() == before
    case.ben.get(case.queue)
    assert case.ben.post(f"{case.page}/triage", form, headers=headers).status_code == 200


def test_a_case_is_opened_again_by_the_row_that_was_shown_in_one_transaction(case, first):
    case.does(case.ana, "decide", CONFIRMED)
    case.ben.get(case.queue)
    waiting = first(lambda: case.does(case.ana, "decide", OVERTURNED), "reopen_with_reason")
    form = {"state": "open", "reason": "Too early."}
    assert case.ben.post(f"{case.page}/triage", form).status_code == 409
    assert not waiting and case.entry.state == "overturned" and case.entry.comments == 0


@pytest.mark.parametrize("name", ["explain", "take-over", "withdraw"])
def test_nobody_has_another_verdict_judged_again_than_their_page_showed(case, monkeypatch, name):
    case.explained()
    case.invite()
    case.creator.get(case.address)
    case.creator.post(case.address, {"statement": "event"} | THE_JUMP)
    case.ben.get(case.page)
    assert f'action="{case.page}/{name}"' in case.ben.page.text
    case.explained(stretch=THE_JUMP)
    before = case.rows()
    monkeypatch.setattr(rejudging, "judge_document", partial(pytest.fail, "nothing is judged"))
    form = {} if name == "withdraw" else ELSEWHERE | {"note": "An article about it"}
    refused = case.ben.post(f"{case.page}/{name}", form)
    assert refused.status_code == 409 and JUDGED in refused.text and case.rows() == before
    assert ("An article about it" in refused.text) == (name == "explain")


@pytest.mark.parametrize("kind", ["answer", "event", "facts"])
def test_a_creator_states_nothing_about_a_verdict_that_they_were_not_shown(case, kind):
    case.invite()
    case.creator.get(case.address)
    case.explained()
    before = case.rows()
    form = {"statement": kind, "text": "It was a show."} | THE_JUMP
    files = {"files": {"file": ("a.txt", b"one")}} if kind == "facts" else {}
    refused = case.creator.post(case.address, form, **files)
    assert refused.status_code == 409
    assert "Your account was judged again meanwhile, and nothing was sent" in refused.text
    assert kind != "answer" or "It was a show.</textarea>" in refused.text
    assert case.rows() == before
    assert case.creator.post(case.address, form, **files).status_code == 200
    assert case.entry.state == "contested"


@pytest.mark.parametrize("role", [Role.LEAD, Role.ANALYST])
def test_nobody_sets_rules_by_a_page_that_is_stale(case, first, role):
    cal = case.desk.member("Cal", role)
    watch = f"{case.queue}/watch"
    cal.get(watch)
    case.ask_for_a_second_person()
    refused = cal.post(watch, {"watch_days": "7"})
    assert refused.status_code == 409 and "changed the rules of this list meanwhile" in refused.text
    with case.desk.store.database.reading() as connection:
        assert list_rules_of(connection, "default", case.entry.list_id).as_set == (True, 0)
    again = {"watch_days": "7"} | ({"second_person": "yes"} if role is Role.LEAD else {})
    sent = cal.form(watch, again)
    for _ in range(2):  # a double click
        assert cal.post(watch, sent).status_code == 200
    with case.desk.store.database.reading() as connection:
        assert list_rules_of(connection, "default", case.entry.list_id).as_set == (True, 7)
    case.ana.get(watch)
    cal.get(watch)
    waiting = first(
        lambda: case.ana.post(watch, {"watch_days": "1", "second_person": "yes"}), "set_list_rules"
    )
    assert cal.post(watch, {"watch_days": "0"}).status_code == 409 and not waiting


def test_a_list_is_removed_with_the_creators_that_were_shown(case):
    case.ben.get(case.queue)
    with case.desk.store.database.writing() as connection:
        other = replace(case.entry, account_id="other")
        named = {name: getattr(other, name) for name in NewEntry.__dataclass_fields__}
        put_entries_in(connection, "default", other.list_id, [NewEntry(**named)])
    refused = case.ben.post(case.queue, {"do": "remove"})
    assert refused.status_code == 409 and "Creators came into this list" in refused.text
    assert "2 creators" in refused.text and len(case.creators.entries(other.list_id)) == 2
    assert case.ben.post(case.queue, {"do": "remove"}).url.path == "/lists"


def test_decisions_of_a_page_that_is_current_are_about_its_verdict(case):
    case.does(case.ben, "decide", CONFIRMED)
    with case.desk.store.database.reading() as connection:
        (document,) = decisions_about(connection, "default", case.entry.verdict_id)
    assert document["verdict_id"] == case.entry.verdict_id
