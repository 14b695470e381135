"""What somebody says of columns and paths, in TOML."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from accounts.errors import BadInput
from accounts.importing import import_paths
from accounts.importing.reading import read_any
from accounts.reading import read_documents

AS_OF = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
TABLE = "Wer;Wann;Herzchen;Aufrufe;Notiz\nbread.lab;03/04/2026 21:05;1.505;17.700;gut\n"
POST = {"id": 71, "time": 1792510200, "likes": -1, "talk": [{"by": "someone", "says": "Mine never rises"}]}
USERS = [
    {"name": "bread.lab", "stats": {"followers": "25.1K"}, "posts": [POST]},
    {"name": "own.oven", "stats": [], "posts": None, "colour": "red"},
]
NESTED = {"data": {"users": USERS}}
MAPPING = """
platform = "Instagram"
[accounts]
path = "data.users[]"
[accounts.fields]
account_id = "name"
followers = "stats.followers"
[posts]
path = "data.users[].posts[]"
[posts.fields]
post_id = "id"
published_at = "time"
likes = "likes"
[comments]
path = "data.users[].posts[].talk[]"
[comments.fields]
author_id = "by"
text = "says"
"""


def write(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def test_columns_are_corrected_field_by_field(tmp_path: Path) -> None:
    corrections = (
        'zone = "Europe/Berlin"\ntime = "%d/%m/%Y %H:%M"\n[posts]\nfile = "t.csv"\n'
        '[posts.columns]\nusername = "Wer"\npublished_at = "Wann"\nlikes = "Herzchen"\nviews = "Aufrufe"\n'
        '[posts.constants]\nplatform = "Instagram"\n'
    )
    imported = import_paths(
        [write(tmp_path, "t.csv", TABLE)], as_of=AS_OF, columns=write(tmp_path, "c.toml", corrections)
    )
    (document,) = imported.documents
    assert (document["account_id"], document["platform"]) == ("bread.lab", "instagram")
    assert document["posts"][0]["published_at"] == "2026-04-03T19:05:00Z"
    assert (document["posts"][0]["likes"], document["posts"][0]["views"]) == (1505, 17700)


def test_a_day_that_may_be_two_is_not_read_and_counted(tmp_path: Path) -> None:
    table = "Username,Date,Likes\nbread.lab,03/04/2026,5\n"
    imported = import_paths([write(tmp_path, "t.csv", table)], as_of=AS_OF)
    assert imported.leftovers.unreadable == {"posts.published": 1}
    assert "published_at" not in imported.documents[0]["posts"][0]


@pytest.mark.parametrize(
    ("corrections", "sentence"),
    [
        ('[posts.columns]\nlikes = "Herzen"', "posts.columns.likes must be a column of the table."),
        ('[posts.columns]\nlike = "a"', "like is not a field of the posts table; did you mean likes?"),
        ('[post]\nfile = "x"', "post is neither a table nor a form of a table; did you mean posts?"),
        ('zone = "Mars"', "zone must be the name of a time zone"),
        ("[posts]\nfile = 3", "posts.file must be the name of a file"),
        ("a = [", "c.toml: must be TOML"),
        ('[posts]\npath = "x"', "accounts.fields.account_id must be the path"),
        (MAPPING.replace("Instagram", "Instagrm"), 'Got "Instagrm"; did you mean instagram?'),
        (MAPPING.replace("likes =", "like ="), "like is not a field of posts; did you mean likes?"),
        (MAPPING.replace('"data.users[].posts[]"', "3"), "posts.path must say where the objects lie"),
    ],
)  # fmt: skip
def test_a_wrong_correction_is_refused_by_name(tmp_path: Path, corrections: str, sentence: str) -> None:
    table = write(tmp_path, "t.csv", "Username,Date,Likes\nbread.lab,2026-04-03,5\n")
    with pytest.raises(BadInput, match=re.escape(sentence)):
        import_paths([table], columns=write(tmp_path, "c.toml", corrections))


def test_any_json_is_read_by_a_mapping(tmp_path: Path) -> None:
    given = write(tmp_path, "any.json", json.dumps(NESTED))
    imported = import_paths([given], as_of=AS_OF, columns=write(tmp_path, "m.toml", MAPPING))
    one, other = imported.documents
    assert (one["account_id"], one["platform"], one["profile"]) == (
        "bread.lab",
        "instagram",
        {"followers": 25100},
    )
    assert one["posts"] == [{"post_id": "71", "published_at": "2026-10-20T15:30:00Z"}]
    assert one["comments"] == [{"post_id": "71", "author_id": "someone", "text": "Mine never rises"}]
    assert other["account_id"] == "own.oven"
    assert imported.leftovers.unknown == {"data.users[].colour": 1}
    assert not read_documents(imported.documents).faults


def test_lines_name_their_account_by_a_field(tmp_path: Path) -> None:
    mapping = (
        '[accounts]\npath = ""\n[accounts.fields]\naccount_id = "who"\nplatform = "net"\n'
        '[posts]\npath = ""\n[posts.fields]\npost_id = "id"\nlikes = "likes"\n'
    )
    lines = "\n".join(
        json.dumps({"who": who, "net": "TikTok", "id": n, "likes": n}) for n, who in enumerate("aab")
    )
    imported = import_paths(
        [write(tmp_path, "any.jsonl", lines)], as_of=AS_OF, columns=write(tmp_path, "m.toml", mapping)
    )
    assert [(one["account_id"], len(one["posts"])) for one in imported.documents] == [("a", 2), ("b", 1)]
    assert {one["platform"] for one in imported.documents} == {"tiktok"}


def test_a_correction_is_taken_where_a_file_is_screened_directly(tmp_path: Path) -> None:
    table = write(tmp_path, "t.csv", "Handle,Date,Herzchen\nana,2026-04-03T10:00:00Z,5\n")
    corrections = write(
        tmp_path,
        "c.toml",
        '[posts]\nfile = "t.csv"\n[posts.columns]\nlikes = "Herzchen"\nusername = "Handle"\n',
    )
    (chunk,) = read_any(table, columns=corrections)
    assert chunk.tables.posts["likes"].to_list() == [5]
