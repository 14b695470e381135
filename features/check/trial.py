"""Some features of some accounts, under every change that the checks ask about; each derived once."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import polars as pl

from accounts.schema import PROFILE, TABLES
from accounts.tables import Tables
from features.declaration import Feature
from features.derive import derive
from features.evidence import BLOCKS
from features.views import Views

__all__ = ["Trial"]

SHIFT: Final = timedelta(hours=7)
TIMES: Final = ("as_of", "created_at", "published_at", "observed_at")
TENFOLD: Final = ("likes", "comments", "views", "shares", "saves", "followers")
GAP_IN: Final = 9  # one row in so many has a gap
LEAST_WITH_GAPS: Final = 20  # rows of an account beside the gaps, so that no floor is near
LEAST_FOLLOWERS_WITH_GAPS: Final = 60


@dataclass(frozen=True, eq=False)
class Trial:
    """Features of accounts as they are, and as they are after a change.

    Attributes
    ----------
    features
        What is derived.
    tables
        The accounts.
    """

    features: Sequence[Feature]
    tables: Tables
    _gaps: dict[tuple[str, str], tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)
    _unknown: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)

    @cached_property
    def views(self) -> Views:
        """The accounts' views, built where a check reads them."""
        return Views(self.tables)

    @cached_property
    def plain(self) -> pd.DataFrame:
        """Accounts x features as they are."""
        return self._derived(self.views)

    @cached_property
    def without(self) -> dict[str, pd.DataFrame]:
        """Accounts x features without one block, by the block's name."""
        return {block: self._derived(without(self.tables, block)) for block in BLOCKS}

    @cached_property
    def shuffled(self) -> pd.DataFrame:
        """With the rows of every table in another order."""
        shuffled = self.tables.map(lambda _, frame: frame.sample(fraction=1.0, shuffle=True, seed=3))
        return self._derived(shuffled).loc[self.plain.index]

    @cached_property
    def alone(self) -> pd.DataFrame:
        """Every seventh account, each derived by itself."""
        return pd.concat([self._derived(self.tables.select([name])) for name in self.plain.index[::7]])

    @cached_property
    def parted(self) -> pd.DataFrame:
        """In three parts of different sizes."""
        names = list(self.plain.index)
        parts = (names[:3], names[3:60], names[60:])
        return pd.concat([self._derived(self.tables.select(part)) for part in parts if part])

    @cached_property
    def elsewhere(self) -> pd.DataFrame:
        """In another process, with one thread where this one has several, and the other way round."""
        threads = "1" if pl.thread_pool_size() > 1 else "2"
        with TemporaryDirectory() as folder:
            for name in TABLES:
                self.tables[name].write_parquet(Path(folder, f"{name}.parquet"))
            named = [(feature.name, inspect.getsourcefile(feature.expression)) for feature in self.features]
            Path(folder, "features.json").write_text(json.dumps(named), encoding="utf-8")
            subprocess.run(
                [sys.executable, "-m", "features.check.subprocess_derive", folder],
                env={**os.environ, "POLARS_MAX_THREADS": threads},
                check=True,
            )
            return pd.read_parquet(Path(folder, "derived.parquet"))

    @cached_property
    def tenfold(self) -> pd.DataFrame:
        """With all counts of what posts and accounts earn ten times as large."""
        return self._derived(
            self.tables.map(lambda _, frame: frame.with_columns(pl.col(_present(frame, TENFOLD)) * 10))
        )

    @cached_property
    def later(self) -> pd.DataFrame:
        """With all times seven hours later; days stay."""
        return self._derived(
            self.tables.map(lambda _, frame: frame.with_columns(pl.col(_present(frame, TIMES)) + SHIFT))
        )

    def unknown(self, table: str, column: str) -> pd.DataFrame:
        """With one column of a table unknown throughout."""
        if (table, column) not in self._unknown:
            nothing = pl.lit(None, self.tables[table].schema[column]).alias(column)
            self._unknown[table, column] = self._derived(_changed(self.tables, table, nothing))
        return self._unknown[table, column]

    def gaps(self, table: str, column: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """With the column unknown in one row of nine, and without these rows; only accounts with many."""
        if (table, column) not in self._gaps:
            gap = pl.int_range(pl.len()).over("account_id") % GAP_IN == GAP_IN // 2
            known = pl.when(~gap).then(pl.col(column)).alias(column)
            absent = self.tables.map(lambda name, frame: frame.filter(~gap) if name == table else frame)
            names = _with_many_rows(absent, table)
            masked = _changed(self.tables, table, known).select(names)
            self._gaps[table, column] = self._derived(masked), self._derived(absent.select(names))
        return self._gaps[table, column]

    def _derived(self, tables: Tables | Views) -> pd.DataFrame:
        return derive(tables, self.features)


def without(tables: Tables, block: str) -> Tables:
    """The accounts without a block: a table without rows, or a profile of which nothing is known."""
    if block != "profile":
        return tables.map(lambda name, frame: frame.clear() if name == block else frame)
    unknown = [pl.lit(None, column.dtype).alias(name) for name, column in PROFILE.items()]
    return tables.map(lambda name, frame: frame.with_columns(unknown) if name == "accounts" else frame)


def _changed(tables: Tables, table: str, column: pl.Expr) -> Tables:
    return tables.map(lambda name, frame: frame.with_columns(column) if name == table else frame)


def _with_many_rows(tables: Tables, table: str) -> list[str]:
    """The accounts with rows enough in the table, in input order."""
    least = LEAST_FOLLOWERS_WITH_GAPS if table == "audience" else LEAST_WITH_GAPS
    counts = tables[table].group_by("account_id").len().filter(pl.col("len") >= least)
    deep = set(counts["account_id"].to_list())
    return [name for name in tables.accounts["account_id"].to_list() if name in deep]


def _present(frame: pl.DataFrame, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in frame.columns]
