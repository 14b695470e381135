"""Answers that are wrapped, and tables of a source's own objects: each is read as the source's own file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accounts.importing import import_files, import_paths, recognise
from accounts.importing.catalogue import SOURCES
from accounts.importing.files import File
from accounts.importing.folders import files_of
from accounts.importing.reading import understood
from accounts.importing.shape import at
from accounts.importing.views import WRAPPERS

SAMPLES = Path(__file__).parent / "samples"
COLLECTED = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

JSON_SOURCES = [
    name for name in SOURCES if any(file.suffix in {".json", ".jsonl"} for file in files_of([SAMPLES / name]))
]
OF_ROWS = [name for name, source in SOURCES.items() if source.recognises_rows is not None]
"""Sources whose objects people export as tables."""


def sample(name: str) -> list[File]:
    return list(files_of([SAMPLES / name]))


def with_json(files: list[File], change: Any) -> list[File]:
    """The files, with what those of JSON hold changed."""
    return [
        File(file.name, json.dumps(change(file.json)).encode(), file.modified)
        if file.suffix in {".json", ".jsonl"}
        else file
        for file in files
    ]


def flattened(file: File) -> Iterator[dict[str, Any]]:
    """The objects of a file as rows: what lies within, as columns with ``/`` between the names."""
    if file.header:
        yield from map(dict, file.rows)
    for page in file.objects:
        yield from (dict(cells(one)) for one in listed(page))


def listed(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The items of a page, or the page where it lists none."""
    for name in ("itemList", "items", "videos", "comments", "data", "entries", "users", "user_followers"):
        if isinstance(inner := page.get(name), dict):
            return listed(inner)
        if isinstance(inner, list) and inner and name not in {"comments"} | {"items"} - {*page}:
            return [one for one in inner if isinstance(one, dict)]
    return [page]


def cells(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in inner:
            yield from cells(one, f"{path}/{name}" if path else str(name))
    elif value is not None:
        yield path, json.dumps(value) if isinstance(value, bool) else value


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("name", JSON_SOURCES)
def test_an_answer_wrapped_once_is_read_as_it_is(name: str, wrapper: str) -> None:
    files = sample(name)
    wrapped = with_json(files, lambda value: {"status": "ok", wrapper: value})
    assert {recognise(file).name for file in wrapped} == {name}  # type: ignore[union-attr]
    plain, found = (import_files(some, as_of=COLLECTED) for some in (files, wrapped))
    assert found.documents == plain.documents
    assert found.leftovers.homeless == plain.leftovers.homeless


@pytest.mark.parametrize("name", JSON_SOURCES)
def test_an_answer_in_a_list_is_read_as_it_is(name: str) -> None:
    files = sample(name)
    listed = with_json(files, lambda value: value if isinstance(value, list) else [value])
    plain, found = (import_files(some, as_of=COLLECTED) for some in (files, listed))
    assert found.documents == plain.documents


@pytest.mark.parametrize("name", OF_ROWS)
def test_rows_of_a_table_are_read_as_the_objects_they_stand_for(name: str) -> None:
    files = sample(name)
    rows = [one for file in files for one in flattened(file)]
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    table = File("dataset.csv", out.getvalue().encode(), COLLECTED)
    assert recognise(table) is SOURCES[name]
    plain, found = (import_files(some, as_of=COLLECTED) for some in (files, [table]))
    counted = {account: [without_absent(post) for post in posts] for account, posts in counts(found).items()}
    assert counted
    for account, posts in counted.items():
        known = [without_absent(post) for post in counts(plain)[account]]
        assert all(post in known for post in posts), account


def counts(imported: Any) -> dict[str, list[dict[str, Any]]]:
    """Posts of each account with their counts alone."""
    names = ("post_id", "likes", "comments", "views", "shares", "published_at")
    return {
        one["account_id"]: [{name: post.get(name) for name in names} for post in one.get("posts", ())]
        for one in imported.documents
    }


def without_absent(post: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in post.items() if value is not None}


def test_what_stands_beside_an_answer_is_said() -> None:
    page = {
        "ok": True,
        "cursor": 5,
        "data": {"kind": "youtube#videoListResponse", "items": []},
        "took": 3,
        "x": 1,
    }
    imported = import_files([File("a.json", json.dumps(page).encode(), COLLECTED)])
    assert 'a.json: its answer is read; left out beside it: "ok", "cursor", "took" and 1 more' in understood(
        imported
    )


def test_several_answers_of_one_object_are_all_read() -> None:
    video = {
        "id": "v1",
        "username": "ana",
        "create_time": 1792510200,
        "view_count": 5,
        "video_description": "Rye",
    }
    page = {"data": [video], "items": [video | {"id": "v2"}]}
    (document,) = import_files([File("a.json", json.dumps(page).encode(), COLLECTED)]).documents
    assert [post["post_id"] for post in document["posts"]] == ["v1", "v2"]


def test_a_table_of_creators_is_no_source_of_its_own() -> None:
    table = b"userName,followers,platform\nana,12,Instagram\n"
    file = File("creators.csv", table, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    assert recognise(file) is SOURCES["spreadsheet"]


BARE = [
    ("youtube-api", "items"), ("instagram-graph", "media.data"), ("tiktok-research", "data.videos"),
    ("tiktok-research", "data.comments"), ("tiktok-research", "data.user_followers"),
    ("tiktok-web", "itemList"), ("tiktok-web", "comments"), ("x-api", "data"), ("twitch", "data"),
    ("bluesky", "feed"), ("phyllo", "data"), ("instagram-web", "items"), ("instagram-web", "users"),
    ("yt-dlp", "comments"),
]  # fmt: skip
"""Lists that programs keep without the answers that they stood in, by their source."""


@pytest.mark.parametrize(("name", "path"), BARE)
def test_a_list_out_of_an_answer_is_read_as_in_it(name: str, path: str) -> None:
    changed = 0
    files = []
    for file in sample(name):
        inner = at(file.json, path) if file.suffix == ".json" and isinstance(file.json, dict) else None
        if isinstance(inner, list):
            changed += 1
            bare = File(file.name, json.dumps(inner).encode(), file.modified)
            assert recognise(bare) is SOURCES[name]
            files.append(bare)
        else:
            files.append(file)
    assert changed
    plain, found = (import_files(some, as_of=COLLECTED) for some in (sample(name), files))
    for block in ("posts", "comments", "audience"):
        known, kept = (sum(len(one.get(block, ())) for one in some.documents) for some in (plain, found))
        assert known == kept


def test_sheets_of_a_workbook_are_read_as_their_sources_objects(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    columns = ["id", "authorMeta.name", "diggCount", "createTimeISO", "webVideoUrl", "isSlideshow"]
    row = ["7140000000000000001", "bread.lab", 120, "2026-10-20T15:30:00.000Z", "https://example/v", True]
    for line in (columns, row):
        book.active.append(line)
    research = book.create_sheet("research")
    for line in (
        ["id", "username", "create_time", "view_count", "region_code"],
        ["9", "oat.lab", 1792510200, 5, "PT"],
    ):
        research.append(line)
    book.save(tmp_path / "export.xlsx")
    imported = import_paths([tmp_path])
    assert list(imported.sources.values()) == ["apify-tiktok", "tiktok-research"]
    assert [(one["platform"], one["account_id"]) for one in imported.documents] == [
        ("tiktok", "oat.lab"),
        ("tiktok", "bread.lab"),
    ]
    assert imported.documents[1]["posts"][0]["kind"] == "image"
