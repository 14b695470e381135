"""What other programs write where there is no value."""

from __future__ import annotations

import math
from typing import Any, Final

from accounts.reading.quoting import quote

__all__ = ["Unreadable", "is_absent", "unreadable"]

_LONGEST: Final = 16
_WORDS: Final = frozenset({
    "", "-", "--", "–", "—", "n/a", "#n/a", "na", "n.a.", "n. a.", "nan", "none", "null", "nil", "undefined",
    "hidden", "not available", "unknown",
    "k. a.", "k.a.", "s/d", "n/d", "nd", "н/д", "無", "无", "なし", "없음",
})  # fmt: skip


class Unreadable(ValueError):
    """A value that cannot be placed; its text says why."""


def is_absent(value: Any) -> bool:
    """Whether a value says that there is none: null, NaN, an empty text, or a word for it.

    >>> [is_absent(one) for one in (None, float("nan"), " N/A ", 0, "0", False)]
    [True, True, True, False, False, False]
    """
    if value is None:
        return True
    if isinstance(value, str):
        return len(value) <= _LONGEST and value.strip().lower() in _WORDS
    return isinstance(value, float) and math.isnan(value)


def unreadable(value: Any, rule: str) -> Unreadable:
    """The refusal of a value, with the value shown shortly: ``"abc" is no count``."""
    return Unreadable(f"{quote(value)} {rule}")
