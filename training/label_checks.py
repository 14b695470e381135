"""Whether accounts given as authentic look as if some were not, and which to look at again.

The rule is blind to suspicion. Whoever drops the most suspicious authentic accounts lowers the
threshold and breaks the promise; so no account is named for how it scores. Named are accounts
that are tied to one another, which no feature sees, and where the whole looks contaminated also
some that are drawn by their names alone. Nothing is ever dropped here.
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

KEPT: Final = ("account_id", "author_id", "text", "by_creator")
COMMENTERS: Final = 3
TEXTS: Final = 3
LONG: Final = 40
LARGE: Final = 1_000
"""Followers from which two accounts hardly have the same counts by chance."""

DRAWN: Final = 20
OUTERMOST: Final = 0.002
SURE: Final = 0.01


@dataclass(frozen=True)
class Suspect:
    """An account to look at again, and why."""

    account_id: str
    why: str


@dataclass(frozen=True)
class Contamination:
    """How many accounts stand where of authentic ones only 1 in 500 stood before.

    Attributes
    ----------
    far_out, of
        How many of how many.
    """

    far_out: int
    of: int

    @property
    def likely(self) -> bool:
        """Whether so many would be seen in fewer than 1 of 100 sets like the one calibrated on before.

        >>> Contamination(5, 300).likely, Contamination(2, 300).likely
        (True, False)
        """
        return bool(binom.sf(self.far_out - 1, self.of, OUTERMOST) < SURE)


def contamination(before: LevelTable, shown: pd.DataFrame) -> Contamination:
    """Hold the accounts, as they came, against the authentic ones that were there before.

    Parameters
    ----------
    before
        The levels of the detector that is recalibrated. Where one rests on fewer than 499 accounts,
        nothing can be so far out, and its accounts are not counted.
    shown
        The accounts, as :func:`training.recalibrate.masked_suspicion` returns them.
    """
    natural = shown[shown["natural"]]
    found: list[float] = []
    for level, platform, suspicion in zip(
        natural["level"], natural["platform"], natural["suspicion"], strict=True
    ):
        row = before.row_for(level, platform)
        chance = row.p_value(suspicion)
        if chance is not None and (row.authentic_accounts + 1) * OUTERMOST >= 1:
            found.append(chance)
    return Contamination(sum(chance <= OUTERMOST for chance in found), len(found))


def linking_columns(tables: Tables) -> Tables:
    """Only what :func:`linked_accounts` reads: many accounts' rows need not be kept for it."""
    comments = tables.comments.with_columns(
        pl.when(pl.col("text").str.len_chars() >= LONG).then("text"),
        *(pl.lit(None, dtype).alias(name) for name, dtype in columns("comments").items() if name not in KEPT),
    )
    return Tables.of(accounts=tables.accounts, comments=comments)


def linked_accounts(tables: Tables) -> list[Suspect]:
    """Accounts that are tied to another of them, in the order given.

    Tied are accounts that say the same but for their name, that share three commenters or more,
    or under which three texts or more of 40 characters and more are the same.
    """
    found: dict[str, str] = {}
    fans = tables.comments.filter(~pl.col("by_creator").fill_null(False))
    long = fans.filter(pl.col("text").str.len_chars() >= LONG)
    for pairs in (
        _copies(tables),
        _sharing(fans, "author_id", COMMENTERS, "commenters"),
        _sharing(long, "text", TEXTS, "texts of comments"),
    ):
        for account_id, why in pairs:
            found.setdefault(account_id, why)
    return [Suspect(name, found[name]) for name in tables.accounts["account_id"] if name in found]


def _copies(tables: Tables) -> Iterator[tuple[str, str]]:
    names = tables.accounts["account_id"].to_list()
    nameless = tables.accounts.drop("account_id", "as_of")
    telling = (pl.col("followers") >= LARGE) & pl.col("following", "posts").is_not_null()
    told = tables.accounts.select(pl.all_horizontal(telling).fill_null(False)).to_series()
    keys = nameless.hash_rows(seed=0).to_list()
    places: dict[int, list[int]] = {}
    for row, key in enumerate(keys):
        places.setdefault(key, []).append(row)
    for rows in places.values():
        if len(rows) > 1 and told[rows[0]]:
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
    """Twenty further accounts, by a digest of their names: a sample that tells of the whole."""
    others = [name for name in names if name not in seen]
    return sorted(others, key=lambda name: hashlib.sha256(name.encode()).digest())[:DRAWN]
