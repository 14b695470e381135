import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from accounts.examples import creators_path
from accounts.observations import Observation
from serving.store.audit_check import verify_audit_logs
from serving.store.decisions import HumanDecision, Ruling, decisions_about, record_decision
from serving.store.list_entries import NewEntry, get_entry, put_entries_in
from serving.store.list_rules import ListRules, set_list_rules
from serving.store.list_screenings import claim_watched_lists
from serving.store.members import Role
from serving.store.observation_rows import store_observations
from serving.store.screenings import end_screening
from serving.store.tables import audit_entries
from serving.store.verdict_pages import VerdictFilter, page_of_verdicts
from training.own_labels.label_file import read_labels

JUMP = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "note": "An <b>article</b>"}


EXAMPLES = sorted(
    json.loads(line)["account_id"].removeprefix("example:")
    for line in creators_path().read_text().splitlines()
)


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


def test_a_page_shows_parts_charts_and_forms(desk, creators):
    page, ana = creators.page(), desk.member()
    text = ana.get(page).text
    for word in (
        "Parts",
        "Growth",
        "chart-growth",
        "Say what this was",
        "Estimated real followers",
        "Decide",
    ):
        assert word in text
    assert 'href="#jump-1-form"' in text
    assert "style=" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_creator_has_a_page(desk, creators, name):
    assert desk.member().get(creators.page(name)).status_code == 200


def test_a_creator_with_a_profile_alone_has_a_page(desk, creators):
    bare = {"posts": [], "comments": [], "history": [], "audience": []}
    page, ana = creators.page(**bare), desk.member()
    assert "No follower history was supplied" in ana.get(page).text
    for part in ("comment-groups", "turning", "history", "value?fee=5&currency=EUR&posts=1"):
        assert ana.get(f"{page}/{part}").status_code == 200


def test_another_tenants_creator_is_not_there(desk, creators):
    page, other = creators.page(), desk.member(tenant="other")
    for part in ("", "/comment-groups", "/turning", "/value", "/history"):
        assert other.get(page + part).status_code == 404
    other.get("/lists")
    assert other.post(f"{page}/explain", JUMP).status_code == 404


def test_an_explained_jump_is_judged_again_and_named(desk, creators):
    page, ana = creators.page(), desk.member()
    before = creators.entry(page)
    ana.get(page)
    assert ana.post(f"{page}/explain", JUMP).status_code == 200
    after = creators.entry(page)
    assert (before.label, after.label) == ("inflated", "review")
    assert after.verdict_id != before.verdict_id
    text = ana.get(page).text
    assert "An &lt;b&gt;article&lt;/b&gt;" in text
    assert "Before it: Signals of inflation" in text
    assert "Ana" in text
    assert [check.fault for check in verify_audit_logs(desk.store)] == [None]


def test_an_explanation_can_be_taken_back(desk, creators):
    page, ana = creators.page(), desk.member()
    before = creators.entry(page)
    ana.get(page)
    ana.post(f"{page}/explain", JUMP)
    when = re.search(r'name="when" value="([^"]+)"', ana.get(page).text)[1]
    ana.post(f"{page}/withdraw", {"when": when})
    assert creators.entry(page).verdict_id == before.verdict_id
    assert ana.post(f"{page}/withdraw", {"when": when}).status_code >= 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "magic"},
        {"from": ""},
        {"from": "yesterday"},
        {"to": "2025-11-01"},
        {"to": "2199-01-01"},
        {"note": "x" * 3000},
    ],
)
def test_a_wrong_explanation_changes_nothing_and_says_why(desk, creators, wrong):
    page, ana = creators.page(), desk.member()
    before = creators.entry(page)
    ana.get(page)
    answer = ana.post(f"{page}/explain", JUMP | wrong)
    assert 400 <= answer.status_code < 500
    assert creators.entry(page) == before


