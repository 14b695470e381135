import csv
import io
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import openpyxl
import pytest
from sqlalchemy import func, select

from detector.spreadsheet import may_be_formula
from serving.desk import comparing, csv_export, queue_export
from serving.store import evidence as store_evidence
from serving.store import lists as store_lists
from serving.store.decisions import HumanDecision, Ruling, decisions_about, record_decision
from serving.store.entry_decisions import ShownEntry, approve_decision
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import EntryFilter, NewEntry, PageOf, page_of_entries, put_entries_in
from serving.store.list_rules import ListRules, set_list_rules
from serving.store.lists import create_list, remove_list
from serving.store.members import Role, list_members
from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import audit_entries, decisions, evidence
from serving.store.verdict_rows import VERDICT_NAMES, NewVerdict, TenantVerdict, store_verdicts_in

HOSTILE = [
    "<script>alert(1)</script>",
    "evil\u202egnp.exe",
    '=HYPERLINK("x")',
    "🎉" * 25_000,
    "a\0b",
    "+1",
    " =1",
    "\u3000＝1",
]
PLAIN = NewEntry(
    account_id="ana", name="ana", platform="instagram", tier="micro", label="review", risk=2.4,
    suspicion=0.4, threshold=0.7, score=49, level="profile", first_reason="A reason.", followers=12_000,
    verdict_id="0" * 32, evidence_sha256="",
)  # fmt: skip


def verdict_document(verdict_id, entry):
    own = {"verdict_id": verdict_id, "account_id": entry.account_id, "label": entry.label}
    return json.dumps(dict.fromkeys(VERDICT_NAMES) | own)


def fill(desk, entries, tenant="default", name="Spring"):
    """A list with these entries, each with a verdict and evidence."""
    list_id = create_list(desk.store, tenant, name, "test")
    with desk.store.database.writing() as connection:
        verdicts = []
        for place, entry in enumerate(entries):
            verdict_id = f"{place:032x}"
            verdict = NewVerdict(
                verdict_id,
                entry.account_id,
                entry.platform,
                entry.label,
                "profile",
                "a" * 64,
                "1.0",
                b"",
                verdict_document(verdict_id, entry),
            )
            store_verdicts_in(connection, desk.store, [TenantVerdict(tenant, "test", verdict)])
            digest = store_evidence_in(connection, tenant, {"account_id": entry.account_id})
            verdicts.append(replace(entry, verdict_id=verdict_id, evidence_sha256=digest))
        put_entries_in(connection, tenant, list_id, verdicts)
    return list_id


def entries_of(desk, list_id, tenant="default"):
    with desk.store.database.reading() as connection:
        return page_of_entries(connection, tenant, list_id, EntryFilter(), PageOf(0, 1000))


def entry(name, **more):
    return replace(PLAIN, account_id=name, name=name, **more)


@pytest.fixture
def queue(desk):
    """A list of three creators, whoever looks at it, and its address."""
    three = [
        entry("carl", label="authentic", risk=0.1, score=98, platform="x"),
        entry("ana", label="inflated", risk=3.9, score=5),
        entry("ben", followers=None, tier=""),
    ]
    list_id = fill(desk, three)
    browser = desk.member("Lead")
    browser.get(f"/lists/{list_id}")
    return browser, list_id


def shown_names(page):
    return re.findall(r'class="creator" href="[^"]+"><bdi>([^<]*)<', page.text)


def test_the_first_paint_waits_for_one_style_sheet_and_for_no_font(queue):
    browser, _ = queue
    page = browser.page.text
    head = page[: page.index("</head>")]
    (sheet,) = re.findall(r'rel="stylesheet" href="([^"]+)"', head)
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts and all(" defer" in script for script in scripts)
    styles = browser.get(sheet).text
    assert "@import" not in styles and "@font-face" not in styles and "url(" not in styles
    # A character that the text's own font lacks makes the browser look for another before it paints.
    assert {mark for mark in page if ord(mark) > 0xFF} <= set("–—’“”…\u2212")


