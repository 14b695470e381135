"""Refused values quoted in error messages: short, on one line, and harmless to a terminal."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, Final

from accounts.invisible import printable

__all__ = ["MAX_QUOTED", "escape", "file_name", "found_in", "quote", "suggest"]

MAX_QUOTED: Final = 60
_MAX_BITS: Final = 200


def escape(text: str) -> str:
    r"""Escape what cannot be seen, and cut the text to 60 characters; see :mod:`accounts.invisible`.

    >>> escape("a\nb\ud800")
    'a\\nb\\ud800'
    >>> len(escape("x" * 1000))
    61
    """
    shown = printable(text[: MAX_QUOTED + 1])
    return shown if len(shown) <= MAX_QUOTED else f"{shown[:MAX_QUOTED]}…"


def quote(value: object) -> str:
    """One refused value as an error message quotes it.

    >>> [quote(value) for value in (None, True, -4, 3.0, "12", [1], {"a": 1})]
    ['null', 'true', '-4', '3.0', '"12"', 'a list', 'an object']
    >>> quote(float("nan")), quote(10**4999)
    ('NaN', 'a number of about 4999 digits')
    """
    for kind, words in _WORDS:
        if isinstance(value, kind):
            return words(value)
    return escape(str(value))


def found_in(document: Mapping[str, Any], name: str) -> str:
    """How a sentence ends that refuses a field of a document: what was found, or that there is nothing.

    >>> found_in({"by": None}, "by"), found_in({}, "by")
    ('Got null.', 'It is missing.')
    """
    return f"Got {quote(document[name])}." if name in document else "It is missing."


def _number(value: int) -> str:
    if value.bit_length() <= _MAX_BITS:
        return str(value)
    return f"a number of about {round(value.bit_length() * math.log10(2))} digits"


def _fraction(value: float) -> str:
    return "NaN" if math.isnan(value) else str(value).replace("inf", "Infinity")


def _bytes(value: bytes) -> str:
    try:
        return quote(value.decode())
    except UnicodeDecodeError:
        return f'"{escape(value.decode("utf-8", "backslashreplace"))}", which is not UTF-8'


_WORDS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...]] = (
    (NoneType, lambda _: "null"),
    (bool, lambda value: str(value).lower()),
    (str, lambda value: f'"{escape(value)}"'),
    (int, _number),
    (float, _fraction),
    (bytes, _bytes),
    ((list, tuple), lambda _: "a list"),
    (Mapping, lambda _: "an object"),
    (dt.datetime, lambda value: value.isoformat().replace("+00:00", "Z")),
)


def file_name(path: Path) -> str:
    """What messages call a file: its name; a device or a pipe by its whole path.

    >>> file_name(Path("exports/posts.json")), file_name(Path("/dev/null"))
    ('posts.json', '/dev/null')
    """
    return str(path) if path.is_char_device() or path.is_fifo() else path.name


def suggest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence that refuses a name: a suggestion of the nearest known name, or a full stop.

    >>> suggest("folowers", ["followers", "following"])
    '; did you mean followers?'
    >>> suggest("zzz", ["followers"])
    '.'
    """
    near = difflib.get_close_matches(name[:MAX_QUOTED], list(names), n=1)
    return f"; did you mean {near[0]}?" if near else "."
