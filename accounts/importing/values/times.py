"""Times and days as other programs write them."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Any, Final

from accounts.importing.values.absence import Unreadable, is_absent, unreadable

__all__ = ["day", "day_alone", "moment", "moment_or_day"]

_ZONES: Final = MappingProxyType({
    "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
    "KST": 9, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
})  # fmt: skip
"""Hours from UTC of the names that American and European tools write ("CST" is Central Standard Time)."""

_LONGEST: Final = 64
_PLAIN: Final = re.compile(r"(?:2[01]\d\d|19[789]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z", re.ASCII)
_OF_UTC: Final = re.compile(
    r"(?:2[01]\d\d|19[789]\d)-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?\+00:?00", re.ASCII
)
_NAMED: Final = re.compile(r"(.*\d)\s*([A-Za-z]{2,5})", re.DOTALL)
_DIGITS: Final = re.compile(r"\d{1,20}(?:\.\d{1,9})?")
_DAY_ALONE: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{8}|\d{4}-W\d\d-\d|\d{4}W\d{3}")
_EARLIEST: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).timestamp()
_LATEST: Final = dt.datetime(2200, 1, 1, tzinfo=dt.UTC).timestamp()
_EXCEL_DAY_0: Final = dt.datetime(1899, 12, 30)
_EXCEL: Final = (30_000, 80_000)


def moment(value: Any, *, zone: dt.tzinfo | None = None) -> str | None:
    """A time in UTC: ISO, RFC 2822, X's own form, or an epoch in seconds, milli-, micro- or nanoseconds.

    Parameters
    ----------
    value
        As it came. An epoch of 0 means absent; a day alone is no time, see :func:`day`.
    zone
        Of times that name none; without it such a time is not read.

    >>> moment("Tue Oct 20 15:30:00 +0000 2026"), moment(1792510200), moment("1792510200000")
    ('2026-10-20T15:30:00Z', '2026-10-20T15:30:00Z', '2026-10-20T15:30:00Z')
    >>> moment("2026-03-02 13:19:06 EST"), moment("2026-10-20 15:30:00", zone=dt.UTC)
    ('2026-03-02T18:19:06Z', '2026-10-20T15:30:00Z')

    Raises
    ------
    Unreadable
        If it is no time, or in a zone that is not known.
    """
    if type(value) is str and _PLAIN.fullmatch(value):
        return _checked(value)
    if type(value) is str and _OF_UTC.fullmatch(value):
        return _checked(f"{value[:10]}T{value[11:19]}Z")
    if is_absent(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_epoch(value, value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise unreadable(value, "is no time")
    stripped = value.strip()
    if _DIGITS.fullmatch(stripped) and len(stripped) != 8:
        return _of_epoch(float(stripped), value)
    return _written(_parsed(stripped, zone), value)


def _checked(value: str) -> str:
    """A time in the form that most interfaces write, which is the document's own up to milliseconds."""
    try:
        dt.datetime.fromisoformat(value[:19])
    except ValueError:
        raise unreadable(value, "is no time") from None
    return value if len(value) == len("2026-10-20T15:30:00Z") else f"{value[:19]}Z"


def _of_epoch(number: float, value: Any) -> str | None:
    if number == 0:
        return None
    for unit in (1, 10**3, 10**6, 10**9):
        if _EARLIEST * unit <= number < _LATEST * unit:
            return f"{dt.datetime.fromtimestamp(number // unit, dt.UTC).isoformat()[:19]}Z"
    raise unreadable(value, "is no time of a platform's life")