def test_the_riskiest_come_first(queue):
    browser, _ = queue
    assert shown_names(browser.page) == ["ana", "ben", "carl"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("search=AN", ["ana"]),
        ("search=%25", []),
        ("label=authentic", ["carl"]),
        ("platform=instagram&label=review", ["ben"]),
        ("tier=micro&state=open&page=7&other=1", []),
        ("label=", ["ana", "ben", "carl"]),
        ("page=x", ["ana", "ben", "carl"]),
    ],
)
def test_search_and_filters(queue, query, names):
    browser, list_id = queue
    assert shown_names(browser.get(f"/lists/{list_id}?{query}")) == names


def test_where_htmx_asks_the_table_alone_is_answered(queue):
    browser, list_id = queue
    page = browser.get(f"/lists/{list_id}", headers={"HX-Request": "true", "HX-Target": "queue"})
    assert page.text.lstrip().startswith('<section id="queue"')


def test_pages_follow_each_other(desk):
    list_id = fill(desk, [entry(f"c{number:03}", risk=float(number)) for number in range(120)])
    browser = desk.member()
    seen = []
    for number in (1, 2, 3):
        seen += shown_names(browser.get(f"/lists/{list_id}?page={number}"))
    assert seen == [f"c{number:03}" for number in reversed(range(120))]


def act(queue, desk, path, **form):
    browser, list_id = queue
    browser.get(f"/lists/{list_id}")
    (found,) = [one for one in entries_of(desk, list_id) if one.account_id == "ana"]
    headers = {"HX-Request": "true"}
    return browser.post(f"/lists/{list_id}/{found.entry_id}/{path}", form, headers=headers)


def now(queue, desk):
    (found,) = [one for one in entries_of(desk, queue[1]) if one.account_id == "ana"]
    return found


def test_assign_to_whoever_asks_and_back(queue, desk):
    with desk.store.database.reading() as connection:
        (member,) = list_members(connection, "default")
    assert "Lead" in act(queue, desk, "assign", member="me").text
    assert now(queue, desk).assigned == member.member_id
    act(queue, desk, "assign", member="")
    assert now(queue, desk).assigned == ""
    assert act(queue, desk, "assign", member="nobody").status_code == 400


def test_a_comment_is_kept_and_only_its_hash_is_logged(queue, desk):
    page = act(queue, desk, "comments", text="Ask <b>her</b>\0 agency")
    assert "1 comment" in page.text
    browser, list_id = queue
    page = browser.get(f"/lists/{list_id}/{now(queue, desk).entry_id}/comments")
    assert "Ask &lt;b&gt;her&lt;/b&gt;" in page.text
    assert act(queue, desk, "comments", text=" ").status_code == 400
    with desk.store.database.reading() as connection:
        log = "".join(connection.execute(select(audit_entries.c.document)).scalars())
    assert "agency" not in log and "entry.commented" in log


def test_a_decision_needs_a_reason_and_is_stored_with_the_verdict(queue, desk):
    answer = act(queue, desk, "triage", state="confirmed")
    assert answer.status_code == 400
    assert answer.text.startswith('<p class="notice notice-bad" role="alert">The reason must not be empty')
    assert now(queue, desk).state == "open"
    answer = act(queue, desk, "triage", state="confirmed", reason="Bought in May").text
    assert "confirmed" in answer and answer.startswith("<tr")
    assert '<span id="counts" hx-swap-oob="true">3 creators, 2 open</span>' in answer
    browser, list_id = queue
    assert '<span id="counts">3 creators, 2 open</span>' in browser.get(f"/lists/{list_id}").text
    assert now(queue, desk).state == "confirmed"
    with desk.store.database.reading() as connection:
        (document,) = map(json.loads, connection.execute(select(decisions.c.document)).scalars())
    assert (document["by"], document["reason"], document["outcome"]) == ("Lead", "Bought in May", "confirmed")
    assert act(queue, desk, "triage", state="needs data").status_code == 400
    assert now(queue, desk).state == "confirmed"
    assert act(queue, desk, "triage", state="cleared").status_code == 400


