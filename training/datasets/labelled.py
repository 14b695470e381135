"""A labelled public set as the detector reads it, whatever form its collectors gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from accounts.tables import Tables
from detector.arrays import Bools
from features.catalogue import CATALOGUE
from features.declaration import Head
from features.derive import derive
from features.evidence import measure
from features.views import Views
from training.datasets.base import PublicSet, is_held_out

__all__ = ["Labelled", "derive_features", "padded"]


@dataclass(frozen=True)
class Labelled:
    """Accounts of a public set with what is known of them.

    Attributes
    ----------
    about
        Facts of the set.
    head
        The probability that its labels speak of.
    features
        Accounts x catalogue, float64, NaN where the set cannot give a feature; the index names the account.
    levels
        Evidence level of each account.
    classes
        Each account's label in the set's own words.
    truth
        Whether that label is what the head looks for.
    groups
        Accounts of one group must stay on one side of every split.
    raw
        The set's own columns as numbers, for a baseline that knows nothing of Assay.
    """

    about: PublicSet
    head: Head
    features: pd.DataFrame
    levels: Sequence[str]
    classes: Sequence[str]
    truth: Bools
    groups: Sequence[str]
    raw: pd.DataFrame

    def __post_init__(self) -> None:
        rows = len(self.features)
        others = (self.levels, self.classes, self.truth, self.groups, self.raw)
        if list(self.features.columns) != [feature.name for feature in CATALOGUE]:
            raise ValueError("numbers must have the catalogue's columns")
        if not self.features.index.is_unique or any(len(one) != rows for one in others):
            raise ValueError("every account needs a name of its own and one value of everything")

    def __len__(self) -> int:
        return len(self.features)

    def pick(self, chosen: Bools) -> Labelled:
        """Some of its accounts, in order."""
        rows = np.flatnonzero(chosen).tolist()
        return replace(
            self,
            features=self.features.iloc[rows],
            levels=[self.levels[row] for row in rows],
            classes=[self.classes[row] for row in rows],
            truth=self.truth[rows],
            groups=[self.groups[row] for row in rows],
            raw=self.raw.iloc[rows],
        )

    @property
    def held_out(self) -> Bools:
        """Accounts on which nothing may be chosen: three in ten groups."""
        return np.array([is_held_out(group) for group in self.groups], dtype=bool)


def derive_features(tables: Tables) -> tuple[pd.DataFrame, list[str]]:
    """Features and evidence levels of account documents, by the one way that there is."""
    views = Views(tables)
    return derive(views), measure(views)["level"].tolist()


def padded(features: pd.DataFrame) -> pd.DataFrame:
    """Features that a set gives itself, as the catalogue's columns; the others absent.

    >>> padded(pd.DataFrame({"likes_variation": [1]}, index=["a"])).notna().sum(axis=1)["a"]
    np.int64(1)
    """
    unknown = set(features.columns) - {feature.name for feature in CATALOGUE}
    if unknown:
        raise ValueError(f"no features of the catalogue: {', '.join(sorted(unknown))}")
    return features.reindex(columns=[feature.name for feature in CATALOGUE]).astype(np.float64)
