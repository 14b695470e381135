"""Regular expressions of the dates and times that Assay reads, for its readers and its JSON Schemas alike."""

from __future__ import annotations

from typing import Final

__all__ = ["ACCOUNT_DATE", "ACCOUNT_TIME", "ANY_DATE", "ANY_TIME", "RFC_3339_TIME"]

_CLOCK: Final = "(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{1,9})?)?)?"
_ZONE: Final = "(?:Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)"
"""UTC, or an offset of less than a day."""

_DAY: Final = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)


def date_pattern(years: str, leap_years: str) -> str:
    """The pattern of the days that there are in some years.

    Parameters
    ----------
    years
        Pattern of the years.
    leap_years
        Pattern of those that have a 29 February.

    Examples
    --------
    >>> import re
    >>> days = re.compile(date_pattern("202[0-9]", "202[048]"))
    >>> [bool(days.fullmatch(day)) for day in ("2028-02-29", "2027-02-29", "2027-04-31")]
    [True, False, False]
    """
    return f"(?:(?:{years})-{_DAY}|(?:{leap_years})-02-29)"


def time_pattern(date: str) -> str:
    """The pattern of a time of one of these days, with its zone; minutes and seconds may be missing.

    >>> import re
    >>> bool(re.fullmatch(time_pattern("2026-11-01"), "2026-11-01T22:00+01:00"))
    True
    """
    return f"{date}[T ]{_CLOCK}{_ZONE}"


ANY_DATE: Final = date_pattern(
    "[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000",
    "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00",
)
"""Days of the years 1 to 9999."""

ANY_TIME: Final = time_pattern(ANY_DATE)

RFC_3339_TIME: Final = (
    f"{ANY_DATE}T(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){{2}}(?:\\.[0-9]{{1,9}})?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""Times as RFC 3339 has them, in capitals and without leap seconds: the ``date-time`` of JSON Schema."""

ACCOUNT_DATE: Final = date_pattern(
    "19[7-9][0-9]|2[01][0-9]{2}",
    "19(?:[79][26]|8[048])|20(?:[02468][048]|[13579][26])|21(?:0[48]|[2468][048]|[13579][26])",
)
"""Days of the years that accounts may have: ``YEARS`` in :mod:`accounts.schema`."""

ACCOUNT_TIME: Final = time_pattern(ACCOUNT_DATE)
"""Times of these years as they stand; the zone of one in the first or last day may lead out of them."""
