"""How a sentence builder is declared: for which features, and what it may read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from detector.json_result import Scalar
from detector.verdict import Reason, Verdict
from features.sentences import OF_ANY_SIZE
from reporting.evidence import Evidence
from reporting.numbers import Numbers

__all__ = [
    "WRITTEN_UNITS",
    "Picture",
    "ReasonContext",
    "ReasonWords",
    "builder_of",
    "format_unit",
    "peers_of",
    "says",
]

Picture: TypeAlias = Literal["growth", "posts", "clock", "audience"]
"""The chart that shows a reason."""


@dataclass(frozen=True)
class ReasonWords:
    """A reason in words.

    Attributes
    ----------
    sentence
        The numbers that a person knows.
    usual
        What is usual instead, where the range of the verdict would not say it of these numbers; an empty
        text leaves it out.
    picture
        The chart that shows it.
    """

    sentence: str
    usual: str | None = None
    picture: Picture | None = None


def peers_of(reason: Reason) -> str:
    """Who a reason's range is of: creators of the account's size, or of any where that is not known."""
    size = OF_ANY_SIZE if f" {OF_ANY_SIZE} (" in reason.sentence else "of its size"
    return f"{reason.typical_of} {size}"


@dataclass(frozen=True)
class ReasonContext:
    """What a sentence builder may read.

    Attributes
    ----------
    reason
        The verdict's reason.
    verdict
        All of it.
    evidence
        The account's; None where it is not at hand.
    numbers
        The reader's locale.
    """

    reason: Reason
    verdict: Verdict
    evidence: Evidence | None
    numbers: Numbers

    @property
    def value(self) -> float:
        """The feature's value."""
        return self.reason.value

    @property
    def row(self) -> Mapping[str, Scalar]:
        """The first row behind the reason; empty where there is none."""
        return self.reason.rows[0] if self.reason.rows else {}

    def count_of(self, name: str) -> float | None:
        """A number of the first row."""
        value = self.row.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def day_of(self, name: str) -> date | None:
        """A day of the first row."""
        value = self.row.get(name)
        try:
            return date.fromisoformat(value[:10]) if isinstance(value, str) else None
        except ValueError:
            return None


Builder: TypeAlias = Callable[[ReasonContext], ReasonWords | str | None]

_BUILDERS: Final[dict[str, Builder]] = {}


def says(*features: str) -> Callable[[Builder], Builder]:
    """Declare the builder of these features' sentences, on every grid.

    Where it returns None, the verdict's own sentence stands.
    """

    def declare(builder: Builder) -> Builder:
        for feature in features:
            _BUILDERS[feature] = builder
        return builder

    return declare


def builder_of(feature: str) -> Builder | None:
    """The builder of a feature, None where the verdict's own sentence stands."""
    return _BUILDERS.get(feature.removesuffix("_weekly").removesuffix("_monthly"))


def format_unit(value: float, unit: str, numbers: Numbers) -> str:
    r"""A feature's value by its unit; logarithms are turned back.

    >>> format_unit(0.62, "share", Numbers()), format_unit(0.6932, "log", Numbers())
    ('62\xa0%', '+100\xa0%')
    >>> format_unit(1.5, "log10", Numbers()), format_unit(3.0, "log10 count", Numbers())
    ('31.6', '999')
    """
    writer = _UNITS.get(unit)
    return writer(value, numbers) if writer else numbers.figures(value, 3)


def _growth(value: float, numbers: Numbers) -> str:
    share = 10 ** (value / _LN10) - 1.0
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return sign + numbers.share(abs(share))


_LN10: Final = 2.302585092994046
_UNITS: Final[Mapping[str, Callable[[float, Numbers], str]]] = MappingProxyType({
    "share": lambda value, numbers: numbers.share(value),
    "log": _growth,
    "log10": lambda value, numbers: numbers.figures(10.0**value, 3),
    "log10 z": lambda value, numbers: numbers.figures(10.0**value - 1.0, 3),
    "log10 count": lambda value, numbers: numbers.count(max(10.0**value - 1.0, 0.0)),
    "log10 days": lambda value, numbers: numbers.count(max(10.0**value - 1.0, 0.0)),
    "per week": lambda value, numbers: f"{numbers.figures(value, 3)}\xa0a\xa0week",
    "flag": lambda value, _: "yes" if value else "no",
})  # fmt: skip

WRITTEN_UNITS: Final = frozenset(_UNITS)
"""Units whose values are written in a way of their own; all others are plain numbers."""
