"""Real organic accounts beside the simulated ones: as they are, and with the schemes put into copies of them.

Only sets whose licence allows it train a detector that is shipped (``PublicSet.use`` is "trains"), and of
each only half of the open accounts: on the others it is measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.errors import WrongUsage
from accounts.population import Population
from accounts.reading.quoting import quote
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from training.datasets import github_followers_top, github_stars, youtube_trending
from training.datasets.base import PART_MARK, PublicSet, is_held_out, owner_of
from training.injection import authentic, inject
from training.masking import mask_tables, random_mask_plan

__all__ = [
    "ORGANIC",
    "Organic",
    "evaluation_half",
    "in_training_half",
    "organic_population",
    "read_organic",
    "training_half",
]

MAX_ACCOUNTS: Final = 700
"""Accounts of one set: more would outweigh the simulated ones."""


@dataclass(frozen=True)
class Organic:
    """Real accounts to train on.

    Attributes
    ----------
    about
        Facts of the set.
    population
        Its accounts as they came and with less evidence, and copies of both with a scheme in them.
    masked_families
        Families of features that mean something else in this set than in an account as it is.
    """

    about: PublicSet
    population: Population
    masked_families: frozenset[str] = frozenset()


ORGANIC: Final[Mapping[str, tuple[PublicSet, Callable[[Path], Tables]]]] = MappingProxyType(
    {
        one.name: (one, load)
        for one, load in (
            (github_followers_top.SET, github_followers_top.load),
            (github_stars.SET, github_stars.load),
            (youtube_trending.SET, youtube_trending.load),
        )
    }
)


MASKED_FAMILIES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "youtube_trending": frozenset({"posting"}),  # only listed videos: their gaps are not the channel's
    }
)


def in_training_half(account_id: str) -> bool:
    """Whether an account is of the half that may train; its owner decides.

    >>> in_training_half("gh:1#0") == in_training_half("gh:1#1")
    True
    """
    return not is_held_out(account_id) and _half(owner_of(account_id))


def _half(owner: str) -> bool:
    return hashlib.sha256(f"trains {owner}".encode()).digest()[0] < 128


def training_half(tables: Tables) -> Tables:
    """The accounts that may train a detector."""
    return _those(tables, in_training_half)


def evaluation_half(tables: Tables) -> Tables:
    """The open accounts on which a detector that was trained on the others is measured."""
    return _those(tables, lambda name: not is_held_out(name) and not in_training_half(name))


def _those(tables: Tables, wanted: Callable[[str], bool]) -> Tables:
    return tables.select([name for name in tables.accounts["account_id"].to_list() if wanted(name)])


def organic_population(tables: Tables, seed: int, *, copies: int = 2) -> Population:
    """Accounts taken for authentic, and altered copies of each.

    Parameters
    ----------
    tables
        The accounts.
    seed
        Of what is drawn.
    copies
        Altered copies of each account.
    """
    return Population.concat([authentic(tables), inject(tables, seed, TRAIN, copies=copies)])


def with_masked_evidence(tables: Tables, seed: int) -> Tables:
    """Masked variants of the accounts, under names of their own; schemes are put into them afterwards.

    So a short history holds purchases as well as a long one does.
    """
    plan = random_mask_plan(tables.accounts["account_id"].to_list(), seed)
    name = pl.when(pl.col("account_id").str.contains(PART_MARK)).then(pl.lit("t")).otherwise(pl.lit("#t"))
    return mask_tables(tables, plan, seed).map(
        lambda _, frame: frame.with_columns(account_id=pl.col("account_id") + name)
    )


def read_organic(names: Sequence[str], folder: Path, seed: int) -> list[Organic]:
    """Sets of a data folder, each cut down to its training half and :data:`MAX_ACCOUNTS` accounts at random.

    Raises
    ------
    WrongUsage
        If a name is of no set that may train.
    BadInput
        If a set is not there.
    """
    found = []
    for name in names:
        if name not in ORGANIC:
            raise WrongUsage(f"organic must name sets of {', '.join(ORGANIC)}. Got {quote(name)}.")
        about, load = ORGANIC[name]
        ids = training_half(tables := load(folder)).accounts["account_id"].to_list()
        chosen = np.random.default_rng(seed).permutation(len(ids))[:MAX_ACCOUNTS]
        part = tables.select([ids[at] for at in sorted(chosen.tolist())])
        both = [organic_population(tables, seed) for tables in (part, with_masked_evidence(part, seed))]
        found.append(Organic(about, Population.concat(both), MASKED_FAMILIES.get(name, frozenset())))
    return found
