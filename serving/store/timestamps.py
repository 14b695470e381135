"""Moments as they are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["now", "written"]


def now(*, plus: timedelta = timedelta()) -> str:
    """The present moment, or one so much later."""
    return written(datetime.now(UTC) + plus)


def written(moment: datetime) -> str:
    """A moment as text; texts sort as their moments do.

    >>> written(datetime(2026, 11, 25, 22, tzinfo=UTC))
    '2026-11-25T22:00:00.000000Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
