"""What two detectors say of the same labelled accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import polars as pl

from accounts.population import Population
from detector.arrays import Bools, Floats
from detector.predictions import Predictions
from detector.screening import Detector
from training.labelled_evaluation import chance_of_fake
from training.labelled_rows import LabelledRows, labelled_rows
from training.metrics import ACCUSING

__all__ = ["Opinion", "Trial"]


@dataclass(frozen=True)
class Opinion:
    """One detector's predictions of the accounts of a trial."""

    predictions: Predictions

    @cached_property
    def suspicion(self) -> Floats:
        """One per account; 0 where no signal is heard."""
        return np.nan_to_num(self.predictions.suspicion, nan=0.0)

    @cached_property
    def labels(self) -> pd.Series[str]:
        """One per account."""
        return pd.Series(self.predictions.decisions.labels.astype(str))

    @cached_property
    def accused(self) -> Bools:
        """Whether each account is accused."""
        accused: Bools = self.labels.isin(ACCUSING).to_numpy()
        return accused

    def log_losses(self, fake: Bools) -> Floats:
        """Log-loss of the probability that each account is not authentic, bounded at .1 and 99.9 %."""
        chance = np.clip(chance_of_fake(self.predictions), 0.001, 0.999)
        losses: Floats = -np.log(np.where(fake, chance, 1 - chance))
        return losses


@dataclass(frozen=True)
class Trial:
    """Accounts, and what challenger and champion say of them.

    Attributes
    ----------
    population
        The accounts.
    rows
        Their features, levels and labels.
    challenger, champion
        What is said of them.
    """

    population: Population
    rows: LabelledRows
    challenger: Opinion
    champion: Opinion

    @classmethod
    def of(cls, population: Population, challenger: Detector, champion: Detector) -> Trial:
        """Let both judge the accounts, as they screen."""
        opinions = (Opinion(one.predict(population.tables)) for one in (challenger, champion))
        return cls(population, labelled_rows(population), *opinions)

    @cached_property
    def fake(self) -> Bools:
        """Whether each account is not authentic."""
        return ~self.rows.authentic

    def campaigns(self, rows: Bools | None = None) -> list[str]:
        """What is drawn together with each row: its campaign, else the account; of some rows, or of all."""
        labels = self.rows.labels if rows is None else self.rows.labels.filter(pl.Series(rows))
        return labels["campaign"].fill_null(labels["account_id"]).to_list()

    def slices(self) -> Mapping[str, Bools]:
        """Rows of each platform and tier."""
        found: dict[str, Bools] = {}
        for name in ("platform", "tier"):
            values = self.rows.labels[name].to_pandas()
            found |= {f"{name} {key}": values.eq(key).to_numpy() for key in sorted(values.dropna().unique())}
        return found
