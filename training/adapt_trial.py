"""A trial of an adapted detector: fraud of the test regime, put into accounts that its heads did not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from accounts.population import Population
from accounts.simulation.regimes.test import TEST
from accounts.tables import Tables
from detector.arrays import Bools, Floats
from detector.levels import LevelRow, LevelTable
from detector.signal_models import SignalModels
from detector.signals import SIGNALS, signals_heard
from detector.threshold import clearing_threshold
from features.evidence import pooled_key
from features.views.rows import Index
from training.config import TrainingConfig
from training.datasets.base import owner_of
from training.fit_thresholds import STRONG_DOSE
from training.injection import (
    COMMENTS,
    FOLLOWERS,
    LIKES,
    authentic,
    inject,
    possible_programs,
    possible_schemes,
)
from training.labelled_rows import LabelledRows, labelled_rows
from training.metrics import Rate
from training.real_drafts import originals_of
from training.signal_targets import largest_dose
from training.verified_accounts import VerifiedAccounts, masked_to_blocks

__all__ = ["BANDS", "WAYS", "Trial", "run_trial", "with_clearing"]

WAYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "followers": FOLLOWERS, "likes": LIKES, "views": frozenset({"views"}), "comments": COMMENTS,
    "whole package": frozenset({"full_package"}), "program": frozenset(TEST.automated),
})  # fmt: skip
"""What is tried, and by which schemes or programs."""

BANDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"+50 %": (0.45, 0.55), "+100 %": (0.9, 1.1), "+400 %": (3.6, 4.4)}
)
"""What is added over what is there."""

PROGRAM: Final = "program"
TRIED: Final = 300
"""Accounts, at most, that fraud is put into: as many copies of them for each strength."""
RARELY_FOUND_SHARE: Final = 0.1
FEWEST_FAKES: Final = 50
"""At a level with fewer copies those with its blocks at any depth count."""


@dataclass(frozen=True)
class Trial:
    """Altered copies, and what heads that saw neither them nor their originals say.

    Attributes
    ----------
    rows
        The copies.
    ways, bands
        What was done to each, and how strongly; a program has no strength: "".
    accused
        Which are over the threshold of their level.
    masked
        Suspicion of each copy at each set of its blocks: ``blocks``, ``level``, ``platform``,
        ``suspicion`` (NaN where no signal is heard) and ``strong``.
    unheard
        Signals that none of the customer's accounts can serve.
    """

    rows: LabelledRows
    ways: tuple[str, ...]
    bands: tuple[str, ...]
    accused: Bools
    masked: pd.DataFrame
    unheard: tuple[str, ...]

    @property
    def recall(self) -> dict[tuple[str, str], Rate]:
        """Accused copies by way and strength."""
        marks = list(zip(self.ways, self.bands, strict=True))
        return {
            mark: Rate(
                int(sum(hit for one, hit in zip(marks, self.accused.tolist(), strict=True) if one == mark)),
                marks.count(mark),
            )
            for mark in _ways_and_bands()
            if mark in marks
        }

    @property
    def rarely_found(self) -> list[tuple[str, str]]:
        """Ways and strengths of which at most one in ten is accused."""
        return [mark for mark, rate in self.recall.items() if (rate.value or 0.0) <= RARELY_FOUND_SHARE]


def _ways_and_bands() -> Iterator[tuple[str, str]]:
    for way in WAYS:
        yield from ((way, band) for band in ([""] if way == PROGRAM else BANDS))


def run_trial(
    tables: Tables,
    fold_of: Mapping[str, int],
    without: Mapping[int, SignalModels],
    table: LevelTable,
    seed: int,
) -> Trial:
    """Alter copies, each account by a few of the ways, and judge them.

    Parameters
    ----------
    tables
        The customer's accounts.
    fold_of
        Fold of each by its owner's name.
    without
        For each fold what weighs accounts and never saw its own.
    table
        The thresholds.
    seed
        Of all draws.
    """
    parts = list(_altered(tables, seed))
    rows = LabelledRows.concat(
        [labelled_rows(population) for *_, population in parts]
    )  # names repeat between parts
    ways = tuple(way for way, _, population in parts for _ in range(len(population)))
    bands = tuple(band for _, band, population in parts for _ in range(len(population)))
    fold = np.array([fold_of[owner_of(name)] for name in rows.features.index], dtype=np.int64)
    suspected = _by_fold(without, fold, rows.features, rows.levels, rows.platforms)
    accused: Bools = suspected > table.limits(rows.levels, rows.platforms).accuse_above
    masked = pd.concat(list(_masked_suspicion(rows, fold, without)), ignore_index=True)
    own = _heard_of(tables)
    unheard = tuple(signal.name for signal, heard in zip(SIGNALS, own.tolist(), strict=True) if not heard)
    return Trial(rows, ways, bands, accused, masked, unheard)


def _heard_of(tables: Tables) -> Bools:
    """Which signals any of the accounts can serve."""
    return np.array(labelled_rows(authentic(tables)).heard.any(axis=0), dtype=np.bool_)


def _altered(tables: Tables, seed: int) -> Iterator[tuple[str, str, Population]]:
    """Way, strength and copies; at each strength every account is dealt one way, in turn."""
    names = tables.accounts["account_id"].to_list()
    names = [
        names[at] for at in np.unique(np.linspace(0, len(names) - 1, min(TRIED, len(names))).astype(int))
    ]
    ways = _possible(tables.select(names))
    for number, (band, strength) in enumerate(BANDS.items()):
        for turn, way in enumerate(ways):
            if way == PROGRAM and number:
                continue
            part = tables.select(name for at, name in enumerate(names) if (at + number) % len(ways) == turn)
            schemes = {name: odds for name, odds in TEST.inflated.items() if name in WAYS[way]}
            programs = TEST.automated if way == PROGRAM else {}
            regime = replace(TEST, inflated=schemes, automated=programs)
            if len(altered := inject(part, seed, regime, strength=strength)):
                yield way, "" if way == PROGRAM else band, altered


def _possible(tables: Tables) -> list[str]:
    """Ways that anything can be done in to any of the accounts."""
    names: set[str] = set()
    for original in originals_of(tables):
        names |= possible_schemes(original, TEST).keys() | possible_programs(original, TEST).keys()
    return [way for way, schemes in WAYS.items() if schemes & names]


def _by_fold(
    without: Mapping[int, SignalModels],
    fold: Index,
    features: pd.DataFrame,
    levels: list[str],
    platforms: list[str],
) -> Floats:
    """Suspicion of each account by what never saw its fold."""
    found = np.full(len(fold), np.nan)
    for held, signal_models in without.items():
        rows = np.flatnonzero(fold == held)
        if rows.size:
            found[rows] = signal_models.suspicion(
                features.iloc[rows], [levels[row] for row in rows], [platforms[row] for row in rows]
            )
    return found


def _masked_suspicion(
    rows: LabelledRows, fold: Index, without: Mapping[int, SignalModels]
) -> Iterator[pd.DataFrame]:
    """The copies with each set of blocks, and whether what was done to them shows strongly in these."""
    for masked in masked_to_blocks(VerifiedAccounts(rows.features, rows.levels, rows.platforms)):
        bought = rows.purchases.pick(masked.rows)
        whole = [rows.levels[row] for row in masked.rows]
        dose = largest_dose(signals_heard(masked.features, masked.keys), bought, masked.keys, whole)
        platforms = [str(platform) for platform in masked.platforms]
        yield pd.DataFrame({
            "blocks": "+".join(masked.blocks), "level": masked.keys, "platform": platforms,
            "suspicion": _by_fold(without, fold[masked.rows], masked.features, masked.keys, platforms),
            "strong": dose >= STRONG_DOSE,
        })  # fmt: skip


def with_clearing(table: LevelTable, trial: Trial, config: TrainingConfig) -> LevelTable:
    """The table with what it clears at and the recall to expect, both from the altered copies.

    Each level rests on the copies with its blocks, at its depth where these are enough, and on its platform
    where it speaks for one.
    """
    return LevelTable({row.level: _cleared(row, trial.masked, config) for row in table})


def _cleared(row: LevelRow, masked: pd.DataFrame, config: TrainingConfig) -> LevelRow:
    chosen = (masked["blocks"] == pooled_key(row.evidence)) & masked["suspicion"].notna()
    chosen &= (masked["platform"] == row.platform) if row.platform else True
    exact = chosen & (masked["level"] == row.evidence)
    part = masked[exact if exact.sum() >= FEWEST_FAKES else chosen]
    if row.accuse_above is None or part.empty:
        return row
    limit = clearing_threshold(
        part.loc[part["strong"], "suspicion"], config.max_cleared_share, config.confidence
    )
    return replace(
        row,
        clear_at_or_below=None if limit is None else min(limit, row.accuse_above),
        expected_recall=float((part["suspicion"] > row.accuse_above).mean()),
    )