def test_comments_are_listed_by_group_and_escaped(desk, creators):
    hostile = "<script>alert(1)</script> \u202e=cmd() " + "🔥" * 3000
    rows = [{"post_id": "p", "author_id": f"secret{at}", "text": hostile} for at in range(60)]
    page, ana = creators.page(comments=rows), desk.member()
    text = ana.get(f"{page}/comment-groups?kind=same_text").text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "secret" not in text
    assert "Page 1 of 3" in text
    assert ana.get(f"{page}/comment-groups?kind=same_text&page=3").status_code == 200
    assert ana.get(f"{page}/comment-groups?kind=nonsense&page=x").status_code == 200


def test_what_would_turn_it_is_judged(desk, creators):
    page, ana = creators.page(), desk.member()
    assert "were left out" in ana.get(f"{page}/turning").text or "was left out" in ana.page.text


def test_a_contract_has_a_cost_or_a_reason_why_not(desk, creators):
    page, ana = creators.page(), desk.member()
    assert "per real follower" in ana.get(f"{page}/value?fee=1,500&currency=EUR&posts=2").text
    assert "above 0" in ana.get(f"{page}/value?fee=free&currency=EUR&posts=2").text
    assert "1 to 1,000" in ana.get(f"{page}/value?fee=5&currency=EUR&posts=0").text


