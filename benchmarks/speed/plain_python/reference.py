"""The features in plain Python, written from their docstrings: one account at a time, lists and loops.

The tests hold `features.derive` to it, and the benchmark times it beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import pandas as pd

from accounts.schema import LISTS
from accounts.tables import Tables
from benchmarks.speed.plain_python import bursts, comments, engagement, growth, posting, profile
from benchmarks.speed.plain_python.account import Account, Number
from features.catalogue import by_name
from features.evidence import BLOCKS, measure

__all__ = ["REFERENCE", "derive_in_plain_python", "tolerance"]

FAMILIES: Final = (profile, engagement, posting, comments, growth, bursts)

REFERENCE: Final[Mapping[str, Callable[[Account], Number]]] = MappingProxyType(
    {name: feature for family in FAMILIES for name, feature in family.FEATURES.items()}
)
"""Functions of an account by feature; those on weeks and months are not among them."""

ON_A_GRID: Final = frozenset({"likes_two_groups", "likes_per_view_two_groups"})
"""Counted in whole steps of a fine grid, so that sums are the same in any partitioning."""


def tolerance(name: str) -> float:
    """How far `derive` may be from the reference, absolutely and relatively."""
    return 1e-6 if name in ON_A_GRID else 1e-9


def derive_in_plain_python(tables: Tables) -> pd.DataFrame:
    """The features of `REFERENCE`, accounts x features, NaN where absent; accounts in input order."""
    blocks = [{block for block in BLOCKS if row[block]} for row in measure(tables).to_dict("records")]
    rows = [
        {name: _value(name, account) if needed[name] <= own else math.nan for name in REFERENCE}
        for needed in [{name: set(by_name(name).blocks) for name in REFERENCE}]
        for account, own in zip(_accounts(tables), blocks, strict=True)
    ]
    return pd.DataFrame(rows, index=pd.Index(tables.accounts["account_id"].to_list()))


def _accounts(tables: Tables) -> list[Account]:
    parts = {
        name: {
            key[0]: frame.to_dicts()
            for key, frame in tables[name].group_by("account_id", maintain_order=True)
        }
        for name in LISTS
    }
    return [
        Account(row, {name: parts[name].get(row["account_id"], []) for name in LISTS})
        for row in tables.accounts.to_dicts()
    ]


def _value(name: str, account: Account) -> float:
    value = REFERENCE[name](account)
    return math.nan if value is None else float(value)
