"""A column that says when the numbers were collected: rows are as old as it says, not as their file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.importing import import_paths
from accounts.importing.column_guess import guess
from accounts.reading import read_documents


def imported(folder: Path, table: str) -> list[Any]:
    (folder / "creators.csv").write_text(table, encoding="utf-8")
    documents = import_paths([folder / "creators.csv"]).documents
    assert not read_documents(documents).faults
    return list(documents)


@pytest.mark.parametrize(
    "name",
    ["as_of", "As of", "date", "Snapshot Date", "collected at", "scraped_at", "fecha de captura", "Stand",
     "data da coleta", "date de collecte", "дата сбора", "取得日", "采集时间", "수집일", "peildatum"],
)  # fmt: skip
def test_a_list_of_creators_is_as_old_as_its_column_says(tmp_path: Path, name: str) -> None:
    table = f"handle,platform,followers,{name}\nana,instagram,1200,2026-10-03\nbo,tiktok,900,2026-10-04\n"
    first, second = imported(tmp_path, table)
    assert [first["as_of"], second["as_of"]] == ["2026-10-03T00:00:00Z", "2026-10-04T00:00:00Z"]
    assert first["profile"]["followers"] == 1200
    assert "history" not in first


def test_a_creator_on_several_days_has_a_history_and_the_newest_numbers(tmp_path: Path) -> None:
    rows = "ana,old,1200,600,2026-10-03\nana,new,1300,610,2026-10-05\nbo,new,900,4,2026-10-05\n"
    ana, bo = imported(tmp_path, f"handle,bio,followers,posts,as of\n{rows}")
    assert ana["profile"]["bio"] == "new"
    assert {day["date"]: day["followers"] for day in ana["history"]} == {
        "2026-10-03": 1200,
        "2026-10-05": 1300,
    }
    assert bo["as_of"] == "2026-10-05T00:00:00Z"
    assert ana["as_of"] >= "2026-10-05T00:00:00Z"


def test_posts_say_when_they_were_collected(tmp_path: Path) -> None:
    table = (
        "handle,date,likes,scraped at\nana,2026-09-01,5,2026-10-03 10:00\nana,2026-09-02,6,2026-10-03 12:00\n"
    )
    (ana,) = imported(tmp_path, table)
    assert ana["as_of"] == "2026-10-03T12:00:00Z"
    assert [post["published_on"] for post in ana["posts"]] == ["2026-09-01", "2026-09-02"]


def test_the_day_of_a_history_and_an_unclear_day_stay_what_they_were(tmp_path: Path) -> None:
    days = [{"handle": "ana", "date": "2026-10-03", "followers": "5"}] * 2
    found = guess(list(days[0]), days)
    assert found is not None
    assert (found.table, found.columns["published"]) == ("history", "date")
    ana, _ = imported(tmp_path, "handle,platform,followers,as of\nana,x,1,03/04/2026\nbo,x,2,05/04/2026\n")
    assert not ana["as_of"].startswith("2026-04-03")
