"""Bodies that mean harm: each is refused in a sentence, quickly, and none ends in a 500 or a hang."""

import gzip
import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.reading import bounds
from accounts.reading.bounds import nesting_depth
from serving.app.application import make_app
from serving.settings import Settings

PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"
KEYS = b'"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"'
SLOWEST_SECONDS = 3.0
"""Of processor time: what else runs on the machine takes none of it."""


def account(more):
    return b"{" + KEYS + b", " + more + b"}"


CORPUS = {
    "nested lists": b"[" * 1_000_000,
    "nested objects": b'{"a":' * 500_000,
    "nested and closed": b"[" * 5_000 + b"]" * 5_000,
    "nested inside a field": account(b'"posts": ' + b"[" * 50_000 + b"]" * 50_000),
    "a number of many digits": account(b'"posts": [{"likes": ' + b"9" * 100_000 + b"}]"),
    "a number too large": account(b'"posts": [{"likes": 1e400}]'),
    "a number beyond 64 bits": account(b'"posts": [{"likes": 18446744073709551616}]'),
    "a number below nought": account(b'"posts": [{"likes": -0.0}]'),
    "NaN": account(b'"posts": [{"likes": NaN}]'),
    "Infinity": account(b'"profile": {"followers": -Infinity}'),
    "half of a character": account(rb'"profile": {"bio": "\ud800"}'),
    "half of a character as a name": account(rb'"\udfff": 1'),
    "half of a character as an id": b"{" + KEYS.replace(b'"a"', rb'"\ud800"') + b"}",
    "the same name twice": account(b'"account_id": "b"'),
    "the same name a thousand times": account(b", ".join([b'"posts": []'] * 1_000)),
    "a thousand unknown names": account(b", ".join(b'"x%d": 1' % number for number in range(1_000))),
    "a name that is long": account(b'"' + b"x" * 10**6 + b'": 1'),
    "a NUL": account(rb'"profile": {"username": "\u0000"}, "x": 1'),
    "no UTF-8": b'{"account_id": "\xff"}',
    "UTF-16": '{"account_id": "a"}'.encode("utf-16"),
    "a zip": b"PK\x03\x04" + b"\x00" * 100,
    "a pickle": b"\x80\x04\x95\x00cos\nsystem\n",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "an address": b'"https://example.com/account.json"',
    "a file": b'{"$ref": "file:///etc/passwd"}',
    "a prototype": account(b'"__proto__": {"a": 1}, "__class__": 1'),
    "a time that never was": b'{"account_id": "a", "platform": "x", "as_of": "2026-02-30T25:61:61Z"}',
    "not ended": account(b'"profile": {"bio": "')[:-1],
    "two at once": b"{" + KEYS + b"}{" + KEYS + b"}",
    "nothing": b"",
    "spaces": b" " * 10**6,
    "a mark of byte order alone": b"\xef\xbb\xbf",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory, detector, calling):
    patch = pytest.MonkeyPatch()
    patch.setattr("serving.app.lifespan.open_detector", lambda *_: detector)
    home = tmp_path_factory.mktemp("hostile")
    with calling(make_app(Settings(home=home, no_auth=True, store_verdicts=False))) as client:
        yield client
    patch.undo()


@pytest.fixture
def impatient(tmp_path, detector, calling, monkeypatch):
    monkeypatch.setattr("serving.app.lifespan.open_detector", lambda *_: detector)
    settings = Settings(home=tmp_path, no_auth=True, store_verdicts=False, request_seconds=0.5)
    with calling(make_app(settings)) as client:
        yield client


def processor_seconds():
    """Of this process, in which the service runs, and of its children that have ended."""
    return sum(os.times()[:4])


def refused(answer):
    problem = answer.json()
    assert answer.headers["content-type"] == PROBLEM
    assert problem["status"] == answer.status_code
    assert "\n" not in problem["detail"]
    assert len(problem["detail"]) < 400
    return answer.status_code


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_document_is_refused_in_a_sentence(app, name):
    began = processor_seconds()
    assert refused(app.post("/v1/verdicts", content=CORPUS[name])) == 422
    assert processor_seconds() - began < SLOWEST_SECONDS


@pytest.mark.parametrize("name", CORPUS)
def test_in_a_batch_it_harms_nobody_else(app, name):
    lines = [
        b"{" + KEYS + b"}",
        CORPUS[name].replace(b"\n", b" "),
        b"{" + KEYS.replace(b'"a"', b'"z"') + b"}",
    ]
    answer = app.post("/v1/verdicts/batch", content=b"\n".join(lines), headers={"Content-Type": LINES})
    if not CORPUS[name].strip():
        return  # an empty line is none
    first, bad, last = answer.json()["verdicts"]
    assert (first["account_id"], last["account_id"]) == ("a", "z")
    assert bad["problem"]["status"] == 422


@pytest.mark.parametrize("times", [1, 2])
def test_a_bomb_is_refused_before_it_is_large(app, times):
    bomb = b" " * 2**28
    for _ in range(times):
        bomb = gzip.compress(bomb, 9)
    began = processor_seconds()
    answer = app.post("/v1/verdicts/batch", content=bomb, headers={"Content-Encoding": "gzip"})
    assert processor_seconds() - began < SLOWEST_SECONDS
    assert refused(answer) in (413, 422)  # packed twice it is no JSON when it was unpacked once


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def some(**fields):
    return st.fixed_dictionaries({}, optional=fields)


