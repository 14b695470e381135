"""Values as other programs write them: counts, times, flags, texts and names of platforms.

Each reader takes what came and gives the document's own value, None where the source says that there is
none, and raises :class:`Unreadable` where it says something that cannot be placed: nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Final

from accounts.schema import MOST_COUNTED, PLATFORMS

__all__ = ["Unreadable", "count", "day", "flag", "moment", "platform", "text"]


class Unreadable(ValueError):
    """A value that cannot be placed."""


ABSENT: Final = frozenset({
    "", "-", "--", "–", "—", "n/a", "na", "nan", "none", "null", "undefined", "hidden", "not available", "unknown",
})  # fmt: skip

_MULTIPLES: Final = MappingProxyType({
    "k": 3, "к": 3, "tsd": 3, "tys": 3, "mil": 3, "rb": 3, "ribu": 3, "тыс": 3, "千": 3, "천": 3, "bin": 3, "b": 9,
    "m": 6, "mn": 6, "mio": 6, "м": 6, "млн": 6, "mln": 6, "jt": 6, "juta": 6, "mi": 6, "bn": 9, "md": 9, "mrd": 9,
    "млрд": 9, "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8, "lakh": 5, "lac": 5, "crore": 7, "cr": 7,
})  # fmt: skip
"""Powers of ten of the marks behind a rounded count; "mil" is a thousand in Spanish and Portuguese, the
languages whose pages write it."""

_COUNT: Final = re.compile(r"([+-]?)([\d.,'’   ]*\d)\s*([^\W\d_]*)\.?", re.UNICODE)
_GROUPED: Final = re.compile(r"\d{1,3}(?:([.,'’   ])\d{3})(?:\1\d{3})*")
_INDIAN: Final = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")


def count(value: Any) -> int | None:
    """A count; a negative one means hidden, as scrapers write it.

    >>> [count(one) for one in (5, "1,505", "1.2M", "17,7 k", "508.3万", "1,63,000", "2,5 mil", -1, "N/A")]
    [5, 1505, 1200000, 17700, 5083000, 163000, 2500, None, None]

    Raises
    ------
    Unreadable
        If it is no count: a fraction without a mark behind it, or another text.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        raise Unreadable(f"{value!r} is no count")
    if isinstance(value, (int, float)):
        return _whole(float(value), value) if isinstance(value, float) else _bounded(value, value)
    written = str(value).strip()
    if written.lower() in ABSENT:
        return None
    found = _COUNT.fullmatch(written)
    if found is None:
        raise Unreadable(f"{value!r} is no count")
    sign, digits, mark = found.groups()
    power = 0 if not mark else _MULTIPLES.get(mark.lower(), -1)
    if power < 0:
        raise Unreadable(f"{mark!r} behind a count is not known")
    number = _number(digits, rounded=bool(power))
    return None if sign == "-" else _whole(number * 10**power, value)


def _number(digits: str, *, rounded: bool) -> float:
    """Digits with marks between them: thousands, or a decimal mark where a multiple follows."""
    if _INDIAN.fullmatch(digits) or (_GROUPED.fullmatch(digits) and not rounded):
        return float(re.sub(r"\D", "", digits))
    parts = re.split(r"[.,]", digits.replace(" ", "").replace(" ", ""))
    if len(parts) > 2 or (len(parts) == 2 and not rounded and set(parts[1]) - {"0"}):
        raise Unreadable(f"{digits!r} is no count")
    return float(".".join(parts))


def _whole(number: float, value: Any) -> int | None:
    if number != number:  # NaN: a spreadsheet's empty cell
        return None
    if abs(number - round(number)) > 1e-6 * max(1.0, abs(number)):
        raise Unreadable(f"{value!r} is no whole number")
    return _bounded(round(number), value)


def _bounded(number: int, value: Any) -> int | None:
    if number > MOST_COUNTED:
        raise Unreadable(f"{value!r} is larger than any count can be")
    return None if number < 0 else number


_ZONES: Final = MappingProxyType({
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
    "KST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
})  # fmt: skip
"""Hours from UTC of the names that American and European tools write ("CST" is Central Standard Time)."""

_NAMED: Final = re.compile(r"(.*\d)\s*([A-Z]{1,5})")
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")
_EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).timestamp()
_LATEST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()


