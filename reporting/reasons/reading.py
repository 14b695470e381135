"""From a verdict's reasons to sentences, each with what is usual, the rows behind it, and its chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from types import MappingProxyType
from typing import Final

from detector.causes import cause_of
from detector.labels import ACCUSATIONS, Label, YardstickOutcome
from detector.verdict import Reason, Verdict
from features.sentences import RATHER_HIGH, RATHER_LOW
from reporting.evidence import Evidence
from reporting.numbers import Numbers
from reporting.reasons import audience, comments, engagement, growth, posting, profile
from reporting.reasons.builders import (
    WRITTEN_UNITS,
    Picture,
    ReasonContext,
    ReasonWords,
    builder_of,
    format_unit,
    peers_of,
)
from reporting.rows import RowTable, row_table
from reporting.wording import SIGNAL_NAMES, as_sentence

__all__ = ["FAMILIES", "ReasonRange", "ReasonText", "both_sides", "reason_texts"]

FAMILIES = (growth, engagement, comments, audience, posting, profile)
"""Their builders are declared when they are imported."""

_WITHIN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "burst_size": " beyond their usual pace in ten days",
        "month_size": " beyond their usual pace in 30 days",
    }
)
"""What the usual range of a feature is of, where its sentence speaks of other numbers."""

NO_GROWTH: Final = 0.001
"""Growth, as a logarithm, that beside ten times as much is written as none."""

MOST_DECIMALS: Final = 6
"""More than the range needs by itself, to tell its ends from the value."""


@dataclass(frozen=True, kw_only=True)
class ReasonRange:
    """A reason's value and the range that nine in ten of its peers lie in, for a chart.

    Attributes
    ----------
    value, typical
        In the feature's own unit.
    value_text, typical_text
        The same in the reader's locale.
    by_logarithm
        Whether the unit is a logarithm, whose zero is no beginning.
    """

    value: float
    typical: tuple[float, float]
    value_text: str
    typical_text: str
    by_logarithm: bool


@dataclass(frozen=True, kw_only=True)
class ReasonText:
    """One reason for a person.

    Attributes
    ----------
    part
        The part that it belongs to: audience, growth, engagement, comments, posting or profile.
    sentence
        What was seen, in numbers that a person knows.
    usual
        What is usual, and for whom; empty where nothing is known.
    outside
        Whether the number lies outside of what is usual; also where that is not known.
    simulated
        Whether what is usual was measured on simulated creators.
    measured
        Its number among its peers'; None where no range is known, or the sentence speaks of other numbers.
    rows
        The account's own rows that show it.
    picture
        The chart that shows it; None where none does.
    feature, signal
        The number's name in the catalogue, and the signal that it moved.
    statistics
        Value, percentile and contribution, for whoever wants them.
    """

    part: str
    sentence: str
    usual: str
    outside: bool
    simulated: bool
    measured: ReasonRange | None
    rows: RowTable
    picture: Picture | None
    feature: str
    signal: str
    statistics: str


def reason_texts(
    reasons: Iterable[Reason], verdict: Verdict, evidence: Evidence | None, numbers: Numbers
) -> tuple[ReasonText, ...]:
    """Reasons in their order; of those with one and the same cause or sentence the first."""
    return tuple(text for _, text in _by_cause(reasons, verdict, evidence, numbers).values())


def both_sides(
    verdict: Verdict, evidence: Evidence | None, numbers: Numbers
) -> tuple[tuple[ReasonText, ...], tuple[ReasonText, ...]]:
    """The reasons against and for an account, in their order; no cause stands twice, or on both sides.

    In older verdicts one number may speak against by one signal and for by another. Where the account is
    accused it stands against, elsewhere where it weighs more. What a yardstick finds unusual speaks for
    nobody, and what is usual by itself against nobody, unless nothing else leads to its label.
    """
    against, in_favour = (
        _by_cause(reasons, verdict, evidence, numbers)
        for reasons in (verdict.reasons, verdict.counter_reasons)
    )
    for cause in against.keys() & in_favour.keys():
        lighter = verdict.label not in ACCUSATIONS and against[cause][0] < in_favour[cause][0]
        del (against if lighter else in_favour)[cause]
    out = {as_sentence(one.sentence) for one in verdict.yardsticks if one.outcome is not YardstickOutcome.IN}
    in_favour = {cause: one for cause, one in in_favour.items() if one[1].sentence not in out}
    # What is usual by itself is no reason that a person would give, unless there is no other.
    outside = {cause: one for cause, one in against.items() if one[1].outside or one[1].sentence in out}
    cleared = verdict.label in (Label.AUTHENTIC, Label.INSUFFICIENT)
    against = outside if outside or cleared else against
    return tuple(text for _, text in against.values()), tuple(text for _, text in in_favour.values())


def _by_cause(
    reasons: Iterable[Reason], verdict: Verdict, evidence: Evidence | None, numbers: Numbers
) -> dict[str, tuple[float, ReasonText]]:
    """Each cause's weight and text, by its first reason."""
    found: dict[str, tuple[float, ReasonText]] = {}
    for reason in reasons:
        text = _text(ReasonContext(reason, verdict, evidence, numbers))
        if all(text.sentence != other.sentence for _, other in found.values()):
            found.setdefault(cause_of(reason.feature), (abs(reason.contribution), text))
    return found


