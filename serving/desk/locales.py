"""Numbers and dates as the reader writes them, by the language that their browser asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from babel import Locale, UnknownLocaleError

from reporting.numbers import Numbers

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
    r"""What templates write values with, in a locale: as the report and the charts do.

    ``number``, ``compact`` (12.5k), ``percent``, ``day`` and ``moment`` in sentences, ``dated`` (a sentence
    with its dates), ``short_day`` and ``short_moment`` in tables.
    What is absent becomes an en dash, never a zero.

    >>> german = formatters(Locale("de"))
    >>> german["number"](1234), german["percent"](0.123), german["number"](None)
    ('1.234', '12\xa0%', '–')
    >>> german["short_moment"]("2026-11-29T12:18:05Z")
    '29. Nov. 2026, 12:18 UTC'
    """
    numbers = Numbers(str(locale))

    def absent_or(write: Callable[[Any], str]) -> Callable[[Any], str]:
        return lambda value: "–" if value is None else write(value)

    return {
        "number": absent_or(numbers.count),
        "compact": absent_or(numbers.compact),
        "percent": absent_or(numbers.share),
        "day": absent_or(lambda when: numbers.day(_date(when))),
        "moment": absent_or(lambda when: numbers.moment(_moment(when))),
        "dated": numbers.dated,
        "short_day": absent_or(lambda when: numbers.short_day(_date(when))),
        "short_moment": absent_or(lambda when: f"{numbers.short_moment(_moment(when))} UTC"),
    }


def _moment(when: str | datetime) -> datetime:
    return datetime.fromisoformat(when) if isinstance(when, str) else when.astimezone(UTC)


def _date(when: str | date) -> date:
    return datetime.fromisoformat(when).date() if isinstance(when, str) else when
