"""Fraud put into real accounts: what the starter sees of it, beside heads trained on the set itself.

Copies of real accounts are altered by the simulator's own schemes and programs (:mod:`training.injection`)
and held against the same accounts untouched. The ceiling is a union of the same signals, fitted to untouched
and altered accounts of the very set, each account scored by heads that never saw it; those copies have the
habits of the regime to train with, the ones tested on the habits of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from accounts.simulation.regimes.test import TEST
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.cross_validation import THREADS, params_for
from benchmarks.quality.measurements.injection_cells import FAR, sample_accounts
from benchmarks.quality.populations.organic_sets import open_accounts
from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.heads import Scorer, fit_scorer
from detector.rank_baseline import rank_baseline
from detector.signals import SIGNALS, Signal, cells_of
from detector.tails import Tail, Tails, log_odds
from features.catalogue import CATALOGUE
from features.declaration import AUTOMATED, INFLATED
from training.datasets.base import data_folder, owner_of
from training.datasets.organic import ORGANIC
from training.fit_heads import rows_of
from training.fit_references import peers_of
from training.injection import authentic, inject
from training.labelled_rows import LabelledRows, labelled_rows
from training.metrics import auc, rate, threshold_at, with_intervals
from training.split import folds

__all__ = [
    "ACCOUNTS",
    "ANY",
    "COPIES",
    "FOLDS",
    "SCORES",
    "SEED",
    "SETS",
    "STRENGTHS",
    "TO_TRAIN",
    "Ceiling",
    "evaluate",
    "fit_ceiling",
    "folds_of",
    "measure",
]

SETS: Final = ("instafake_posts", "youtube_channels", "github_followers_top")
STRENGTHS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"about +100 %": (0.7, 1.5), "about +300 %": (2.0, 4.5)}
)
TO_TRAIN: Final = (0.3, 6.0)
ACCOUNTS: Final = 200
COPIES: Final = 4
FOLDS: Final = 4
SEED: Final = 20_263
FEWEST: Final = 20
SCORES: Final = ("starter", "directed rank", "ceiling")
ANY: Final = "any"


@dataclass(frozen=True)
class Ceiling:
    """Heads fitted to a set's own accounts, by fold, and the tails of the untouched ones.

    Attributes
    ----------
    heads
        By signal and fold; none where a set cannot show the signal's kind.
    tails
        From untouched accounts, each scored by heads that never saw it.
    fold_of
        Fold of each account.
    """

    heads: Mapping[tuple[str, int], Scorer]
    tails: Tails
    fold_of: Mapping[str, int]

    def suspicion(self, rows: LabelledRows) -> Floats:
        """Of accounts and their copies, by heads that never saw the account; -1 where none is heard."""
        rarity, platforms = np.full((len(rows.levels), len(SIGNALS)), np.nan), rows.platforms
        for at, signal in enumerate(SIGNALS):
            if (signal.name, 0) in self.heads:
                scores = out_of_fold_scores(signal, self.heads, rows, folds_of(rows, self.fold_of))
                cells = cells_of(signal, rows.levels)
                rarity[:, at] = self.tails.p_values(signal.name, log_odds(scores), platforms, cells)
        rarity[~rows.heard] = np.nan
        return np.nan_to_num(suspicion(rarity), nan=-1.0)


def folds_of(rows: LabelledRows, fold_of: Mapping[str, int]) -> NDArray[np.int64]:
    """The fold of each row's owner."""
    return np.array([fold_of[owner_of(str(name))] for name in rows.features.index], dtype=np.int64)


def out_of_fold_scores(
    signal: Signal, heads: Mapping[tuple[str, int], Scorer], rows: LabelledRows, fold: NDArray[np.int64]
) -> Floats:
    """Scores of one signal by heads that never saw the account."""
    found = np.empty(len(fold))
    for held in range(FOLDS):
        found[fold == held] = heads[signal.name, held].score(rows.features[fold == held])
    return found


