"""The sentence that the queue shows beside a creator: what weighs most, is unusual, or would help most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from accounts.reading import read_document
from detector.labels import Label
from detector.screening import FLAGGED
from detector.verdict import Verdict
from reporting.document import read_verdict
from reporting.evidence import Evidence
from reporting.numbers import Numbers, NumbersWithoutDates
from reporting.parts import Part, PartContents, parts_of
from reporting.reasons import ReasonText, both_sides, reason_texts
from reporting.review import review_cause, signals_alone
from reporting.scale import scale_of
from reporting.wording import TONES, joined
from serving.desk.wording import LABELS

__all__ = ["first_reason", "what_would_help"]

HELPS_MOST: Final = "would help most."
WANTED: Final[Mapping[str, str]] = MappingProxyType({
    "profile": "The profile", "posts": "Posts", "comments": "Comments", "history": "Followers by day",
    "audience": "A sample of followers",
})  # fmt: skip
"""What the evidence to send next is called."""


def first_reason(given: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """The sentence for a verdict's document and the account's.

    In the words of the report, with numbers that a person knows; its dates are ISO 8601, and the page
    writes them in the reader's locale.
    """
    verdict, numbers = read_verdict(given), NumbersWithoutDates()
    if verdict.label in (Label.AUTHENTIC, Label.INSUFFICIENT):
        return _of_unaccused(verdict, numbers)
    if cause := review_cause(verdict, numbers):
        return f"{cause}{_signals_alone(verdict, numbers)}"
    if not verdict.reasons:
        findings = verdict.evidence.findings
        return numbers.dated(findings[0].sentence) if findings else LABELS[verdict.label].sentence
    # Reading the document takes as long as screening it: only for those whom somebody looks at.
    evidence = Evidence.of(read_document(document), verdict.account_id) if verdict.label in FLAGGED else None
    texts = reason_texts(verdict.reasons, verdict, evidence, numbers)
    return _with_usual(next((one for one in texts if one.outside), texts[0]))


def what_would_help(sentence: str) -> str:
    """The part of :func:`first_reason` that says what to ask for; empty where it says nothing of that.

    >>> what_would_help("Posts would help most. What was seen is as usual.")
    'Posts would help most.'
    >>> what_would_help("Its posts carry 23 hashtags on average.")
    ''
    """
    found = re.match(rf"[^.]*{re.escape(HELPS_MOST)}", sentence)
    return found[0] if found else ""


def _of_unaccused(verdict: Verdict, numbers: Numbers) -> str:
    """What would help most, and which part is unusual; else in what nothing is."""
    wanted = verdict.evidence.send_next if verdict.label is Label.INSUFFICIENT else None
    helps = f"{WANTED.get(wanted, wanted)} {HELPS_MOST} " if wanted else ""
    parts = _parts(verdict, numbers)
    unusual = [part for part in parts if part.state in ("out", "far out")]
    if unusual:
        worst = next((part for part in unusual if part.state == "far out"), unusual[0])
        outside = next((one for one in worst.reasons if one.outside), None)
        sentence = worst.headline if outside is None else _with_usual(outside)
        return f"{helps}{worst.title} is {worst.state_name}: {sentence[:1].lower()}{sentence[1:]}"
    seen = [part.title.lower() for part in parts if part.state == "in"]
    return f"{helps}Nothing unusual in {joined(seen)}." if seen else f"{helps}Nothing of it was seen."


def _signals_alone(verdict: Verdict, numbers: Numbers) -> str:
    """Where the signals of an account that is held for a person put it, and from where others are cleared."""
    place = signals_alone(verdict)
    if place is None:
        return ""
    cleared = scale_of(verdict, TONES[verdict.label], numbers).cleared_from
    line = "" if cleared is None else f", where others are cleared from {numbers.count(cleared)}"
    return f" By its signals alone: {numbers.count(place)} of 100{line}."


def _with_usual(text: ReasonText) -> str:
    """A reason that is outside of what is usual, with that."""
    usual = text.measured.typical_text if text.measured and text.outside else ""
    return f"{text.sentence} Usual: {usual}." if usual else text.sentence


def _parts(verdict: Verdict, numbers: Numbers) -> tuple[Part, ...]:
    reasons, in_favour = both_sides(verdict, None, numbers)
    return parts_of(verdict, None, PartContents(reasons=reasons, in_favour=in_favour, known=()), numbers)
