"""Every source with its sample: a synthetic file in the real shape, under ``samples/NAME``."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from accounts.errors import BadInput
from accounts.importing import Imported, import_files, import_paths, recognise
from accounts.importing.catalogue import SOURCES
from accounts.importing.files import File
from accounts.importing.folders import files_of
from accounts.reading import read_documents
from accounts.reading.documents import read_each
from accounts.schema import LISTS

SAMPLES = Path(__file__).parent / "samples"
COLLECTED = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
HOMELESS: dict[str, dict[str, int]] = {
    "youtube-studio": {"rows of totals": 1},
    "youtube-takeout": {"videos that not everybody can see": 1, "own comments under others' videos": 1},
    "tiktok-export": {"posts that not everybody can see": 1},
    "spreadsheet": {"rows of totals": 1},
}
"""What samples hold on purpose that has no place in a document."""

JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 1.5, 1e308, float("nan"), float("inf"), 10**40),
    *("", "x", "-1", "1.2M", "nan", "\x00", "é" * 300, "9" * 400, "2026-13-45", "9999-12-31T23:59:59-23:00"),
    *([], [[]], [None, 1, "x", {}], {}, {"a": {"b": None}}),
)

STRIDE = 1 if settings.get_current_profile_name() == "thorough" else 5
"""One distortion of so many is tried. A part is distorted in 24 or 26 ways, a column in 11, which are no
multiples of it: so every junk comes to every fifth part."""


def sample(name: str) -> list[File]:
    return list(files_of([SAMPLES / name]))


def assert_valid(imported: Imported) -> None:
    faults = read_documents(imported.documents).faults
    assert not faults, [str(fault) for fault in faults]


def filled(documents: list[Any]) -> set[str]:
    """Paths of every field that some document fills, such as ``posts.likes``."""
    found = set()
    for document in documents:
        found |= {f"profile.{name}" for name in document.get("profile", {})}
        found |= {f"{part}.{name}" for part in LISTS for row in document.get(part, ()) for name in row}
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_sample_is_recognised_by_its_source_alone(name: str) -> None:
    files = sample(name)
    assert files
    for file in files:
        known = recognise(file)
        assert known is not None
        assert known.name == name
        others = [
            source.name for source in SOURCES.values() if source.recognises(file) and not source.generic
        ]
        assert set(others) <= {name}, file.name


@pytest.mark.parametrize("name", SOURCES)
def test_sample_becomes_valid_documents_with_every_field_known(name: str) -> None:
    imported = import_paths([SAMPLES / name], as_of=COLLECTED)
    assert imported.accounts
    assert_valid(imported)
    assert not imported.leftovers.unknown
    assert not imported.leftovers.unreadable
    assert imported.leftovers.homeless == HOMELESS.get(name, {})


@pytest.mark.parametrize("name", SOURCES)
def test_source_gives_what_it_says(name: str) -> None:
    imported = import_paths([SAMPLES / name], as_of=COLLECTED)
    promised = {field.split(" ")[0] for field in SOURCES[name].gives}
    assert promised <= filled(imported.documents)


@pytest.mark.parametrize("name", SOURCES)
def test_order_of_files_changes_no_count(name: str) -> None:
    files = sample(name)
    there, back = (import_files(order, as_of=COLLECTED).documents for order in (files, list(reversed(files))))
    assert posts_by_account(there) == posts_by_account(back)


def posts_by_account(documents: list[Any]) -> dict[str, list[str]]:
    """Posts of each account, in one order."""
    return {
        one["account_id"]: sorted(json.dumps(row, sort_keys=True) for row in one.get("posts", ()))
        for one in documents
    }


def mutations(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by junk, or left out."""
    yield from JUNK
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {name: one for name, one in value.items() if name != key}
            yield rest
            yield rest | {f"{key}_new": inner}
            yield from (value | {key: odd} for odd in mutations(inner))
    if isinstance(value, list):
        for position, inner in enumerate(value[:2]):
            yield from ([*value[:position], odd, *value[position + 1 :]] for odd in mutations(inner))


def tables(content: bytes) -> Iterator[bytes]:
    """The table with each of its columns full of junk, or left out."""
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for column, _ in enumerate(lines[0]):
        for odd in (one for one in JUNK if isinstance(one, str)):
            yield written([lines[0]] + [[*row[:column], odd, *row[column + 1 :]] for row in lines[1:]])
        yield written([[*row[:column], *row[column + 1 :]] for row in lines])
    yield written(lines[:1])
    yield written([[*row, "more", "cells"] for row in lines])


def written(lines: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


@pytest.mark.parametrize("name", SOURCES)
def test_hostile_content_is_counted_or_refused_in_a_sentence(name: str) -> None:
    files = sample(name)
    documents: list[Any] = []
    for position, file in enumerate(files):
        for odd in distorted(file):
            try:
                imported = import_files([*files[:position], odd, *files[position + 1 :]], name)
            except BadInput as refusal:
                assert refusal.faults[0].rule.endswith(".")
            else:
                documents += imported.documents
    faults = [one for one in read_each(documents)[1] if isinstance(one, BadInput)]
    assert not faults, faults[:3]


def distorted(file: File) -> Iterator[File]:
    contents = (
        tables(file.read()) if file.header else (json.dumps(one).encode() for one in mutations(file.json))
    )
    suffix = ".csv" if file.header else ".json"
    some = islice(contents, 0, None, STRIDE)
    return (File(Path(file.name).with_suffix(suffix).as_posix(), one, COLLECTED) for one in some)
