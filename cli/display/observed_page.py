"""What was observed of one account: follower curve, gaps and sources, and how likes came to its posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final, NamedTuple

from rich.console import RenderableType
from rich.text import Text

from accounts.observations import COUNTS, OF_ACCOUNT, Observation, PostCounts, join_observations
from accounts.tables import Tables
from cli.display.curve import Curve
from cli.display.plain_table import plain_table
from cli.display.terminal import text

__all__ = ["Gap", "as_document", "gaps_of", "observed_page"]

HOURS: Final = (1, 3, 6, 12, 24, 48, 168)
"""Hours since publishing at which a post's likes are shown."""

FEWER_HOURS: Final = (1, 6, 24, 48, 168)
WIDE: Final = 100
"""Columns of a terminal that has room for all hours."""

MOST_POSTS: Final = 20
LONGEST_NAME: Final = 14


class Gap(NamedTuple):
    """Two days observed with more days between them than usual."""

    before: date
    after: date


def gaps_of(days: Sequence[date]) -> list[Gap]:
    """The gaps between days observed: steps of more than twice the usual one.

    >>> gaps_of([date(2026, 10, day) for day in (1, 2, 3, 4, 9, 10)])
    [Gap(before=datetime.date(2026, 10, 4), after=datetime.date(2026, 10, 9))]
    """
    most = longest_step(days)
    return [Gap(*pair) for pair in pairwise(days) if (pair[1] - pair[0]).days > most]


def longest_step(days: Sequence[date]) -> float:
    """Days between two observations that are no gap yet."""
    steps = [(after - before).days for before, after in pairwise(days)]
    return 2 * median(steps) if steps else 0.0


def history_of(observations: Sequence[Observation]) -> list[dict[str, Any]]:
    """The account's counts by day, as they join a document."""
    first = observations[0]
    latest = max(one.observed_at for one in observations)
    account = {"account_id": first.account_id, "platform": first.platform, "as_of": latest}
    joined = join_observations(Tables.of(accounts=[account]), observations)
    return joined.history.drop("account_id").to_dicts()


def sightings_of(observations: Sequence[Observation]) -> dict[str, list[tuple[Observation, PostCounts]]]:
    """The posts seen more than once, each with its observations in order; the newest post first."""
    found: dict[str, list[tuple[Observation, PostCounts]]] = {}
    for one in sorted(observations, key=lambda one: one.observed_at):
        for post in one.of_posts:
            found.setdefault(post.post_id, []).append((one, post))
    several = {name: seen for name, seen in found.items() if len({one.observed_at for one, _ in seen}) > 1}
    return dict(
        sorted(several.items(), key=lambda item: (_newest(published(item[1])), item[0]), reverse=True)
    )


def _newest(time: datetime | None) -> datetime:
    return time or datetime.min.replace(tzinfo=UTC)


def published(seen: Sequence[tuple[Observation, PostCounts]]) -> datetime | None:
    """When a post was published, by the first observation that says it."""
    return next((post.published_at for _, post in seen if post.published_at), None)


def as_document(observations: Sequence[Observation]) -> dict[str, Any]:
    """All of it in JSON's own types; times in UTC."""
    history = history_of(observations)
    return {
        "account_id": observations[0].account_id,
        "platform": observations[0].platform,
        "observations": [
            {"observed_at": written(one.observed_at), "source": one.source}
            | {name: getattr(one, name) for name in OF_ACCOUNT}
            | {"posts_seen": len(one.of_posts)}
            for one in observations
        ],
        "history": [row | {"date": row["date"].isoformat()} for row in history],
        "gaps": [
            {"from": gap.before.isoformat(), "to": gap.after.isoformat()}
            for gap in gaps_of([row["date"] for row in history if row["followers"] is not None])
        ],
        "posts": [
            {"post_id": name, "published_at": written(published(seen)), "observed": list(_seen(seen))}
            for name, seen in sightings_of(observations).items()
        ],
    }


def _seen(seen: Sequence[tuple[Observation, PostCounts]]) -> Iterator[dict[str, Any]]:
    since = published(seen)
    for one, post in seen:
        hours = None if since is None else round((one.observed_at - since) / timedelta(hours=1), 2)
        counts = {name: getattr(post, name) for name in COUNTS}
        yield {"observed_at": written(one.observed_at), "hours": hours, **counts, "source": one.source}


