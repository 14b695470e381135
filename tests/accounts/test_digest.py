from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest

from accounts.digest import account_digests
from accounts.document import to_documents
from accounts.reading import read_document
from accounts.simulation import simulate
from accounts.tables import Tables

ONE = {"account_id": "a", "platform": "x"}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return simulate(12, seed=5).tables


def test_one_account_has_the_digest_it_has_among_others(tables):
    together = account_digests(tables)
    ids = tables.accounts["account_id"].to_list()
    assert [account_digests(tables.select([name]))[0] for name in ids] == together
    assert len(set(together)) == len(ids)


def test_a_document_has_the_digest_of_its_tables(tables):
    documents = [json.dumps(document) for document in to_documents(tables)]
    read = Tables.concat(read_document(document.encode()) for document in documents)
    assert account_digests(read) == account_digests(tables)


def test_rows_of_accounts_may_lie_apart(tables):
    def scattered(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "accounts" or frame.is_empty():
            return frame
        place = pl.int_range(pl.len()).over("account_id").alias("place")
        return frame.with_columns(place).sort("place", maintain_order=True).drop("place")

    assert account_digests(tables.map(scattered)) == account_digests(tables)


def test_the_order_of_rows_counts():
    posts = [{"account_id": "a", "post_id": name} for name in "pq"]
    one, other = (Tables.of(accounts=[ONE], posts=rows) for rows in (posts, posts[::-1]))
    assert account_digests(one) != account_digests(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"followers": None}, {"followers": 0}),
        ({"followers": 1}, {"following": 1}),
        ({"bio": None}, {"bio": ""}),
        ({"bio": "ab", "full_name": "c"}, {"bio": "a", "full_name": "bc"}),
        ({"has_picture": False}, {"has_picture": None}),
        ({"username": "é"}, {"username": "e"}),
    ],
)
def test_what_differs_has_another_digest(one, other):
    assert account_digests(Tables.of(accounts=[ONE | one])) != account_digests(
        Tables.of(accounts=[ONE | other])
    )


def test_texts_do_not_run_from_row_to_row():
    def account_with_comments(*texts: str) -> Tables:
        return Tables.of(accounts=[ONE], comments=[{"account_id": "a", "text": text} for text in texts])

    digests = [
        account_digests(account_with_comments(*texts))[0]
        for texts in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))
    ]
    assert len(set(digests)) == len(digests)


def test_rows_of_an_unknown_account_change_nothing(tables):
    some = tables.accounts["account_id"].to_list()[3:6]
    only = Tables(**{name: tables[name] for name in ("posts", "comments", "history", "audience", "observed")},
                  accounts=tables.select(some).accounts)  # fmt: skip
    assert account_digests(only) == account_digests(tables.select(some))


def test_a_digest_stays_what_it_was():
    """Verdicts are found again by their ids, so what is hashed must not change."""
    posts = [{"account_id": "a", "post_id": "p", "likes": 3, "caption": "é"}, {"account_id": "a"}]
    history = [{"account_id": "a", "date": date(2026, 10, 31), "followers": 9}]
    account = ONE | {"as_of": datetime(2026, 11, 1, tzinfo=UTC), "has_picture": True}
    digest = account_digests(Tables.of(accounts=[account], posts=posts, history=history))[0].hex()
    assert digest == "80e8da63006425619190811f3356eea8799c8e7a00ecb4611e859973c19a1769"
