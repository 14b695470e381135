"""Large arrays are read item by item, with what comes of them, and is refused, as if they were read whole."""

from __future__ import annotations

import datetime as dt
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.errors import BadInput
from accounts.importing import files
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
        assert [json.loads(one) for one in array_items(BytesIO(text), piece)] == items


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