LISTS = ("posts", "comments", "history", "audience")
accounts = st.fixed_dictionaries(
    {"account_id": json_values | st.just("a"), "platform": st.just("x") | json_values},
    optional={
        "as_of": st.just("2026-11-01T00:00:00Z") | json_values,
        "profile": json_values | some(followers=json_values, bio=json_values),
        **{
            name: json_values
            | st.lists(some(likes=json_values, text=json_values), max_size=3)
            for name in LISTS
        },
    },
)  # fmt: skip
quick = settings(suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.binary(max_size=200) | accounts.map(lambda one: json.dumps(one).encode()))
def test_whatever_comes_is_a_verdict_or_a_refusal(app, body):
    answer = app.post("/v1/verdicts", content=body)
    assert answer.status_code == 200 or refused(answer) == 422


@quick
@given(st.lists(accounts | json_values, max_size=4))
def test_whatever_comes_in_a_batch_keeps_its_place(app, documents):
    answer = app.post("/v1/verdicts/batch", content=json.dumps(documents).encode())
    assert answer.status_code == 200 or refused(answer) == 422
    if answer.status_code == 200:
        assert len(answer.json()["verdicts"]) == len(documents)


@quick
@given(st.binary(max_size=300))
def test_whatever_comes_packed_is_answered(app, body):
    answer = app.post("/v1/verdicts", content=body, headers={"Content-Encoding": "gzip"})
    assert refused(answer) in (400, 422)


@quick
@given(json_values)
def test_depth_is_what_it_is(value):
    def deep(part):
        if isinstance(part, dict):
            return 1 + max(map(deep, part.values()), default=0)
        return 1 + max(map(deep, part), default=0) if isinstance(part, list) else 0

    for ascii in (True, False):
        text = json.dumps(value, ensure_ascii=ascii).encode(errors="surrogatepass")
        assert nesting_depth(text) == deep(value)


DENSE = {
    "numbers": b"[" + b"1," * 50_000 + b"1]",
    "empty lists": b"[" + b"[]," * 50_000 + b"[]]",
    "fields": b"{" + b",".join(b'"f%d":0' % number for number in range(50_000)) + b"}",
    "behind many objects": b"[" + b"{}," * 30_000 + b"[]," * 300_000 + b"[]]",
}


@pytest.mark.parametrize("name", DENSE)
@pytest.mark.parametrize("path", ["/v1/verdicts", "/v1/verdicts/batch"])
def test_what_would_stop_the_process_is_refused_before_it_is_parsed(app, monkeypatch, path, name):
    def parsed(*_):
        raise AssertionError

    monkeypatch.setattr("accounts.reading.documents.parse_json", parsed)
    monkeypatch.setattr("accounts.reading.json_list.parse_json", parsed)
    answer = app.post(path, content=DENSE[name])
    assert refused(answer) == 422
    no_list = "Got an object" if (path, name) == ("/v1/verdicts/batch", "fields") else None
    assert (no_list or "must consist of objects of few fields") in answer.json()["detail"]


def test_rows_without_end_are_refused_in_their_place_and_never_parsed(app, monkeypatch):
    monkeypatch.setattr("accounts.reading.bounds._OBJECTS_BESIDE_ROWS", -600_000 + 50)
    good = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
    many = good[:-1] + b', "posts": [' + b"{}," * 99 + b"{}]}"
    answer = app.post("/v1/verdicts/batch", content=b"[%s, %s]" % (many, good)).json()["verdicts"]
    assert answer[0]["problem"]["setting"] == "most_rows"
    assert answer[1]["account_id"] == "a"
    assert app.post("/v1/verdicts", content=many).json()["setting"] == "most_rows"
    refusal = app.post("/v1/verdicts/batch", content=b"[" + b"{}," * 5_000 + b"{}]").json()
    assert "at most 1,000 documents. Got 5,001" in refusal["detail"]


@quick
@given(st.text(st.sampled_from('"\\[]{},a'), max_size=40))
def test_marks_are_the_same_in_pieces_of_any_size(text):
    """A string with quotation marks, brackets and backslashes hides them, wherever a piece ends."""
    data = json.dumps([text, {"a": [text]}, text]).encode()
    for size in (1, 2, 3, 7):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bounds, "_BYTES_A_PIECE", size)
            assert nesting_depth(data) == 3


def test_blank_lines_are_not_gone_through_for_ever(app):
    answer = app.post("/v1/verdicts/batch", content=b"\n" * 2_000, headers={"Content-Type": LINES})
    assert refused(answer) == 422
    assert answer.json()["detail"] == "The body must have at most 1,000 blank lines."


@pytest.mark.parametrize("line", [b"\n", b"0\n", b'"{"\n'], ids=["line ends", "numbers", "braces in texts"])
def test_lines_without_objects_are_not_gone_through_either(app, line):
    """Looking for another source's objects in 20 MiB of such lines took 10 to 30 seconds."""
    began = processor_seconds()
    body = line * (20 * 2**20 // len(line))
    answer = app.post("/v1/verdicts/batch", content=body, headers={"Content-Type": LINES})
    assert refused(answer) == 422
    assert processor_seconds() - began < SLOWEST_SECONDS


@pytest.mark.parametrize("rows", [b"a,1\n", b"\n"], ids=["rows of one account", "blank rows"])
def test_reading_a_table_ends_with_its_request(impatient, rows):
    began = processor_seconds()
    body = b"username,followers\n" + rows * 2_000_000
    answer = impatient.post("/v1/verdicts/batch", content=body, headers={"Content-Type": "text/csv"})
    assert (refused(answer), answer.json()["setting"]) == (504, "request_seconds")
    assert processor_seconds() - began < SLOWEST_SECONDS
