"""The last step: the fitted parts, where they come from, and a few accounts whose answers are a check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Final

import polars as pl

from accounts.population import Population
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

    def digest(self, population: Population) -> str:
        """SHA-256 of everything that trains, the population first."""
        digest = digest_of(data_digest(population), self.sets)
        for one in self.organic:
            digest = hashlib.sha256(f"{digest}{data_digest(one.population)}".encode()).hexdigest()
        return digest


LIBRARIES: Final = ("lightgbm", "numpy", "pandas", "polars", "scipy")


def facts_of(population: Population, config: TrainingConfig, created_at: str, sources: Sources) -> Facts:
    """Where a detector comes from; the parameters are those of :func:`training.fit.fit`."""
    digest = sources.digest(population)
    return Facts(
        name=config.name,
        version=f"{newest_date(population.tables)}-{_settings_digest(digest, config)[:8]}",
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
    newest = tables.accounts["as_of"].max()
    return newest.date().isoformat() if isinstance(newest, datetime) else ""


def _settings_digest(digest: str, config: TrainingConfig) -> str:
    """SHA-256 of data and settings: two runs on the same data with other settings are other versions."""
    return hashlib.sha256(f"{digest}{json.dumps(config.as_dict(), sort_keys=True)}".encode()).hexdigest()


def data_digest(population: Population) -> str:
    """SHA-256 of a population's content, the same whatever file it lay in.

    What came to the schema later counts only where some of it is known, as in :mod:`accounts.digest`.
    """
    digest = hashlib.sha256()
    for name in EVIDENCE:  # annotations are no data to learn from, and counts seen earlier not yet
        digest.update(_without_unused(name, population.tables[name]).encode())
    digest.update(population.labels.write_csv().encode())
    return digest.hexdigest()


def _without_unused(name: str, frame: pl.DataFrame) -> str:
    """A table as CSV, without the fields that came later and hold nothing."""
    unused = [field for field in LATER.get(name, ()) if frame[field].null_count() == frame.height]
    return frame.drop(unused).write_csv()
