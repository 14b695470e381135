"""Whole numbers in queries, forms and headers: digits, and no more of them than the largest allowed has."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["whole_number"]

DIGITS: Final = re.compile("[0-9]+")


def whole_number(written: str, most: int) -> int | None:
    """A whole number from 0 to ``most``; None where a text is anything else.

    Not ``int``: of thousands of digits it makes no number but an error, and of ``1_0`` and ``+1`` one.

    >>> whole_number("12", 99), whole_number("007", 99), whole_number("100", 99), whole_number("9" * 5000, 99)
    (12, 7, None, None)
    >>> whole_number("", 9), whole_number("-1", 9), whole_number("1_0", 99), whole_number("\u00b2", 9)
    (None, None, None, None)
    """
    if not DIGITS.fullmatch(written) or len(digits := written.lstrip("0")) > len(str(most)):
        return None
    number = int(digits or "0")
    return number if number <= most else None
