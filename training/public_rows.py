"""Training rows of labelled public sets, for the signals that their labels are about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from detector.arrays import Bools
from detector.signals import Signal, signals_heard
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.split import folds

__all__ = ["PublicRows", "digest_of"]


@dataclass(frozen=True)
class PublicRows:
    """Training rows of one signal's head beyond the population's.

    They only train: the calibration and test splits hold accounts of the population alone. The
    held-out accounts of a set are not among the rows.

    Attributes
    ----------
    features
        Features.
    truth
        Whether each row's account is what the head looks for.
    fold
        Of each row; a group of its set is in one fold.
    """

    features: pd.DataFrame
    truth: Bools
    fold: NDArray[np.int64]

    @classmethod
    def of(cls, sets: Iterable[Labelled], signal: Signal, config: TrainingConfig) -> PublicRows | None:
        """The rows outside the hold-outs of all sets whose labels are the signal's; None without any.

        An account without any evidence teaches nothing but how many of the set are guilty.
        """
        found = [_heard(signal, _rows(one)) for one in sets if one.head is signal.label]
        names = [f"{one.about.name} {group}" for one in found for group in one.groups]
        if not names:
            return None
        group = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
        return cls(
            pd.concat([one.features for one in found]),
            np.concatenate([one.truth for one in found]),
            folds(group, config.folds, config.seed),
        )

    def outside(self, held: int) -> PublicRows:
        """The rows that are not in one fold; all of them where it is -1."""
        rows = self.fold != held
        return PublicRows(self.features[rows], self.truth[rows], self.fold[rows])


def _heard(signal: Signal, one: Labelled) -> Labelled:
    return one.pick(signals_heard(one.features, one.levels, [signal])[:, 0])


def _rows(one: Labelled) -> Labelled:
    seen = np.array([level != "none" for level in one.levels], dtype=bool)
    return one.pick(~one.held_out & seen)


def digest_of(population: str, sets: Sequence[Labelled]) -> str:
    """SHA-256 of all that is trained on: the population's own where no set was added."""
    if not sets:
        return population
    digest = hashlib.sha256(population.encode())
    for one in sets:
        rows = _rows(one)
        for part in (one.about.name, one.head.value, *rows.features.index):
            digest.update(f"{part}\n".encode())
        digest.update(np.ascontiguousarray(rows.features.to_numpy(), dtype="<f8").tobytes())
        digest.update(rows.truth.tobytes())
    return digest.hexdigest()
