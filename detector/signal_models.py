"""What the signals say of accounts, before anything is decided: probabilities, p-values, suspicion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from detector.arrays import Bools, Floats
from detector.calibration import Calibrations
from detector.decision import HEADS, suspicion
from detector.heads import Scorer
from detector.signals import SIGNALS, Signal, cells_of, signals_heard
from detector.tails import Tails, log_odds
from features.declaration import Head
from features.views.rows import Index

__all__ = ["SignalModels", "SignalScores", "largest_by_label"]

_OF_LABEL: Final = {head: [at for at, one in enumerate(SIGNALS) if one.label is head] for head in HEADS}


@dataclass(frozen=True)
class SignalScores:
    """What the signals say of some accounts.

    Attributes
    ----------
    signal_probabilities
        Calibrated probability of each signal, accounts x signals.
    p_values
        Share of authentic accounts of the same platform and evidence with a score as high, accounts x
        signals; NaN where the evidence cannot serve the signal.
    probabilities
        Calibrated probability of each label, accounts x ``HEADS``.
    weights
        Of the signals in the suspicion; None: all alike.
    """

    signal_probabilities: Floats
    p_values: Floats
    probabilities: Floats
    weights: Floats | None = None

    @classmethod
    def concat(cls, several: Sequence[SignalScores]) -> SignalScores:
        """Those of several lists of accounts by the same models, one after the other."""
        return cls(
            np.concatenate([one.signal_probabilities for one in several]),
            np.concatenate([one.p_values for one in several]),
            np.concatenate([one.probabilities for one in several]),
            several[0].weights,
        )

    @cached_property
    def suspicion(self) -> Floats:
        """One per account, NaN where no signal is heard."""
        return suspicion(self.p_values, self.weights)


@dataclass(frozen=True)
class SignalModels:
    """The fitted parts that weigh accounts.

    Attributes
    ----------
    scorers
        The head of each signal, by name.
    calibrations
        From a signal's score to its probability, by name and, within, by cell of evidence.
    tails
        How rare a score is among authentic accounts.
    label_calibrations
        From the largest probability of a label's signals to the label's own, by level.
    weights
        Of each signal in the suspicion, by name, as :func:`detector.decision.signal_suspicion` has them;
        None: all alike.
    """

    scorers: Mapping[str, Scorer]
    calibrations: Mapping[str, Calibrations]
    tails: Tails
    label_calibrations: Mapping[Head, Calibrations]
    weights: Mapping[str, float] | None = None

    @cached_property
    def weight_of_signals(self) -> Floats | None:
        """The weights in the order of ``SIGNALS``."""
        return None if self.weights is None else np.array([self.weights[one.name] for one in SIGNALS])

    def predict_proba(
        self, features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
    ) -> SignalScores:
        """Weigh accounts.

        Parameters
        ----------
        features
            Features, one row per account, NaN where absent.
        levels, platforms
            Evidence level and platform of each.
        """
        heard = signals_heard(features, levels)
        signal_probabilities, p_values = np.empty(heard.shape), np.full(heard.shape, np.nan)
        for at, signal in enumerate(SIGNALS):
            scores, cells = self.scorers[signal.name].score(features), cells_of(signal, levels)
            signal_probabilities[:, at] = self.calibrations[signal.name].apply(scores, cells)
            rows = np.flatnonzero(heard[:, at])
            p_values[rows, at] = self._rarity(signal, scores[rows], rows, platforms, cells)
        largest = largest_by_label(signal_probabilities, heard)
        labelled = [
            self.label_calibrations[head].apply(largest[:, at], levels) for at, head in enumerate(HEADS)
        ]
        probabilities = np.stack(labelled, axis=1)
        return SignalScores(signal_probabilities, p_values, probabilities, self.weight_of_signals)

    def suspicion(
        self, features: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str | None]
    ) -> Floats:
        """The suspicion of :meth:`predict_proba`, for which only the signals that are heard are scored."""
        heard = signals_heard(features, levels)
        p_values = np.full(heard.shape, np.nan)
        for at, signal in enumerate(SIGNALS):
            if (rows := np.flatnonzero(heard[:, at])).size:
                scores, cells = self.scorers[signal.name].score(features.iloc[rows]), cells_of(signal, levels)
                p_values[rows, at] = self._rarity(signal, scores, rows, platforms, cells)
        return suspicion(p_values, self.weight_of_signals)

    def _rarity(
        self,
        signal: Signal,
        scores: Floats,
        rows: Index,
        platforms: Sequence[str | None],
        cells: Sequence[str],
    ) -> Floats:
        """p-values of some rows' scores; platforms and cells are of all rows."""
        at_rows = rows.tolist()
        return self.tails.p_values(
            signal.name,
            log_odds(scores),
            [platforms[row] for row in at_rows],
            [cells[row] for row in at_rows],
        )

    def automated_profiles(self, features: pd.DataFrame, platforms: Sequence[str | None]) -> Floats:
        """p-value of ``fake_account`` for accounts of which only the profile is known, such as followers."""
        cells = ["profile"] * len(features)
        return self.tails.p_values(
            "fake_account", log_odds(self.scorers["fake_account"].score(features)), platforms, cells
        )


def largest_by_label(signal_probabilities: Floats, heard: Bools) -> Floats:
    """Accounts x labels: the largest probability among the label's signals that are heard, else of all.

    Parameters
    ----------
    signal_probabilities
        Accounts x signals.
    heard
        Which of them the evidence can serve.
    """
    found = np.empty((len(signal_probabilities), len(HEADS)))
    for at, head in enumerate(HEADS):
        own = signal_probabilities[:, _OF_LABEL[head]]
        audible = np.where(heard[:, _OF_LABEL[head]], own, -1.0).max(axis=1, initial=-1.0)
        found[:, at] = np.where(audible >= 0, audible, own.max(axis=1))
    return found