def fit_ceiling(tables: Tables) -> Ceiling:
    """Heads on untouched accounts and their copies, out of fold; an owner is on one side."""
    owners = sorted({owner_of(name) for name in tables.accounts["account_id"].to_list()})
    fold_of = dict(zip(owners, folds(np.arange(len(owners)), FOLDS, SEED).tolist(), strict=True))
    untouched = labelled_rows(authentic(tables))
    altered = inject(tables, SEED + 1, TRAIN, copies=COPIES, strength=TO_TRAIN)
    rows = LabelledRows.concat([untouched, labelled_rows(altered)])
    fold = folds_of(rows, fold_of)
    chosen = {signal: rows_of(signal, rows) for signal in SIGNALS}
    able = [signal for signal, (used, shows) in chosen.items() if (used & shows).sum() >= FEWEST]
    jobs = [(signal, held) for signal in able for held in range(FOLDS)]

    def fitted(job: tuple[Signal, int]) -> Scorer:
        signal, held = job
        used, shows = chosen[signal]
        within = used & (fold != held)
        numbers = rows.features.loc[within, list(signal.features)]
        params = params_for(int(within.sum()))
        return fit_scorer(numbers, shows[within], constraints=signal.constraints, params=params)

    with ThreadPoolExecutor(THREADS) as pool:
        heads = dict(zip([(one.name, held) for one, held in jobs], pool.map(fitted, jobs), strict=True))
    return Ceiling(heads, fit_tails(able, heads, untouched, folds_of(untouched, fold_of)), fold_of)


def fit_tails(
    able: Sequence[Signal],
    heads: Mapping[tuple[str, int], Scorer],
    rows: LabelledRows,
    fold: NDArray[np.int64],
) -> Tails:
    """The tail of each signal's scores among the untouched accounts, which turns scores into p-values."""
    found: dict[tuple[str, str | None, str], Tail] = {}
    for signal in able:
        heard = rows.heard[:, SIGNALS.index(signal)]
        part = rows.pick(heard)
        scores = log_odds(out_of_fold_scores(signal, heads, rows, fold)[heard])
        names = [str(name) for name in part.features.index]
        found |= Tails.fit(signal.name, scores, names, part.platforms, cells_of(signal, part.levels))
    return Tails(found)


def measure(name: str, progress: Progress) -> Result:
    """Figures of a set's open accounts."""
    progress("reading", 0.0)
    return evaluate(
        sample_accounts(open_accounts(name, ORGANIC[name].load(data_folder())), ACCOUNTS), progress
    )


def evaluate(tables: Tables, progress: Progress) -> Result:
    """Every scheme at every strength.

    Parameters
    ----------
    tables
        Untouched accounts.
    progress
        Called with the step and the share done.
    """
    progress("training on altered accounts", 0.1)
    best = fit_ceiling(tables)
    untouched = labelled_rows(authentic(tables))
    before, cells = scores_of(untouched, best), []
    for number, (title, strength) in enumerate(STRENGTHS.items()):
        progress(f"altering accounts, {title}", 0.5 + 0.25 * number)
        altered = labelled_rows(inject(tables, SEED, TEST, copies=COPIES, strength=strength))
        cells += list(compare(title, untouched, before, altered, scores_of(altered, best)))
    return {
        "accounts": len(tables), "cells": cells,
        "signals": sorted({name for name, _ in best.heads}),
    }  # fmt: skip


def scores_of(rows: LabelledRows, best: Ceiling) -> dict[str, Floats]:
    """The three scores of accounts."""
    judged = benchmarked_detector().predict_features(rows.features, rows.levels, rows.platforms)
    ranks = benchmarked_detector().bundle.peers.percentiles(rows.features, *peers_of(rows))
    untrained = [
        np.nan_to_num(
            rank_baseline(ranks, {one.name: one.direction_for(head).value for one in CATALOGUE}), nan=0.5
        )
        for head in (INFLATED, AUTOMATED)
    ]
    return {
        "starter": np.nan_to_num(judged.suspicion, nan=-1.0),
        "directed rank": np.maximum(*untrained),
        "ceiling": best.suspicion(rows),
    }


def compare(
    title: str,
    untouched: LabelledRows,
    before: Mapping[str, Floats],
    altered: LabelledRows,
    now: Mapping[str, Floats],
) -> Iterator[Result]:
    """Copies of each scheme against all untouched accounts."""
    schemes = altered.labels["scheme"].to_numpy()
    names = [owner_of(str(name)) for name in untouched.features.index]
    copies = np.array([owner_of(str(name)) for name in altered.features.index])
    counts = {str(name): int((schemes == name).sum()) for name in set(schemes.tolist())}
    for scheme in [ANY, *sorted(name for name, count in counts.items() if count >= FEWEST)]:
        rows: Bools = np.ones(len(schemes), dtype=bool) if scheme == ANY else schemes == scheme
        truth: Bools = np.repeat([False, True], [len(names), int(rows.sum())])
        areas = {one: auc(truth, np.concatenate([before[one], now[one][rows]])) for one in SCORES}
        yield {
            "scheme": scheme,
            "strength": title,
            "copies": int(rows.sum()),
            "auc": with_intervals(areas, [*names, *copies[rows]]),
            "recall": {one: rate(now[one][rows] > threshold_at(before[one], FAR)) for one in SCORES},
        }
