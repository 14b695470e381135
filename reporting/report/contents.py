"""What a report is about: a verdict, and whatever else is known of its case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.digest import account_digests
from accounts.tables import Tables
from reporting.numbers import DEFAULT_LOCALE
from reporting.presentation import Presentation, present

__all__ = ["Annotation", "ReportCase", "ReportDecision", "decisions_that_hold"]


@dataclass(frozen=True, kw_only=True)
class ReportDecision:
    """A person's decision about the verdict.

    Attributes
    ----------
    outcome
        confirmed, overturned, needs data or withdrawn; of a second person's answer approved or not approved.
    by, at
        Who took it, and when (ISO 8601; empty where not known).
    reason
        Why.
    waits
        Whether it is not final: a second person must approve it first.
    superseded
        Whether a later decision took its place.
    """

    outcome: str
    by: str
    reason: str
    at: str = ""
    waits: bool = False
    superseded: bool = False

    @classmethod
    def of_stored(cls, documents: Sequence[Mapping[str, Any]]) -> tuple[ReportDecision, ...]:
        """Decisions as the service stores them, with those that a second person gave or still has to give.

        >>> first = {"decision_id": "a", "outcome": "confirmed", "by": "Jo", "reason": "x", "waits": True}
        >>> second = {"decision_id": "b", "by": "Li", "reason": "y", "approves": "a", "agrees": True}
        >>> [one.outcome for one in ReportDecision.of_stored([first, second])]
        ['confirmed', 'approved']
        >>> ReportDecision.of_stored([first])[0].waits
        True
        >>> third = {"decision_id": "c", "outcome": "needs data", "by": "Jo", "reason": "z"}
        >>> [one.superseded for one in ReportDecision.of_stored([first, second, third])]
        [True, False, False]
        """
        answered = {one["approves"] for one in documents if "approves" in one}
        newest = _newest_that_holds(documents)
        return tuple(
            cls(
                outcome=_outcome(one),
                by=str(one.get("by", "")),
                reason=str(one.get("reason", "")),
                at=str(one.get("at", "")),
                waits=bool(one.get("waits")) and one.get("decision_id") not in answered and place >= newest,
                superseded=place < newest and "approves" not in one,
            )
            for place, one in enumerate(documents)
        )


def decisions_that_hold(documents: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Of each stored decision whether it waits for nobody; a second person's answer is none.

    >>> first = {"decision_id": "a", "outcome": "confirmed", "waits": True}
    >>> decisions_that_hold([first]), decisions_that_hold([first, {"approves": "a", "agrees": True}])
    ([False], [True, False])
    """
    agreed = {one["approves"] for one in documents if one.get("agrees")}
    return [
        "approves" not in one and (not one.get("waits") or one.get("decision_id") in agreed)
        for one in documents
    ]


def _newest_that_holds(documents: Sequence[Mapping[str, Any]]) -> int:
    """The place of the newest decision that waits for nobody; 0 where there is none."""
    return max((place for place, holds in enumerate(decisions_that_hold(documents)) if holds), default=0)


def _outcome(document: Mapping[str, Any]) -> str:
    if "approves" in document:
        return "approved" if document.get("agrees") else "not approved"
    return str(document.get("outcome", ""))


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What somebody says that a window of the follower history was.

    Attributes
    ----------
    start, end
        Days, as ISO 8601.
    kind
        Giveaway, press, ads, ...
    note, by
        What they wrote, and who.
    """

    start: str
    end: str
    kind: str
    note: str
    by: str


@dataclass(frozen=True, kw_only=True)
class ReportCase:
    """One verdict with its case.

    Attributes
    ----------
    verdict_text
        The verdict's JSON, byte for byte as it was given; it is attached to the PDF.
    tables
        Tables with the account's evidence; None where it is not at hand.
    evidence_sha256
        Of the evidence as it is stored; empty: that of the account's tables, where these are at hand.
    decisions
        The oldest first.
    annotations
        In the order of their days.
    contest
        How the creator can answer: an address or a sentence; empty: the general sentence alone.

    Examples
    --------
    >>> ReportCase.of({"schema": 1}).verdict_text
    '{"schema": 1}'
    """

    verdict_text: str
    tables: Tables | None = None
    evidence_sha256: str = ""
    decisions: Sequence[ReportDecision] = ()
    annotations: Sequence[Annotation] = ()
    contest: str = ""

    @classmethod
    def of(cls, document: Mapping[str, Any], **known: Any) -> ReportCase:
        """The case of a verdict's document."""
        return cls(verdict_text=json.dumps(document), **known)

    def presentation(self, locale: str = DEFAULT_LOCALE) -> Presentation:
        """The verdict for people."""
        return present(json.loads(self.verdict_text), self.tables, locale)

    def evidence_digest(self, account_id: str) -> str:
        """SHA-256 of the evidence; empty where nothing is known of it."""
        if self.evidence_sha256 or self.tables is None:
            return self.evidence_sha256
        own = self.tables.select([account_id])
        return account_digests(own)[0].hex() if len(own) else ""
