"""A drift report: scores, features and the promise together."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from detector.drift.comparison import Comparison
from detector.drift.features import FeatureShift
from detector.drift.limits import DriftLimits
from detector.drift.promise import PromiseCheck

__all__ = ["DriftReport"]


@dataclass(frozen=True)
class DriftReport:
    """What was found.

    Attributes
    ----------
    reference, current
        What was compared, in words.
    models
        sha256 of the models that gave the verdicts; where there are several, a difference may be theirs.
    limits
        What is an alarm.
    comparison
        Of the scores.
    features
        Those that moved, where both sides' features are at hand.
    promise
        Where anybody was confirmed authentic.
    """

    reference: str
    current: str
    models: tuple[str, ...]
    limits: DriftLimits
    comparison: Comparison
    features: tuple[FeatureShift, ...] = ()
    promise: PromiseCheck | None = None

    @property
    def alarm(self) -> bool:
        """Whether scores have drifted, or the promise is broken."""
        return self.comparison.alarm or self.broken is not None

    @property
    def broken(self) -> str | None:
        """Why the promise is not to be relied on; None while nothing speaks against it."""
        return None if self.promise is None else self.promise.broken

    @property
    def sentences(self) -> tuple[str, ...]:
        """The outcome in words: the scores, then the promise where it was looked at."""
        found, level = self.comparison, f"{100 * self.limits.level:g} %"
        if found.alarm:
            scores = f"The scores have drifted (p = {found.p_value:.3g})."
        elif found.p_value <= self.limits.level:
            scores = f"The scores differ (p = {found.p_value:.3g}), by too little to matter."
        else:
            scores = f"The scores have not drifted that one could tell (p = {found.p_value:.3g})."
        scores += f" Of populations without drift {level} would raise an alarm."
        if self.promise is None:
            return (scores,)
        held = (
            f"Nothing speaks against the promise: {self.promise.wrong:,} of {self.promise.confirmed:,}"
            f" accounts confirmed authentic, and of {self.promise.judged:,} judged, were accused."
        )
        return scores, self.broken or held

    def as_dict(self) -> dict[str, Any]:
        """For JSON; without accounts' names."""
        return asdict(self) | {"alarm": self.alarm, "sentences": list(self.sentences)}
