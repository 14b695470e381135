"""Which features moved: where to look for a cause, and never an alarm by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from detector.arrays import Floats
from detector.drift.distances import ks_distance, psi

__all__ = ["FeatureShift", "feature_shifts"]


@dataclass(frozen=True)
class FeatureShift:
    """How one feature differs between two populations.

    Attributes
    ----------
    feature
        Its name in the catalogue.
    psi, ks
        The distances; an absent value counts as a bin of its own in the first, and not in the second.
    absent
        Share of accounts without it, before and after.
    medians
        Before and after; None where nobody has it.
    """

    feature: str
    psi: float
    ks: float
    absent: tuple[float, float]
    medians: tuple[float | None, float | None]


def feature_shifts(before: pd.DataFrame, after: pd.DataFrame) -> tuple[FeatureShift, ...]:
    """Every feature that both have, the one that moved most first."""
    names = [name for name in before.columns if name in after.columns]
    found = [_shift(name, before[name].to_numpy(float), after[name].to_numpy(float)) for name in names]
    return tuple(sorted(found, key=lambda one: -one.psi))


def _shift(name: str, before: Floats, after: Floats) -> FeatureShift:
    absent = [float(np.isnan(part).mean()) for part in (before, after)]
    medians = [None if np.isnan(part).all() else float(np.nanmedian(part)) for part in (before, after)]
    return FeatureShift(
        feature=name,
        psi=psi(before, after),
        ks=ks_distance(before, after),
        absent=(absent[0], absent[1]),
        medians=(medians[0], medians[1]),
    )
