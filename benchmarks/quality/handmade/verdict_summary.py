"""Screens the accounts made by hand, and sums each verdict up in the few things that a reader sees first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.errors import BadInput
from accounts.reading import read_documents
from benchmarks.quality.handmade.creator import Document
from detector.labels import Explain
from detector.screening import Detector
from detector.verdict import Verdict

__all__ = ["VerdictSummary", "screen_documents", "summarise"]


@dataclass(frozen=True)
class VerdictSummary:
    """The few things of a verdict that a reader sees first.

    Attributes
    ----------
    account_id, label, suspicion
        As in the verdict.
    feature, family, sentence
        Of the first reason; None where no reason is given.
    signals
        Names of the signals over their thresholds; empty for a detector without signals.
    far_out
        Names of the yardsticks that lie far out; empty for a detector without yardsticks.
    """

    account_id: str
    label: str
    suspicion: float | None
    feature: str | None
    family: str | None
    sentence: str | None
    signals: tuple[str, ...]
    far_out: tuple[str, ...]


def summarise(verdict: Verdict) -> VerdictSummary:
    """The few things of a verdict that a reader sees first."""
    first = verdict.reasons[0] if verdict.reasons else None
    signals: Sequence[Any] = getattr(verdict, "signals", None) or ()
    yardsticks: Sequence[Any] = getattr(verdict, "yardsticks", None) or ()
    return VerdictSummary(
        account_id=verdict.account_id,
        label=verdict.label.value,
        suspicion=verdict.suspicion,
        feature=first.feature if first else None,
        family=first.family if first else None,
        sentence=first.sentence if first else None,
        signals=tuple(one.name for one in signals if one.over),
        far_out=tuple(one.name for one in yardsticks if outcome_name(one) == "far out"),
    )


def outcome_name(yardstick: Any) -> str:
    """in, out or far out, whether it is a text or one of an enumeration."""
    return str(getattr(yardstick.outcome, "value", yardstick.outcome)).replace("_", " ")


def screen_documents(
    detector: Detector, documents: Sequence[Document], explain: Explain = Explain.FLAGGED
) -> list[Verdict]:
    """Verdicts of documents, in their order.

    Raises
    ------
    BadInput
        If one of them is no account document.
    """
    chunk = read_documents(documents)
    if chunk.faults:
        raise BadInput(*chunk.faults)
    return detector.screen(chunk.tables, explain=explain)
