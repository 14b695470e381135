"""Social Blade: what a table of daily counts is, and whose."""

import datetime as dt

from accounts.importing.files import File
from accounts.importing.social_blade import SOURCE


def table(name, content):
    return File(name, content.encode(), dt.datetime(2026, 11, 1, tzinfo=dt.UTC))


def test_a_table_and_an_answer(imported):
    found = imported("social-blade")
    youtube, instagram = sorted(found.documents, key=lambda one: one["platform"], reverse=True)
    assert youtube["history"][-1] == {"date": "2026-10-31", "followers": 25100}
    assert youtube["profile"]["posts"] == 412
    assert instagram["account_id"] == "bread.lab"
    assert instagram["history"][0] == {
        "date": "2026-10-29",
        "followers": 25000,
        "following": 310,
        "posts": 411,
    }
    assert not found.leftovers.lines


def test_a_table_that_may_count_gains_is_not_taken_for_one_of_totals():
    content = "Date,Subscribers,Views\n2026-10-29,12,300\n"
    assert not SOURCE.recognises(table("Chart data.csv", content))
    assert SOURCE.recognises(table("socialblade_ana.csv", content))


def test_a_total_row_is_counted(imported):
    content = "Date,Total Subscribers,Estimated Earnings\n2026-10-29,1.52M,$1\nTotal,5,\n"
    found = imported("social-blade", {"ana.csv": content})
    assert (found.documents[0]["account_id"], found.documents[0]["platform"]) == ("ana", "youtube")
    assert found.documents[0]["history"] == [{"date": "2026-10-29", "followers": 1520000}]
    assert found.leftovers.homeless == {"counts of no day, such as totals": 1}
