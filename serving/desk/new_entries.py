"""From a verdict and its account document to a creator in a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from accounts.reading import read_document
from detector.labels import Label
from detector.screening import FLAGGED
from features.peers import tier
from reporting.document import read_verdict
from reporting.evidence import Evidence
from reporting.numbers import NumbersWithoutDates
from reporting.reasons import reason_texts
from reporting.review import review_cause, signals_alone
from serving.desk.wording import LABELS
from serving.store.list_entries import NewEntry
from serving.store.verdict_rows import NewVerdict

__all__ = ["LONGEST_NAME", "new_entry", "risk_of", "shown_name"]

RANKS: Final[Mapping[str, int]] = {
    Label.INFLATED.value: 3,
    Label.AUTOMATED.value: 3,
    Label.REVIEW.value: 2,
    Label.INSUFFICIENT.value: 1,
    Label.AUTHENTIC.value: 0,
}
LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 500


def risk_of(label: str, suspicion: float | None) -> float:
    """What the queue is sorted by: the label first, then the place on the scale.

    >>> risk_of("review", .4) > risk_of("insufficient", .9) > risk_of("insufficient", None)
    True
    """
    return RANKS[label] + (suspicion or 0.0)


def new_entry(verdict: NewVerdict, document: Mapping[str, Any], evidence_sha256: str) -> NewEntry:
    """The row of a creator with this verdict on this document."""
    given = json.loads(verdict.document)
    profile = document.get("profile", {})
    followers = profile.get("followers")
    return NewEntry(
        account_id=verdict.account_id,
        name=shown_name(document)[:LONGEST_NAME],
        platform=verdict.platform,
        tier="" if followers is None else tier(followers),
        label=given["label"],
        risk=risk_of(given["label"], given["suspicion"]),
        suspicion=given["suspicion"],
        threshold=given["guarantee"]["threshold"],
        score=given["authenticity_score"],
        level=verdict.level,
        first_reason=first_reason(given, document)[:LONGEST_REASON],
        followers=followers,
        verdict_id=verdict.verdict_id,
        evidence_sha256=evidence_sha256,
    )


def shown_name(document: Mapping[str, Any]) -> str:
    """How a creator is called: by their handle, else by their displayed name, else by the account's id."""
    profile = document.get("profile", {})
    return str(profile.get("username") or profile.get("full_name") or document["account_id"])


def first_reason(given: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """The sentence that the queue shows beside a creator: what weighs most, or what would help most.

    In the words of the report, with numbers that a person knows; its dates are ISO 8601, and the page
    writes them in the reader's locale.
    """
    verdict = read_verdict(given)
    if verdict.label is Label.INSUFFICIENT and verdict.evidence.send_next:
        return f"Not enough to clear it; {verdict.evidence.send_next} would help most."
    numbers = NumbersWithoutDates()
    if cause := review_cause(verdict, numbers):
        place = signals_alone(verdict)
        return cause if place is None else f"{cause} By its signals alone: {numbers.count(place)} of 100."
    reasons = verdict.counter_reasons if verdict.label is Label.AUTHENTIC else verdict.reasons
    if not reasons:
        findings = verdict.evidence.findings
        return numbers.dated(findings[0].sentence) if findings else LABELS[verdict.label].sentence
    # Reading the document takes as long as screening it: only for those whom somebody looks at.
    evidence = Evidence.of(read_document(document), verdict.account_id) if verdict.label in FLAGGED else None
    (text,) = reason_texts(reasons[:1], verdict, evidence, numbers)
    usual = text.measured.typical_text if text.measured and text.outside else ""
    return f"{text.sentence} Usual: {usual}." if usual else text.sentence
