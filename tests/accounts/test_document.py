# ruff: noqa: E501
"""The document's JSON Schema, and the way back from tables to documents."""

import datetime as dt
import json
import re
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from accounts.document import json_schema, render, to_documents
from accounts.errors import BadInput
from accounts.reading import read, read_document, read_documents
from accounts.schema import (
    ACCOUNT_KEYS,
    EVENTS,
    LISTS,
    MAX_ANNOTATIONS,
    MAX_COUNT,
    PLATFORMS,
    PROFILE,
    TABLES,
    UNIQUE,
)

ROOT = Path(__file__).parents[2]
AS_OF = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
KEYS = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
ANNOTATION = {"kind": "press", "from": "2026-10-01", "to": "2026-10-02", "who": "Jo"}
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def written(moment):
    return moment.replace(microsecond=moment.microsecond and 123456).isoformat().replace("+00:00", "Z")


def texts(low=0, high=20):
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=low, max_size=high)


VALUES = {
    "identifier": texts(1),
    "platform": st.sampled_from(PLATFORMS),
    "event": st.sampled_from(EVENTS),
    "text": texts(),
    "count": st.integers(0, MAX_COUNT),
    "flag": st.booleans(),
    "time": st.datetimes(dt.datetime(1970, 1, 1), AS_OF.replace(tzinfo=None), timezones=st.just(dt.UTC)).map(
        written
    ),
    "date": st.dates(dt.date(1970, 1, 1), AS_OF.date()).map(str),
}


def objects(part):
    must = {name: VALUES[field.kind] for name, field in part.items() if field.required}
    may = {name: VALUES[field.kind] for name, field in part.items() if not field.required}
    return st.fixed_dictionaries(must, optional=may).map(in_order)


def in_order(row):
    """An annotation that ends before it begins would be refused."""
    return row | {"to": max(row["from"], row["to"])} if "to" in row else row


def lists(table):
    unique = UNIQUE.get(table)
    rows = st.lists(objects(LISTS[table]), max_size=4)
    return (
        rows
        if unique is None
        else st.lists(objects(LISTS[table]), max_size=4, unique_by=lambda row: row.get(unique, id(row)))
    )


def documents():
    parts = {"profile": objects(PROFILE), **{table: lists(table) for table in LISTS}}
    return st.fixed_dictionaries(
        {
            "account_id": VALUES["identifier"],
            "platform": VALUES["platform"],
            "as_of": st.just(written(AS_OF)),
        },
        optional=parts,
    )


populations = st.lists(documents(), min_size=1, max_size=4, unique_by=lambda document: document["account_id"])


def tidy(document):
    """The same document as it comes back: the version said, what is empty left out."""
    return {"schema": 1} | {name: part for name, part in document.items() if part not in ({}, [])}


@given(populations)
def test_documents_come_back_as_they_went_in(population):
    tables = read_documents([json.dumps(document).encode() for document in population]).tables
    assert list(to_documents(tables)) == [tidy(document) for document in population]
    assert all(VALIDATOR.is_valid(document) for document in population)


@given(population=populations)
def test_tables_written_in_any_form_are_read_the_same(tmp_path_factory, population):
    tables = read_documents(population).tables
    folder = tmp_path_factory.mktemp("tables")
    for table in TABLES:
        tables[table].write_parquet(folder / f"{table}.parquet")
    assert_same(folder, tables)
    for table in TABLES:
        (folder / f"{table}.parquet").unlink()
        moments = pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
        tables[table].with_columns(moments).write_csv(folder / f"{table}.csv")
    assert_same(folder, tables)


def assert_same(folder, tables):
    (chunk,) = read(folder)
    for table in TABLES:
        assert_frame_equal(chunk.tables[table], tables[table])


def test_the_committed_schema_is_up_to_date():
    assert (ROOT / "docs/account.schema.json").read_text() == render(), "run: make docs"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_page_shows_a_document_and_true_sentences():
    page = (ROOT / "docs/accounts.md").read_text()
    example = json.loads(re.search(r"```json\n(.*?)```", page, re.S)[1])
    VALIDATOR.validate(example)
    assert read_document(example).posts.height
    for name in TABLES:
        assert all(f"`{field}`" in page for field in TABLES[name]), name


