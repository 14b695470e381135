"""A digest of each account as it was given: the same for a document and for the tables that say the same."""

from __future__ import annotations

import hashlib
from collections import defaultdict
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
    parts = [_written(tables[name], name) for name in TABLES]
    return [
        hashlib.sha256(_BETWEEN_TABLES.join(part[account_id] for part in parts).encode()).digest()
        for account_id in tables.accounts["account_id"]
    ]


def _written(frame: pl.DataFrame, table: str) -> defaultdict[str, str]:
    """The rows of each account as one text; none is the empty text."""
    if frame.is_empty():
        return defaultdict(str)
    rows = frame.select("account_id", _row(table))
    if rows["account_id"].n_unique() > 1:
        rows = rows.group_by("account_id").agg(pl.col("row").str.join(_BETWEEN_ROWS))
        return defaultdict(str, rows.iter_rows())
    return defaultdict(str, {rows.item(0, 0): _BETWEEN_ROWS.join(rows["row"])})


@cache
def _row(table: str) -> pl.Expr:
    parts = [
        (pl.col(name).dt.epoch("us") if field.kind == "time" else pl.col(name))
        .cast(pl.String)
        .fill_null(_ABSENT)
        for name, field in TABLES[table].items()
    ]
    return pl.concat_str(parts, separator=_BETWEEN_FIELDS).alias("row")
