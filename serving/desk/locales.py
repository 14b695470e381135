"""Numbers and dates as the reader writes them, by the language that their browser asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal, format_decimal, format_percent

__all__ = ["formatters", "reader_locale"]

DEFAULT: Final = "en-GB"
MOST_TAGS: Final = 10


@lru_cache(256)
def reader_locale(accept_language: str) -> Locale:
    """The first locale of an ``Accept-Language`` header that is known; British English where none is.

    >>> str(reader_locale("xx, de-CH;q=0.8, fr;q=0.9")), str(reader_locale("")), str(reader_locale("*"))
    ('fr', 'en_GB', 'en_GB')
    """
    for tag in _by_preference(accept_language):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(DEFAULT, sep="-")


def _by_preference(accept_language: str) -> list[str]:
    tags = []
    for place, part in enumerate(accept_language.split(",")[:MOST_TAGS]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            tags.append((-float(weight or 1), place, tag.strip()))
        except ValueError:
            continue
    return [tag for _, _, tag in sorted(tags)]


@lru_cache(64)
def formatters(locale: Locale) -> Mapping[str, Callable[..., str]]:
    r"""What templates write values with, in a locale.

    ``number``, ``compact`` (12.5K), ``percent``, ``percent_fine`` (2.4 %), ``day`` and ``moment``.
    What is absent becomes an en dash, never a zero.

    >>> german = formatters(Locale("de"))
    >>> german["number"](1234.5), german["percent"](0.123), german["number"](None)
    ('1.234,5', '12\xa0%', '–')
    """

    def absent_or(write: Callable[[Any], str]) -> Callable[[Any], str]:
        return lambda value: "–" if value is None else write(value)

    return {
        "number": absent_or(lambda value: str(format_decimal(value, locale=locale))),
        "compact": absent_or(
            lambda value: str(format_compact_decimal(value, locale=locale, fraction_digits=1))
        ),
        "percent": absent_or(lambda share: str(format_percent(share, locale=locale))),
        "percent_fine": absent_or(lambda share: str(format_percent(share, "#,##0.0\u00a0%", locale=locale))),
        "day": absent_or(lambda when: str(format_date(_date(when), "medium", locale=locale))),
        "moment": absent_or(lambda when: f"{format_datetime(_moment(when), 'medium', locale=locale)} UTC"),
    }


def _moment(when: str | datetime) -> datetime:
    return datetime.fromisoformat(when) if isinstance(when, str) else when.astimezone(UTC)


def _date(when: str | date) -> date:
    return datetime.fromisoformat(when).date() if isinstance(when, str) else when
