"""Titles, dates and empty lines above a table's header, as people write them into spreadsheets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from accounts.importing.files import File
from accounts.importing.reading import read_any
from accounts.tables import Tables

HEADER, ROWS = ["Benutzername", "Follower", "Plattform"], [["anna", "1200", "tiktok"], ["bea", "80", "x"]]


def read(path: Path) -> pl.DataFrame:
    return Tables.concat(chunk.tables for chunk in read_any(path)).accounts.sort("account_id")


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["Agency shortlist, spring"]],
        [["Shortlist"], [], ["Stand: 1. März"], []],
        [[""] * 3, ["", "Campaign", ""]],
    ],
    ids=len,
)
@pytest.mark.parametrize("kind", [".csv", ".xlsx"])
def test_lines_above_the_header_are_passed_over(tmp_path: Path, above: list[list[str]], kind: str) -> None:
    path = tmp_path / f"agency{kind}"
    lines = [*above, HEADER, *ROWS]
    if kind == ".csv":
        path.write_text("".join(f"{';'.join(line)}\n" for line in lines), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        book.save(path)
    found = read(path)
    assert found["account_id"].to_list() == ["anna", "bea"]
    assert found["followers"].to_list() == [1200, 80]
    assert found["platform"].to_list() == ["tiktok", "x"]


def test_a_post_without_an_id_is_named_after_its_own_row(tmp_path: Path) -> None:
    header, row = "Username;Published;Likes\n", "anna;2026-03-02 10:00;{}\n"
    for above in ("", "Posts of spring\n\n"):
        path = tmp_path / "posts.csv"
        path.write_text(above + header + row.format(5) + row.format(6), encoding="utf-8")
        (chunk,) = read_any(path)
        names = chunk.tables.posts["post_id"].to_list()
        first = 2 + above.count("\n")
        assert [name.rpartition(" ")[2] for name in names] == [str(first), str(first + 1)]


def test_a_table_of_one_column_loses_nothing() -> None:
    file = File("handles.csv", b"username\nanna\nbea, likes\n", dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    assert file.header == ("username",) and file.titles == 0
    assert [row["username"] for row in file.rows] == ["anna", "bea"]
