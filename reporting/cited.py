"""What a verdict's own rows hold of curve and posts: all that can be drawn where the evidence is not at hand.

Reasons and yardsticks cite up to five rows each. They are no sample: the largest, the smallest, or some from
all over. So counts are drawn as single points with nothing claimed between them, and no pace, jump or
posting clock is read from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from detector.json_result import Scalar
from detector.verdict import Verdict
from reporting.evidence import Point, Post
from reporting.growth import GrowthPicture
from reporting.pictures import FEWEST_POSTS, PostsPicture

__all__ = ["cited_growth", "cited_posts"]

Row = Mapping[str, Scalar]
APART: Final = 0.5
"""Days from which two counts have a gap between them: less than any two have."""

COUNTS: Final = ("likes", "comments", "views")


def _rows(verdict: Verdict) -> Iterator[Row]:
    for reason in (*verdict.reasons, *verdict.counter_reasons):
        yield from reason.rows
    for yardstick in verdict.yardsticks:
        yield from yardstick.rows


def cited_growth(verdict: Verdict) -> GrowthPicture | None:
    """The follower counts that rows name, by day; None with less than two."""
    found: dict[date, int] = {}
    for row in _rows(verdict):
        for day, followers in _counts_of(row):
            found[day] = followers
    points = tuple(Point(day, found[day]) for day in sorted(found))
    return GrowthPicture(points, (), APART) if len(points) >= 2 else None


def _counts_of(row: Row) -> Iterator[tuple[date, int]]:
    """The counts of a row: of its day, or of the two days between which it says what was gained."""
    followers, gained = _count(row.get("followers")), row.get("gained")
    start, end = _moment(row.get("starts")), _moment(row.get("ends", row.get("date")))
    if followers is None or end is None:
        return
    if start is not None and isinstance(gained, int | float):
        yield start.date(), followers - round(gained)
    yield end.date(), followers


def cited_posts(verdict: Verdict) -> PostsPicture | None:
    """The posts that rows name with a count, by their time; None with less than two.

    Two posts of one second are one here. Comments' rows are left out: their likes are no post's.
    """
    found: dict[datetime, dict[str, Any]] = {}
    for row in _rows(verdict):
        when = _moment(row.get("published_at"))
        counts = {name: count for name in COUNTS if (count := _count(row.get(name))) is not None}
        if when is not None and counts and "post_id" not in row:
            found.setdefault(when, {}).update(counts)
    posts = tuple(_post(when, found[when]) for when in sorted(found))
    return PostsPicture(posts) if len(posts) >= FEWEST_POSTS else None


def _post(when: datetime, counts: Mapping[str, int]) -> Post:
    known = {name: counts.get(name) for name in COUNTS}
    return Post(post_id="", caption=None, published_at=when, day=when.date(), settled=True, **known)


def _moment(value: Scalar) -> datetime | None:
    """A row's day or time, in UTC; None where it holds none.

    >>> _moment("2026-03-21"), _moment("soon")
    (datetime.datetime(2026, 3, 21, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:  # a document that others wrote
        return None
    if found is None:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _count(value: Scalar) -> int | None:
    """A whole number that is no flag; None for what is anything else.

    >>> _count(12.0), _count(True), _count("12")
    (12, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if float(value).is_integer() and value >= 0 else None
