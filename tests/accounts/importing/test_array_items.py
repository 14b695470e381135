"""Large arrays are read item by item, with what comes of them, and is refused, as if they were read whole."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.errors import BadInput
from accounts.importing import files, import_files
from accounts.importing.array_items import array_items
from accounts.importing.files import File

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
TEXTS = st.text(alphabet='a"\\[]{},:é\n', max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
LISTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=5)


@settings(max_examples=60, deadline=None)
@given(LISTS, st.integers(1, 40))
def test_items_are_those_of_the_whole(items: list[Any], piece: int) -> None:
    for indent in (None, 2):
        text = json.dumps(items, indent=indent, ensure_ascii=False).encode()
        assert list(array_items(BytesIO(text), piece)) == items


WRONG = (
    b'[{"a": 1} {"b": 2}]', b'[{"a": 1}, {"b": 2}', b'[{"a": 1}, {"b": }]', b'[{"a": 1}]]', b'[,{"a": 1}]',
    b'[{"a": 1},]', b'[{"a": [1}]', b'{"a": 1', b'[{"a": 1}}',
)  # fmt: skip
OTHERS = (b'[{"a": 1}, 2, [{"b": 3}], {"c": 4}]', b'{"a": [{"b": 1}]}', b"[]", b' [ {"a": NaN} ] ')
SCRIPTS = (
    b'window.YTD.tweets.part0 = [{"a": 1}, {"b": 2}]', b'x = [{"a": 1}];\n', b'[{"a": 1}]',
    b'x = [{"a": 1}];;',
    b'x = [{"a": 1}]; y = 2', b'x = {"a": 1}', b'x = [{"a": 1}',
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [*(("a.json", one) for one in (*WRONG, *OTHERS, *SCRIPTS)), *(("a.js", one) for one in SCRIPTS)],
)
def test_what_is_no_plain_array_is_as_if_it_was_read_whole(
    name: str, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    for streamed_from in (10**9, 0):
        monkeypatch.setattr(files, "_STREAMED_FROM", streamed_from)
        file = File(name, content, NOW)
        try:
            answers.append(str([list(file.objects), file.head]))
        except BadInput as error:
            answers.append(str(error))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["a.json", "a.js"])
def test_an_array_may_be_larger_than_what_is_read_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_STREAMED_FROM", 0)
    monkeypatch.setattr(files, "MOST_BYTES", 20)
    path = tmp_path / name
    path.write_bytes(b'[{"a": 1}, {"b": 2}, {"c": 3}]')
    assert len(list(File(name, path, NOW).objects)) == 3
    path.write_bytes(b'{"a": [{"b": 1}, {"c": 2}]}')
    with pytest.raises(BadInput, match=f"{name}: must have at most"):
        list(File(name, path, NOW).objects)


def peak_of(read: Callable[[], object]) -> int:
    """Bytes that were in use at once, at most, beyond those before."""
    tracemalloc.start()
    try:
        read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def videos(path: Path, posts: int, described: int) -> File:
    """Videos of TikTok's Research API, of a hundred accounts, with so many bytes that no document has."""
    rows = (
        {
            "id": at, "username": f"creator_{at % 100}", "create_time": 1_790_000_000 - at,
            "like_count": 120 + at, "view_count": 5_300, "voice_to_text": "rye " * (described // 4),
        }
        for at in range(posts)
    )  # fmt: skip
    lines = (json.dumps({"data": {"videos": [row]}}) for row in rows)
    text = {".jsonl": "\n".join(lines)}.get(path.suffix) or f"[{','.join(lines)}]"
    path.write_text(f"x = {text}" if path.suffix == ".js" else text)
    return File(path.name, path, NOW)


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".js"])
def test_memory_to_read_items_is_the_same_for_three_times_the_file(suffix: str, tmp_path: Path) -> None:
    peaks = []
    for times in (1, 3):
        file = videos(tmp_path / f"a{suffix}", 1_500 * times, 4_000)
        peaks.append(peak_of(lambda file=file: sum(1 for _ in file.objects)))  # type: ignore[misc]
    assert peaks[1] < 1.2 * peaks[0]


def test_memory_to_import_is_that_of_what_the_documents_hold(tmp_path: Path) -> None:
    peaks = []
    for described in (2_000, 6_000):
        file = videos(tmp_path / "a.jsonl", 3_000, described)
        peaks.append(peak_of(lambda file=file: import_files([file]).documents))  # type: ignore[misc]
    assert peaks[1] < 1.2 * peaks[0]
