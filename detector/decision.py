"""The one rule that turns p-values into a label; evaluation, command line and service all call it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.arrays import Bools, Floats
from detector.labels import Label
from detector.levels import Thresholds
from detector.signals import SIGNALS
from features.declaration import Head

__all__ = ["HEADS", "Decision", "Decisions", "decide_all", "rarity", "signal_suspicion", "suspicion"]

HEADS: Final = tuple(Head)
LABELS: Final = tuple(Label)
_OF_SIGNAL: Final = np.array([LABELS.index(Label(signal.label)) for signal in SIGNALS])
_HALVING: Final = float(np.log10(2.0))
"""Exponent that halves what is left to 1 for every factor of ten in rarity."""


@dataclass(frozen=True)
class Decision:
    """What one account is called.

    Attributes
    ----------
    label
        The verdict's label.
    labels_over_threshold
        Every accusation that a signal over the threshold supports.
    """

    label: Label
    labels_over_threshold: tuple[Label, ...]


@dataclass(frozen=True)
class Decisions:
    """Labels of many accounts.

    Attributes
    ----------
    labels
        One :class:`Label` per account.
    over
        Accounts x signals (in the order of ``SIGNALS``): which is over the threshold and accuses.
    abstained
        Accounts x signals: which is over the threshold, and abstains from accusing.
    """

    labels: NDArray[np.object_]
    over: Bools
    abstained: Bools

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def concat(cls, several: Sequence[Decisions]) -> Decisions:
        """Those of several lists of accounts, one after the other."""
        return cls(
            np.concatenate([one.labels for one in several]),
            np.concatenate([one.over for one in several]),
            np.concatenate([one.abstained for one in several]),
        )

    def __getitem__(self, row: int) -> Decision:
        named = {_OF_SIGNAL[at] for at in np.flatnonzero(self.over[row]).tolist()}
        return Decision(self.labels[row], tuple(LABELS[at] for at in sorted(named)))


def signal_suspicion(p_values: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """How suspicious each signal is by itself, in [0, 1); the largest is the account's.

    Of k signals heard, the smallest p-value p is as rare as 1 - (1 - p)^k (Sidak 1967). With weights w,
    1 in sum over the signals heard, it is 1 - (1 - p)^(1/w) (Holland and Copenhaver 1987): who has little
    weight must be rarer to be believed. Every factor of ten in rarity halves what is left to 1: seen in one
    of ten authentic accounts .5, in one of a hundred .75, of a thousand .875.

    Parameters
    ----------
    p_values
        Accounts x signals, NaN where the evidence cannot serve a signal.
    weights
        One per signal, over 0, in any unit; None: all alike.

    Returns
    -------
    Accounts x signals, NaN where not heard.

    Examples
    --------
    >>> signal_suspicion([[0.1, np.nan], [0.01, np.nan], [0.05, 0.9]]).round(3)
    array([[0.5  ,   nan],
           [0.75 ,   nan],
           [0.504, 0.003]])
    >>> signal_suspicion([[0.05, 0.05]], weights=[9, 1]).round(3)
    array([[0.581, 0.24 ]])
    """
    rarity = np.asarray(p_values, dtype=np.float64)
    heard = ~np.isnan(rarity)
    if weights is None:
        power = np.count_nonzero(heard, axis=1)[:, None]
    else:
        weight = np.broadcast_to(np.asarray(weights, dtype=np.float64), rarity.shape)
        power = np.where(heard, weight, 0.0).sum(axis=1, keepdims=True) / weight
    union = -np.expm1(power * np.log1p(-np.minimum(rarity, 1.0 - 1e-12)))
    alone: Floats = 1.0 - np.maximum(union, 0.0) ** _HALVING
    return alone


def suspicion(p_values: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """The largest of :func:`signal_suspicion` of each account; NaN where no signal is heard.

    >>> suspicion([[0.1, np.nan], [np.nan, np.nan]])
    array([0.5, nan])
    """
    alone = signal_suspicion(p_values, weights)
    largest: Floats = np.fmax.reduce(alone, axis=1) if alone.shape[1] else np.full(len(alone), np.nan)
    return largest


def rarity(suspicion: ArrayLike) -> Floats:
    """The p-value that a suspicion stands for, the inverse of :func:`signal_suspicion`.

    >>> rarity([0.5, 0.75, 0.875]).round(4).tolist()
    [0.1, 0.01, 0.001]
    """
    found: Floats = (1.0 - np.asarray(suspicion, dtype=np.float64)) ** (1.0 / _HALVING)
    return found


def decide_all(  # noqa: PLR0913
    p_values: ArrayLike,
    seen: ArrayLike,
    odd: ArrayLike,
    clearable: ArrayLike,
    limits: Thresholds,
    *,
    abstains: ArrayLike = False,
    contradicts: ArrayLike = False,
    weights: ArrayLike | None = None,
) -> Decisions:
    """Label accounts, in this order.

    1. no block of evidence: insufficient; evidence that contradicts itself: review
    2. a signal over the threshold that does not abstain: inflated or automated, as the most suspicious says
    3. odd, or a signal over the threshold that abstains: review
    4. suspicion low enough to clear, and evidence in which the schemes would show: authentic
    5. suspicion above the authentic 95 % quantile: review
    6. else insufficient: nothing against it, not enough to clear it

    Parameters
    ----------
    p_values
        Accounts x signals, NaN where the evidence cannot serve a signal.
    seen, odd, clearable
        One per account (or one for all): whether any block is present; whether a block is unlike all that
        was trained on, or a yardstick is far out; and whether the evidence may clear anybody.
    limits
        The thresholds of each account's level, NaN where it has none.
    abstains
        Accounts x signals (or one for all): which signal accuses nobody on this evidence.
    contradicts
        One per account: whether what is left of the evidence contradicts itself.
    weights
        Of the signals, as for :func:`signal_suspicion`.

    Examples
    --------
    >>> one = np.array([0.8]), np.array([0.3]), np.array([0.5])
    >>> limits = Thresholds(*one)
    >>> rare = np.full((1, len(SIGNALS)), np.nan)
    >>> rare[0, 2] = 0.001
    >>> decide_all(rare, seen=True, odd=True, clearable=True, limits=limits)[0].label
    <Label.INFLATED: 'inflated'>
    >>> decide_all(rare, seen=True, odd=False, clearable=True, limits=limits, abstains=True)[0].label
    <Label.REVIEW: 'review'>
    """
    alone = signal_suspicion(p_values, weights)
    count = len(alone)
    known, suspect, may_clear = (
        np.broadcast_to(np.asarray(mark, dtype=bool), count) for mark in (seen, odd, clearable)
    )
    beyond = known[:, None] & (alone > limits.accuse_above[:, None])
    torn = np.broadcast_to(np.asarray(contradicts, dtype=bool), count)
    silent = np.broadcast_to(np.asarray(abstains, dtype=bool), alone.shape) | torn[:, None]
    over, abstained = beyond & ~silent, beyond & silent
    largest = suspicion(p_values, weights)
    leading = np.where(over, alone, -1.0).argmax(axis=1)
    rule: list[tuple[ArrayLike, ArrayLike]] = [
        (~known, LABELS.index(Label.INSUFFICIENT)),
        (over.any(axis=1), _OF_SIGNAL[leading]),
        (suspect | torn | abstained.any(axis=1), LABELS.index(Label.REVIEW)),
        ((largest <= limits.clear_at_or_below) & may_clear, LABELS.index(Label.AUTHENTIC)),
        (largest > limits.review_above, LABELS.index(Label.REVIEW)),
    ]
    holds = [np.asarray(when, dtype=bool) for when, _ in rule]
    codes = [np.asarray(code) for _, code in rule]
    chosen = np.select(holds, codes, default=LABELS.index(Label.INSUFFICIENT))
    return Decisions(np.array(LABELS, dtype=object)[chosen], over, abstained)
