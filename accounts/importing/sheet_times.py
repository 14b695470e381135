"""Times and days of a table whose writer followed the custom of a country: 03/04/2026 is one of two days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from accounts.importing.values import Unreadable, day_alone, moment_or_day

__all__ = ["SheetTimes", "day_first"]

_SLASHED: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(.+))?")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?")
_LONGEST: Final = 64
"""Characters of a text that may be a time: matching one takes time by the square of the spaces in it."""
_LATEST: Final = 12
_CENTURY: Final = 2000


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether days stand before months in a column, by those that leave no choice; None where all do.

    >>> [day_first(["03/04/2026", other]) for other in ("25/04/2026", "04/25/2026", "05/04/2026")]
    [True, False, None]
    """
    for cell in cells:
        found = _slashed(cell)
        if found and (int(found[1]) > _LATEST or found[2] == "."):
            return True
        if found and int(found[3]) > _LATEST:
            return False
    return None


@dataclass(frozen=True)
class SheetTimes:
    """How a column's times are written.

    Attributes
    ----------
    day_first
        Whether days stand before months; None where that is not known.
    zone
        Of times that name none.
    form
        As for ``strptime``, where somebody said it.
    """

    day_first: bool | None = None
    zone: dt.tzinfo = dt.UTC
    form: str | None = None

    def moment(self, value: Any) -> str | None:
        """A time in UTC; None for a day alone.

        >>> SheetTimes(day_first=True).moment("3/4/2026 9:05 PM")
        '2026-04-03T21:05:00Z'

        Raises
        ------
        Unreadable
            If it is no time, or of one of two days.
        """
        return moment_or_day(self._plain(value), zone=self.zone)

    def either(self, value: Any) -> str | None:
        """A time in UTC, or a day where no time of day is said; see :meth:`moment` and :meth:`day`.

        >>> SheetTimes().either("2026-04-03"), SheetTimes().either("2026-04-03 21:05")
        ('2026-04-03', '2026-04-03T21:05:00Z')
        """
        return self.day(value) or self.moment(value)

    def day(self, value: Any) -> str | None:
        """A day alone; None for a time.

        Raises
        ------
        Unreadable
            If it is one of two days.
        """
        return day_alone(self._plain(value))

    def _plain(self, value: Any) -> Any:
        """A value in a form that has one meaning."""
        if self.form is not None and isinstance(value, str):
            return _of_form(value.strip(), self.form)
        found = _slashed(value) if isinstance(value, str) else None
        if found is None:
            return value
        if self.day_first is None:
            raise Unreadable(f'"{value.strip()}" may be day/month or month/day')
        first, month = (found[1], found[3]) if self.day_first else (found[3], found[1])
        year = int(found[4]) + (_CENTURY if len(found[4]) == 2 else 0)
        written = f"{year:04}-{int(month):02}-{int(first):02}"
        return f"{written}T{_clock(found[5], value)}" if found[5] else written


def _slashed(written: str) -> re.Match[str] | None:
    return _SLASHED.fullmatch(written.strip()) if len(written) <= _LONGEST else None


def _of_form(value: str, form: str) -> str:
    try:
        found = dt.datetime.strptime(value, form)
    except ValueError:
        raise Unreadable(f'"{value[:60]}" is not of the form {form}') from None
    return found.isoformat() if "%H" in form or "%I" in form else found.date().isoformat()


def _clock(written: str, value: str) -> str:
    found = _CLOCK.match(written)
    if found is None:
        raise Unreadable(f'"{value[:60]}" is no time')
    hour = int(found[1])
    if found[4]:
        hour = hour % _LATEST + (_LATEST if found[4].lower() == "pm" else 0)
    return f"{hour:02}:{found[2]}:{found[3] or '00'}{written[found.end() :].strip()}"
