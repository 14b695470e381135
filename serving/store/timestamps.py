"""Timestamps as the store keeps them: UTC, with microseconds, sorted as texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["CLOCK_DIFFERENCE", "format_timestamp", "now"]

CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""By how much the clocks of machines that share a database may differ; what lies further ahead was written
before a clock was set back."""


def now(*, plus: timedelta = timedelta()) -> str:
    """The present time, or a time so much later, as a timestamp."""
    return format_timestamp(datetime.now(UTC) + plus)


def format_timestamp(time: datetime) -> str:
    """A time as a timestamp.

    >>> format_timestamp(datetime(2026, 11, 25, 22, tzinfo=UTC))
    '2026-11-25T22:00:00.000000Z'
    """
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
