"""Ids of accounts that importers read are those that a document may have; another is refused by its row."""

import datetime as dt
import json

import pytest

from accounts.errors import BadInput
from accounts.importing import import_files
from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.reading import read_document

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
RULE = "must be a text of 1 to 256 characters"


def profile(name):
    return {
        "work_platform": {"name": "Instagram"}, "platform_username": name, "introduction": "Bread.",
        "reputation": {"follower_count": 5}, "platform_account_type": "CREATOR",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["9" * 257, 10**256, -(10**255), 1 - 10**256, "é" * 257],
    ids=["text", "number", "below zero", "nines below zero", "letters"],
)
def test_an_overlong_id_is_refused_by_file_row_field_and_rule(name):
    lines = "\n".join(json.dumps(profile(one)) for one in ("ana", name))
    imported = import_files([File("phyllo.jsonl", lines.encode(), NOW)], "phyllo")
    assert [one["account_id"] for one in imported.documents] == ["ana"]
    (line,) = (one for one in imported.leftovers.lines if "not read" in one)
    assert line.startswith("items[].platform_username: 1 value not read (phyllo.jsonl item 2: ")
    assert line.endswith(f"{RULE})")


@pytest.mark.parametrize(
    "name", ["9" * 256, 10**255, -(10**254), "é" * 256], ids=["text", "number", "below zero", "letters"]
)
def test_the_longest_id_is_read_as_it_is(name):
    imported = import_files([File("phyllo.json", json.dumps([profile(name)]).encode(), NOW)], "phyllo")
    (document,) = imported.documents
    assert len(document["account_id"]) <= 256
    assert read_document(document).accounts["account_id"].to_list() == [str(name)]


def test_a_row_of_a_table_with_an_overlong_name_is_named():
    table = f"List of June\n\nusername,followers\nana,5\n\n{'x' * 257},7\n"
    imported = import_files([File("creators.csv", table.encode(), NOW)])
    assert [one["account_id"] for one in imported.documents] == ["ana"]
    (line,) = (one for one in imported.leftovers.lines if "not read" in one)
    assert "creators.csv row 6: " in line and RULE in line


@pytest.mark.parametrize("name", ["", "x" * 257], ids=["empty", "overlong"])
def test_no_source_makes_an_account_that_no_document_may_be_about(name):
    with pytest.raises(BadInput, match=f"^a.csv: account_id {RULE}. Got "):
        Drafts().account("instagram", name, File("a.csv", b"", NOW))
