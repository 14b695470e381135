"""What a trial is worth: recall at the promised rate, on accounts whose group its heads never saw.

Folds are those of training: an account, its copies, its campaign and its commenters are in one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.heads import Scorer
from detector.signals import SIGNALS, Signal, cells_of
from detector.tails import Tails, log_odds
from training.config import TrainingConfig
from training.datasets.labelled import Labelled
from training.fit_heads import fit_head
from training.labelled_rows import LabelledRows
from training.metrics import recall_at
from training.public_rows import PublicRows

__all__ = ["FEWEST_JUDGED", "FoldRecall", "TuningData", "fold_recall", "tuning_data"]

FEWEST_JUDGED: Final = 15
"""Authentic accounts, and as many fakes, that a fold must have to judge a trial."""


@dataclass(frozen=True)
class TuningData:
    """Rows that trials are fitted to and judged on.

    Attributes
    ----------
    rows
        All rows.
    fold
        Of each.
    fits
        The rows that heads are fitted to.
    judged
        The rows whose recall counts.
    real
        Whether these are real accounts.
    sets
        Labelled public sets that train too.
    """

    rows: LabelledRows
    fold: NDArray[np.int64]
    fits: Bools
    judged: Bools
    real: bool
    sets: Sequence[Labelled] = ()

    @property
    def fits_real(self) -> bool:
        """Whether heads are fitted to real accounts, so that their weight can be searched."""
        return bool((self.fits & self.rows.real).any())


@dataclass(frozen=True)
class FoldRecall:
    """Recall of one fold, and how many authentic accounts and fakes it rests on."""

    recall: float
    authentic: int
    fakes: int

    @property
    def enough(self) -> bool:
        """Whether the fold can judge at all."""
        return min(self.authentic, self.fakes) >= FEWEST_JUDGED


def tuning_data(
    rows: LabelledRows, fold: NDArray[np.int64], *, fit_real: bool, sets: Sequence[Labelled] = ()
) -> TuningData:
    """Which rows are judged: real accounts with schemes put into copies where there are any, else simulated.

    Parameters
    ----------
    rows, fold
        As :func:`training.training_rows.derive_training_rows` gives them.
    fit_real
        Whether heads are fitted to real accounts; otherwise these judge only.
    sets
        Labelled public sets that train too.
    """
    real = rows.real
    came = np.asarray(~rows.features.index.duplicated())
    if not real.any():
        return TuningData(rows, fold, np.ones(len(fold), dtype=bool), came, False, sets)
    fits = np.ones(len(fold), dtype=bool) if fit_real else ~real
    return TuningData(rows, fold, fits, real & came, True, sets)


def fold_recall(data: TuningData, config: TrainingConfig, held: int) -> FoldRecall:
    """Recall at ``config.alpha`` among the judged accounts of one fold, by heads fitted without it.

    Tails and threshold are those of the fold's own authentic accounts: what is compared is how well the
    heads rank, not a promise. A fake counts where its evidence can show what was done.
    """
    part, judged = data.rows.pick(data.fold == held), data.judged[data.fold == held]
    fakes = judged & ~part.authentic & (part.largest_dose > 0)
    authentic = judged & part.authentic
    counts = int(authentic.sum()), int(fakes.sum())
    if min(counts) < FEWEST_JUDGED:
        return FoldRecall(float("nan"), *counts)
    shown = suspicion_of(part, heads_without(data, config, held))
    return FoldRecall(recall_at(shown[authentic], shown[fakes], config.alpha), *counts)


def suspicion_of(part: LabelledRows, heads: Mapping[str, Scorer]) -> Floats:
    """Suspicion of rows that the heads never saw, by tails of the authentic among them; -inf where unheard.

    A signal that no authentic row can serve says nothing.
    """
    p_values = np.full(part.heard.shape, np.nan)
    for at, signal in enumerate(SIGNALS):
        rows = np.flatnonzero(part.heard[:, at])
        if part.authentic[rows].any():
            scores = log_odds(heads[signal.name].score(part.features.iloc[rows]))
            p_values[rows, at] = rarity_of(part, signal, rows, scores)
    found = suspicion(p_values)
    return np.where(np.isnan(found), -np.inf, found)


def rarity_of(part: LabelledRows, signal: Signal, rows: NDArray[np.int64], scores: Floats) -> Floats:
    """How rare the rows' scores are among the authentic ones of the same platform and evidence."""
    names, platforms = part.features.index.to_numpy()[rows], np.array(part.platforms)[rows]
    cells = np.array(cells_of(signal, part.levels))[rows]
    known = part.authentic[rows]
    tails = Tails.fit(
        signal.name, scores[known], names[known].tolist(), platforms[known].tolist(), cells[known].tolist()
    )
    return Tails(tails).p_values(signal.name, scores, platforms.tolist(), cells.tolist())


def heads_without(data: TuningData, config: TrainingConfig, held: int) -> dict[str, Scorer]:
    """Every signal's head, fitted without one fold, each on one thread and beside each other."""

    def fitted(signal: Signal) -> Scorer:
        public = PublicRows.of(data.sets, signal, config)
        within = (data.fold != held) & data.fits
        return fit_head(signal, data.rows, config, within, public.outside(held) if public else None)

    _ = data.rows.heard, data.rows.unmasked_levels  # computed once, before the threads ask for them
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip((one.name for one in SIGNALS), pool.map(fitted, SIGNALS), strict=True))
