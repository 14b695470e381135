"""Lists with a verdict that was damaged in the database: its row says so, the others are as they are."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from html import unescape

import openpyxl
import pytest

from serving.store.api_keys import Scope, create_key

EXPLAINED = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "note": "An article"}


class Damaged:
    """A list of two creators, the verdict on one of which is cut in the database."""

    def __init__(self, desk, creators):
        documents = [creators.documents["auto-refill"]]
        documents += [one for name, one in creators.documents.items() if name != "auto-refill"][:1]
        self.list_id, entries = creators.put(documents)
        self.bad = entries["example:auto-refill"]
        (self.good,) = (one for name, one in entries.items() if name != "example:auto-refill")
        self.ana = desk.member("Ana")
        self.ana.get(f"/lists/{self.list_id}")
        explained = self.ana.post(f"/lists/{self.list_id}/{self.bad.entry_id}/explain", EXPLAINED)
        assert explained.status_code == 200  # a second verdict, which is good
        self.newest = creators.entry(f"/lists/{self.list_id}/{self.bad.entry_id}").verdict_id
        key = create_key(desk.store, tenant="default", name="all", scopes=list(Scope))
        self.headers = {"Authorization": f"Bearer {key}"}
        self.place = desk.store.database.place

    def cut(self, verdict_id):
        with closing(sqlite3.connect(self.place, isolation_level=None)) as database:
            changed = "UPDATE verdicts SET document = substr(document, 1, 99) WHERE verdict_id = ?"
            assert database.execute(changed, (verdict_id,)).rowcount == 1

    def api(self, path):
        return self.ana.caller.get(path, headers=self.headers)

    def page(self, path):
        answer = self.ana.get(f"/lists/{self.list_id}{path}")
        return answer.status_code, unescape(answer.text)


@pytest.fixture
def lists(desk, creators_of):
    return Damaged(desk, creators_of(desk))


def sentence(verdict_id):
    return f"Verdict {verdict_id} is not what was stored"


def test_the_list_of_verdicts_names_the_one_that_was_damaged(lists):
    before = lists.api("/v1/verdicts").json()["verdicts"]
    lists.cut(lists.newest)
    after = lists.api("/v1/verdicts").json()["verdicts"]
    assert [one["verdict_id"] for one in after] == [one["verdict_id"] for one in before]
    (damaged,) = (one for one in after if "problem" in one)
    assert (damaged["verdict_id"], damaged["problem"]["code"]) == (lists.newest, "document-damaged")
    assert damaged.keys() == {"verdict_id", "made_at", "problem"}
    assert sentence(lists.newest) in damaged["problem"]["detail"]
    assert [one for one in after if one is not damaged] == [
        one for one in before if one["verdict_id"] != lists.newest
    ]
    first = lists.api("/v1/verdicts?limit=1").json()
    assert lists.api(f"/v1/verdicts?limit=1&cursor={first['next']}").json()["verdicts"] == after[1:2]
    record = lists.api(f"/v1/accounts?account_id={lists.bad.account_id}").json()["verdicts"]
    assert ["problem" in one for one in record["history"]] == [True, False]


def test_the_queue_and_its_tables_say_which_row_is_damaged(lists):
    _, before = lists.page("/export.csv")
    lists.cut(lists.newest)
    status, shown = lists.page("")
    assert status == 200 and shown.count(sentence(lists.newest)) == 1
    assert lists.bad.first_reason not in shown
    good, rows = lists.good.account_id, {}
    for name, text in (("before", before), ("after", lists.page("/export.csv")[1])):
        rows[name] = {row["account_id"]: row for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))}
    assert rows["after"][good] == rows["before"][good]
    bad = rows["after"][lists.bad.account_id]
    assert (bad["label"], bad["score"], bad["suspicion"], bad["evidence"]) == ("damaged", "", "", "")
    assert sentence(lists.newest) in bad["first_reason"]
    content = lists.ana.get(f"/lists/{lists.list_id}/export.xlsx").content
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(content)).active for cell in row]
    assert "damaged" in cells
    lists.page("")
    place, form = f"/lists/{lists.list_id}/{lists.bad.entry_id}/comments", {"text": "See."}
    answer = lists.ana.post(place, form, headers={"HX-Request": "true"})
    assert sentence(lists.newest) in unescape(answer.text)


def test_pages_that_compare_show_what_can_be_read(lists):
    lists.cut(lists.newest)
    vars(lists.ana.caller.app.state)["_state"].pop("creator_files", None)
    asked = f"/compare?entry={lists.bad.entry_id}&entry={lists.good.entry_id}"
    status, shown = lists.page(asked)
    assert status == 200 and shown.count(sentence(lists.newest)) == 1
    assert shown.count(f'<th scope="col"><a href="/lists/{lists.list_id}/{lists.good.entry_id}"') == 1
    assert f'<th scope="col"><a href="/lists/{lists.list_id}/{lists.bad.entry_id}"' not in shown


def test_the_history_and_the_watch_page_name_an_earlier_verdict_that_was_damaged(lists):
    lists.cut(lists.bad.verdict_id)
    status, shown = lists.page(f"/{lists.bad.entry_id}/history")
    assert status == 200 and sentence(lists.bad.verdict_id) in shown
    assert lists.newest in shown and "Nothing changed" not in shown
    status, shown = lists.page("/watch")
    assert status == 200 and shown.count(sentence(lists.bad.verdict_id)) == 1


def test_what_would_mislead_without_the_damaged_verdict_is_refused_by_its_name(lists):
    place = f"/lists/{lists.list_id}/{lists.bad.entry_id}"
    lists.ana.get(place)
    decided = {
        "outcome": "confirmed", "reason": "Bought.", "label": "inflated", "counts": "followers",
        "confidence": "certain",
    }  # fmt: skip
    assert lists.ana.post(f"{place}/decide", decided).status_code == 200
    lists.cut(lists.newest)
    for path in ("/labels.csv", f"/lists/{lists.list_id}/report.pdf"):
        answer = lists.ana.get(path)
        assert (answer.status_code, sentence(lists.newest) in answer.text) == (500, True), path
    assert lists.api("/v1/labels").status_code == 500
    assert json.loads(lists.api("/v1/labels").text)["code"] == "document-damaged"
