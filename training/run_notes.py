"""What is recorded of a run besides what it made: its data, how it was asked for, when it began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from training.assemble import data_digest
from training.datasets.base import PublicSet
from training.datasets.labelled import Labelled
from training.organic import Organic
from training.public_rows import digest_of

__all__ = ["NO_NOTES", "RECIPE", "DataSource", "RunNotes", "public_sources"]

RECIPE: Final = "training_run.json"
"""The artifact that ``assay train --from-run`` repeats a run from."""


@dataclass(frozen=True)
class DataSource:
    """Data that a run read.

    Attributes
    ----------
    name
        What it is, in a bundle's words.
    place
        Where it lies, or how it was made.
    accounts
        How many.
    sha256
        Of its content.
    """

    name: str
    place: str
    accounts: int
    sha256: str


@dataclass(frozen=True)
class RunNotes:
    """What is recorded of a run besides detector and report.

    Attributes
    ----------
    started
        When it began, in seconds since 1970; None: when it is recorded.
    sources
        The data that it read.
    recipe
        How it was asked for, in JSON's own types; see :data:`RECIPE`.
    tags
        Further tags, such as the commit of the code.
    """

    started: float | None = None
    sources: Sequence[DataSource] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


NO_NOTES: Final = RunNotes()


def public_sources(sets: Sequence[Labelled], organic: Sequence[Organic]) -> list[DataSource]:
    """The public sets, and own accounts beside simulated ones, that a run trains on."""
    found = [DataSource(one.about.name, files_of(one.about), len(one), digest_of("", [one])) for one in sets]
    for organic_set in organic:
        about, population = organic_set.about, organic_set.population
        found.append(DataSource(about.name, files_of(about), len(population), data_digest(population)))
    return found


def files_of(about: PublicSet) -> str:
    """The files of a set, below its data folder; whose they are, where it has none."""
    return ", ".join(about.files) or about.source
