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
from reporting.first_reason import first_reason
from reporting.numbers import NumbersWithoutDates
from reporting.parts import PartContents, parts_of
from reporting.reasons import both_sides
from serving.desk.shown_names import LONGEST_NAME, shown_name
from serving.store.list_entries import NewEntry
from serving.store.verdict_rows import NewVerdict

__all__ = ["new_entry", "risk_of", "sentence_for"]

RANKS: Final[Mapping[str, int]] = {
    Label.INFLATED.value: 3,
    Label.AUTOMATED.value: 3,
    Label.REVIEW.value: 2,
    Label.INSUFFICIENT.value: 1,
    Label.AUTHENTIC.value: 0,
}
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
        first_reason=sentence_for(given, document)[:LONGEST_REASON],
        followers=followers,
        verdict_id=verdict.verdict_id,
        evidence_sha256=evidence_sha256,
    )


def sentence_for(given: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """The sentence that the queue shows beside a creator, from a verdict's document and the account's.

    Its dates are ISO 8601, and the page writes them in the reader's locale.
    """
    verdict, numbers = read_verdict(given), NumbersWithoutDates()
    # Reading the document takes as long as screening it: only for those whom somebody looks at.
    evidence = Evidence.of(read_document(document), verdict.account_id) if verdict.label in FLAGGED else None
    reasons, in_favour = both_sides(verdict, evidence, numbers)
    contents = PartContents(reasons=reasons, in_favour=in_favour, known=())
    return first_reason(verdict, parts_of(verdict, evidence, contents, numbers), reasons, numbers)