def _parsed(written: str, zone: dt.tzinfo | None) -> dt.datetime:
    if _DAY_ALONE.fullmatch(written):
        raise unreadable(written, "is a day without a time")
    named = _NAMED.fullmatch(written)
    plain = written
    if named and (name := named[2].upper()) not in {"AM", "PM"}:
        if name not in _ZONES:
            raise unreadable(written, f"is in the zone {name!r}, which is not known")
        plain, zone = named[1], dt.timezone(dt.timedelta(hours=_ZONES[name]))
    found = _first_read(plain)
    if found is None:
        raise unreadable(written, "is no time")
    if found.tzinfo is None and zone is None:
        raise unreadable(written, "names no time zone")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _first_read(written: str) -> dt.datetime | None:
    for read in (_iso, _of_x, parsedate_to_datetime, _of_america):
        try:
            return read(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _iso(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written.removesuffix(" UTC"))


def _of_x(written: str) -> dt.datetime:
    return dt.datetime.strptime(written, "%a %b %d %H:%M:%S %z %Y")


def _of_america(written: str) -> dt.datetime:
    """As Meta's exports have it in English: "Oct 20, 2026 3:30 pm"."""
    return dt.datetime.strptime(re.sub(r",?\s+", " ", written), "%b %d %Y %I:%M %p")


def _written(found: dt.datetime, value: Any) -> str:
    try:
        utc = found.astimezone(dt.UTC)
    except OverflowError:
        raise unreadable(value, "is no time") from None
    if not 1970 <= utc.year < 2200:
        raise unreadable(value, "is no time of a platform's life")
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_or_day(value: Any, *, zone: dt.tzinfo | None = None) -> str | None:
    """A time where one may be given as its day alone, which :func:`day_alone` reads: None for those.

    A spreadsheet's days since 1899-12-30 with a fraction are a time in ``zone``.

    >>> moment_or_day("2021-12-21"), moment_or_day("46315.5", zone=dt.UTC)
    (None, '2026-10-20T12:00:00Z')
    """
    if is_absent(value) or day_alone(value) is not None:
        return None
    if (days := _excel_days(value)) is not None:
        found = _EXCEL_DAY_0 + dt.timedelta(seconds=round(days * 86_400))
        if zone is None:
            raise unreadable(value, "names no time zone")
        return _written(found.replace(tzinfo=zone), value)
    return moment(value, zone=zone)


def day_alone(value: Any) -> str | None:
    """The day of a value that is a day without a time of day; None for times, and for what is neither.

    >>> [day_alone(one) for one in ("2021-12-21", "Dec 21, 2021", 46315, "2021-12-21T08:00:00Z")]
    ['2021-12-21', '2021-12-21', '2026-10-20', None]
    """
    days = _excel_days(value)
    if days is not None:
        return day(value) if days.is_integer() else None
    if not isinstance(value, str) or ":" in value or (value.strip().isdecimal() and len(value.strip()) != 8):
        return None
    try:
        return day(value)
    except Unreadable:
        return None


def _excel_days(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not _DIGITS.fullmatch(value.strip()):
        return None
    return float(value) if _EXCEL[0] <= float(value) < _EXCEL[1] else None


def day(value: Any) -> str | None:
    """A day: ISO, a time's day in UTC, "Oct 20, 2026", or a spreadsheet's number of days since 1899-12-30.

    >>> day("2026-10-20"), day("Oct 20, 2026"), day(46315), day("20261020")
    ('2026-10-20', '2026-10-20', '2026-10-20', '2026-10-20')

    Raises
    ------
    Unreadable
        If it is no day.
    """
    if is_absent(value):
        return None
    if isinstance(value, (bool, list, dict)) or len(written := str(value)[: _LONGEST + 1].strip()) > _LONGEST:
        raise unreadable(value, "is no day")
    if _DIGITS.fullmatch(written) and _EXCEL[0] <= float(written) < _EXCEL[1]:
        return (_EXCEL_DAY_0 + dt.timedelta(days=int(float(written)))).date().isoformat()
    for form in (
        "%Y-%m-%d",
        "%b %d, %Y",
        "%B %d, %Y",
        "%d %b %Y",
        "%d %B %Y",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y%m%d",
    ):
        try:
            return _sane(dt.datetime.strptime(written, form), value)
        except ValueError as reason:
            if "life" in str(reason):
                raise
    found = moment(value, zone=dt.UTC)
    return None if found is None else found[:10]


def _sane(found: dt.datetime, value: Any) -> str:
    if not 1970 <= found.year < 2200:
        raise unreadable(value, "is no day of a platform's life")
    return found.date().isoformat()
