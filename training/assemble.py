"""The last step: the fitted parts, where they come from, and a few accounts whose answers are a check."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

import polars as pl

from accounts.population import Population
from accounts.schema import EVIDENCE, LATER
from detector.comments.model import TRAINED_ON
from detector.manifest import SIMULATED, Facts
from features.catalogue import catalogue_digest
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.organic import Organic
from training.public_rows import digest_of

__all__ = ["GOLDEN_ACCOUNTS", "data_digest", "facts_of"]

GOLDEN_ACCOUNTS: Final = 12
"""Accounts whose answers a bundle keeps, and must give again when it is loaded."""

LIBRARIES: Final = ("lightgbm", "numpy", "pandas", "polars", "scipy")


def facts_of(
    population: Population,
    config: TrainingConfig,
    created_at: str,
    sets: Sequence[Labelled],
    organic: Sequence[Organic],
) -> Facts:
    """Where a detector comes from; the parameters are those of :func:`training.fit.fit`."""
    digest = digest_of(data_digest(population), sets)
    for one in organic:
        digest = hashlib.sha256(f"{digest}{data_digest(one.population)}".encode()).hexdigest()
    public = [*(one.about.name for one in sets), *(one.about.name for one in organic)]
    return Facts(
        name=config.name,
        version=f"{created_at[:10]}-{digest[:8]}",
        created_at=created_at,
        catalogue=catalogue_digest(),
        training=config.as_dict(),
        data_sha256=digest,
        trained_on=("simulated", *public, *TRAINED_ON),
        calibrated_on=SIMULATED,
        alpha=config.alpha,
        confidence=config.confidence,
        libraries={name: version(name) for name in LIBRARIES},
    )


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