def _text(context: ReasonContext) -> ReasonText:
    reason, numbers = context.reason, context.numbers
    builder = builder_of(reason.feature)
    words = (builder(context) if builder else None) or ReasonWords(_own_clause(reason, numbers))
    words = ReasonWords(words) if isinstance(words, str) else words
    return ReasonText(
        part=reason.family,
        sentence=as_sentence(words.sentence),
        usual=_usual(reason, numbers) if words.usual is None else words.usual,
        outside=_is_outside(reason),
        simulated=reason.typical_of == "simulated creators",
        measured=_range_of(reason, numbers) if words.usual is None else None,
        rows=row_table(reason.rows, numbers),
        picture=words.picture,
        feature=reason.feature,
        signal=reason.signal,
        statistics=_statistics(reason, numbers),
    )


def _own_clause(reason: Reason, numbers: Numbers) -> str:
    """The verdict's own sentence without what it says of the peers, which follows by itself."""
    said = reason.sentence.partition(", which is ")[0] if reason.typical else reason.sentence
    return numbers.dated(said)


def _usual(reason: Reason, numbers: Numbers) -> str:
    span = _span(reason, numbers)
    if not span:
        return ""
    usual = f"Usual for {peers_of(reason)}: {span}{_WITHIN.get(reason.feature, '')}."
    inside, against = not _is_outside(reason), reason.contribution > 0
    if inside == against:
        return f"{usual} {_at_the_edge(reason, numbers) if against else _beyond(reason)}"
    return usual


def _is_outside(reason: Reason) -> bool:
    """Whether the number lies outside of what is usual; also where that is not known."""
    return reason.typical is None or not reason.typical[0] <= reason.value <= reason.typical[1]


def _beyond(reason: Reason) -> str:
    """What is said of a number outside of the usual range that speaks for an account."""
    above = reason.typical is not None and reason.value > reason.typical[1]
    return f"It lies {'above' if above else 'below'} that, on the side that speaks for an account."


def _at_the_edge(reason: Reason, numbers: Numbers) -> str:
    """Why a number that is not outside of the usual range speaks against an account."""
    together = "it weighs with the others."
    if reason.percentile is None or RATHER_LOW < reason.percentile < RATHER_HIGH or reason.unit == "flag":
        return f"Alone it would mean nothing: {together}"
    high = reason.percentile >= RATHER_HIGH
    beyond = (100.0 - reason.percentile if high else reason.percentile) / 100.0
    few = numbers.in_how_many(max(beyond, 0.001))
    return f"It lies at the {'upper' if high else 'lower'} edge, where {few} of them lie: {together}"


