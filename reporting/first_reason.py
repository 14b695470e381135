"""What a list says of a creator in a sentence: what weighs most, is unusual, or would help most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from detector.labels import Label
from detector.verdict import Verdict
from reporting.next_evidence import next_evidence
from reporting.numbers import Numbers
from reporting.parts import Part
from reporting.reasons import ReasonText
from reporting.review import furthest_part, review_cause, review_sentence, signals_alone
from reporting.scale import scale_of
from reporting.wording import LABEL_SENTENCES, TONES, joined

__all__ = ["first_reason", "what_would_help"]

HELPS_MOST: Final = "would help most."
WANTED: Final[Mapping[str, str]] = MappingProxyType({
    "profile": "The profile", "posts": "Posts", "comments": "Comments", "history": "Followers by day",
    "audience": "A sample of followers",
})  # fmt: skip
"""What the evidence to send next is called."""
NEWER: Final = "Newer evidence of the same kinds"
"""What to send of an account whose absent evidence would tell no more, or of which none is absent."""


def first_reason(
    verdict: Verdict, parts: Sequence[Part], reasons: Sequence[ReasonText], numbers: Numbers
) -> str:
    """The sentence, in numbers that a person knows.

    Of an accused account the first reason against it that is outside of what is usual, with that; of one that
    is held for a person why, and where its signals alone put it; of any other what would help most, and which
    part is unusual, or in which nothing is.

    Parameters
    ----------
    verdict
        The account's.
    parts, reasons
        Its parts, and what speaks against it, the weightiest first.
    numbers
        The reader's locale.
    """
    if verdict.label in (Label.AUTHENTIC, Label.INSUFFICIENT):
        return _of_unaccused(verdict, parts)
    if cause := review_cause(verdict, numbers):
        return f"{cause}{_signals_alone(verdict, numbers)}"
    outside = next((one for one in reasons if one.outside), None)
    if outside is not None:
        return _with_usual(outside)
    why = review_sentence(verdict, parts, next_evidence(verdict), numbers)
    if why:
        return why
    if reasons:
        return reasons[0].sentence
    findings = verdict.evidence.findings
    return numbers.dated(findings[0].sentence) if findings else LABEL_SENTENCES[verdict.label]


def what_would_help(sentence: str) -> str:
    """The part of :func:`first_reason` that says what to ask for; empty where it says nothing of that.

    >>> what_would_help("Posts would help most. What was seen is as usual.")
    'Posts would help most.'
    >>> what_would_help("Its posts carry 23 hashtags on average.")
    ''
    """
    found = re.match(rf"[^.]*{re.escape(HELPS_MOST)}", sentence)
    return found[0] if found else ""


def _of_unaccused(verdict: Verdict, parts: Sequence[Part]) -> str:
    """What would help most, and which part is unusual; else in what nothing is."""
    wanted = _wanted(verdict) if verdict.label is Label.INSUFFICIENT else ""
    helps = f"{wanted} {HELPS_MOST} " if wanted else ""
    worst = furthest_part(parts)
    if worst is not None:
        outside = next((one for one in worst.reasons if one.outside), None)
        sentence = worst.headline if outside is None else _with_usual(outside)
        return f"{helps}{worst.title} is {worst.state_name}: {sentence[:1].lower()}{sentence[1:]}"
    seen = [part.title.lower() for part in parts if part.state == "in"]
    return f"{helps}Nothing unusual in {joined(seen)}." if seen else f"{helps}Nothing of it was seen."


def _wanted(verdict: Verdict) -> str:
    """What would help most; empty where nobody is cleared, and no absent evidence would tell more."""
    block = verdict.evidence.send_next
    if block is not None:
        return WANTED.get(block, block)
    return "" if verdict.guarantee.clears_at_or_below is None else NEWER


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
    if not text.outside:
        return text.sentence
    usual = text.measured.typical_text if text.measured else text.usual.partition(": ")[2].rstrip(".")
    return f"{text.sentence} Usual: {usual}." if usual else text.sentence
