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
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from accounts.simulation.regimes.test import TEST
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from benchmarks.quality.draws import rate
from benchmarks.quality.figures import auc, figures
from benchmarks.quality.fitting import THREADS, params_for
from benchmarks.quality.organic import TRAINED_ON, open_accounts
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.real_cells import limit_of, sampled
from benchmarks.quality.under_test import detector
from benchmarks.quality.writing import interval, refusals, table
from benchmarks.quality.writing import rate as written
from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.directed import directed_rank
from detector.heads import Scorer, fit_scorer
from detector.signals import SIGNALS, Signal, cells_of
from detector.tails import Tail, Tails, log_odds
from features.catalogue import CATALOGUE
from features.declaration import AUTOMATED, INFLATED
from training.datasets.base import data_folder, owner_of
from training.datasets.organic import ORGANIC
from training.fit import peers_of
from training.heads import rows_of
from training.injection import authentic, injected
from training.split import folds
from training.stage import Stage, stage

__all__ = ["PART", "measured", "page"]

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

ABOUT: Final = f"""\
{COPIES} altered copies of each of at most {ACCOUNTS} accounts of a set, by schemes and programs that its
evidence can show (four in ten purchases of followers end before the shown history begins), held against the
same accounts untouched. *Starter* is its suspicion; *directed rank* is untrained; the *ceiling* is the union
of the same signals fitted to altered and untouched accounts of the set, each judged by heads that never saw
it. Recall is at the threshold that 5 % of the untouched exceed. Programs have no strength. Of
{", ".join(f"`{name}`" for name in TRAINED_ON)} only accounts stand here that train no starter.
Intervals are 95 %, over accounts."""


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

    def suspicion(self, rows: Stage) -> Floats:
        """Of accounts and their copies, by heads that never saw the account; -1 where none is heard."""
        rarity, platforms = np.full((len(rows.levels), len(SIGNALS)), np.nan), rows.platforms
        for at, signal in enumerate(SIGNALS):
            if (signal.name, 0) in self.heads:
                scores = out_of_fold(signal, self.heads, rows, folds_of(rows, self.fold_of))
                cells = cells_of(signal, rows.levels)
                rarity[:, at] = self.tails.p_values(signal.name, log_odds(scores), platforms, cells)
        rarity[~rows.heard] = np.nan
        return np.nan_to_num(suspicion(rarity), nan=-1.0)


def folds_of(rows: Stage, fold_of: Mapping[str, int]) -> NDArray[np.int64]:
    """The fold of each row's owner."""
    return np.array([fold_of[owner_of(str(name))] for name in rows.numbers.index], dtype=np.int64)


def out_of_fold(
    signal: Signal, heads: Mapping[tuple[str, int], Scorer], rows: Stage, fold: NDArray[np.int64]
) -> Floats:
    """Scores of one signal by heads that never saw the account."""
    found = np.empty(len(fold))
    for held in range(FOLDS):
        found[fold == held] = heads[signal.name, held].score(rows.numbers[fold == held])
    return found


def ceiling(tables: Tables) -> Ceiling:
    """Heads on untouched accounts and their copies, out of fold; an owner is on one side."""
    owners = sorted({owner_of(name) for name in tables.accounts["account_id"].to_list()})
    fold_of = dict(zip(owners, folds(np.arange(len(owners)), FOLDS, SEED).tolist(), strict=True))
    untouched = stage(authentic(tables))
    altered = injected(tables, SEED + 1, TRAIN, copies=COPIES, strength=TO_TRAIN)
    rows = Stage.concat([untouched, stage(altered)])
    fold = folds_of(rows, fold_of)
    chosen = {signal: rows_of(signal, rows) for signal in SIGNALS}
    able = [signal for signal, (used, shows) in chosen.items() if (used & shows).sum() >= FEWEST]
    jobs = [(signal, held) for signal in able for held in range(FOLDS)]

    def fitted(job: tuple[Signal, int]) -> Scorer:
        signal, held = job
        used, shows = chosen[signal]
        within = used & (fold != held)
        numbers = rows.numbers.loc[within, list(signal.features)]
        params = params_for(int(within.sum()))
        return fit_scorer(numbers, shows[within], constraints=signal.constraints, params=params)

    with ThreadPoolExecutor(THREADS) as pool:
        heads = dict(zip([(one.name, held) for one, held in jobs], pool.map(fitted, jobs), strict=True))
    return Ceiling(heads, tails_of(able, heads, untouched, folds_of(untouched, fold_of)), fold_of)


