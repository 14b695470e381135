"""Flags, texts, and names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from accounts.importing.reading_place import reading_place
from accounts.importing.values.absence import Unreadable, is_absent, unreadable
from accounts.networks import platform_of
from accounts.reading.quoting import quote
from accounts.schema import MAX_IDENTIFIER_LENGTH, RULES

__all__ = ["flag", "identifier", "length", "mended", "platform", "presence", "text"]

_FLAGS: Final[Mapping[str, bool]] = MappingProxyType(
    dict.fromkeys(("true", "yes", "1", "y", "t", "wahr", "ja", "sí", "si", "sim", "oui", "да", "是"), True)
    | dict.fromkeys(("false", "no", "0", "n", "f", "falsch", "nein", "não", "non", "нет", "否"), False)
)


_NOTHING: Final = frozenset({"false", "0", "[]", "{}"})
"""How tables write what is nothing in JSON."""
_LARGEST_PLAIN: Final = 10**20
_ROUNDED: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")


def flag(value: Any) -> bool | None:
    """True or false, however it is written.

    >>> flag("Yes"), flag(0), flag(None)
    (True, False, None)

    Raises
    ------
    Unreadable
        If it is neither.
    """
    if isinstance(value, bool):
        return value
    if is_absent(value):
        return None
    found = _FLAGS.get(value.strip().lower() if isinstance(value, str) else str(value)[:8])
    if found is None:
        raise unreadable(value, "is neither true nor false")
    return found


def text(value: Any) -> str | None:
    """A text; a number is written out. An empty text stays one: it says that there is none.

    >>> text("Rye"), text(2026), text("")
    ('Rye', '2026', '')

    Raises
    ------
    Unreadable
        If it is a list, an object, or true or false, or holds half of a character.
    """
    if isinstance(value, str):
        return _storable(value)
    if is_absent(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300:
        return str(value)
    raise unreadable(value, "is no text")


def identifier(value: Any) -> str | None:
    """The name of an account, a post or a comment; a whole number is written out.

    >>> identifier(7140000000000000001), identifier(" bread.lab "), identifier("")
    ('7140000000000000001', 'bread.lab', None)

    Raises
    ------
    Unreadable
        If it is longer than the schema lets an id be, by the row that is being read, or neither a text nor a
        whole number. A spreadsheet's 7.14E+18 has lost its last digits and names nothing.
    """
    if type(value) is int and abs(value) < _LARGEST_PLAIN:
        return str(value)
    if type(value) is str and value.isascii() and len(value) <= MAX_IDENTIFIER_LENGTH and "+" not in value:
        return value.strip() or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= 10**MAX_IDENTIFIER_LENGTH:
            raise _overlong(value)
        value = str(value)
    if value is None or value == "":
        return None
    plain = value.strip() if isinstance(value, str) else ""
    if not isinstance(value, str) or _ROUNDED.fullmatch(plain):
        raise unreadable(value, "is no name")
    if len(plain) > MAX_IDENTIFIER_LENGTH:
        raise _overlong(plain)
    return _storable(plain) or None


def _overlong(value: Any) -> Unreadable:
    place = reading_place()
    return Unreadable(f"{place}: " * bool(place) + f"{quote(value)} {RULES['identifier']}")


def length(value: Any) -> int | None:
    """How many entries a list has, such as one of hashtags.

    >>> length(["rye", "oat"]), length(None)
    (2, None)

    Raises
    ------
    Unreadable
        If it is no list.
    """
    if value is None:
        return None
    if not isinstance(value, list):
        raise unreadable(value, "is no list")
    return len(value)


def presence(value: Any) -> bool:
    """Whether something stands where a source writes nothing, or null, for none: a place, a partner.

    >>> presence("Lisbon"), presence({}), presence(None), presence("False")
    (True, False, False, False)
    """
    return bool(value) and not is_absent(value) and str(value)[:6].lower() not in _NOTHING


def _storable(value: str) -> str:
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise unreadable(value, "holds half of a character") from None
    return value


def mended(value: Any) -> str | None:
    r"""A text whose UTF-8 was read as latin-1 once, as Meta's exports have it; others stay as they are.

    >>> mended("Rye \u00f0\u009f\u008d\u009e"), mended("Brötchen")
    ('Rye 🍞', 'Brötchen')
    """
    written = text(value)
    try:
        return None if written is None else written.encode("latin-1").decode()
    except UnicodeError:
        return written


def platform(value: Any) -> str:
    """The document's name of a platform, in any case and by its common names; ``other`` for the rest.

    >>> platform("Instagram"), platform("twitter"), platform("Facebook")
    ('instagram', 'x', 'other')
    """
    return platform_of(str(value)) or "other"