def test_why_an_undecided_case_is_open_again_stays_as_a_comment(queue, desk):
    assert act(queue, desk, "triage", state="open", reason="").status_code == 400
    assert "1 comment" in act(queue, desk, "triage", state="open", reason="Her answer says nothing.").text
    browser, list_id = queue
    page = browser.get(f"/lists/{list_id}/{now(queue, desk).entry_id}/comments")
    assert "Her answer says nothing." in page.text
    with desk.store.database.reading() as connection:
        assert not connection.execute(select(decisions.c.document)).all()


def test_another_tenant_can_do_nothing_here(queue, desk):
    _, list_id = queue
    found = now(queue, desk)
    eve = desk.member("Eve", tenant="other")
    for path in ("", "/export.csv", "/export.xlsx", f"/{found.entry_id}/comments"):
        assert eve.get(f"/lists/{list_id}{path}").status_code == 404
    eve.get("/lists")
    for path, form in [
        ("assign", {"member": ""}),
        ("triage", {"state": "open"}),
        ("comments", {"text": "x"}),
    ]:
        assert eve.post(f"/lists/{list_id}/{found.entry_id}/{path}", form).status_code == 404
    assert eve.post(f"/lists/{list_id}", {"do": "remove"}).status_code == 404
    assert now(queue, desk) == found


def test_an_analyst_may_triage(queue, desk):
    _, list_id = queue
    analyst = desk.member("Ina", Role.ANALYST)
    analyst.get(f"/lists/{list_id}")
    answer = analyst.post(
        f"/lists/{list_id}/{now(queue, desk).entry_id}/triage", {"state": "needs data", "reason": "No posts."}
    )
    assert answer.url.path == f"/lists/{list_id}"
    assert now(queue, desk).state == "needs data"


def test_a_list_is_renamed_by_anybody_and_removed_with_its_evidence_by_a_lead(queue, desk):
    browser, list_id = queue
    analyst = desk.member("Ina", Role.ANALYST)
    assert "Remove the list" not in analyst.get(f"/lists/{list_id}").text
    assert "Summer" in analyst.post(f"/lists/{list_id}", {"name": "Summer"}).text
    assert analyst.post(f"/lists/{list_id}", {"do": "remove"}).status_code == 403
    assert "Remove the list" in browser.get(f"/lists/{list_id}").text
    assert "Autumn" in browser.post(f"/lists/{list_id}", {"name": "Autumn"}).text
    assert browser.post(f"/lists/{list_id}", {"name": "a\nb"}).status_code == 400
    browser.get(f"/lists/{list_id}")
    assert browser.post(f"/lists/{list_id}", {"do": "remove"}).url.path == "/lists"
    assert browser.get(f"/lists/{list_id}").status_code == 404


def test_the_evidence_of_a_removed_list_goes_some_at_a_time_but_what_another_list_rests_on(desk, monkeypatch):
    monkeypatch.setattr(store_evidence, "EXPIRED_AT_ONCE", 2)
    first, second, third = (fill(desk, list(map(entry, names)), name=names) for names in ("abcdef", "a", "g"))

    def count_evidence():
        with desk.store.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(evidence)).scalar_one()

    with monkeypatch.context() as patch:
        patch.setattr(store_lists, "remove_unused_evidence", lambda *_: None)  # as where it is killed before
        remove_list(desk.store, "default", third, "test")
    assert count_evidence() == 7
    assert remove_list(desk.store, "default", first, "test")
    assert count_evidence() == 1
    assert remove_list(desk.store, "default", second, "test")
    assert count_evidence() == 0


@pytest.mark.parametrize(
    ("language", "days"), [("en-US", "November 9 to 11, 2025"), ("en-GB", "9 to 11 November 2025")]
)
def test_the_first_reason_has_the_reader_s_dates(desk, language, days):
    list_id = fill(desk, [entry("a", first_reason="+900 followers from 2025-11-09 to 2025-11-11.")])
    page = desk.member("Lead").get(f"/lists/{list_id}", headers={"Accept-Language": language}).text
    assert f"+900 followers from {days}." in page