def tails_of(
    able: Sequence[Signal], heads: Mapping[tuple[str, int], Scorer], rows: Stage, fold: NDArray[np.int64]
) -> Tails:
    """How rare each signal's scores are among the untouched accounts."""
    found: dict[tuple[str, str | None, str], Tail] = {}
    for signal in able:
        heard = rows.heard[:, SIGNALS.index(signal)]
        part = rows.pick(heard)
        scores = log_odds(out_of_fold(signal, heads, rows, fold)[heard])
        names = [str(name) for name in part.numbers.index]
        found |= Tails.fit(signal.name, scores, names, part.platforms, cells_of(signal, part.levels))
    return Tails(found)


def run(name: str, progress: Progress) -> Result:
    """Figures of a set's open accounts."""
    progress("reading", 0.0)
    return measured(sampled(open_accounts(name, ORGANIC[name].load(data_folder())), ACCOUNTS), progress)


def measured(tables: Tables, progress: Progress) -> Result:
    """Every scheme at every strength.

    Parameters
    ----------
    tables
        Untouched accounts.
    progress
        Told how far it is.
    """
    progress("training on altered accounts", 0.1)
    best = ceiling(tables)
    untouched = stage(authentic(tables))
    before, cells = scores_of(untouched, best), []
    for number, (title, strength) in enumerate(STRENGTHS.items()):
        progress(f"altering accounts, {title}", 0.5 + 0.25 * number)
        altered = stage(injected(tables, SEED, TEST, copies=COPIES, strength=strength))
        cells += list(compared(title, untouched, before, altered, scores_of(altered, best)))
    return {
        "accounts": len(tables), "cells": cells,
        "signals": sorted({name for name, _ in best.heads}),
    }  # fmt: skip


def scores_of(rows: Stage, best: Ceiling) -> dict[str, Floats]:
    """The three scores of accounts."""
    judged = detector().judge_numbers(rows.numbers, rows.levels, rows.platforms)
    ranks = detector().bundle.peers.percentiles(rows.numbers, *peers_of(rows))
    untrained = [
        np.nan_to_num(
            directed_rank(ranks, {one.name: one.direction_for(head).value for one in CATALOGUE}), nan=0.5
        )
        for head in (INFLATED, AUTOMATED)
    ]
    return {
        "starter": np.nan_to_num(judged.suspicion, nan=-1.0),
        "directed rank": np.maximum(*untrained),
        "ceiling": best.suspicion(rows),
    }


def compared(
    title: str, untouched: Stage, before: Mapping[str, Floats], altered: Stage, now: Mapping[str, Floats]
) -> Iterator[Result]:
    """Copies of each scheme against all untouched accounts."""
    schemes = altered.labels["scheme"].to_numpy()
    names = [owner_of(str(name)) for name in untouched.numbers.index]
    copies = np.array([owner_of(str(name)) for name in altered.numbers.index])
    counts = {str(name): int((schemes == name).sum()) for name in set(schemes.tolist())}
    for scheme in [ANY, *sorted(name for name, count in counts.items() if count >= FEWEST)]:
        rows: Bools = np.ones(len(schemes), dtype=bool) if scheme == ANY else schemes == scheme
        truth: Bools = np.repeat([False, True], [len(names), int(rows.sum())])
        areas = {one: auc(truth, np.concatenate([before[one], now[one][rows]])) for one in SCORES}
        yield {
            "scheme": scheme,
            "strength": title,
            "copies": int(rows.sum()),
            "auc": figures(areas, [*names, *copies[rows]]),
            "recall": {one: rate(now[one][rows] > limit_of(before[one])) for one in SCORES},
        }


def page(result: Result) -> str:
    """A table for each set."""
    parts = [ABOUT, *(section(name, one) for name, one in result["tasks"].items())]
    return "\n\n".join(filter(None, [*parts, refusals(result["refused"])]))


def section(name: str, one: Mapping[str, Any]) -> str:
    """One set."""
    heads = ", ".join(f"`{signal}`" for signal in one["signals"])
    rows = [
        (
            cell["scheme"], cell["strength"], str(cell["copies"]),
            *(interval(cell["auc"][score]) for score in SCORES),
            *(written(cell["recall"][score], counts=False) for score in ("starter", "ceiling")),
        )
        for cell in one["cells"]
    ]  # fmt: skip
    titles = (
        "scheme", "strength", "copies", "AUC, starter", "AUC, directed rank", "AUC, ceiling",
        "recall, starter", "recall, ceiling",
    )  # fmt: skip
    head = f"**`{name}`**, {one['accounts']} accounts; the ceiling has heads for {heads}."
    return f"{head}\n\n{table(titles, rows)}"


PART: Final = Part(
    title="Injected: the starter beside heads trained on the set itself",
    tasks={name: Task(partial(run, name), (ORGANIC[name].about,)) for name in SETS},
    page=page,
    settings={
        "strengths": {name: list(ends) for name, ends in STRENGTHS.items()}, "to_train": TO_TRAIN,
        "accounts": ACCOUNTS, "copies": COPIES, "folds": FOLDS, "seed": SEED, "version": 2,
    },
)  # fmt: skip