def moment(value: Any, *, zone: dt.tzinfo | None = None) -> str | None:
    """A time in UTC: ISO, RFC 2822, X's own form, or an epoch in seconds, milli- or microseconds.

    Parameters
    ----------
    value
        As it came. An epoch of 0 means absent.
    zone
        Of times that name none; without it such a time is not read.

    >>> moment("Tue Oct 20 15:30:00 +0000 2026"), moment(1792510200), moment(1792510200000)
    ('2026-10-20T15:30:00Z', '2026-10-20T15:30:00Z', '2026-10-20T15:30:00Z')
    >>> moment("2026-03-02 13:19:06 EST"), moment("2026-10-20 15:30:00", zone=dt.UTC)
    ('2026-03-02T18:19:06Z', '2026-10-20T15:30:00Z')

    Raises
    ------
    Unreadable
        If it is no time, or in a zone that is not known.
    """
    if value is None:
        return None
    written = str(value).strip()
    if written.lower() in ABSENT:
        return None
    if isinstance(value, (int, float)) or _DIGITS.fullmatch(written):
        return _of_epoch(float(value), value)
    return _utc(_parsed(written, zone))


def _of_epoch(number: float, value: Any) -> str | None:
    if number == 0:
        return None
    for unit in (1, 1e3, 1e6, 1e9):
        if _EARLIEST <= number / unit < _LATEST:
            return _utc(dt.datetime.fromtimestamp(number / unit, dt.UTC))
    raise Unreadable(f"{value!r} is no time of a platform's life")


def _parsed(written: str, zone: dt.tzinfo | None) -> dt.datetime:
    named = _NAMED.fullmatch(written)
    if named and named[2] not in {"Z", "T"}:
        if named[2] not in _ZONES:
            raise Unreadable(f"the zone {named[2]!r} is not known")
        written, zone = named[1], dt.timezone(dt.timedelta(hours=_ZONES[named[2]]))
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime, _of_x):
        try:
            found = read(written)
        except (ValueError, TypeError, IndexError):
            continue
        if found.tzinfo is None and zone is None:
            raise Unreadable(f"{written!r} names no time zone")
        return found if found.tzinfo else found.replace(tzinfo=zone)
    raise Unreadable(f"{written!r} is no time")


def _of_x(written: str) -> dt.datetime:
    return dt.datetime.strptime(written, "%a %b %d %H:%M:%S %z %Y")


def _utc(found: dt.datetime) -> str:
    return found.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(value: Any) -> str | None:
    """A day: ISO, a time's day in UTC, "Oct 20, 2026", or a spreadsheet's number of days since 1899-12-30.

    >>> day("2026-10-20"), day("Oct 20, 2026"), day(46315)
    ('2026-10-20', '2026-10-20', '2026-10-20')

    Raises
    ------
    Unreadable
        If it is no day.
    """
    if value is None or str(value).strip().lower() in ABSENT:
        return None
    written = str(value).strip()
    if _DIGITS.fullmatch(written) and 30_000 <= float(written) < 80_000:
        return (dt.date(1899, 12, 30) + dt.timedelta(days=int(float(written)))).isoformat()
    for form in ("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(written, form).date().isoformat()
        except ValueError:
            continue
    found = moment(value, zone=dt.UTC)
    return None if found is None else found[:10]


_TRUE: Final = frozenset({"true", "yes", "1", "y"})
_FALSE: Final = frozenset({"false", "no", "0", "n"})


def flag(value: Any) -> bool | None:
    """True or false, however it is written.

    >>> flag("Yes"), flag(0), flag(None)
    (True, False, None)
    """
    written = str(value).strip().lower()
    if value is None or written in ABSENT:
        return None
    if written in _TRUE | _FALSE:
        return written in _TRUE
    raise Unreadable(f"{value!r} is neither true nor false")


def text(value: Any) -> str | None:
    """A text; a number is written out, so that an id stays what it was.

    >>> text(7140000000000000001), text("")
    ('7140000000000000001', '')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (bool, list, dict)):
        raise Unreadable(f"a {type(value).__name__} is no text")
    return str(value)


_PLATFORM_NAMES: Final = MappingProxyType({
    "ig": "instagram", "insta": "instagram", "twitter": "x", "x.com": "x", "x (twitter)": "x", "yt": "youtube",
    "tik tok": "tiktok", "tik_tok": "tiktok", "tik-tok": "tiktok", "douyin": "other", "gh": "github",
})  # fmt: skip


def platform(value: Any) -> str:
    """The document's name of a platform, in any case and by its common names; ``other`` for the rest.

    >>> platform("Instagram"), platform("twitter"), platform("Facebook")
    ('instagram', 'x', 'other')
    """
    written = str(value).strip().lower()
    found = _PLATFORM_NAMES.get(written, written)
    return found if found in PLATFORMS else "other"