def written(time: datetime | None) -> str | None:
    """A time in UTC as ISO 8601.

    >>> written(datetime(2026, 11, 1, tzinfo=UTC)), written(None)
    ('2026-11-01T00:00:00Z', None)
    """
    return None if time is None else time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def observed_page(observations: Sequence[Observation], width: int) -> Iterator[RenderableType]:
    """The page for the terminal, part by part.

    Parameters
    ----------
    observations
        Of one account on one platform.
    width
        Columns of the terminal.
    """
    days = sorted({one.observed_at.date() for one in observations})
    times = "once" if len(observations) == 1 else f"{len(observations):,} times"
    span = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
    yield Text.assemble(text(observations[0].account_id, "bold"), text(f"  {observations[0].platform}"))
    yield text(f"Observed {times}, {span}.")
    sources = Counter(one.source for one in observations).most_common()
    yield text(f"Sources: {', '.join(f'{name} ({count:,})' for name, count in sources)}.")
    yield from followers_part(history_of(observations), width)
    yield from posts_part(sightings_of(observations), HOURS if width >= WIDE else FEWER_HOURS)


def followers_part(history: Sequence[Mapping[str, Any]], width: int) -> Iterator[RenderableType]:
    """The follower curve, and the gaps in it."""
    counts = {row["date"]: row["followers"] for row in history if row["followers"] is not None}
    days = list(counts)
    yield Text()
    yield Text("Followers", "bold underline")
    if len(days) < 2:
        yield text(f"{next(iter(counts.values())):,} on {days[0]}." if days else "Never seen.")
        return
    curve = Curve(days, list(counts.values()), longest_step(days))
    for line in curve.lines(width):
        yield text(line)
    gaps = [f"{gap.before} to {gap.after}" for gap in gaps_of(days)]
    yield text(f"{len(days):,} days seen. Gaps: {', '.join(gaps) if gaps else 'none'}.")


def posts_part(
    sightings: Mapping[str, Sequence[tuple[Observation, PostCounts]]], hours: Sequence[int]
) -> Iterator[RenderableType]:
    """Likes of the posts seen several times, by hour since publishing."""
    yield Text()
    yield Text("Likes by hours since publishing", "bold underline")
    if not sightings:
        yield text("No post was seen more than once.")
        return
    table = plain_table(["post", "published"], [*(f"{hour} h" for hour in hours), "last", "seen"])
    for name, seen in list(sightings.items())[:MOST_POSTS]:
        table.add_row(*map(text, post_row(name, seen, hours)))
    yield table
    if len(sightings) > MOST_POSTS:
        yield text(f"... and {len(sightings) - MOST_POSTS:,} more posts; --json has them all.")
    yield text(
        "The count seen last at or before that hour; nothing where none was seen since the one before."
    )


def post_row(
    name: str, seen: Sequence[tuple[Observation, PostCounts]], hours: Sequence[int] = HOURS
) -> list[str]:
    """A post's line: its likes by hour, the last count, and how often it was seen.

    >>> time = datetime(2026, 11, 1, tzinfo=UTC)
    >>> posts = [PostCounts("p", time, likes=likes) for likes in (30, 90)]
    >>> seen = [Observation("a", "x", time + timedelta(hours=5 * at), "feed") for at in (1, 2)]
    >>> post_row("p", list(zip(seen, posts, strict=True)), (6, 12, 24))
    ['p', '2026-11-01', '30', '90', '', '90', '2']
    """
    since = published(seen)
    liked = [(one.observed_at, post.likes) for one, post in seen if post.likes is not None]
    cells = []
    for low, high in pairwise((0, *hours)):
        within = [
            likes for time, likes in liked if since and low < (time - since) / timedelta(hours=1) <= high
        ]
        cells.append(f"{within[-1]:,}" if within else "")
    day = since.strftime("%Y-%m-%d") if since else ""
    return [shortened(name), day, *cells, f"{liked[-1][1]:,}" if liked else "", str(len(seen))]


def shortened(name: str) -> str:
    """A post's name with its middle left out where it is long.

    >>> shortened("reel-2026-09-21-rye"), shortened("p1")
    ('reel-…-21-rye', 'p1')
    """
    return name if len(name) <= LONGEST_NAME else f"{name[:5]}…{name[-7:]}"
