"""A JSON list taken apart: the same documents, and the same refusals, as from the parser at once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.reading import bounds
from accounts.reading.bounds import Bounds, check_sizes
from accounts.reading.json_list import split_list
from accounts.reading.json_parser import ParseError, parse_json

MANY = 1_000


def taken_apart(data):
    found = split_list(data, Bounds(), MANY)
    return [found.document(position, Bounds()) for position in range(found.count)]


def outcome(read, data):
    try:
        return read(data)
    except ParseError as error:
        return str(error)


VALUES = st.recursive(
    st.none() | st.integers() | st.text('a"\\[]{},é\U0001f389'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('"],', max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=4), st.booleans(), st.sampled_from([None, 2]), st.integers(1, 9))
def test_documents_are_those_that_the_parser_finds(documents, escaped, indent, size):
    data = json.dumps(documents, ensure_ascii=escaped, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bounds, "_BYTES_A_PIECE", size)
        assert taken_apart(data) == documents


TOKENS = [
    "[", "]", "{", "}", ",", ":", '"', "\\", '\\"', "\\u0022", "\\u007b", '"a"', '{"a": 1}',
    '{"a": 1, "a": [2]}', "NaN", "-Infinity", "1e400", "9" * 30, "0.10", "true", "nul", " ", "\n", "\ufeff",
    "\x00", "\x0b", "é", "\u2028",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(TOKENS), max_size=12).map("".join), st.sampled_from(["", "]"]), st.integers(1, 9)
)
def test_what_is_cut_is_what_the_parser_would_read(inside, end, size):
    """Also of what is nearly JSON: both give the same values, or both refuse."""
    data = f"[{inside}{end}".encode()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bounds, "_BYTES_A_PIECE", size)
        cut, whole = outcome(taken_apart, data), outcome(parse_json, data)
    assert (isinstance(cut, str) and isinstance(whole, str)) or (
        repr(cut) == repr(whole) and [type(one) for one in cut] == [type(one) for one in whole]
    )


@pytest.mark.parametrize("size", [3, 2**18])
@pytest.mark.parametrize(
    "text",
    [
        "[", "[ ]", "[]]", "[] x", "[{}", "[{},", "[{},]", "[,{}]", "[{}}", "[{}}, {}]", '[{"a": 1]',
        '[{"a": "]',
        '\n[{"é": 1},\n {"a" 2}]', "[1,\n 2", "[tru]", '["\\q"]', "\ufeff[{}, \ufeff{}]", "[{]}", "[[]",
    ],
)  # fmt: skip
def test_faults_are_those_that_the_parser_names(text, size, monkeypatch):
    monkeypatch.setattr(bounds, "_BYTES_A_PIECE", size)
    assert outcome(taken_apart, text.encode()) == outcome(parse_json, text.encode())


def test_a_byte_that_is_no_text_is_named_by_its_place():
    data = b'[{"a": "x"}, {"a": "\xff"}]'
    assert outcome(taken_apart, data) == outcome(parse_json, data) == "must be UTF-8. Byte 21 is not"


def test_documents_beyond_the_most_are_counted_and_not_remembered():
    found = split_list(b"[" + b"{}," * 5_000 + b"{}]", Bounds(), MANY)
    assert (found.count, found.spans) == (5_001, [])


@pytest.mark.parametrize(("inside", "refused"), [('\\"' * 9, True), ('","' * 60, False), ("x" * 200, True)])
def test_an_endless_text_is_refused_before_it_is_parsed(inside, refused, monkeypatch):
    monkeypatch.setattr(bounds, "_BYTES_A_PIECE", 7)
    data = f'{{"a": ["{inside}"]}}'.encode()
    most = Bounds(characters=1 if "\\" in inside else 15)
    assert (outcome(lambda text: check_sizes(text, most), data) is not None) == refused
