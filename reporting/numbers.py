"""Numbers, shares and dates as the reader's locale writes them; the only place that knows about locales."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from math import floor, log10
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time, get_day_names
from babel.numbers import format_compact_decimal, format_decimal

from accounts.errors import WrongUsage

__all__ = ["DEFAULT_LOCALE", "Numbers", "NumbersWithoutDates"]

DEFAULT_LOCALE: Final = "en_GB"
_ISO_DAYS: Final = re.compile(r"\b(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?\b")
_NBSP: Final = "\xa0"
"""Between a number and its per cent sign, so that no line ends between them."""


@dataclass(frozen=True)
class Numbers:
    r"""Writes numbers for one locale.

    Attributes
    ----------
    locale
        Its name, such as ``en_GB`` or ``de``.

    Raises
    ------
    WrongUsage
        If no locale is called so.

    Examples
    --------
    >>> Numbers().count(151_012), Numbers("de").count(151_012), Numbers("de").share(0.0171)
    ('151,012', '151.012', '1,7\xa0%')
    """

    locale: str = DEFAULT_LOCALE

    def __post_init__(self) -> None:
        try:
            Locale.parse(self.locale, sep="-" if "-" in self.locale else "_")
        except (ValueError, UnknownLocaleError) as error:
            raise WrongUsage(f"{self.locale!r} is no locale, such as en_GB, de or pt-BR.") from error

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(self.locale, sep="-" if "-" in self.locale else "_")

    @property
    def language_tag(self) -> str:
        """The locale as HTML names it.

        >>> Numbers("pt_BR").language_tag
        'pt-BR'
        """
        return self.locale.replace("_", "-")

    def count(self, value: float) -> str:
        """A whole number.

        >>> Numbers().count(16.4)
        '16'
        """
        return str(format_decimal(round(value), locale=self._locale))

    def counted(self, value: float, single: str, several: str) -> str:
        """A whole number of things, in the singular where it is one.

        >>> Numbers().counted(1, "post", "posts"), Numbers().counted(1_200, "post", "posts")
        ('1 post', '1,200 posts')
        """
        return f"{self.count(value)} {single if round(value) == 1 else several}"

    def engagements(self, value: float, words: str) -> str:
        """A whole number of what is counted of a post, of which one is the one or the other.

        >>> Numbers().engagements(1, "likes and comments"), Numbers().engagements(1_200, "likes")
        ('1 like or comment', '1,200 likes')
        """
        return self.counted(value, " or ".join(one.removesuffix("s") for one in words.split(" and ")), words)

    def signed(self, value: float) -> str:
        """A whole number with its sign; a true minus.

        >>> Numbers().signed(151_012), Numbers().signed(-30)
        ('+151,012', '−30')
        """
        return ("+" if value > 0 else "−" if value < 0 else "") + self.count(abs(value))

    def compact(self, value: float) -> str:
        """A count for an axis.

        >>> Numbers().compact(151_012), Numbers().compact(900), Numbers("de").compact(10_000)
        ('151k', '900', '10.000')
        """
        if abs(value) < 1_000:
            return self.figures(value, 3)
        digits = 1 if abs(value) / 1_000 ** floor(log10(abs(value)) / 3) < 10 else 0
        return self._short(value, digits)

    def _short(self, value: float, decimals: int) -> str:
        """A count from 1,000 up in short, and the whole of it where the locale has no shorter word."""
        short = str(format_compact_decimal(value, fraction_digits=decimals, locale=self._locale))
        return self.count(value) if abs(value) < 1_000 or short.isdigit() else short

    def compacts(self, values: Sequence[float]) -> list[str]:
        """Counts along an axis, with as many decimals as keep them apart.

        >>> Numbers().compacts([4_870, 4_880, 4_890]), Numbers().compacts([0, 5_000, 10_000])
        (['4.87k', '4.88k', '4.89k'], ['0', '5k', '10k'])
        """
        for decimals in (None, 2, 3):
            written = [
                self.compact(one) if decimals is None else self._short(one, decimals) for one in values
            ]
            if len(set(written)) == len(set(values)):
                return written
        return list(map(self.count, values))

    def figures(self, value: float, figures: int = 2) -> str:
        """A number with so many significant figures, and all those before its point.

        >>> Numbers().figures(0.02564), Numbers().figures(1234.5), Numbers().figures(3.0)
        ('0.026', '1,234', '3')
        """
        if value < 0:
            return f"−{self.figures(-value, figures)}"
        if not value:
            return "0"
        decimals = max(figures - 1 - floor(log10(abs(value))), 0)
        shown = "#,##0" + ("." + "#" * decimals if decimals else "")
        return str(format_decimal(round(value, decimals), format=shown, locale=self._locale))

    def apart(self, value: float, bound: float) -> tuple[str, str]:
        """Two numbers with two figures, or with as many more as it takes to tell them apart.

        >>> Numbers().apart(56.2, 69.1), Numbers().apart(27.004, 27.006), Numbers().apart(3.0, 3.0)
        (('56', '69'), ('27', '27.01'), ('3', '3'))
        """
        for figures in range(2, 9):
            written = self.figures(value, figures), self.figures(bound, figures)
            if written[0] != written[1] or value == bound:
                break
        return written

    def share(self, value: float) -> str:
        r"""A share, 0 to 1, in per cent with two figures; never 0 or 100 % of what is neither.

        >>> Numbers().share(0.725), Numbers().share(0.996), Numbers().share(0.00001), Numbers().share(1.0)
        ('72\xa0%', '99.6\xa0%', '0.001\xa0%', '100\xa0%')
        """
        percent = 100.0 * value
        if 99.0 < percent < 100.0:
            return f"{self.figures(min(percent, 99.9), 3)}{_NBSP}%"
        return f"{self.figures(percent, 1 if percent < 0.1 else 2)}{_NBSP}%"

    def share_range(self, low: float, high: float) -> str:
        r"""Two shares with one sign.

        >>> Numbers().share_range(0.61, 0.82)
        '61 to 82\xa0%'
        """
        if self.share(low) == self.share(high):
            return self.share(low)
        return f"{self.share(low).removesuffix(f'{_NBSP}%')} to {self.share(high)}"

    def count_range(self, low: float, high: float) -> str:
        """Two whole numbers.

        >>> Numbers().count_range(1_200.4, 3_400), Numbers().count_range(1.0, 1.2)
        ('1,200 to 3,400', '1')
        """
        first, last = self.count(low), self.count(high)
        return first if first == last else f"{first} to {last}"

    def estimate(self, value: float) -> str:
        """An estimated count: three figures, as more would claim to be known.

        >>> Numbers().estimate(44_431), Numbers().estimate(44.431)
        ('44,400', '44')
        """
        step = 10 ** max(floor(log10(value)) - 2, 0) if value >= 1 else 1
        return self.count(round(value / step) * step)

    def in_how_many(self, share: float) -> str:
        """A share as one in so many, with one or two figures.

        >>> Numbers().in_how_many(0.00041), Numbers().in_how_many(0.35), Numbers().in_how_many(0.8)
        ('1 in 2,400', '1 in 3', 'most')
        """
        if share > 0.6:
            return "most"
        number = 1.0 / max(share, 1e-9)
        step = 10 ** max(floor(log10(number)) - 1, 0)
        return f"1 in {self.count(round(number / step) * step)}"

    def day(self, value: date) -> str:
        """A date.

        >>> Numbers().day(date(2025, 10, 4)), Numbers("de").day(date(2025, 10, 4))
        ('4 October 2025', '4. Oktober 2025')
        """
        return str(format_date(value, format="long", locale=self._locale))

    def short_day(self, value: date) -> str:
        """A date for an axis or a table.

        >>> Numbers().short_day(date(2025, 10, 4))
        '4 Oct 2025'
        """
        return str(format_skeleton("yMMMd", datetime.combine(value, time()), locale=self._locale))

    def month(self, value: date) -> str:
        """A month for an axis.

        >>> Numbers().month(date(2025, 10, 4))
        'Oct 2025'
        """
        return str(format_skeleton("yMMM", datetime.combine(value, time()), locale=self._locale))

    def dated(self, sentence: str) -> str:
        """A sentence of a verdict with its dates as the reader writes them; one that quotes stays as it is.

        >>> Numbers().dated("26 followers on 2025-10-04, and none on 2025-13-99.")
        '26 followers on 4 October 2025, and none on 2025-13-99.'
        >>> Numbers("en_US").dated("+26 followers from 2025-10-04 to 2025-10-09.")
        '+26 followers from October 4 to 9, 2025.'
        """

        def written(found: re.Match[str]) -> str:
            try:
                return self.days(date.fromisoformat(found[1]), date.fromisoformat(found[2] or found[1]))
            except ValueError:
                return found[0]

        return sentence if "\u201c" in sentence else _ISO_DAYS.sub(written, sentence)

    def days(self, first: date, last: date) -> str:
        """The days from one to another, both named.

        >>> Numbers().days(date(2025, 10, 4), date(2025, 10, 9))
        '4 to 9 October 2025'
        >>> Numbers().days(date(2025, 9, 30), date(2025, 10, 2)), Numbers().days(*[date(2025, 9, 30)] * 2)
        ('30 September to 2 October 2025', '30 September 2025')
        >>> Numbers("en-US").days(date(2025, 10, 21), date(2025, 10, 23))
        'October 21 to 23, 2025'
        >>> Numbers("ja").days(date(2025, 10, 21), date(2025, 10, 23))
        '2025年10月21日～23日'
        """
        if first == last:
            return self.day(first)
        if self._locale.language != "en":
            # Other languages write spans in ways of their own, such as "21.-23. Okt. 2025"
            return str(format_interval(first, last, "yMMMd", locale=self._locale))
        if first.year != last.year:
            return f"{self.day(first)} to {self.day(last)}"
        begins, day = (
            str(format_skeleton(skeleton, datetime.combine(first, time()), locale=self._locale))
            for skeleton in ("MMMMd", "d")
        )
        if first.month != last.month:
            return f"{begins} to {self.day(last)}"
        # "21 to 23 October 2025", and "October 21 to 23, 2025" where a month comes before its day
        if begins.startswith(day):
            return f"{day} to {self.day(last)}"
        return f"{begins} to {self.day(last).removeprefix(begins.removesuffix(day))}"

    def moment(self, value: datetime) -> str:
        """A time in UTC, to the minute.

        >>> Numbers().moment(datetime(2026, 3, 20, 23, 29, tzinfo=UTC))
        '20 March 2026, 23:29 UTC'
        """
        clock = value.astimezone(UTC)
        return f"{self.day(clock.date())}, {format_time(clock, 'HH:mm', locale=self._locale)} UTC"

    def short_moment(self, value: datetime) -> str:
        """A time in UTC for a table.

        >>> Numbers().short_moment(datetime(2026, 3, 20, 23, 29, tzinfo=UTC))
        '20 Mar 2026, 23:29'
        """
        clock = value.astimezone(UTC)
        return f"{self.short_day(clock.date())}, {format_time(clock, 'HH:mm', locale=self._locale)}"

    def weekday(self, day: int) -> str:
        """A day of the week, 0 is Monday.

        >>> Numbers().weekday(0), Numbers("fr").weekday(6)
        ('Mon', 'dim.')
        """
        return str(get_day_names("abbreviated", "stand-alone", self._locale)[day])

    def times(self, value: float) -> str:
        """How many times something is.

        >>> Numbers().times(14.2), Numbers().times(1.3)
        ('14 times', '1.3 times')
        """
        return f"{self.figures(value)} times"


class NumbersWithoutDates(Numbers):
    """Leaves dates as they are in a document, for :meth:`Numbers.dated` to write them for each reader.

    >>> NumbersWithoutDates().days(date(2025, 10, 4), date(2025, 10, 9)), NumbersWithoutDates().count(1234)
    ('2025-10-04 to 2025-10-09', '1,234')
    """

    def day(self, value: date) -> str:
        """The date of ISO 8601."""
        return value.isoformat()

    def days(self, first: date, last: date) -> str:
        """The first and the last date of ISO 8601."""
        return self.day(first) if first == last else f"{self.day(first)} to {self.day(last)}"
