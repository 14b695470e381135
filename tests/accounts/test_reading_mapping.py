"""CSV files under other names: what a mapping makes of them, and how it is refused."""

# The sentences stand whole, however long.
# ruff: noqa: E501

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import BadInput
from accounts.reading import read
from accounts.tables import Tables

ACCOUNTS = """
[accounts]
file = "people.csv"
[accounts.columns]
account_id = "Handle"
followers = "Fans"
[accounts.constants]
platform = "instagram"
as_of = 2026-11-01T00:00:00Z
"""


def written(folder, mapping, **files):
    (folder / "mapping.toml").write_text(mapping)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder / "mapping.toml"


def tables(folder, mapping, path=None, **files):
    columns = written(folder, mapping, **files)
    return Tables.concat(chunk.tables for chunk in read(path or folder, columns=columns))


def refusal(folder, mapping, path=None, **files):
    columns = written(folder, mapping, **files)
    with pytest.raises(BadInput) as caught:
        list(read(path or folder, columns=columns))
    return str(caught.value)


def test_a_single_file_without_anything_else(tmp_path):
    found = tables(tmp_path, ACCOUNTS, tmp_path / "people.csv", people="x,Handle,Fans,x\n1,ana,12,2\n,bo,,\n")
    assert found.accounts["account_id"].to_list() == ["ana", "bo"]
    assert found.accounts["followers"].to_list() == [12, None]
    assert found.accounts["platform"].to_list() == ["instagram"] * 2
    assert found.accounts["as_of"].to_list() == [dt.datetime(2026, 11, 1, tzinfo=dt.UTC)] * 2


EXPORT = """
separator = ";"
time = "%d.%m.%Y %H:%M"
date = "%d.%m.%Y"
zone = "Europe/Berlin"
thousands = "."
suffixes = true
absent = ["-", "n/a"]
yes = ["ja"]
no = ["nein"]

[accounts]
file = "people.csv"
[accounts.columns]
account_id = "Handle"
username = "Handle"
followers = "Fans"
created_at = "Joined"
has_picture = "Picture"
as_of = "Seen"
[accounts.constants]
platform = "tiktok"
is_private = false

[posts]
file = "clips.csv"
separator = ","
time = "unix"
[posts.columns]
account_id = "who"
published_at = "when"
likes = "hearts"
[posts.constants]
kind = "video"

[history]
file = "days.csv"
[history.columns]
account_id = "Handle"
date = "Day"
followers = "Fans"
"""
FILES = {
    "people": (
        "Handle;Fans;Joined;Picture;Seen\n"
        "bo;1,5K;-;nein;01.11.2026 00:00\n"
        "ana;1.234.567;01.07.2020 12:30;ja;01.11.2026 00:00\n"
    ).replace("1,5K", "1.5K"),
    "clips": 'when,who,hearts\n1790000000,ana,"12"\n1790000060,ana,n/a\n',
    "days": "Day;Fans;Handle\n31.10.2026;999;bo\n",
}