def test_the_history_says_what_changed(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    ana.post(f"{page}/explain", JUMP)
    text = ana.get(f"{page}/history").text
    assert "explains 5 to 21 November 2025 as press" in text
    assert "became" in text


def decision(**more):
    return {
        "outcome": "confirmed",
        "label": "inflated",
        "confidence": "certain",
        "reason": "Seen.",
        "counts": "followers",
    } | more


def test_a_decision_is_stored_and_becomes_a_label(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    assert ana.post(f"{page}/decide", decision()).status_code == 200
    assert creators.entry(page).state == "confirmed"
    (row,) = csv.DictReader(io.StringIO(ana.get("/labels.csv").text))
    assert (row["account_id"], row["label"], row["counts"]) == (
        "example:auto-refill",
        "inflated",
        "followers",
    )
    assert (row["confidence"], row["who"]) == ("1.0", "Ana")


def outcomes_about(desk, creators, page):
    with desk.store.database.reading() as connection:
        documents = decisions_about(connection, "default", creators.entry(page).verdict_id)
    return [(one["outcome"], one["by"]) for one in documents]


def test_a_form_that_is_sent_twice_is_one_decision(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ben.get(page)
    for browser, path, form, state in (
        (ana, "decide", decision(), "second person"),
        (ben, "approve", {"reason": "Look again.", "do": "return"}, "open"),
        (ana, "decide", decision(), "second person"),  # again after it was sent back: another decision
        (ben, "approve", {"reason": "I agree.", "do": "approve"}, "confirmed"),
        (ben, "triage", {"state": "open", "reason": "Too early."}, "open"),
        (ben, "triage", {"state": "needs data", "reason": "No posts."}, "needs data"),
    ):
        browser.get(page)
        sent = browser.form(f"{page}/{path}", form)
        for _ in range(2):
            assert browser.post(f"{page}/{path}", sent).status_code == 200
            assert creators.entry(page).state == state
    assert outcomes_about(desk, creators, page) == [
        ("confirmed", "Ana"), ("confirmed", "Ben"), ("confirmed", "Ana"), ("confirmed", "Ben"),
        ("withdrawn", "Ben"), ("needs data", "Ben"),
    ]  # fmt: skip
    assert creators.entry(page).comments == 0
    ana.get(page)
    ana.post(f"{page}/triage", {"state": "needs data", "reason": "No posts."})  # somebody else's
    ana.post(f"{page}/triage", {"state": "needs data", "reason": "Still no posts."})
    assert len(outcomes_about(desk, creators, page)) == 8


@pytest.mark.parametrize(
    "wrong", [{"reason": " "}, {"outcome": "maybe"}, {"label": "liar"}, {"confidence": "no"}, {"counts": "x"}]
)
def test_a_wrong_decision_changes_nothing(desk, creators, wrong):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    assert 400 <= ana.post(f"{page}/decide", decision(**wrong)).status_code < 500
    assert creators.entry(page).state == "open"


@pytest.mark.parametrize(
    ("outcome", "found", "words"),
    [("overturned", "inflated", "say what it is instead"), ("confirmed", "authentic", "overturn it instead")],
)
def test_a_decision_that_contradicts_itself_is_refused(desk, creators, outcome, found, words):
    page, ana = creators.page(), desk.member()
    assert creators.entry(page).label == "inflated"
    ana.get(page)
    refused = ana.post(f"{page}/decide", decision(outcome=outcome, label=found, counts=""))
    assert refused.status_code == 400
    assert words in refused.text
    assert creators.entry(page).state == "open"
    assert not list(csv.DictReader(io.StringIO(ana.get("/labels.csv").text)))
    ana.get(page)
    assert ana.post(f"{page}/decide", decision(outcome="overturned", label="authentic", counts="")).is_success
    assert creators.entry(page).state == "overturned"


def state_everywhere(desk, browser, page):
    """What the list, look-ups and the labels say of a creator, and the report's section of decisions."""
    list_id, entry_id = page.split("/")[2:]
    with desk.store.database.reading() as connection:
        entry = get_entry(connection, "default", list_id, entry_id)
        stands = page_of_verdicts(connection, "default", VerdictFilter(), 10, None)[0]["decision"]
    labels = [row["label"] for row in csv.DictReader(io.StringIO(browser.get("/labels.csv").text))]
    report = browser.get(f"{page}/report.html").text
    section = re.search(r'<section class="decision">(.*?)</section>', report, re.DOTALL)[1]
    browser.get(page)
    return str(entry.state), stands, labels, section


def test_the_newest_decision_holds_everywhere(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    *stand, report = state_everywhere(desk, ana, page)
    assert stand == ["confirmed", "confirmed", ["inflated"]]
    assert "Confirmed" in report and "no longer stands" not in report
    ana.post(f"{page}/triage", {"state": "needs data", "reason": "Its posts are missing."})
    *stand, report = state_everywhere(desk, ana, page)
    assert stand == ["needs data", "needs data", []]
    confirmed, needs_data = re.findall(r"<p>.*?</p>", report)
    assert "Confirmed" in confirmed and "It no longer stands" in confirmed
    assert "Its posts are missing." in needs_data and "no longer stands" not in needs_data


def test_a_case_that_is_open_again_withdraws_its_decision_everywhere(desk, creators):
    page, ana, ben = creators.page(), desk.member(), desk.member("Ben", Role.ANALYST)
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    ben.get(page)
    assert ben.post(f"{page}/triage", {"state": "open", "reason": " "}).status_code == 400
    ben.get(page)
    ben.post(f"{page}/triage", {"state": "open", "reason": "A giveaway was overlooked."})
    *stand, report = state_everywhere(desk, ben, page)
    assert stand == ["open", "withdrawn", []]
    confirmed, withdrawn = re.findall(r"<p>.*?</p>", report)
    assert "Confirmed" in confirmed and "It no longer stands" in confirmed
    for words in ("Withdrawn", "Ben", "A giveaway was overlooked."):
        assert words in withdrawn
    assert "<strong>Withdrawn</strong> by <bdi>Ben</bdi>" in ben.page.text
    with desk.store.database.reading() as connection:
        found = decisions_about(connection, "default", creators.entry(page).verdict_id)
        log = "".join(connection.execute(select(audit_entries.c.document)).scalars())
    assert [(one["outcome"], one["by"]) for one in found] == [("confirmed", "Ana"), ("withdrawn", "Ben")]
    assert found[1]["reason"] == "A giveaway was overlooked."
    assert "decision.withdrawn" in log and "overlooked" not in log
    assert [check.fault for check in verify_audit_logs(desk.store)] == [None]
    ben.post(f"{page}/decide", decision())
    *stand, report = state_everywhere(desk, ben, page)
    assert stand == ["confirmed", "confirmed", ["inflated"]]
    assert report.count("It no longer stands") == 2


def test_a_case_that_is_open_again_withdraws_the_decision_about_an_earlier_verdict(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    earlier = creators.entry(page).verdict_id
    ana.get(page)
    ana.post(f"{page}/explain", JUMP | {"from": "2025-12-01", "to": "2025-12-02"})
    assert creators.entry(page).state == "confirmed" and creators.entry(page).verdict_id != earlier
    ana.get(page)
    ana.post(f"{page}/triage", {"state": "open", "reason": "Too early."})
    assert creators.entry(page).state == "open"
    with desk.store.database.reading() as connection:
        found = page_of_verdicts(connection, "default", VerdictFilter(), 10, None)
    stand = {one["verdict_id"]: one["decision"] for one in found}
    assert stand == {earlier: "withdrawn", creators.entry(page).verdict_id: "none"}
    assert not list(csv.DictReader(io.StringIO(ana.get("/labels.csv").text)))


def test_what_waits_can_be_withdrawn(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.post(f"{page}/decide", decision())
    ana.get(page)
    ana.post(f"{page}/triage", {"state": "open", "reason": "My mistake."})
    *stand, report = state_everywhere(desk, ana, page)
    assert stand == ["open", "withdrawn", []]
    assert "Not final" not in report and "It no longer stands" in report
    ben.get(page)
    assert ben.post(f"{page}/approve", {"reason": "I agree.", "do": "approve"}).status_code == 400


def test_a_second_person_approves_and_never_the_first(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    list_page = page.rsplit("/", 1)[0]
    ana.get(page)
    ana.post(f"{list_page}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.post(f"{page}/decide", decision())
    assert creators.entry(page).state == "second person"
    assert not list(csv.DictReader(io.StringIO(ana.get("/labels.csv").text)))
    ana.get(page)
    refused = ana.post(f"{page}/approve", {"reason": "Me again.", "do": "approve"})
    assert refused.status_code >= 400
    assert "second person" in refused.text
    ben.get(page)
    assert ben.post(f"{page}/approve", {"reason": "I agree.", "do": "approve"}).status_code == 200
    assert creators.entry(page).state == "confirmed"
    assert len(list(csv.DictReader(io.StringIO(ana.get("/labels.csv").text)))) == 1
    assert ben.post(f"{page}/approve", {"reason": "Again.", "do": "approve"}).status_code >= 400


def test_a_second_person_may_send_back(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.post(f"{page}/decide", decision())
    ben.get(page)
    ben.post(f"{page}/approve", {"reason": "Look at the giveaway.", "do": "return"})
    assert creators.entry(page).state == "open"
    assert not list(csv.DictReader(io.StringIO(ben.get("/labels.csv").text)))


def test_what_waited_is_open_again_where_the_verdict_changed_under_it(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.post(f"{page}/decide", decision())
    ana.get(page)
    label = creators.entry(page).label
    ana.post(f"{page}/explain", JUMP | {"from": "2025-12-01", "to": "2025-12-02"})
    assert creators.entry(page).label == label
    assert creators.entry(page).state == "open"
    assert "Nobody has decided yet." in ana.get(page).text


def test_a_state_from_an_earlier_verdict_says_so(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    ana.get(page)
    ana.post(f"{page}/explain", JUMP | {"from": "2025-12-01", "to": "2025-12-02"})
    assert creators.entry(page).state == "confirmed"
    text = ana.get(page).text
    assert "is of a decision about an earlier verdict" in text
    assert "Nobody has decided yet." not in text


def test_an_analyst_cannot_do_away_with_the_second_person(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben", Role.ANALYST)
    watch = f"{page.rsplit('/', 1)[0]}/watch"
    ana.get(page)
    ana.post(watch, {"watch_days": "0", "second_person": "yes"})
    ben.get(page)
    ben.post(watch, {"watch_days": "7"})
    ben.get(page)
    ben.post(f"{page}/decide", decision())
    assert creators.entry(page).state == "second person"


def test_the_second_person_is_asked_however_a_decision_comes(desk, creators):
    """By the interface, or from another list that holds the same verdict."""
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    verdict_id = creators.entry(page).verdict_id
    outside = HumanDecision(Ruling.CONFIRMED, "Ana", "Seen.")
    document = record_decision(desk.store, "default", verdict_id, outside, "key:abc")
    assert document["waits"]
    assert creators.entry(page).state == "second person"
    assert not list(csv.DictReader(io.StringIO(ana.get("/labels.csv").text)))
    ben.get(page)
    assert ben.post(f"{page}/approve", {"reason": "I agree.", "do": "approve"}).status_code == 200
    assert creators.entry(page).state == "confirmed"
    other_list, entries = creators.put([creators.documents["auto-refill"]], name="Another list")
    other = f"/lists/{other_list}/{next(iter(entries.values())).entry_id}"
    assert creators.entry(other).verdict_id == verdict_id
    assert creators.entry(other).state == "confirmed"
    ana.get(other)
    ana.post(f"{other}/decide", decision())
    assert creators.entry(other).state == creators.entry(page).state == "second person"


def test_what_is_sent_back_leaves_the_decision_before_it_everywhere(desk, creators):
    page, ana, ben = creators.page(), desk.member("Ana"), desk.member("Ben")
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    ana.get(page)
    ana.post(f"{page}/decide", decision(outcome="overturned", label="authentic", counts=""))
    *stand, _ = state_everywhere(desk, ana, page)
    assert stand == ["second person", "waiting", ["inflated"]]
    ben.get(page)
    ben.post(f"{page}/approve", {"reason": "Look at the giveaway.", "do": "return"})
    *stand, report = state_everywhere(desk, ben, page)
    assert stand == ["confirmed", "confirmed", ["inflated"]]
    assert "no longer stands" not in re.findall(r"<p>.*?</p>", report)[0]


def test_a_decision_shows_in_every_list_with_the_verdict(desk, creators):
    page, ana, creator = creators.page(), desk.member("Ana"), desk.browser()
    ids = [creators.put([creators.documents["auto-refill"]], name=name) for name in ("Second", "Contested")]
    second, contested = (f"/lists/{one}/{next(iter(found.values())).entry_id}" for one, found in ids)
    ana.get(contested)
    address = re.search(r"/contests/[\w-]{43}", ana.post(f"{contested}/invite", {"days": "7"}).text)[0]
    creator.get(address)
    creator.post(address, {"statement": "answer", "text": "It was a giveaway."})
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    assert [str(creators.entry(one).state) for one in (page, second, contested)] == [
        "confirmed", "confirmed", "contested",
    ]  # fmt: skip
    ana.get(second)
    ana.post(f"{second}/triage", {"state": "open", "reason": "Too early."})
    assert creators.entry(page).state == creators.entry(second).state == "open"
    ana.get(contested)
    ana.post(f"{contested}/decide", decision())
    assert outcomes_about(desk, creators, page)[-2:] == [("withdrawn", "Ana"), ("confirmed", "Ana")]
    creator.get(address)
    creator.post(address, {"statement": "answer", "text": "It was a giveaway, I say."})
    assert creators.entry(contested).state == "contested"
    ana.get(contested)
    ana.post(f"{contested}/decide", decision())  # in the words of before, but about the new answer
    assert outcomes_about(desk, creators, page)[-2:] == [("confirmed", "Ana"), ("confirmed", "Ana")]
    assert [str(creators.entry(one).state) for one in (page, second, contested)] == ["confirmed"] * 3


def test_a_list_of_two_persons_takes_no_decision_of_one_over(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    ana.post(f"{page}/decide", decision())
    strict, _ = creators.put([creators.documents["everyday-creator"]], name="Strict")
    ana.get(f"/lists/{strict}/watch")
    ana.post(f"/lists/{strict}/watch", {"watch_days": "0", "second_person": "yes"})
    decided = creators.entry(page)
    same = NewEntry(**{name: getattr(decided, name) for name in NewEntry.__dataclass_fields__})
    with desk.store.database.writing() as connection:
        put_entries_in(connection, "default", strict, [same])
    states = {one.verdict_id: str(one.state) for one in creators.entries(strict)}
    assert states[decided.verdict_id] == "open"


def test_more_data_is_asked_for_by_one_person(desk, creators):
    page, ana = creators.page(), desk.member("Ana")
    ana.get(page)
    ana.post(f"{page.rsplit('/', 1)[0]}/watch", {"watch_days": "0", "second_person": "yes"})
    outside = HumanDecision(Ruling.NEEDS_DATA, "Ana", "No history.")
    document = record_decision(desk.store, "default", creators.entry(page).verdict_id, outside, "key:abc")
    assert "waits" not in document
    assert creators.entry(page).state == "needs data"


def test_up_to_six_creators_stand_side_by_side(desk, creators):
    list_id, entries = creators.put(list(creators.documents.values())[:7])
    ana = desk.member()
    asked = "&".join(f"entry={one.entry_id}" for one in entries.values())
    text = ana.get(f"/lists/{list_id}/compare?{asked}").text
    assert text.count('scope="col"><a') == 6
    assert "the first 6" in text
    assert ana.get(f"/lists/{list_id}/compare?entry=%3Cx%3E").status_code == 200


def test_a_list_that_is_screened_again_shows_what_changed(desk, creators):
    page, ana = creators.page(), desk.member()
    watch = f"{page.rsplit('/', 1)[0]}/watch"
    ana.get(watch)
    assert ana.post(f"{watch}/now").status_code == 200
    desk.wait_for_screenings(ana)
    text = ana.get(watch).text
    assert "No creator’s label changed" in text and "Screened again" in text
    ana.post(f"{page}/explain", JUMP)
    text = ana.get(watch).text
    assert "became" in text
    assert ana.post(watch, {"watch_days": "9999"}).status_code >= 400


def test_evidence_and_verdict_stay_as_they_were_judged(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    ana.post(f"{page}/explain", JUMP)
    entry = creators.entry(page)
    with desk.store.database.reading() as connection:
        from serving.store.evidence import get_evidence
        from serving.store.verdict_rows import get_verdict

        stored = get_evidence(connection, "default", entry.evidence_sha256)
        verdict = json.loads(get_verdict(connection, "default", entry.verdict_id).document)
    assert stored.document["annotations"][0]["who"] == "Ana"
    assert verdict["annotations"][0]["before"]["label"] == "inflated"


def test_a_watched_list_is_judged_with_what_was_observed_since(desk, creators):
    page, ana = creators.page("everyday-creator"), desk.member()
    entry = creators.entry(page)
    as_of = datetime.fromisoformat(creators.documents["everyday-creator"]["as_of"])
    seen = [
        Observation(entry.account_id, entry.platform, as_of + timedelta(days=day), "feed", followers=count)
        for day, count in ((1, 285_500), (2, 600_000), (3, 600_010))
    ]
    store_observations(desk.store, "default", "test", seen)
    watch = f"{page.rsplit('/', 1)[0]}/watch"
    ana.get(watch)
    ana.post(f"{watch}/now")
    desk.wait_for_screenings(ana)
    after = creators.entry(page)
    assert after.verdict_id != entry.verdict_id
    assert after.followers == 600_010
    assert "Observed" in ana.get(f"{page}/history").text


def test_a_list_is_due_once_its_days_are_over(desk, creators):
    list_id, _ = creators.put([])
    set_list_rules(desk.store, "default", list_id, ListRules(watch_days=7), "test")
    (begun,) = claim_watched_lists(desk.store)
    assert (begun.tenant, begun.list_id, begun.created_by) == ("default", list_id, "service")
    assert claim_watched_lists(desk.store) == []
    later = datetime.now(UTC) + timedelta(days=7, minutes=1)
    assert claim_watched_lists(desk.store, later) == []  # it is still being screened
    end_screening(desk.store, begun)
    assert [one.list_id for one in claim_watched_lists(desk.store, later)] == [list_id]


@pytest.mark.parametrize(("back", "is_due"), [(timedelta(days=2), True), (timedelta(seconds=30), False)])
def test_a_list_is_screened_again_though_the_clock_was_set_back(desk, creators, back, is_due):
    list_id, _ = creators.put([])
    set_list_rules(desk.store, "default", list_id, ListRules(watch_days=7), "test")
    (begun,) = claim_watched_lists(desk.store)
    end_screening(desk.store, begun)
    assert bool(claim_watched_lists(desk.store, datetime.now(UTC) - back)) == is_due


def test_labels_are_read_by_the_commands_that_learn_from_them(desk, creators, tmp_path):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    ana.post(f"{page}/decide", decision(label="not sure", counts=""))
    path = tmp_path / "labels.csv"
    path.write_text(ana.get("/labels.csv").text)
    (label,) = read_labels(path).to_dicts()
    assert (label["account_id"], label["label"]) == ("example:auto-refill", "not sure")


def test_a_page_leads_to_its_neighbours_in_the_order_of_the_queue(desk, creators):
    names = ["comment-pod", "auto-refill", "everyday-creator"]
    list_id, _ = creators.put([creators.documents[name] for name in names])
    ana = desk.member()
    order = [one.entry_id for one in creators.entries(list_id)]
    for at, entry_id in enumerate(order):
        text = ana.get(f"/lists/{list_id}/{entry_id}").text
        for rel, key, other in (("prev", "k", at - 1), ("next", "j", at + 1)):
            found = re.findall(rf'<a rel="{rel}" data-key="{key}" href="/lists/\w+/(\w+)"', text)
            assert found == ([order[other]] if 0 <= other < len(order) else [])


def test_creators_of_the_same_risk_have_neighbours_too(desk, creators):
    twins = [creators.documents["comment-pod"] | {"account_id": f"twin{at}"} for at in range(3)]
    list_id, _ = creators.put(twins)
    ana, seen = desk.member(), []
    entry_id = creators.entries(list_id)[0].entry_id
    while entry_id is not None:
        seen.append(entry_id)
        found = re.search(
            rf'rel="next" data-key="j" href="/lists/{list_id}/(\w+)"',
            ana.get(f"/lists/{list_id}/{entry_id}").text,
        )
        entry_id = found[1] if found else None
    assert seen == [one.entry_id for one in creators.entries(list_id)]


def test_a_page_is_called_as_the_queue_calls_it(desk, creators):
    page, ana = creators.page(), desk.member()
    name = creators.entry(page).name
    heading = re.search(r'<h1 id="who">(?:<bdi>)?([^<]+)', ana.get(page).text)[1]
    assert heading == name


def test_the_team_assigns_and_comments_on_the_page(desk, creators):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    member = re.search(r'<option value="(\w+)">Ana</option>', ana.page.text)[1]
    assert ana.post(f"{page}/assign", {"member": member, "back": "page"}).url.path == page
    assert f'<option value="{member}" selected>Ana</option>' in ana.page.text
    assert creators.entry(page).assigned == member
    text = ana.post(f"{page}/comments", {"text": "Ask <b>the agency</b>", "back": "page"}).text
    assert [check.fault for check in verify_audit_logs(desk.store)] == [None]
    assert "Ask &lt;b&gt;the agency&lt;/b&gt;" in text and creators.entry(page).comments == 1
    assert "the agency" not in ana.get(f"{page}/report.html").text
