"""Splits (train, calibration, test, hold-out) and folds; no account, campaign or author is on two sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from accounts.population import LabelledAccounts, Population

__all__ = ["SPLITS", "assign_splits", "folds", "groups"]

SPLITS: Final = ("train", "calibration", "test", "hold-out")


@dataclass(frozen=True)
class Splits:
    """A population divided for training; nothing reads the hold-out.

    Attributes
    ----------
    train, calibration
        Accounts that heads are fitted to, and that thresholds are set on.
    test
        Those that are evaluated on, in memory.
    split_of
        ``account_id`` and ``split`` of every account, the hold-out's too.
    """

    train: LabelledAccounts
    calibration: LabelledAccounts
    test: Population
    split_of: pl.DataFrame


def split_population(population: LabelledAccounts, shares: tuple[float, float, float], seed: int) -> Splits:
    """Divide a population, groups of linked accounts together.

    Parameters
    ----------
    population
        Labelled accounts.
    shares
        Of train, calibration and test; the rest is the hold-out.
    seed
        Of the order in which groups are dealt.
    """
    split = assign_splits(groups(population), shares, seed)
    train, calibration, test = (population.pick(split == name) for name in SPLITS[:3])
    names = population.labels.select("account_id", split=pl.Series(split.astype(str)))
    return Splits(train, calibration, test.load(), names)


def pick(population: Population, rows: NDArray[np.bool_]) -> Population:
    """Some accounts of a population, in order."""
    return population.pick(rows)


def groups(population: LabelledAccounts) -> NDArray[np.int64]:
    """Number of the group of each account: accounts that share a campaign or a comment author are one.

    The creators' own replies link nobody.
    """
    ids = population.columns("accounts", ["account_id"]).with_columns(account=pl.int_range(pl.len()))
    campaigns = population.labels.select("account_id", mark=pl.col("campaign").hash(1)).filter(
        population.labels["campaign"].is_not_null()
    )
    links = pl.concat([part.join(ids, on="account_id").select("account", "mark").unique()
                       for part in chain([campaigns], _authors(population))])  # fmt: skip
    marks = links["mark"].rank("dense").to_numpy().astype(np.int64)
    n = len(population)
    size = n + int(marks.max(initial=0)) + 1
    graph = coo_array(
        (np.ones(len(links), dtype=np.int8), (links["account"].to_numpy(), n + marks)), shape=(size, size)
    )
    labels: NDArray[np.int64] = connected_components(graph, directed=False)[1][:n].astype(np.int64)
    return labels


def _authors(population: LabelledAccounts) -> Iterator[pl.DataFrame]:
    """Who comments on which account, by a number of 64 bits: names of all at once would take gigabytes."""
    for comments in population.slices("comments", ["account_id", "author_id", "by_creator"]):
        known = pl.col("author_id").is_not_null() & ~pl.col("by_creator").fill_null(False)
        yield comments.filter(known).select("account_id", mark=pl.col("author_id").hash(2))


def assign_splits(
    group: NDArray[np.int64], shares: tuple[float, float, float], seed: int
) -> NDArray[np.object_]:
    """Name of each account's split; whole groups go together, shares are met as nearly as groups allow.

    >>> split = assign_splits(np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8]), (0.5, 0.2, 0.2), seed=1)
    >>> split.tolist().count("train")
    5
    """
    bounds = np.cumsum(shares) * len(group)
    place = _cumulative(group, seed)
    return np.array(SPLITS, dtype=object)[np.searchsorted(bounds, place, side="left")]


def folds(group: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Fold of each account, 0 to ``count`` - 1; whole groups go together."""
    place = _cumulative(group, seed)
    return np.minimum((place - 1e-9) * count / len(group), count - 1).astype(np.int64)


def _cumulative(group: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """Accounts up to and with the middle of each account's group, groups in random order."""
    members, inverse, sizes = np.unique(group, return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(members))
    ends = np.empty(len(members))
    ends[order] = np.cumsum(sizes[order]) - sizes[order] / 2 + 0.5
    found: NDArray[np.float64] = ends[inverse]
    return found
