"""The last step: the fitted parts, where they come from, and a few accounts whose answers are a check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import chain
from typing import Final

import polars as pl

from accounts.population import LabelledAccounts
from accounts.schema import EVIDENCE, LATER
from accounts.tables import Tables
from detector.comments.model import TRAINED_ON
from detector.manifest import SIMULATED, Facts
from features.catalogue import catalogue_digest
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.organic import Organic
from training.public_rows import digest_of

__all__ = [
    "GOLDEN_ACCOUNTS", "SIMULATED_ORIGIN", "Origin", "Sources", "data_digest", "facts_of", "newest_date",
]  # fmt: skip

GOLDEN_ACCOUNTS: Final = 12
"""Accounts whose answers a bundle keeps, and must give again when it is loaded."""


@dataclass(frozen=True)
class Origin:
    """Whose accounts a population holds, in a bundle's words.

    Attributes
    ----------
    trained_on
        What its train split is.
    calibrated_on
        What its calibration split is, on which the promise rests.
    """

    trained_on: str
    calibrated_on: str


SIMULATED_ORIGIN: Final = Origin("simulated", SIMULATED)


@dataclass(frozen=True)
class Sources:
    """What a detector was fitted to besides its population, and whose that is.

    Attributes
    ----------
    origin
        Of the population.
    sets, organic
        As :func:`training.fit.fit` takes them.
    """

    origin: Origin
    sets: Sequence[Labelled]
    organic: Sequence[Organic]

    @property
    def names(self) -> tuple[str, ...]:
        """Of everything that trained, as a bundle lists it."""
        public = (*(one.about.name for one in self.sets), *(one.about.name for one in self.organic))
        return (self.origin.trained_on, *public, *TRAINED_ON)

    def digest(self, population: LabelledAccounts) -> str:
        """SHA-256 of everything that trains, the population first."""
        digest = digest_of(data_digest(population), self.sets)
        for one in self.organic:
            digest = hashlib.sha256(f"{digest}{data_digest(one.population)}".encode()).hexdigest()
        return digest


LIBRARIES: Final = ("lightgbm", "numpy", "pandas", "polars", "scipy")


def facts_of(
    population: LabelledAccounts, config: TrainingConfig, created_at: str, sources: Sources
) -> Facts:
    """Where a detector comes from; the parameters are those of :func:`training.fit.fit`."""
    digest = sources.digest(population)
    newest = date_of(population.columns("accounts", ["as_of"]))
    return Facts(
        name=config.name,
        version=f"{newest}-{_settings_digest(digest, config)[:8]}",
        created_at=created_at,
        catalogue=catalogue_digest(),
        training=config.as_dict(),
        data_sha256=digest,
        trained_on=sources.names,
        calibrated_on=sources.origin.calibrated_on,
        alpha=config.alpha,
        confidence=config.confidence,
        libraries={name: version(name) for name in LIBRARIES},
    )


def newest_date(tables: Tables) -> str:
    """Date of the account that was seen last, such as ``2026-11-01``: a detector's version names it.

    Not the day of the training, so that the same data give the same bytes on any day.
    """
    return date_of(tables.accounts)


def date_of(accounts: pl.DataFrame) -> str:
    """The newest ``as_of``, such as ``2026-11-01``."""
    newest = accounts["as_of"].max()
    return newest.date().isoformat() if isinstance(newest, datetime) else ""


def _settings_digest(digest: str, config: TrainingConfig) -> str:
    """SHA-256 of data and settings: two runs on the same data with other settings are other versions."""
    return hashlib.sha256(f"{digest}{json.dumps(config.as_dict(), sort_keys=True)}".encode()).hexdigest()


def data_digest(population: LabelledAccounts) -> str:
    """SHA-256 of a population's content, the same whatever file it lay in, in memory or not.

    What came to the schema later counts only where some of it is known, as in :mod:`accounts.digest`.
    """
    digest = hashlib.sha256()
    for name in EVIDENCE:  # annotations are no data to learn from, and counts seen earlier not yet
        unused = _unused(population, name)
        for at, rows in enumerate(chain(population.slices(name), [Tables.of()[name]])):
            digest.update(rows.drop(unused).write_csv(include_header=at == 0).encode())
    digest.update(population.labels.write_csv().encode())
    return digest.hexdigest()


def _unused(population: LabelledAccounts, table: str) -> list[str]:
    """The fields of a table that came later and hold nothing."""
    later = sorted(LATER.get(table, ()))
    rows = population.columns(table, ["account_id", *later])
    return [field for field in later if rows[field].null_count() == rows.height]
