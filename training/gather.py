"""Accounts that a customer gives, gathered from chunks for recalibration and adaptation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import pandas as pd
import polars as pl

from accounts.checks import examine
from accounts.digest import account_digests
from accounts.population import Population
from accounts.reading import Chunk
from accounts.simulation import simulate_chunks
from accounts.tables import Tables
from detector.bundle import Bundle
from features.derive import derive
from features.evidence import measure
from features.views import Views
from training.assemble import newest_date
from training.label_checks import (
    Contamination,
    Suspect,
    contamination,
    linked_accounts,
    linking_columns,
    spot_check,
)
from training.verified_accounts import VerifiedAccounts, masked_suspicion

__all__ = ["SIMULATED_ACCOUNTS", "GatheredAccounts", "accounts_to_check", "gather_tables", "gather_verified",
           "simulate_fakes"]  # fmt: skip

Advance: TypeAlias = Callable[[int], None]

SIMULATED_ACCOUNTS: Final = 1_500
"""Accounts simulated to estimate the expected recall; only the fakes among them are used."""

SIMULATING: Final = "simulating fakes, for the expected recall"


@dataclass(frozen=True)
class GatheredAccounts:
    """Verified accounts as recalibration reads them.

    Attributes
    ----------
    verified
        Features and evidence levels.
    linked
        Accounts that share a profile, commenters or texts with another one.
    account_ids
        In input order.
    digest
        SHA-256 over all accounts, hexadecimal.
    newest
        Date of the account that was seen last.
    """

    verified: VerifiedAccounts
    linked: list[Suspect]
    account_ids: list[str]
    digest: str
    newest: str


def gather_verified(chunks: Iterable[Chunk], advance: Advance = lambda _: None) -> GatheredAccounts:
    """Derive the features of all accounts, chunk by chunk.

    Of the accounts' rows only those are held in memory that can link two accounts.

    Parameters
    ----------
    chunks
        As :func:`accounts.reading.read` gives them.
    advance
        Called after each chunk with its number of accounts.
    """
    features, levels, rest, digest, newest = [], [], [], hashlib.sha256(), ""
    for chunk in chunks:
        views = Views(examine(chunk.tables).tables)
        features.append(derive(views))
        levels += measure(views)["level"].tolist()
        rest.append(linking_columns(chunk.tables))
        _update(digest, chunk.tables)
        newest = max(newest, newest_date(chunk.tables))
        advance(len(chunk.tables))
    tables = Tables.concat(rest)
    account_ids = tables.accounts["account_id"].to_list()
    verified = VerifiedAccounts(pd.concat(features), levels, tables.accounts["platform"].to_list())
    return GatheredAccounts(verified, linked_accounts(tables), account_ids, digest.hexdigest(), newest)


def gather_tables(chunks: Iterable[Chunk], advance: Advance = lambda _: None) -> tuple[Tables, str]:
    """All accounts as tables, and the SHA-256 over them, hexadecimal.

    Adaptation alters copies of whole accounts, so their rows must be held in memory.
    """
    pieces, digest = [], hashlib.sha256()
    for chunk in chunks:
        pieces.append(chunk.tables)
        _update(digest, chunk.tables)
        advance(len(chunk.tables))
    return Tables.concat(pieces), digest.hexdigest()


def _update(digest: hashlib._Hash, tables: Tables) -> None:
    for one in account_digests(tables):
        digest.update(one)


def simulate_fakes(
    accounts: int = SIMULATED_ACCOUNTS, progress: Callable[[str, float], None] = lambda *_: None
) -> VerifiedAccounts:
    """The fakes among so many simulated accounts.

    A customer gives authentic accounts only, so the expected recall is measured on these.

    Parameters
    ----------
    accounts
        How many are simulated, authentic ones included.
    progress
        Called with what is being done and the share that is done, 0 to 1.
    """
    pieces = []
    for piece in simulate_chunks(accounts, 0, regime="test"):
        pieces.append(piece)
        progress(SIMULATING, sum(map(len, pieces)) / accounts)
    population = Population.concat(pieces)
    fakes = population.labels.filter(pl.col("inflated") | pl.col("automated"))["account_id"]
    views = Views(population.tables.select(fakes.to_list()))
    return VerifiedAccounts(derive(views), measure(views)["level"].tolist())


def accounts_to_check(before: Bundle, gathered: GatheredAccounts) -> tuple[Contamination, list[Suspect]]:
    """Whether the accounts look contaminated with fakes, and which of them a person should check.

    Linked accounts are always among them; where contamination is likely, a sample drawn by account ID
    is added. No account is chosen by its score.

    Parameters
    ----------
    before
        The detector before recalibration.
    gathered
        The accounts.
    """
    seen = contamination(before.levels, masked_suspicion(before.signal_models, gathered.verified))
    found = list(gathered.linked)
    if seen.likely:
        linked = {one.account_id for one in found}
        found += [
            Suspect(name, "drawn by its name alone") for name in spot_check(gathered.account_ids, linked)
        ]
    return seen, found
