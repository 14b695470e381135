"""A distortion of the evidence, and what several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from accounts.tables import Tables

__all__ = [
    "Distortion",
    "asked_at",
    "chosen_text",
    "every_nth",
    "newest",
    "some_of",
    "with_columns",
    "with_rows",
]


@dataclass(frozen=True)
class Distortion:
    """Something that happens to evidence.

    Attributes
    ----------
    name
        What the page calls it.
    apply
        Gives the distorted accounts, all of them; tables that it does not concern stay what they are.
    """

    name: str
    apply: Callable[[Tables], Tables]


def with_columns(tables: Tables, table: str, **columns: pl.Expr) -> Tables:
    """The accounts with columns of one table replaced; types stay what they were."""
    schema = tables[table].schema
    cast = {name: value.cast(schema[name]) for name, value in columns.items()}
    return tables.map(lambda name, frame: frame.with_columns(**cast) if name == table else frame)


def with_rows(tables: Tables, table: str, rows: pl.DataFrame) -> Tables:
    """The accounts with further rows in one table."""
    return tables.map(lambda name, frame: pl.concat([frame, rows.select(frame.columns)])
                      if name == table else frame)  # fmt: skip


def some_of(frame: pl.DataFrame, share: float, seed: int = 0) -> pl.Series:
    """Which rows a share of chance takes, the same ones each time.

    >>> int(some_of(pl.DataFrame({"a": range(1000)}), 0.1).sum())
    89
    """
    return pl.Series("some", np.random.default_rng(seed).random(frame.height) < share)


def every_nth(nth: int) -> pl.Expr:
    """Every n-th row of an account, the first of them among it."""
    return pl.int_range(pl.len()).over("account_id") % nth == 0


def newest(share: float) -> pl.Expr:
    """Whether a post is among the newest of its account."""
    rank = pl.col("published_at").rank("ordinal", descending=True).over("account_id")
    return rank <= share * pl.len().over("account_id")


def asked_at(tables: Tables, table: str) -> pl.Series:
    """The ``as_of`` of each row's account."""
    owners = tables.accounts.select("account_id", "as_of")
    rows = tables[table].select("account_id")
    return rows.join(owners, on="account_id", maintain_order="left", how="left")["as_of"]  # fmt: skip


def chosen_text(texts: Sequence[str]) -> pl.Expr:
    """One of some texts for each account, the same in all its rows."""
    number = (pl.col("account_id").rank("dense") - 1) % len(texts)
    return pl.lit(pl.Series(list(texts))).gather(number)
