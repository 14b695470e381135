"""A digest of each account as it was given: the same for a document and for the tables that say the same."""

from __future__ import annotations

import hashlib
from functools import cache

import polars as pl

from accounts.schema import TABLES
from accounts.tables import Tables

__all__ = ["digests"]

_ABSENT = "\x00"
_BETWEEN_FIELDS, _BETWEEN_ROWS, _BETWEEN_TABLES = "\x1f", "\x1e", "\x1d"


def digests(tables: Tables) -> list[bytes]:
    """SHA-256 over all fields of each account, in input order; rows count in the order given.

    >>> one = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 9}])
    >>> two = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": None}])
    >>> digests(one) == digests(one), digests(one) == digests(two)
    (True, False)
    """
    frame = tables.accounts.select("account_id")
    for name in TABLES:
        frame = frame.join(_written(tables, name), on="account_id", how="left", maintain_order="left")
    texts = frame.select(pl.concat_str(pl.exclude("account_id").fill_null(""), separator=_BETWEEN_TABLES))
    return [hashlib.sha256(text.encode()).digest() for text in texts.to_series()]


def _written(tables: Tables, name: str) -> pl.DataFrame:
    rows = tables[name].select("account_id", _row(name).alias(name))
    return rows.group_by("account_id", maintain_order=True).agg(pl.col(name).str.join(_BETWEEN_ROWS))


@cache
def _row(table: str) -> pl.Expr:
    parts = [
        (pl.col(name).dt.epoch("us") if field.kind == "time" else pl.col(name))
        .cast(pl.String)
        .fill_null(_ABSENT)
        for name, field in TABLES[table].items()
    ]
    return pl.concat_str(parts, separator=_BETWEEN_FIELDS)
