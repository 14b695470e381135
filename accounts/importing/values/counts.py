"""Counts as people and programs write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from accounts.importing.values.absence import is_absent, unreadable
from accounts.schema import MAX_COUNT

__all__ = ["count"]

_POWERS: Final = MappingProxyType({
    "k": 3, "к": 3, "tsd": 3, "tys": 3, "tis": 3, "mil": 3, "rb": 3, "ribu": 3, "тыс": 3, "千": 3, "천": 3,
    "bin": 3,     "thousand": 3, "tn": 3, "tusen": 3, "พัน": 3, "nghìn": 3, "ألف": 3, "हज़ार": 3,
    "万": 4, "萬": 4, "만": 4, "w": 4, "หมื่น": 4, "lakh": 5, "lac": 5, "लाख": 5, "แสน": 5,
    "m": 6, "mn": 6, "mm": 6, "mio": 6, "м": 6, "млн": 6, "mln": 6, "jt": 6, "juta": 6, "mi": 6, "million": 6,
    "millions": 6, "ล้าน": 6, "tr": 6, "مليون": 6, "crore": 7, "cr": 7, "करोड़": 7,
    "亿": 8, "億": 8, "억": 8, "b": 9, "bn": 9, "md": 9, "mrd": 9, "mld": 9, "млрд": 9, "billion": 9,
})  # fmt: skip
"""Powers of ten of the marks behind a rounded count. "mil" is a thousand: Spanish and Portuguese pages write
it, and English ones write M."""

_LONGEST: Final = 64
_WRITTEN: Final = re.compile(r"([+-]?)\s*(\d[\d.,' ]*?)\s*([^\d\s.,'+-]*)\.?")
_GROUPED: Final = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_INDIAN: Final = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")
_FRACTION: Final = re.compile(r"(\d{1,3}(?:([.,' ])\d{3})*|\d+)(?!\2)[.,](\d+)")
_MARKS: Final = str.maketrans({"٬": ",", "٫": ".", "’": "'", "‘": "'", "，": ",", "−": "-", "_": " "})


def count(value: Any, power: int = 0) -> int | None:
    """A count; a negative one means hidden, as scrapers write it.

    Parameters
    ----------
    value
        As it was written.
    power
        Of ten, that a column's heading says its numbers are in: 3 under "Followers (thousands)". A mark
        behind the number itself counts instead.

    Examples
    --------
    >>> [count(one) for one in (5, "1,505", "1.2M", "17,7 k", "508.3万", "1,63,000", "2,5 mil", -1, "N/A")]
    [5, 1505, 1200000, 17700, 5083000, 163000, 2500, None, None]
    >>> count("12,5", 3), count("90", 3), count("1.2M", 3)
    (12500, 90000, 1200000)

    Raises
    ------
    Unreadable
        If it is no count: a fraction without a mark behind it, a range, a text; or may be one of two counts:
        "1,234K" (thousands or a fraction?), "1,2B" (billions or Turkish "bin"?).
    """
    if power and not is_absent(value):
        return _of_text(str(value), power)
    if type(value) is int:
        return value if 0 <= value <= MAX_COUNT else _bounded(value, value)
    if type(value) is str and value.isdecimal() and len(value) < _LONGEST:
        return _bounded(int(value), value)
    if is_absent(value):
        return None
    if isinstance(value, float):
        return _bounded(_whole(Decimal(value), value), value)
    if isinstance(value, str):
        return _of_text(value)
    raise unreadable(value, "is no count")


def _of_text(value: str, unit: int = 0) -> int | None:
    if len(value) >= _LONGEST:
        raise unreadable(value, "is no count")
    plain = " ".join(unicodedata.normalize("NFKC", value).translate(_MARKS).split())
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise unreadable(value, "is no count")
    sign, digits, mark = found.groups()
    power = _power(mark, value) if mark else unit
    number = _exact(digits, value) if not power else _rounded(digits, power, value)
    return None if sign == "-" and number else _bounded(number, value)


def _power(mark: str, value: str) -> int:
    try:
        return _POWERS[unicodedata.normalize("NFKC", mark).lower()]
    except KeyError:
        raise unreadable(value, f"has {mark!r} behind its number, which is not known") from None


def _exact(digits: str, value: str) -> int:
    """Digits with marks between thousands; a fraction only where it is zero, as spreadsheets write it."""
    if digits.isdecimal() or _GROUPED.fullmatch(digits) or _INDIAN.fullmatch(digits):
        return int(re.sub(r"\D", "", digits))
    found = _FRACTION.fullmatch(digits)
    if found is None or int(found[3]):
        raise unreadable(value, "is no whole number, and its column's name does not say thousands")
    return int(re.sub(r"\D", "", found[1]))


def _rounded(digits: str, power: int, value: str) -> int:
    parts = re.split("[.,]", digits)
    ambiguous = len(parts) == 2 and (
        (len(parts[1]) == 3 and power == 3) or ("," in digits and value.rstrip(". ")[-1:] in "bB")
    )
    if ambiguous:
        raise unreadable(value, "can be read as two different counts")
    if len(parts) > 2 or not all(part.isdecimal() for part in parts):
        raise unreadable(value, "is no count")
    return int((Decimal(".".join(parts)) * 10**power).to_integral_value())


def _whole(number: Decimal, value: float) -> int:
    if not number.is_finite() or number != number.to_integral_value():
        raise unreadable(value, "is no whole number")
    return int(number)


def _bounded(number: int, value: Any) -> int | None:
    if number > MAX_COUNT:
        raise unreadable(value, "is larger than any count can be")
    return None if number < 0 else number
