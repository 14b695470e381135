"""Which settings are searched, and in which ranges."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol, TypeAlias

from training.config import TrainingConfig

__all__ = ["SPACE", "Range", "Suggests", "settings_of", "suggested", "with_settings"]

Value: TypeAlias = int | float


class Suggests(Protocol):
    """What chooses a trial's values, as Optuna's trials do."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """A whole number between the ends."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """A number between the ends."""


@dataclass(frozen=True)
class Range:
    """Where a setting is searched; its ends are of the setting's own type.

    Attributes
    ----------
    low, high
        The ends, included.
    step
        Between whole numbers.
    log
        Whether on a logarithmic scale.
    """

    low: Value
    high: Value
    step: int = 1
    log: bool = False

    def suggest(self, trial: Suggests, name: str) -> Value:
        """A value of the trial's choice, to four digits: what is written is what was tried."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(name, self.low, self.high, step=self.step)
        return trial.suggest_float(name, self.low, self.high, log=self.log)

    def holds(self, value: Value) -> bool:
        """Whether a value can be suggested."""
        return self.low <= value <= self.high and (self.step == 1 or (value - self.low) % self.step == 0)


SPACE: Final[Mapping[str, Range]] = MappingProxyType(
    {
        # An account's explanation takes time in proportion to trees times leaves: not far over the default.
        "scorer.trees": Range(100, 400, step=20),
        "scorer.leaves": Range(6, 18),
        "scorer.learning_rate": Range(0.02, 0.12, log=True),
        "scorer.least_accounts": Range(10, 120, step=10),
        "scorer.l2": Range(0.5, 50.0, log=True),
        "scorer.column_share": Range(0.2, 0.9),
        "scorer.row_share": Range(0.5, 1.0),
        "weak_weight": Range(0.1, 1.0),
        "organic_weight": Range(0.5, 8.0, log=True),
    }
)

ONLY_WITH_REAL: Final = frozenset({"organic_weight"})
"""Settings that change nothing where no real account trains."""


def suggested(trial: Suggests, *, real: bool) -> dict[str, Value]:
    """A trial's settings; ``real`` says whether real accounts train."""
    return {
        name: round(limits.suggest(trial, name), 4)
        for name, limits in SPACE.items()
        if real or name not in ONLY_WITH_REAL
    }


def with_settings(config: TrainingConfig, settings: Mapping[str, Value]) -> TrainingConfig:
    """A configuration with other values of some settings.

    >>> with_settings(TrainingConfig(), {"scorer.trees": 120, "weak_weight": 0.5}).scorer.trees
    120
    """
    own = {name: value for name, value in settings.items() if "." not in name}
    scorer = {name.partition(".")[2]: value for name, value in settings.items() if "." in name}
    changed: dict[str, Any] = own | {"scorer": dataclasses.replace(config.scorer, **scorer)}  # type: ignore[arg-type]
    return dataclasses.replace(config, **changed)


def settings_of(config: TrainingConfig, *, real: bool) -> dict[str, Value] | None:
    """The values that a configuration has now, as a first trial; None where one lies outside its range."""
    read: Callable[[str], Value] = lambda name: (  # noqa: E731
        getattr(config.scorer, name.partition(".")[2]) if "." in name else getattr(config, name)
    )
    found = {name: read(name) for name in SPACE if real or name not in ONLY_WITH_REAL}
    return found if all(SPACE[name].holds(value) for name, value in found.items()) else None