def _span(reason: Reason, numbers: Numbers) -> str:
    """The typical range in words; empty where none is known, or where it is all that a share can be."""
    if reason.typical is None or _is_every_share(reason):
        return ""
    low, high = (_bound_text(bound, reason, numbers) for bound in reason.typical)
    value = _value_text(reason, numbers)
    beyond = (
        reason.value < reason.typical[0] and value == low,
        reason.value > reason.typical[1] and value == high,
    )
    if low == high:
        return f"just {'over' if beyond[0] else 'under'} {low}" if any(beyond) else low
    low = low.removesuffix("\xa0%" if reason.unit == "share" else "\xa0a\xa0week")
    return f"{'just over ' if beyond[0] else ''}{low} to {'just under ' if beyond[1] else ''}{high}"


def _is_every_share(reason: Reason) -> bool:
    """Whether the range excludes no share, and so says nothing."""
    if reason.typical is None or reason.unit != "share":
        return False
    return reason.typical[0] <= 0.0 and reason.typical[1] >= 1.0


def _value_text(reason: Reason, numbers: Numbers) -> str:
    if reason.unit in WRITTEN_UNITS:
        return format_unit(reason.value, reason.unit, numbers)
    return numbers.figures(reason.value, 2)


def _bound_text(bound: float, reason: Reason, numbers: Numbers) -> str:
    """An end of a range, with no more decimals than two figures of the largest of them have."""
    beside = [reason.value, *(reason.typical or ())]
    if reason.unit == "log" and abs(bound) < NO_GROWTH < 10 * NO_GROWTH < abs(reason.value):
        bound = 0.0
    return format_unit(_rounded(bound, reason.value, beside, reason.unit), reason.unit, numbers)


def _rounded(bound: float, value: float, beside: Sequence[float], unit: str) -> float:
    """An end of a range without the decimals that those beside it lose, but for what tells it from the value.

    It stays on the value's own side, as two figures write the value. What has a unit of its own is left.

    >>> _rounded(-0.000158, 0.113, [0.113, 0.218], "ratio")
    0.0
    >>> _rounded(0.00504, 0.0058, [0.0058, 0.48], "ratio")
    0.005
    """
    largest = max(map(abs, beside))
    if unit in WRITTEN_UNITS or not largest:
        return bound
    decimals = max(1 - floor(log10(largest)), 0)
    written = _significant(value)
    for more in range(MOST_DECIMALS):
        rounded = round(bound, decimals + more) + 0.0
        if (rounded > written) - (rounded < written) == (bound > value) - (bound < value):
            return rounded
    return written  # two figures do not tell them apart


def _significant(value: float) -> float:
    """A number as two figures write it.

    >>> _significant(0.00584), _significant(83.2), _significant(0.0)
    (0.0058, 83.0, 0.0)
    """
    return round(value, max(1 - floor(log10(abs(value))), 0)) if value else 0.0


def _range_of(reason: Reason, numbers: Numbers) -> ReasonRange | None:
    if reason.typical is None or reason.unit == "flag" or _is_every_share(reason):
        return None
    return ReasonRange(
        value=reason.value,
        typical=reason.typical,
        value_text=_value_text(reason, numbers),
        typical_text=_span(reason, numbers),
        by_logarithm=reason.unit.startswith("log"),
    )


def _statistics(reason: Reason, numbers: Numbers) -> str:
    percentile = "" if reason.percentile is None else f", percentile {numbers.figures(reason.percentile, 3)}"
    return (
        f"{reason.feature} = {format_unit(reason.value, reason.unit, numbers)}{percentile}; adds"
        f" {reason.contribution:+.2f} to “{SIGNAL_NAMES.get(reason.signal, reason.signal)}”"
    )
