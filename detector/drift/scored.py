"""Accounts as their verdicts scored them: all that a comparison of two populations needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Bools, Floats
from detector.labels import Label

__all__ = ["ACCUSED", "NUMBER_COLUMNS", "TEXT_COLUMNS", "ScoredAccounts", "flat_row"]

ACCUSED: Final = frozenset({Label.INFLATED.value, Label.AUTOMATED.value})
Texts = NDArray[np.object_]


@dataclass(frozen=True)
class ScoredAccounts:
    """One entry for each verdict, in the order in which they came.

    Attributes
    ----------
    account_id, platform, level, label, model
        As in the verdict; ``model`` is the model's sha256.
    suspicion, p_value
        In [0, 1]; NaN where no signal could be heard.
    alpha
        The false-accusation rate that was promised.
    """

    account_id: Texts
    platform: Texts
    level: Texts
    label: Texts
    model: Texts
    suspicion: Floats
    p_value: Floats
    alpha: Floats

    def __len__(self) -> int:
        return len(self.label)

    @classmethod
    def of(cls, verdicts: Iterable[Mapping[str, Any]]) -> ScoredAccounts:
        """From verdicts as their JSON holds them.

        >>> len(ScoredAccounts.of([]))
        0
        """
        return cls.of_rows(map(flat_row, verdicts))

    @classmethod
    def of_rows(cls, rows: Iterable[Mapping[str, Any]]) -> ScoredAccounts:
        """From rows with the columns of ``assay screen --csv``; an absent number is None or empty."""
        found = list(rows)
        texts = (
            np.array([str(row[column]) for row in found], dtype=object) for column in TEXT_COLUMNS.values()
        )
        numbers = (
            np.array([_number(row[column]) for row in found], dtype=np.float64)
            for column in NUMBER_COLUMNS.values()
        )
        return cls(*texts, *numbers)

    @classmethod
    def concat(cls, parts: Iterable[ScoredAccounts]) -> ScoredAccounts:
        """Several one behind the other."""
        every = list(parts)
        return cls(*(np.concatenate([getattr(one, each.name) for one in every]) for each in fields(cls)))

    @property
    def accused(self) -> Bools:
        """Which are called inflated or automated."""
        return np.array([label in ACCUSED for label in self.label], dtype=bool)

    def select(self, chosen: Bools | NDArray[np.intp]) -> ScoredAccounts:
        """Those of a mask, or at places in their order."""
        return ScoredAccounts(*(getattr(self, each.name)[chosen] for each in fields(self)))

    def among(self, names: Iterable[str]) -> Bools:
        """Which accounts are among these."""
        known = set(names)
        return np.array([name in known for name in self.account_id], dtype=bool)

    def newest_of_each(self) -> ScoredAccounts:
        """The last verdict of each account: verdicts on one account are not independent."""
        last = {name: place for place, name in enumerate(self.account_id)}
        return self.select(np.array(sorted(last.values()), dtype=np.intp))

    def sample(self, most: int, seed: int) -> ScoredAccounts:
        """At most so many, drawn at random without regard to what was said of them, in their order."""
        if len(self) <= most:
            return self
        drawn = np.random.default_rng(seed).choice(len(self), most, replace=False)
        return self.select(np.sort(drawn))


TEXT_COLUMNS: Final[Mapping[str, str]] = {
    "account_id": "account_id",
    "platform": "platform",
    "level": "evidence_level",
    "label": "label",
    "model": "model_sha256",
}
NUMBER_COLUMNS: Final[Mapping[str, str]] = {
    "suspicion": "suspicion",
    "p_value": "authentic_p_value",
    "alpha": "alpha",
}


def flat_row(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict's JSON as a row; KeyError or TypeError where it is none."""
    plain = ("account_id", "platform", "label", "suspicion", "authentic_p_value")
    promised = verdict["guarantee"]
    return {name: verdict[name] for name in plain} | {
        "evidence_level": promised["evidence_level"],
        "alpha": promised["alpha"],
        "model_sha256": verdict["model"]["sha256"],
    }


def _number(cell: Any) -> float:
    return float("nan") if cell in {None, ""} else float(cell)
