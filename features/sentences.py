"""Features in words: what a value says, and whether it is usual among the account's peers.

The last step from a spike of followers to a sentence: :mod:`features.views.bursts` finds the fastest growth,
:mod:`features.bursts` and :mod:`features.growth` declare its numbers, each with a clause for a reader,
``detector.causes`` knows which of them tell one story (the cause ``jump``), ``detector.reasons`` cites the
plainest of these, and :func:`sentence` says it.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np

from accounts.plurals import singular
from features.declaration import Feature

__all__ = ["OF_ANY_SIZE", "RATHER_HIGH", "RATHER_LOW", "format_value", "sentence"]

PLUS_ONE: Final = frozenset({"log10 count", "log10 days"})  # of whole numbers, and one was added
RATHER_LOW, RATHER_HIGH = 15.0, 85.0  # percentiles of the peers; between them a value is usual
OF_ANY_SIZE: Final = "of any size"
"""What is said of peers where the account's size is not known."""

DECIMALS: Final = 6  # of a number: what is smaller is a remainder of computing


def sentence(  # noqa: PLR0913
    feature: Feature,
    value: float,
    typical: tuple[float, float] | None,
    percentile: float | None,
    peers: str = "creators",
    *,
    sized: bool = True,
) -> str:
    """The feature in words, for whichever side it speaks: its value, and what is usual for its peers.

    Parameters
    ----------
    feature
        Its declaration holds the main clause.
    value
        The account's, and never absent.
    typical
        The range that nine in ten of the peers lie in; None where too few are known.
    percentile
        Where the value stands among the peers, 0 to 100; None where too few are known.
    peers
        Who they are: real or simulated creators.
    sized
        Whether they are of the account's size; where that is not known they are of any.

    Examples
    --------
    >>> from features.engagement import likes_variation
    >>> said = sentence(likes_variation, 0.05, (0.24, 1.05), 0.1, "real creators")
    >>> said.partition(", ")[::2]
    ('its likes vary from post to post by 0.05 times their mean',
     'which is unusually low for real creators of its size (0.24 to 1.05)')
    """
    text = format_value(value, feature.unit)
    clause = singular(feature.sentence.format(value=text))
    if typical is None:
        return clause
    low, high = (format_value(bound, feature.unit) for bound in typical)
    # Compared as written too, so that no text says that 0 % is less than 0 %.
    outside = text not in (low, high) and not typical[0] <= value <= typical[1]
    between = "or" if feature.unit == "flag" else "to"
    usual = low if low == high else f"{low} {between} {high}"
    how = _usualness(feature.unit, outside, value < typical[0], percentile)
    return f"{clause}, which is {how} for {peers} {'of its size' if sized else OF_ANY_SIZE} ({usual})"


def _usualness(unit: str, outside: bool, below: bool, percentile: float | None) -> str:
    if unit == "flag":
        return "unusual" if outside else "usual"
    if outside:
        return "unusually low" if below else "unusually high"
    if percentile is None or RATHER_LOW < percentile < RATHER_HIGH:
        return "usual"
    return "rather low" if percentile <= RATHER_LOW else "rather high"


@lru_cache(maxsize=4096)  # the peers' bounds are the same for many accounts
def format_value(value: float, unit: str) -> str:
    """A number as a reader wants it, by its unit; logarithms are turned back.

    >>> format_value(0.6204, "share"), format_value(1.5, "log10")
    ('62 %', '31.6')
    >>> format_value(0.0512, "ratio"), format_value(0.693, "log")
    ('0.0512', '+100 %')
    """
    if unit == "share":
        return f"{_number(100 * value)} %"
    if unit in PLUS_ONE:
        return f"{max(10.0**value - 1.0, 0.0):,.0f}"
    if unit in ("log10", "log10 z"):
        return _number(10.0**value - (unit == "log10 z"))
    if unit == "log":
        percent = _number(100.0 * float(np.expm1(value)))
        return f"{'+' * (value > 0 and percent != '0')}{percent} %"
    if unit == "flag":
        return "set" if value else "not set"
    return _number(value)


def _number(value: float) -> str:
    """Three figures, or all before the point; no exponent, and no minus before zero."""
    if abs(value) >= 999.5:
        return f"{value:,.0f}"
    text = f"{round(value, DECIMALS):.3g}"
    return f"{Decimal(text) + 0:f}" if "e" in text or text == "-0" else text
