"""A permutation test of several statistics at once, whose rate of false alarms is what it says.

Two populations without drift are one population cut at random: the statistics of many random cuts of the
accounts at hand are their null distribution at these very sizes, whatever the accounts are. The smallest of
the statistics' p-values is held against the smallest of each random cut (Westfall and Young 1993,
Resampling-Based Multiple Testing, single step), so that the level holds for all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detector.arrays import Bools, Floats

__all__ = ["PermutedStatistic", "permutation_test"]

Statistic = Callable[[Bools], float]
"""Of a split of all accounts: which of them came before."""


@dataclass(frozen=True)
class PermutedStatistic:
    """A statistic with its null distribution.

    Attributes
    ----------
    value
        Of the true split.
    p_value
        Share of the random splits in which any of the statistics is as extreme as this one, the true
        split counted among them.
    usual
        Median over the random splits.
    alarm_above
        What the statistic alone exceeds in a share ``level`` of the random splits.
    """

    value: float
    p_value: float
    usual: float
    alarm_above: float


def permutation_test(
    statistics: Mapping[str, Statistic], sizes: tuple[int, int], *, level: float, rounds: int, seed: int
) -> tuple[dict[str, PermutedStatistic], float]:
    """Test all statistics of a split against random splits of the same sizes.

    Parameters
    ----------
    sizes
        Accounts before and after; those before come first.
    level
        Of the alarm.
    rounds
        Random splits; the smallest p-value that there can be is ``1 / (rounds + 1)``.

    Returns
    -------
    Each statistic, and the p-value of all together: at most ``level`` in a share ``level`` of the
    comparisons of populations without drift.
    """
    truth = np.arange(sum(sizes)) < sizes[0]
    draw = np.random.default_rng(seed)
    splits: Sequence[Bools] = [truth, *(draw.permutation(truth) for _ in range(rounds))]
    found: Floats = np.array([[one(split) for one in statistics.values()] for split in splits])
    alone = np.column_stack([_as_high(column) for column in found.T])
    smallest = alone.min(axis=1)
    tested = {
        name: PermutedStatistic(
            value=float(found[0, at]),
            p_value=float((smallest <= alone[0, at]).mean()),
            usual=float(np.median(found[1:, at])),
            alarm_above=float(np.quantile(found[1:, at], 1 - level, method="higher")),
        )
        for at, name in enumerate(statistics)
    }
    return tested, float((smallest <= smallest[0]).mean())


def _as_high(values: Floats) -> Floats:
    """Share of the values that are as high as each.

    >>> _as_high(np.array([1.0, 3.0, 3.0, 2.0])).tolist()
    [1.0, 0.5, 0.5, 0.75]
    """
    below = np.searchsorted(np.sort(values), values, side="left")
    share: Floats = 1.0 - below / len(values)
    return share
