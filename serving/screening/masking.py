"""Masking: accounts with some of their evidence blocks taken away, as if it had never been sent."""

from __future__ import annotations

import polars as pl

from accounts.schema import PROFILE
from accounts.tables import Tables
from features.evidence import BLOCKS

__all__ = ["mask_blocks"]


def mask_blocks(tables: Tables, kept_blocks: frozenset[str]) -> Tables:
    """The accounts with those blocks alone; what is masked is absent, and never zero.

    >>> from accounts.reading import read_document
    >>> account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> tables = read_document(account | {"profile": {"followers": 9}, "posts": [{"likes": 3}]})
    >>> masked = mask_blocks(tables, frozenset({"posts"}))
    >>> masked.posts.height, masked.accounts["followers"].to_list()
    (1, [None])
    """
    if kept_blocks.issuperset(BLOCKS):
        return tables
    shown = {"annotations": "history", "observed": "posts"}
    no_profile = [pl.lit(None, tables.accounts.schema[name]).alias(name) for name in PROFILE]

    def mask(table: str, frame: pl.DataFrame) -> pl.DataFrame:
        if table != "accounts":
            return frame if shown.get(table, table) in kept_blocks else frame.clear()
        return frame if "profile" in kept_blocks else frame.with_columns(no_profile)

    return tables.map(mask)