def test_a_folder_in_another_programs_ways(tmp_path):
    found = tables(tmp_path, EXPORT, **FILES)
    assert found.accounts["followers"].to_list() == [1500, 1234567]
    assert found.accounts["username"].to_list() == ["bo", "ana"]
    assert found.accounts["has_picture"].to_list() == [False, True]
    assert found.accounts["is_private"].to_list() == [False, False]
    assert found.accounts["created_at"].to_list() == [None, dt.datetime(2020, 7, 1, 10, 30, tzinfo=dt.UTC)]
    assert found.accounts["as_of"][0] == dt.datetime(2026, 10, 31, 23, tzinfo=dt.UTC)
    assert found.posts["published_at"].to_list() == [
        dt.datetime.fromtimestamp(seconds, dt.UTC) for seconds in (1790000000, 1790000060)
    ]
    assert found.posts["likes"].to_list() == [12, None]
    assert found.posts["kind"].to_list() == ["video"] * 2
    assert found.history.rows() == [("bo", dt.date(2026, 10, 31), 999, None, None, None)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("31.10.2026;", "31.13.2026;"), 'days.csv row 1: Day must be a date from 1970 to 2199, such as'),
        (("1.5K", "1,5K"), 'people.csv row 1: Fans must be a whole number from 0 to 10^15 or null. Got "1,5K".'),
        (("nein", "no"), 'people.csv row 1: Picture must be true or false, or null. Got "no".'),
        (("ana;1.234", "-;1.234"), "people.csv row 2: Handle must be a text of 1 to 256 characters. Got null."),
        (("999;bo", "999;bob"), 'days.csv row 1: account_id must be in the accounts table. Got "bob".'),
        (("999;bo", "999;bo;"), "days.csv row 1: must have 3 cells, one for each column. Got 4."),
        (("01.07.2020", "01.07.2027"), "people.csv row 2: Joined must not lie after as_of."),
    ],
)  # fmt: skip
def test_a_cell_at_fault_is_named_by_its_own_column(tmp_path, change, sentence):
    files = {name: text.replace(*change) for name, text in FILES.items()}
    files["clips"] = "when,who,hearts\n"
    assert sentence in refusal(tmp_path, EXPORT, **files)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("a = [", "mapping.toml: must be TOML."),
        ("", "mapping.toml: accounts must be a table of the mapping"),
        ("acounts = 1" + ACCOUNTS, "mapping.toml: acounts is neither a table nor a form of a column mapping; did you mean accounts?"),
        ("accounts = 3", "mapping.toml: accounts must be a table. Got 3."),
        (ACCOUNTS.replace("followers", "folowers"), "mapping.toml: accounts.columns.folowers is not a field of the accounts table; did you mean followers?"),
        (ACCOUNTS.replace('"Fans"', "3"), "mapping.toml: accounts.columns.followers must be the name of a column. Got 3."),
        (ACCOUNTS.replace('"Fans"', '"Fan"'), 'mapping.toml: accounts.columns.followers must be a column of people.csv. Got "Fan"; did you mean Fans?'),
        (ACCOUNTS.replace('"Fans"', '"x"'), 'mapping.toml: accounts.columns.followers must be one column of people.csv. There are 2 named "x".'),
        (ACCOUNTS.replace('"Handle"', '"Handle"\nplatform = "Fans"'), "mapping.toml: accounts.constants.platform must not be a constant, as it is a column, too."),
        (ACCOUNTS.replace('"instagram"', '"myspace"'), 'mapping.toml: accounts.constants.platform must be one of instagram, tiktok'),
        (ACCOUNTS.replace("00:00:00Z", "00:00:00"), "mapping.toml: accounts.constants.as_of must be a time with its zone"),
        (ACCOUNTS.replace('platform = "instagram"', ""), "mapping.toml: accounts.columns.platform must be a column or a constant. It is missing."),
        (ACCOUNTS.replace("people.csv", "../people.csv"), "mapping.toml: accounts.file must be the name of a file in the folder."),
        (ACCOUNTS.replace("people.csv", "folk.csv"), 'mapping.toml: accounts.file must be a file of the folder. There is no "folk.csv".'),
        (ACCOUNTS.replace('file = "people.csv"', ""), "mapping.toml: accounts.file must name a file of the folder. It is missing."),
        ("time = '%d/%m'\nzone = 'UTC'" + ACCOUNTS, "mapping.toml: time must say day, month and year, such as %d/%m/%Y %H:%M, or be unix. Got"),
        ("time = '%d/%m/%Y %H:%M'" + ACCOUNTS, "mapping.toml: accounts.zone must be given, as the form of the times has no %z."),
        ("zone = 'Mars'\ntime = 'unix'" + ACCOUNTS, "mapping.toml: zone must be the name of a time zone, such as Europe/Berlin or UTC. Got"),
        ("separator = ';;'" + ACCOUNTS, "mapping.toml: separator must be one character"),
        ("absent = '-'" + ACCOUNTS, "mapping.toml: absent must be a list of texts."),
        ("suffixes = 1" + ACCOUNTS, "mapping.toml: suffixes must be true or false. Got 1."),
    ],
)  # fmt: skip
def test_a_mapping_is_refused_by_its_name_key_and_rule(tmp_path, mapping, sentence):
    message = refusal(tmp_path, mapping, people="Handle,Fans,x,x\nana,1,,\n")
    assert sentence in message
    assert len(message.splitlines()) == 1


def test_the_example_of_the_documentation_is_a_mapping(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    found = tables(
        tmp_path,
        example,
        creators="Profile;Follower;Joined\nana;1.234.567;01.02.2020 10:00\n",
        posts="Profile,Date,Likes\nana,24.12.2025 18:00,-1\n",
    )
    assert found.accounts["followers"].to_list() == [1234567]
    assert found.posts["likes"].to_list() == [None]


def test_a_csv_file_alone_needs_a_mapping(tmp_path):
    (tmp_path / "people.csv").write_text("account_id\nana\n")
    with pytest.raises(BadInput, match=r"people\.csv: must come with a column mapping"):
        read(tmp_path / "people.csv")


def test_other_inputs_take_no_mapping(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    assert "a.json: must be a .csv file or a folder" in refusal(tmp_path, ACCOUNTS, tmp_path / "a.json")
    more = ACCOUNTS + "[posts.columns]\naccount_id = 'who'\n"
    assert "mapping.toml: posts can only be read from a folder" in refusal(
        tmp_path, more, tmp_path / "people.csv", people="Handle,Fans\nana,1\n"
    )
    missing = tmp_path / "none.toml"
    with pytest.raises(BadInput, match=r"none\.toml: cannot be read"):
        read(tmp_path, columns=missing)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(st.one_of(st.none(), st.integers(0, 10**15)), min_size=1, max_size=8),
    mark=st.sampled_from(",.' _\u00a0’"),
    separator=st.sampled_from(",;\t|"),
)
def test_grouped_counts_come_back(tmp_path, counts, mark, separator):
    rows = "\n".join(
        f'n{row}{separator}"{"" if count is None else f"{count:,}".replace(",", mark)}"'
        if count is not None else f"n{row}{separator}"
        for row, count in enumerate(counts)
    )  # fmt: skip
    mapping = f'separator = "{separator}"\nthousands = "{mark}"\n'.replace("\t", "\\t") + ACCOUNTS
    found = tables(tmp_path, mapping, people=f"Handle{separator}Fans\n{rows}\n")
    assert found.accounts["followers"].to_list() == counts
