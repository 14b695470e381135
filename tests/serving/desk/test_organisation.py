import re

import pytest
from sqlalchemy import select, update

from serving.app.retention import expire_evidence
from serving.jobs.screening_files import ScreeningFiles
from serving.store.api_keys import Scope, create_key, find_caller
from serving.store.members import Role, list_members
from serving.store.tables import evidence, list_entries, screenings
from tests.serving.desk.test_screen import GOOD, drop, entries_of, lines, start

PAGES = ("", "/keys", "/audit-log", "/retention", "/model")


def members(desk, tenant="default"):
    with desk.store.database.reading() as connection:
        return {member.name: member for member in list_members(connection, tenant)}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_for_a_lead(desk, page):
    answer = desk.member("Ana").get(f"/organisation{page}")
    assert answer.status_code == 200
    assert 'aria-current="page"' in answer.text


def test_an_analyst_sees_the_model_and_nothing_else(desk):
    analyst = desk.member("Ina", Role.ANALYST)
    statuses = [analyst.get(f"/organisation{page}").status_code for page in PAGES]
    assert statuses == [403, 403, 403, 403, 200]
    assert "Organisation</a>" not in analyst.get("/lists").text


def test_the_model_has_its_card(desk):
    text = desk.member("Ina", Role.ANALYST).get("/organisation/model").text
    for heading in ("Intended", "Not intended", "Limits", "Evidence levels"):
        assert f">{heading}</h" in text
    assert re.search(r"\d+ of \d+ levels may flag", text)
    assert "95\xa0%" in text and "1\xa0%" in text


def test_a_lead_invites_changes_and_disables(desk):
    lead = desk.member("Ana")
    lead.get("/organisation")
    page = lead.post("/organisation", {"name": "Ben", "role": "analyst"}).text
    address = re.search(r'value="http://[^/]+(/invitations/[\w-]+)"', page)[1]
    ben = desk.browser()
    ben.get(address)
    assert ben.post(address, {"password": "quite a long one", "again": "quite a long one"}).status_code == 200
    ben_id = members(desk)["Ben"].member_id
    lead.get("/organisation")
    lead.post(f"/organisation/members/{ben_id}", {"role": "lead"})
    assert members(desk)["Ben"].role is Role.LEAD
    assert ben.get("/lists").url.path == "/sign-in"
    lead.post(f"/organisation/members/{ben_id}", {"role": "disabled"})
    assert members(desk)["Ben"].disabled_at


def test_the_last_lead_stays_one(desk):
    lead = desk.member("Ana")
    lead.get("/organisation")
    for role in ("analyst", "disabled"):
        answer = lead.post(f"/organisation/members/{members(desk)['Ana'].member_id}", {"role": role})
        assert answer.status_code == 400
        assert "needs a lead" in answer.text
        lead.get("/organisation")


def test_keys_are_shown_once_and_revoked(desk):
    lead = desk.member("Ana")
    lead.get("/organisation/keys")
    page = lead.post("/organisation/keys", {"name": "Bot", "scopes": ["read"], "days": "30"}).text
    key = re.search(r"assay_\w+_[\w-]+", page)[0]
    assert key not in lead.get("/organisation/keys").text
    with desk.store.database.reading() as connection:
        assert find_caller(connection, key).scopes == {Scope.READ}
    lead.post(f"/organisation/keys/{key.split('_')[1]}")
    with desk.store.database.reading() as connection:
        assert find_caller(connection, key) is None
    assert lead.post("/organisation/keys", {"name": "Bot", "scopes": ["all"]}).status_code == 400


def test_keys_of_another_tenant_are_none(desk):
    key = create_key(desk.store, tenant="other", name="Theirs", scopes=[Scope.READ])
    lead = desk.member("Ana")
    assert "Theirs" not in lead.get("/organisation/keys").text
    assert lead.post(f"/organisation/keys/{key.split('_')[1]}").status_code == 404
    with desk.store.database.reading() as connection:
        assert find_caller(connection, key)


def test_details_of_the_audit_log_are_words_and_not_python(desk):
    lead = desk.member("Ana")
    for days in ("", "30"):
        lead.get("/organisation/keys")
        lead.post("/organisation/keys", {"name": "Bot", "scopes": ["read", "score"], "days": days})
    text = lead.get("/organisation/audit-log").text
    assert "expires at: never" in text
    assert "scopes: read, score" in text
    assert re.search(r"expires at: \d+ \w+ \d{4}, \d\d:\d\d UTC", text)
    details = " ".join(re.findall(r'class="wide mono details">(.*?)</td>', text))
    assert not re.search(r"None|True|False|[\[{]|\d{4}-\d\d-\d\dT", details)


def test_the_audit_log_is_paged_and_names_members(desk):
    lead = desk.member("Ana")
    lead.get("/lists")
    for number in range(60):
        lead.post("/lists", {"name": f"List {number}"})
    page = lead.get("/organisation/audit-log")
    assert page.text.count("list.created") == 50 and "<bdi>Ana</bdi>" in page.text
    older = lead.get("/organisation/audit-log" + re.search(r'"(\?before=\d+)"', page.text)[1])
    assert older.text.count("list.created") == 10 and "member.invited" in older.text


def test_what_is_erased_is_in_no_list_no_evidence_and_no_file(desk):
    browser = desk.member("Ana")
    other = GOOD | {"account_id": "other"}
    drop(browser, people__jsonl=lines(GOOD, other, GOOD | {"account_id": "bad", "platform": 3}))
    start(browser)
    done = browser.page.url.path.rpartition("/")[2]
    waiting = drop(browser, people__jsonl=lines(GOOD)).url.path.rpartition("/")[2]
    running = drop(browser, people__jsonl=lines(GOOD, other)).url.path.rpartition("/")[2]
    with desk.store.database.writing() as connection:
        now_running = update(screenings).where(screenings.c.screening_id == running)
        connection.execute(now_running.values(state="running"))
    key = create_key(desk.store, tenant="default", name="DPO", scopes=[Scope.ADMIN])
    headers = {"Authorization": f"Bearer {key}"}
    answer = browser.caller.delete("/v1/subjects/good", headers=headers).json()
    assert (answer["entries"], answer["evidence"]) == (1, 1)
    with desk.store.database.reading() as connection:
        assert connection.execute(select(list_entries.c.account_id)).scalars().all() == ["other"]
        assert len(connection.execute(select(evidence)).all()) == 1
    home = desk.app.state.settings.home
    texts = [path.read_text() for path in (home / "desk").rglob("*") if path.is_file()]
    assert not [text for text in texts if '"good"' in text]
    settings = desk.app.state.settings
    assert not ScreeningFiles.of(settings, waiting).path.exists()
    assert ScreeningFiles.of(settings, running).documents.read_text().count("\n") == 2
    assert "bad" in ScreeningFiles.of(settings, done).faults.read_text()
    browser.caller.delete("/v1/subjects/bad", headers=headers)
    assert ScreeningFiles.of(settings, done).faults.read_text() == ""


def test_evidence_expires_with_its_entries(desk):
    browser = desk.member("Ana")
    drop(browser, people__jsonl=lines(GOOD))
    start(browser)
    assert entries_of(desk, browser)
    assert expire_evidence(desk.store, "2020-01-01T00:00:00.000000Z") == 0
    assert expire_evidence(desk.store, "2099-01-01T00:00:00.000000Z") == 1
    assert not entries_of(desk, browser)
