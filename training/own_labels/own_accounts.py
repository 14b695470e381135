"""Labelled accounts of a customer's, joined to their labels, without a hold-out that training never sees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from accounts.errors import BadInput, Fault
from accounts.population import LABELS, Population, tier_of
from accounts.tables import Tables
from detector.arrays import Bools
from training.assemble import Origin, data_digest, newest_date
from training.datasets.base import PublicSet, is_held_out
from training.organic import Organic, organic_population
from training.signal_targets import GIVEN_AMOUNT, GIVEN_INFLATED, GIVEN_PROFILE, GIVEN_RHYTHM
from training.split import groups, pick

__all__ = ["OwnAccounts", "label_accounts", "population_labels"]

ADDED: Final = {
    "followers": ("added_followers",),
    "growth": ("added_followers", "added_followers_shown"),
    "likes": ("added_likes",),
    "views": ("added_views",),
    "comments": ("added_comments",),
}
"""Labels of a population by the word of a file of labels."""
AMOUNTS: Final = tuple(name for name in LABELS if name.startswith("added_"))


@dataclass(frozen=True)
class OwnAccounts:
    """Accounts with a customer's labels.

    Attributes
    ----------
    train
        Those that a detector may be fitted to.
    hold_out
        Those that none ever sees: three in ten by a digest of their ids, the same for good.
    linked
        Accounts left out of both: not held out, but sharing commenters with one that is.
    unknown
        Account ids with a label, of which no account was given.
    unlabelled
        Accounts without a label.
    """

    train: Population
    hold_out: Population
    linked: tuple[str, ...]
    unknown: tuple[str, ...]
    unlabelled: tuple[str, ...]

    def counts(self, population: Population) -> tuple[int, int]:
        """How many authentic accounts a part has, and how many others."""
        fake = population.labels.select(pl.col("inflated") | pl.col("automated")).to_series().sum()
        return len(population) - int(fake), int(fake)

    @property
    def digest(self) -> str:
        """SHA-256 over accounts and labels that training may see, hexadecimal."""
        return data_digest(self.train)

    @property
    def described(self) -> str:
        """What a bundle says that it was trained on.

        Such as ``320 authentic and 41 other accounts labelled by you (sha256 1f2e3d4c)``.
        """
        authentic, fake = self.counts(self.train)
        digest = f"sha256 {self.digest[:8]}"
        return f"{authentic:,} authentic and {fake:,} other accounts labelled by you ({digest})"

    def origin(self) -> Origin:
        """Whose accounts these are, where nothing simulated trains, with the date of the newest."""
        newest = newest_date(self.train.tables)
        return Origin(self.described, f"{len(self.train):,} accounts labelled by you, {newest}")

    def beside_simulated(self, seed: int) -> Organic:
        """The accounts as they train beside simulated ones, with schemes put into copies of the authentic."""
        about = PublicSet(
            name=self.described, files={}, label_meaning="As labelled by you.", licence="yours", source="you",
            use="trains",
        )  # fmt: skip
        return Organic(about, self.with_copies(seed))

    def with_copies(self, seed: int) -> Population:
        """The accounts, and copies of the authentic ones with schemes put into them.

        >>> from accounts.simulation import simulate
        >>> some = simulate(4, seed=1).tables
        >>> ids = some.accounts["account_id"].to_list()
        >>> labels = pl.DataFrame({"account_id": ids, "label": "authentic", "counts": None})
        >>> own = label_accounts(some, labels)
        >>> len(own.with_copies(1)) > len(own.train)
        True
        """
        altered = organic_population(self.authentic.tables, seed)
        return Population.concat([altered, pick(self.train, self._fake)])

    @property
    def authentic(self) -> Population:
        """Those that may train and are called authentic."""
        return pick(self.train, ~self._fake)

    @property
    def _fake(self) -> Bools:
        return self.train.labels.select(pl.col("inflated") | pl.col("automated")).to_series().to_numpy()


def label_accounts(tables: Tables, labels: pl.DataFrame, place: str = "") -> OwnAccounts:
    """Join accounts to their labels, and set the hold-out apart.

    Parameters
    ----------
    tables
        The accounts.
    labels
        One row each: ``account_id``, ``label``, ``counts``.
    place
        What a refusal calls the accounts, such as their file.

    Raises
    ------
    BadInput
        If no account has a label.
    """
    given = {row["account_id"]: row for row in labels.iter_rows(named=True)}
    ids = tables.accounts["account_id"].to_list()
    known = [name for name in ids if name in given]
    if not known:
        found = f"None of the {len(given):,} labelled ids is among its {len(ids):,}."
        raise BadInput(Fault(place, "account_id", f"must hold accounts that have a label. {found}"))
    population = Population(tables.select(known), population_labels(tables.select(known), given))
    held = np.array([is_held_out(name) for name in known])
    group = groups(population)
    linked = np.isin(group, group[held]) & ~held
    return OwnAccounts(
        train=pick(population, ~held & ~linked),
        hold_out=pick(population, held),
        linked=chosen(known, linked),
        unknown=tuple(sorted(given.keys() - set(ids))),
        unlabelled=tuple(name for name in ids if name not in given),
    )


def chosen(names: Iterable[str], rows: np.typing.NDArray[np.bool_]) -> tuple[str, ...]:
    """The names at which the mask is true."""
    return tuple(name for name, row in zip(names, rows.tolist(), strict=True) if row)


def population_labels(tables: Tables, given: dict[str, dict[str, Any]]) -> pl.DataFrame:
    """The labels as a population has them, row for row with the accounts."""
    rows = [
        label_row(account["account_id"], account["followers"], given[account["account_id"]])
        for account in tables.accounts.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict(LABELS))


def label_row(account_id: str, followers: int | None, given: dict[str, Any]) -> dict[str, Any]:
    """One account's labels; what nobody knows is null, and what was not bought is 0."""
    words = set((given["counts"] or "").split("+")) - {""}
    label = given["label"]
    added = {name: GIVEN_AMOUNT for word in words for name in ADDED.get(word, ())}
    return dict.fromkeys(LABELS) | {
        "account_id": account_id,
        "inflated": label == "inflated",
        "automated": label == "automated",
        "person": "real",
        "scheme": scheme_of(label, words),
        "campaign": f"own:{hashlib.sha256(account_id.encode()).hexdigest()[:16]}",
        "tier": None if followers is None else tier_of(followers),
        **dict.fromkeys(AMOUNTS, 0.0 if label == "authentic" else None),
        **added,
    }


def scheme_of(label: str, words: set[str]) -> str | None:
    """How a labelled fake is told to the heads; None for an authentic account.

    >>> scheme_of("automated", {"profile"}), scheme_of("inflated", set()), scheme_of("authentic", set())
    ('given:profile', 'given:inflated', None)
    """
    if label == "authentic":
        return None
    if label == "inflated":
        return GIVEN_INFLATED
    schemes = {"rhythm": GIVEN_RHYTHM, "profile": GIVEN_PROFILE}
    return "+".join(schemes[word] for word in sorted(words)) or GIVEN_RHYTHM