def test_a_creator_s_jump_is_dated_alike_in_the_queue_and_on_its_page(desk, creators_of):
    page, lead = creators_of(desk).page("auto-refill"), desk.member("Lead")
    headers = {"Accept-Language": "en-US"}
    american = r"(?:January|October|November|December) \d+(?: to \w+(?: \d+)?)?, 2025"
    queue = lead.get(page.rpartition("/")[0], headers=headers).text
    reason = re.search(r'<td class="[^"]*reason">(.*?)</td>', queue)[1]
    (days, *_) = re.findall(american, reason)
    assert days in lead.get(page, headers=headers).text


@pytest.fixture
def hostile(desk):
    list_id = fill(desk, [entry(name, first_reason=name) for name in HOSTILE], name=HOSTILE[0])
    return desk.member("Lead"), list_id


def test_hostile_texts_are_shown_as_texts(hostile):
    browser, list_id = hostile
    page = browser.get(f"/lists/{list_id}").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page and "[U+202E]" in page
    assert len(page) < 100_000


def test_no_exported_cell_is_a_formula(hostile):
    browser, list_id = hostile
    text = browser.caller.get(f"/lists/{list_id}/export.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(HOSTILE)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if may_be_formula(cell) and cell[0] != "'"]
    assert {"'+1", "' =1"} <= set(cells)
    content = browser.caller.get(f"/lists/{list_id}/export.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    found = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in found if cell.data_type == "f"]
    assert not [cell for cell in found if may_be_formula(str(cell.value)) and cell.value[0] != "'"]
    assert sheet.max_row == len(HOSTILE) + 1
    assert isinstance(sheet.cell(2, 5).value, int)


def test_an_export_has_what_the_filter_shows(queue):
    browser, list_id = queue
    text = browser.caller.get(f"/lists/{list_id}/export.csv?label=authentic").content.decode("utf-8-sig")
    assert [row["creator"] for row in csv.DictReader(io.StringIO(text))] == ["carl"]


@pytest.mark.parametrize("end", ["csv", "xlsx"])
def test_a_table_that_would_be_cut_is_refused_and_says_how_many_there_are(queue, monkeypatch, end):
    monkeypatch.setattr(queue_export, "MOST_ROWS", 1)
    browser, list_id = queue
    answer = browser.caller.get(f"/lists/{list_id}/export.{end}")
    assert answer.status_code == 400
    assert "holds 1 creators at most, and these are" in answer.text and "filter" in answer.text
    assert browser.caller.get(f"/lists/{list_id}/export.{end}?label=authentic").status_code == 200


def test_the_page_to_compare_says_that_there_are_others_and_keeps_who_was_chosen(queue, desk, monkeypatch):
    browser, list_id = queue
    last = entries_of(desk, list_id)[-1].entry_id
    assert "of the highest risk" not in browser.get(f"/lists/{list_id}/compare").text
    monkeypatch.setattr(comparing, "CHOICES", 1)
    text = browser.get(f"/lists/{list_id}/compare").text
    assert "These are 1 of" in text and "those of the highest risk" in text and last not in text

    def damaged(*_):
        raise DocumentDamaged("v")

    monkeypatch.setattr(comparing, "creator_files", lambda _: SimpleNamespace(get=damaged))
    text = browser.get(f"/lists/{list_id}/compare?entry={last}").text
    assert re.search(rf'value="{last}" checked', text)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 7])
def test_a_table_in_several_pieces_is_whole(monkeypatch, rows):
    monkeypatch.setattr(csv_export, "ROWS_AT_ONCE", 2)
    values = [{"name": f"c<{number}>&", "score": number / 4, "own": True} for number in range(rows)]
    columns = ["name", "missing", "score", "own"]
    text = b"".join(csv_export.csv_parts(columns, values)).decode("utf-8-sig")
    assert [row["name"] for row in csv.DictReader(io.StringIO(text))] == [one["name"] for one in values]
    parts = list(csv_export.xlsx_parts(columns, values))
    assert len(parts) == -(-rows // 2) + 1
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(parts))).active
    found = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert found == [tuple(columns), *[(one["name"], None, one["score"], True) for one in values]]
    assert sheet.freeze_panes == "A2" and sheet.cell(1, 1).font.bold


