"""Labelled rows: features, evidence levels and labels of accounts, for fitting and evaluating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.population import LabelledAccounts, Population
from detector.arrays import Bools, Floats
from detector.signals import SIGNALS, Signal, signals_heard
from features.declaration import Head
from features.derive import derive
from features.evidence import measure
from features.views import Views
from training.signal_targets import Purchases, largest_dose, signal_doses
from training.workers import IN_PROCESS, Workers

__all__ = ["CHUNK", "LabelledRows", "labelled_rows", "rows_of_piece"]

CHUNK: Final = 1_000
"""Accounts that are derived together."""


@dataclass(frozen=True)
class LabelledRows:
    """Features, evidence levels and labels of accounts, row for row.

    Attributes
    ----------
    features
        Features; the index names the account, several times where copies were masked, the account as it
        came first.
    levels
        Evidence level of each row.
    labels
        The population's labels, row for row, with the ``platform`` beside them.
    """

    features: pd.DataFrame
    levels: list[str]
    labels: pl.DataFrame

    @property
    def authentic(self) -> Bools:
        """Rows of accounts that are neither inflated nor automated."""
        return ~(self.truth(Head.INFLATED) | self.truth(Head.AUTOMATED))

    @property
    def real(self) -> Bools:
        """Rows of real accounts rather than simulated ones."""
        real: Bools = np.equal(self.labels["person"].to_numpy(), "real")
        return real

    @property
    def platforms(self) -> list[str]:
        """Platform of each row's account."""
        return self.labels["platform"].to_list()

    @cached_property
    def unmasked_levels(self) -> list[str]:
        """Level of each row's account as it came."""
        first = dict(zip(reversed(self.features.index.to_list()), reversed(self.levels), strict=True))
        return [first[account] for account in self.features.index]

    @cached_property
    def purchases(self) -> Purchases:
        """What was bought for each row's account."""
        return Purchases.of(self.labels)

    @cached_property
    def heard(self) -> Bools:
        """Rows x signals: which signals the evidence can serve."""
        return signals_heard(self.features, self.levels)

    def truth(self, head: Head) -> Bools:
        """Whether each row's account is what the label says."""
        return self.labels[head.value].to_numpy().astype(bool)

    def doses(self, signal: Signal) -> Floats:
        """How strongly each row shows a signal's kind; 0 where its evidence cannot serve the signal."""
        found = signal_doses(signal, self.purchases, self.levels, self.unmasked_levels)
        shown: Floats = np.where(self.heard[:, SIGNALS.index(signal)], found, 0.0)
        return shown

    @property
    def largest_dose(self) -> Floats:
        """The largest dose among the signals that are heard."""
        return largest_dose(self.heard, self.purchases, self.levels, self.unmasked_levels)

    def pick(self, rows: Bools) -> LabelledRows:
        """The rows at which the mask is true, in order."""
        levels = [level for level, chosen in zip(self.levels, rows.tolist(), strict=True) if chosen]
        return LabelledRows(self.features[rows], levels, self.labels.filter(pl.Series(rows)))

    @classmethod
    def concat(cls, stages: Sequence[LabelledRows]) -> LabelledRows:
        """The rows of several, one after the other."""
        return cls(
            pd.concat([one.features for one in stages]),
            [level for one in stages for level in one.levels],
            pl.concat([one.labels for one in stages]),
        )


def labelled_rows(population: LabelledAccounts, workers: Workers = IN_PROCESS) -> LabelledRows:
    """Features and evidence of a population, in chunks of whole accounts."""
    return LabelledRows.concat(list(workers.map(rows_of_piece, population.pieces(CHUNK))))


def rows_of_piece(piece: Population) -> LabelledRows:
    """Features and evidence of some accounts."""
    views = Views(piece.tables)
    platforms = piece.tables.accounts.select("account_id", "platform")
    labels = piece.labels.join(platforms, on="account_id", how="left", maintain_order="left")
    return LabelledRows(derive(views), measure(views)["level"].tolist(), labels)
