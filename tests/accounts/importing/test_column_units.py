"""Columns whose names say that their numbers are in thousands or millions, and tables that hold nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.errors import BadInput
from accounts.importing.files import File
from accounts.importing.importer import Imported, import_files
from accounts.importing.reading import understood
from accounts.importing.values import Unreadable, count

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def imported(text: str, name: str = "agency.csv") -> Imported:
    return import_files([File(name, text.encode(), NOW)])


def followers(heading: str, cell: str) -> int | None:
    text = f"Creator;Platform;{heading}\nana_r;instagram;{cell}\n"
    (one,) = imported(text).accounts
    found: int | None = one.document["profile"].get("followers")
    return found


@pytest.mark.parametrize(
    "heading",
    [
        "Followers (thousands)", "Followers (k)", "Followers_k", "FollowersK", "Follower in Tsd.",
        "Followers ('000)", "Followers (x1,000)", "Seguidores (miles)", "Seguidores en miles",
        "Abonnés en milliers",
        "Подписчики, тыс.", "粉丝数 (千)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("cell", ["12,5", "12.5"])
def test_a_count_under_a_heading_of_thousands_is_so_many_thousands(heading: str, cell: str) -> None:
    assert followers(heading, cell) == 12_500


@pytest.mark.parametrize(
    ("heading", "cell", "number"),
    [
        ("Followers (k)", "90", 90_000),
        ("Followers (k)", "1.2M", 1_200_000),
        ("Followers (k)", "n/a", None),
        ("Followers in Mio.", "1,25", 1_250_000),
        ("Followers (millions)", "0.0004", 400),
        ("粉丝数 (万)", "508.3", 5_083_000),
        ("Followers (k)", "12,500", None),  # 12.5 thousand with three figures, or 12,500 thousand
        ("Followers", "12,5", None),
        ("Followers", "12,500", 12_500),
    ],
)
def test_a_cell_is_read_by_its_heading_or_not_at_all(heading: str, cell: str, number: int | None) -> None:
    assert followers(heading, cell) == number


def test_a_fraction_that_no_heading_explains_is_refused_with_what_is_missing() -> None:
    with pytest.raises(Unreadable, match="does not say thousands"):
        count("12,5")


def test_an_average_in_thousands_is_still_no_evidence() -> None:
    found = list(understood(imported("Creator;Platform;Avg likes (k)\nana_r;tiktok;1,5\n")))
    assert any("Avg likes (k) (averages" in line for line in found)


def test_what_was_understood_says_the_unit() -> None:
    found = list(understood(imported("Creator;Platform;Followers (k)\nana_r;tiktok;1,5\n")))
    assert any("Followers (k) -> followers (times 1,000)" in line for line in found)


def test_posts_and_days_in_thousands_are_read_so_too() -> None:
    posts = imported("Username;Published;Views (k)\nana_r;2026-03-02 10:00;5,3\n").accounts[0].document
    assert posts["posts"][0]["views"] == 5_300
    days = imported("Username;Date;Followers (k)\nana_r;2026-03-01;5,3\nana_r;2026-03-02;5,4\n")
    assert [day["followers"] for day in days.accounts[0].document["history"]] == [5_300, 5_400]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", " \t\n"])
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl", "a.tsv"])
def test_an_empty_file_is_said_to_be_empty(text: str, name: str) -> None:
    with pytest.raises(BadInput, match=f"{name}: is empty"):
        imported(text, name)


def test_a_table_without_rows_says_that_there_are_none() -> None:
    found = imported("Creator;Platform;Followers\n")
    assert not found.accounts
    assert any("no row below" in line for line in understood(found))


def test_an_empty_file_beside_others_is_said_to_be_empty() -> None:
    files = [
        File("a.csv", b"Creator;Platform;Followers\nana;x;5\n", NOW),
        File("b.csv", b"\n", NOW),
        File("c.csv", b"Shoe;Size\nleft;42\n", NOW),
    ]
    said = list(understood(import_files(files)))
    assert "b.csv: it is empty" in said
    assert not any(line.startswith("c.csv: it is empty") for line in said)