def test_the_counts_of_the_filters_follow_what_was_done(queue, desk):
    browser, list_id = queue
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://desk/lists/{list_id}?state=open&assigned="}
    browser.get(f"/lists/{list_id}?state=open")
    assert "open (3)" in browser.page.text and "confirmed (" not in browser.page.text
    (found,) = [one for one in entries_of(desk, list_id) if one.account_id == "ana"]
    form = {"state": "confirmed", "reason": "Seen."}
    text = browser.post(f"/lists/{list_id}/{found.entry_id}/triage", form, headers=headers).text
    assert re.findall(r'<select id="f-(\w+)" name="\w+" hx-swap-oob="true">', text) == ["state", "assigned"]
    assert "confirmed (1)" in text
    assert re.search(r'<option value="open" selected>open \(2\)</option>', text)


def test_a_decision_in_the_queue_can_say_what_the_account_is(queue, desk):
    form = {"state": "confirmed", "reason": "Seen.", "label": "inflated"}
    assert act(queue, desk, "triage", **form).status_code == 200
    with desk.store.database.reading() as connection:
        (document,) = connection.execute(select(decisions.c.document)).scalars()
    assert json.loads(document)["findings"] == {"label": "inflated", "counts": [], "confidence": "likely"}


def labels(queue):
    rows = csv.DictReader(io.StringIO(queue[0].caller.get("/labels.csv").text))
    return {row["account_id"]: row["label"] for row in rows}


def approve(queue, desk):
    """Let Ben approve what waits."""
    found = now(queue, desk)
    with desk.store.database.reading() as connection:
        newest = decisions_about(connection, "default", found.verdict_id)[-1]["decision_id"]
    approve_decision(
        desk.store, "default", (found.list_id, found.entry_id), ShownEntry(found.verdict_id, found.state),
        HumanDecision(Ruling.CONFIRMED, "Ben", "I agree."), "member:ben", approves=newest, agrees=True,
    )  # fmt: skip


@pytest.mark.parametrize("second_person", [False, True])
def test_a_decision_that_does_not_say_what_the_account_is_makes_no_label(queue, desk, second_person):
    act(queue, desk, "triage", state="confirmed", reason="Seen.", label="inflated")
    assert labels(queue) == {"ana": "inflated"}
    set_list_rules(desk.store, "default", queue[1], ListRules(second_person=second_person), "test")
    act(queue, desk, "triage", state="confirmed", reason="Seen again.", label="")
    if second_person:
        assert labels(queue) == {"ana": "inflated"}
        approve(queue, desk)
    assert now(queue, desk).state == "confirmed"
    assert not labels(queue)
    # Whoever decides over the interface says nothing else: there it is the verdict's label.
    outside = HumanDecision(Ruling.CONFIRMED, "Jo", "Seen.")
    document = record_decision(desk.store, "default", now(queue, desk).verdict_id, outside, "key:abc")
    if second_person:
        approve(queue, desk)
    assert "becomes_label" not in document
    assert labels(queue) == {"ana": "inflated"}


@pytest.mark.parametrize(
    ("state", "label"), [("overturned", "inflated"), ("confirmed", "authentic"), ("confirmed", "guilty")]
)
def test_a_decision_in_the_queue_that_contradicts_itself_is_refused(queue, desk, state, label):
    answer = act(queue, desk, "triage", state=state, reason="Seen.", label=label)
    assert answer.status_code == 400
    assert now(queue, desk).state == "open"


def test_the_dialog_says_what_a_decision_means_for_each_label(queue):
    text = queue[0].page.text
    meant = re.findall(r'data-name="(\w+)" data-confirmed="([^"]+)"', text)
    assert dict(meant)["carl"] == "cleared"
    assert "not cleared" in dict(meant)["ana"] and "not cleared" in dict(meant)["ben"]


def test_platforms_and_counts_are_written_as_people_do(queue):
    page = queue[0].page.text
    assert "Instagram (2)" in page and '<span class="muted">Instagram, micro</span>' in page
    assert "12k</td>" in page
