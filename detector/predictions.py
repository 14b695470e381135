"""From features to labels: probabilities, p-values, novelty, yardsticks and the decision rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detector.abstention import abstentions_of
from detector.arrays import Bools, Floats, matrix
from detector.bundle import Bundle
from detector.clearing import clearable, clearing_caution
from detector.decision import HEADS, Decisions, decide_all
from detector.manifest import SIMULATED
from detector.signal_models import SignalScores
from detector.yardsticks import far_out
from features.declaration import Head

__all__ = ["EvidenceDoubts", "Predictions", "predict_features", "reported_signals"]


@dataclass(frozen=True)
class EvidenceDoubts:
    """What the checks of the evidence say of some accounts, one truth value each (or one for all).

    Attributes
    ----------
    doubtful
        Parts of the evidence contradicted each other: nobody is cleared on it.
    contradictory
        What is left still does: nobody is accused on it, either.
    """

    doubtful: ArrayLike = False
    contradictory: ArrayLike = False


@dataclass(frozen=True)
class Predictions:
    """Probabilities, p-values and labels of some accounts.

    Attributes
    ----------
    features
        Features, one row per account.
    levels
        Key of each account's evidence level.
    signals
        Probabilities and p-values of each signal.
    unfamiliar
        Blocks in which each account is unlike all that was trained on.
    far_out
        Accounts of which a yardstick is far out; they are at least for review.
    decisions
        The labels.
    clears_at_or_below
        Suspicion at or below which each account may be cleared, NaN where it may not.
    """

    features: pd.DataFrame
    levels: Sequence[str]
    signals: SignalScores
    unfamiliar: Sequence[tuple[str, ...]]
    far_out: Bools
    decisions: Decisions
    clears_at_or_below: Floats

    @classmethod
    def concat(cls, several: Sequence[Predictions]) -> Predictions:
        """Those of several lists of accounts by the same detector, one after the other.

        A detector says of an account the same whoever stands beside it.
        """
        return cls(
            pd.concat([one.features for one in several]),
            [level for one in several for level in one.levels],
            SignalScores.concat([one.signals for one in several]),
            [blocks for one in several for blocks in one.unfamiliar],
            np.concatenate([one.far_out for one in several]),
            Decisions.concat([one.decisions for one in several]),
            np.concatenate([one.clears_at_or_below for one in several]),
        )

    @property
    def probabilities(self) -> Floats:
        """Of each label, accounts x ``HEADS``."""
        return self.signals.probabilities

    @property
    def suspicion(self) -> Floats:
        """One per account, NaN where no signal is heard."""
        return self.signals.suspicion

    @cached_property
    def unknown(self) -> Bools:
        """Accounts without a single feature."""
        known = np.count_nonzero(~np.isnan(matrix(self.features)), axis=1)
        unknown: Bools = np.equal(known, 0)
        return unknown

    def probabilities_of(self, row: int) -> dict[Head, float | None]:
        """The account's probabilities, as its verdict gives them: None where nothing could be computed."""
        probabilities = self.probabilities[row].tolist()
        return {
            head: None if self.unknown[row] else chance
            for head, chance in zip(HEADS, probabilities, strict=True)
        }

    @cached_property
    def reported(self) -> Bools:
        """Accounts x signals: those that a verdict's reasons and caveats are about."""
        return reported_signals(self.decisions.over, self.signals.p_values, self.signals.weights)


def predict_features(
    bundle: Bundle,
    features: pd.DataFrame,
    levels: Sequence[str],
    platforms: Sequence[str] | None = None,
    doubts: EvidenceDoubts | None = None,
) -> Predictions:
    """Labels and probabilities of accounts; see :meth:`detector.screening.Detector.predict_features`."""
    doubts = doubts or EvidenceDoubts()
    features = bundle.columns_read(features)
    signals = bundle.predict_proba(features, levels, platforms)
    unfamiliar = bundle.unfamiliar_blocks(features, levels)
    seen = np.array([level != "none" for level in levels], dtype=bool)
    any_unfamiliar = np.array([bool(blocks) for blocks in unfamiliar], dtype=bool)
    caution = clearing_caution(features, platforms)
    limits = bundle.levels.limits(levels, platforms).clearing_less(caution)
    known = platforms if platforms is not None else [""] * len(levels)
    far = far_out(features, known)
    decisions = decide_all(
        signals.p_values,
        seen,
        any_unfamiliar | far,
        clearable(features, levels, platforms) & ~np.asarray(doubts.doubtful),
        limits,
        abstains=bundle.facts.calibrated_on == SIMULATED and abstentions_of(features, levels, known),
        contradicts=doubts.contradictory,
        weights=signals.weights,
    )  # fmt: skip
    return Predictions(features, levels, signals, unfamiliar, far, decisions, limits.clear_at_or_below)


def reported_signals(over: Bools, p_values: Floats, weights: Floats | None = None) -> Bools:
    """Accounts x signals: the signals over the threshold; where none is, the most suspicious one.

    Parameters
    ----------
    over
        Accounts x signals: which is over the threshold.
    p_values, weights
        As for :func:`detector.decision.signal_suspicion`.

    Examples
    --------
    >>> reported_signals(np.array([[True, True], [False, False]]), np.array([[0.01, 0.02], [0.3, 0.2]]))
    array([[ True,  True],
           [False,  True]])
    """
    if weights is not None:
        p_values = -np.log1p(-np.minimum(p_values, 1.0 - 1e-12)) / weights
    rarest = np.where(np.isnan(p_values), np.inf, p_values)
    leading = rarest.argmin(axis=1)[:, None] == np.arange(p_values.shape[1])
    heard = ~np.isnan(p_values).all(axis=1, keepdims=True)
    return np.where(over.any(axis=1, keepdims=True), over, leading & heard)
