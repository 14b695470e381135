"""Label checks: whether accounts given as authentic contain fakes, and which of them a person should check.

No account is named for its suspicion: dropping the most suspicious authentic accounts would lower the
threshold and break the promise. Named are accounts that are linked to one another, which no feature
sees, and, where contamination is likely, a spot check drawn by account names. No account is dropped here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd
import polars as pl
from scipy.stats import binom

from accounts.schema import columns
from accounts.tables import Tables
from detector.levels import LevelTable

__all__ = ["Contamination", "Suspect", "contamination", "linked_accounts", "linking_columns", "spot_check"]

LINKING_COLUMNS: Final = ("account_id", "author_id", "text", "by_creator")
SHARED_COMMENTERS: Final = 3
SHARED_TEXTS: Final = 3
LONG_TEXT: Final = 40
"""Characters from which on two equal comments are hardly equal by chance."""
LARGE: Final = 1_000
"""Followers from which two accounts hardly have the same counts by chance."""

SPOT_CHECKED: Final = 20
FAR_OUT_SHARE: Final = 0.002
"""p-value up to which an account counts as far out."""
SIGNIFICANCE: Final = 0.01


@dataclass(frozen=True)
class Suspect:
    """An account that a person should check, and why."""

    account_id: str
    why: str


@dataclass(frozen=True)
class Contamination:
    """How many accounts are as suspicious as 1 in 500 authentic ones was before.

    Attributes
    ----------
    far_out, of
        These accounts, and all that could be counted.
    """

    far_out: int
    of: int

    @property
    def likely(self) -> bool:
        """Whether so many would be seen in fewer than 1 of 100 sets like the one calibrated on before.

        >>> Contamination(5, 300).likely, Contamination(2, 300).likely
        (True, False)
        """
        return bool(binom.sf(self.far_out - 1, self.of, FAR_OUT_SHARE) < SIGNIFICANCE)


def contamination(before: LevelTable, suspicion: pd.DataFrame) -> Contamination:
    """Compare the accounts, as they came, with the authentic ones that the detector was calibrated on.

    Parameters
    ----------
    before
        The levels of the detector that is recalibrated. Where one rests on fewer than 499 accounts,
        nothing can be so far out, and its accounts are not counted.
    suspicion
        Of the accounts, as :func:`training.verified_accounts.masked_suspicion` returns them.
    """
    natural = suspicion[suspicion["natural"]]
    p_values: list[float] = []
    for level, platform, value in zip(
        natural["level"], natural["platform"], natural["suspicion"], strict=True
    ):
        row = before.row_for(level, platform)
        p_value = row.p_value(value)
        if p_value is not None and (row.authentic_accounts + 1) * FAR_OUT_SHARE >= 1:
            p_values.append(p_value)
    return Contamination(sum(p_value <= FAR_OUT_SHARE for p_value in p_values), len(p_values))


def linking_columns(tables: Tables) -> Tables:
    """The columns that :func:`linked_accounts` reads, so that the rows of many accounts fit into memory."""
    comments = tables.comments.with_columns(
        pl.when(pl.col("text").str.len_chars() >= LONG_TEXT).then("text"),
        *(
            pl.lit(None, dtype).alias(name)
            for name, dtype in columns("comments").items()
            if name not in LINKING_COLUMNS
        ),
    )
    return Tables.of(accounts=tables.accounts, comments=comments)


def linked_accounts(tables: Tables) -> list[Suspect]:
    """Accounts that are linked to another of them, in the order given.

    Two accounts are linked by equal profiles but for the name, by three commenters or more in
    common, or by three equal comments or more of 40 characters and more.
    """
    found: dict[str, str] = {}
    fans = tables.comments.filter(~pl.col("by_creator").fill_null(False))
    long = fans.filter(pl.col("text").str.len_chars() >= LONG_TEXT)
    for pairs in (
        _copies(tables),
        _sharing(fans, "author_id", SHARED_COMMENTERS, "commenters"),
        _sharing(long, "text", SHARED_TEXTS, "texts of comments"),
    ):
        for account_id, why in pairs:
            found.setdefault(account_id, why)
    return [Suspect(name, found[name]) for name in tables.accounts["account_id"] if name in found]


def _copies(tables: Tables) -> Iterator[tuple[str, str]]:
    names = tables.accounts["account_id"].to_list()
    nameless = tables.accounts.drop("account_id", "as_of")
    distinctive = (pl.col("followers") >= LARGE) & pl.col("following", "posts").is_not_null()
    comparable = tables.accounts.select(pl.all_horizontal(distinctive).fill_null(False)).to_series()
    keys = nameless.hash_rows(seed=0).to_list()
    places: dict[int, list[int]] = {}
    for row, key in enumerate(keys):
        places.setdefault(key, []).append(row)
    for rows in places.values():
        if len(rows) > 1 and comparable[rows[0]]:
            for row in rows:
                other = rows[1] if row == rows[0] else rows[0]
                yield names[row], f"its profile is the very one of {names[other]}"


def _sharing(rows: pl.DataFrame, column: str, least: int, what: str) -> Iterator[tuple[str, str]]:
    """Accounts with another that has at least so many values of a column in common."""
    own = rows.select("account_id", column).drop_nulls().unique()
    shared = own.filter(pl.len().over(column) > 1)
    pairs = shared.join(shared, on=column, suffix="_other").filter(
        pl.col("account_id") != pl.col("account_id_other")
    )
    counts = pairs.group_by("account_id", "account_id_other").len().filter(pl.col("len") >= least)
    nearest = counts.sort("account_id", "len", "account_id_other", descending=[False, True, False])
    for name, other, count in nearest.unique("account_id", keep="first", maintain_order=True).rows():
        yield name, f"it shares {count:,} {what} with {other}"


def spot_check(names: Iterable[str], seen: Collection[str]) -> list[str]:
    """Twenty further accounts, the first by a digest of their names: a random sample, always the same."""
    others = [name for name in names if name not in seen]
    return sorted(others, key=lambda name: hashlib.sha256(name.encode()).digest())[:SPOT_CHECKED]
