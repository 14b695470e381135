"""Characters that cannot be seen: shown by their codes, unless the writing around them needs them.

Two names that differ in such a character alone would look the same. Terminals, messages, the desk and reports
all go by the rule that is here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

__all__ = ["printable", "visible"]

IGNORABLE: Final = re.compile(
    "[\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f"
    "\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a"
    "\\U000e0000-\\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point."""

FLAG: Final = "\U0001f3f4[\\U000e0030-\\U000e0039\\U000e0061-\\U000e007a]{3,6}\\U000e007f"
"""A flag of a part of a country, such as Wales: a black flag, the code's letters as tags, and their end."""

INVISIBLE: Final = re.compile(f"{FLAG}|{IGNORABLE.pattern}")

VARIATIONS: Final = re.compile("[\\ufe00-\\ufe0f\\U000e0100-\\U000e01ef]")
ACCENTS: Final = re.compile("[\\u0300-\\u036f]")
JOINERS: Final = "\u200c\u200d"
KEYCAP: Final = "\u20e3"
VIRAMA: Final = 9
"""The combining class of the signs that take a consonant's vowel away, as in Hindi."""

STEERING: Final = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufff9-\\ufffb\\ufffe\\uffff]"
)
"""What no page may hold: control characters, marks around annotations, and what cannot be sent."""


def printable(text: str) -> str:
    r"""Escape what cannot be seen, and what could steer a terminal.

    >>> print(printable("\x1b[31mred\u202e nas\u200ba"))
    \x1b[31mred\u202e nas\u200ba
    """
    seen = _write_out(text, _escape)
    if seen.isprintable():
        return seen
    return "".join(char if char.isprintable() or IGNORABLE.match(char) else _escape(char) for char in seen)


def visible(text: str) -> str:
    r"""Write out what cannot be seen, or could turn the reading direction of a page.

    >>> visible("a\u202eb"), visible("nas\u200ba"), visible("1\ufe0f\u20e3")
    ('a[U+202E]b', 'nas[U+200B]a', '1️⃣')
    """
    return STEERING.sub(lambda found: _name(found[0]), _write_out(text, _name))


def _write_out(text: str, code: Callable[[str], str]) -> str:
    if text.isascii() or not IGNORABLE.search(text):
        return text
    return INVISIBLE.sub(lambda found: found[0] if _belongs(found) else code(found[0]), text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode()


def _name(char: str) -> str:
    return f"[U+{ord(char):04X}]"


def _belongs(found: re.Match[str]) -> bool:
    """Whether what cannot be seen alone changes how the characters beside it are written."""
    char, place = found[0], found.start()
    if len(char) > 1 or not place:
        return len(char) > 1
    before, after = found.string[place - 1], found.string[place + 1 : place + 2]
    if VARIATIONS.match(char):
        return _has_forms(before) or (before.isascii() and after == KEYCAP)
    if "\u180b" <= char <= "\u180f":
        return "\u1820" <= before <= "\u18aa"  # Mongolian letters, whose forms these choose
    if char in JOINERS:
        is_between = _is_seen(before) and _is_seen(after) and (_joins(before) or _joins(after))
        return is_between or unicodedata.combining(before) == VIRAMA
    return False


def _is_seen(char: str) -> bool:
    """Whether anything is seen of a character; a variation selector is seen in the one before it."""
    return bool(char) and not char.isspace() and (bool(VARIATIONS.match(char)) or not IGNORABLE.match(char))


def _has_forms(char: str) -> bool:
    """Whether a character may be written in several forms: emoji, signs, and letters without case.

    Letters with case, such as Latin and Greek ones, and their accents have one form; but Adlam's are joined.
    """
    if not char or char.isascii() or char.isspace() or IGNORABLE.match(char) or ACCENTS.match(char):
        return False
    has_case = unicodedata.category(char) in {"Lu", "Ll", "Lt"}
    return not has_case or char == "\N{INFORMATION SOURCE}" or unicodedata.bidirectional(char) == "R"


def _joins(char: str) -> bool:
    """Whether a character may be joined to the next: no Chinese, Japanese or Korean letter is."""
    is_wide = unicodedata.east_asian_width(char or " ") in {"W", "F", "H"}
    return _has_forms(char) and not (is_wide and unicodedata.category(char) == "Lo")