REFUSED = [
    {"account_id": ""}, {"account_id": "x" * 257}, {"account_id": 5}, {"account_id": None}, {"platform": "myspace"}, {"as_of": "2026-11-01"},
    {"as_of": "2026-11-01T00:00:00"}, {"as_of": "1969-12-31T23:59:59Z"}, {"schema": 2}, {"schema": True}, {"folowers": 1}, {"posts": {}},
    {"posts": [None]}, {"posts": [{"like": 1}]}, {"posts": [{"likes": -1}]}, {"posts": [{"likes": 10**15 + 1}]}, {"posts": [{"likes": "1"}]},
    {"posts": [{"likes": 1.5}]}, {"posts": [{"likes": True}]}, {"profile": []}, {"profile": {"has_picture": 1}}, {"profile": {"bio": 1}},
    {"history": [{"date": "2026-13-01"}]}, {"history": [{"date": "2200-01-01"}]}, {"audience": [{"is_business": True}]},
    {"as_of": "2026-11-01T14:00+99:00"}, {"as_of": "2026-11-01T14-38"}, {"as_of": "2026-11-01T14+00:60"}, {"as_of": "2026-02-29T00:00:00Z"},
    {"history": [{"date": "2100-02-29"}]}, {"annotations": [ANNOTATION] * (MAX_ANNOTATIONS + 1)},
]  # fmt: skip
TAKEN = [
    {}, {"schema": None}, {"profile": None}, {"posts": None}, {"posts": []}, {"posts": [{}]}, {"posts": [{"likes": None}]},
    {"as_of": "2026-11-01 00:00:00.123456789+02:00"}, {"as_of": "2026-11-01T00:00Z"}, {"history": [{"date": "2026-10-31"}]},
    {"as_of": "2028-02-29T14-2359"}, {"annotations": [ANNOTATION] * MAX_ANNOTATIONS},
]  # fmt: skip


@pytest.mark.parametrize("change", REFUSED, ids=str)
def test_schema_and_reader_refuse_the_same(change):
    assert not VALIDATOR.is_valid(KEYS | change)
    with pytest.raises(BadInput):
        read_document(KEYS | change)


@pytest.mark.parametrize("change", TAKEN, ids=str)
def test_schema_and_reader_take_the_same(change):
    VALIDATOR.validate(KEYS | change)
    assert len(read_document(KEYS | change)) == 1


@pytest.mark.parametrize("name", [name for name, field in ACCOUNT_KEYS.items() if field.required])
def test_schema_and_reader_want_the_keys(name):
    document = {key: value for key, value in KEYS.items() if key != name}
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(BadInput):
        read_document(document)


@pytest.mark.parametrize("date", [True, False])
@given(data=st.data())
def test_the_schema_takes_the_dates_and_times_that_the_reader_takes(date, data):
    days = st.dates(dt.date(1971, 1, 1), dt.date(2198, 12, 31)).map(str)
    days |= st.builds("{}-02-{}".format, st.integers(1969, 2201), st.sampled_from([28, 29, 30]))
    days |= st.builds("2026-{:02d}-{:02d}".format, st.integers(0, 13), st.integers(0, 32))
    zones = st.builds(
        "{}{:02d}{}{:02d}".format,
        st.sampled_from("+-"),
        st.integers(0, 40),
        st.sampled_from(["", ":"]),
        st.integers(0, 99),
    )
    zones |= st.sampled_from(["Z", "z", "", "+00", "-38", "+1", " Z"])
    clocks = st.sampled_from(
        ["00", "24", "14", "14:59", "14:60", "14:59:60", "14:59:59.123456789", "14:5", ""]
    )
    times = st.builds("{}{}{}{}".format, days, st.sampled_from(["T", " ", "t", ""]), clocks, zones)
    value = data.draw(days if date else times)
    row = {"date": value} if date else {"published_at": value}
    document = KEYS | {"as_of": "2199-12-30T00:00:00Z"} | {"history" if date else "posts": [row]}
    try:
        read_document(document)
    except BadInput:
        assert not VALIDATOR.is_valid(document)
    else:
        assert VALIDATOR.is_valid(document)
