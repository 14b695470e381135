"""The calibrate step: from out-of-fold scores to probabilities, and to tails of authentic accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detector.arrays import Bools, Floats
from detector.calibration import Calibrations
from detector.decision import HEADS
from detector.heads import Scorer
from detector.signal_models import SignalModels, largest_by_label
from detector.signals import SIGNALS, cells_of
from detector.tails import Tail, Tails, log_odds
from training.fit_heads import rows_of
from training.labelled_rows import LabelledRows

__all__ = ["calibrate"]


def calibrate(train: LabelledRows, scorers: Mapping[str, Scorer], out_of_fold: Floats) -> SignalModels:
    """Add calibrations and tails to the heads.

    Parameters
    ----------
    train
        The training rows.
    scorers
        The heads.
    out_of_fold
        Rows x signals of uncalibrated scores, each by heads that never saw the row's group.
    """
    calibrations: dict[str, Calibrations] = {}
    tails: dict[tuple[str, str | None, str], Tail] = {}
    probabilities = np.empty_like(out_of_fold)
    for at, signal in enumerate(SIGNALS):
        cells, (rows, truth), scores = (
            cells_of(signal, train.levels),
            rows_of(signal, train),
            out_of_fold[:, at],
        )
        calibrations[signal.name] = Calibrations.fit(scores[rows], truth[rows], _chosen(cells, rows))
        probabilities[:, at] = calibrations[signal.name].apply(scores, cells)
        authentic = train.heard[:, at] & train.authentic
        tails |= Tails.fit(
            signal.name,
            log_odds(scores[authentic]),
            train.features.index[authentic].to_list(),
            _chosen(train.platforms, authentic),
            _chosen(cells, authentic),
        )
    largest = largest_by_label(probabilities, train.heard)
    label_calibrations = {
        head: Calibrations.fit(largest[:, at], train.truth(head), train.levels)
        for at, head in enumerate(HEADS)
    }
    weights = {signal.name: signal.weight for signal in SIGNALS}
    return SignalModels(scorers, calibrations, Tails(tails), label_calibrations, weights)


def _chosen(values: Sequence[str], rows: Bools) -> list[str]:
    return [value for value, chosen in zip(values, rows.tolist(), strict=True) if chosen]
