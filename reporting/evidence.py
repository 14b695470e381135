"""One account's checked evidence, read into what sentences and charts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from statistics import median
from typing import Any, Final

import polars as pl

from accounts.checks import examine
from accounts.checks.catalogue import OBSERVATION_CHECKS
from accounts.tables import Tables
from features.comment_text import describe_texts

__all__ = ["Evidence", "Point", "Post"]

SETTLING: Final = timedelta(hours=48)


@dataclass(frozen=True)
class Point:
    """Followers on one day."""

    day: date
    followers: int


@dataclass(frozen=True)
class Post:
    """One post with what it earned; None where not known.

    Attributes
    ----------
    post_id, caption
        As given.
    published_at
        Its time; None where only its day or nothing is known.
    day
        Its day in UTC.
    likes, comments, views
        Its counts.
    settled
        Whether it was two days old when the account was observed, or is undated.
    """

    post_id: str
    caption: str | None
    published_at: datetime | None
    day: date | None
    likes: int | None
    comments: int | None
    views: int | None
    settled: bool

    @property
    def interactions(self) -> int | None:
        """Likes and comments together; None where either is unknown."""
        return None if self.likes is None or self.comments is None else self.likes + self.comments

    @property
    def interest(self) -> int | None:
        """Views, else likes and comments, else likes: what tells one post's success from another's."""
        return next((one for one in (self.views, self.interactions, self.likes) if one is not None), None)


@dataclass(frozen=True)
class Evidence:
    """The evidence of one account, without what the checks took out of it.

    Attributes
    ----------
    tables
        The account's tables, checked.

    Examples
    --------
    >>> account = {"account_id": "a", "platform": "x", "followers": 99}
    >>> history = [{"account_id": "a", "date": date(2026, 1, day), "followers": 90 + day} for day in (2, 1)]
    >>> evidence = Evidence.of(Tables.of(accounts=[account], history=history), "a")
    >>> evidence.followers, [point.followers for point in evidence.history]
    (99, [91, 92])
    """

    tables: Tables

    @classmethod
    def of(cls, tables: Tables, account_id: str) -> Evidence | None:
        """The account's own part of the tables, checked; None where it is not in them.

        What somebody explained of its history stays in: a person still sees the jump.
        """
        own = tables.select([account_id])
        return cls(examine(own, OBSERVATION_CHECKS).tables) if len(own) else None

    @cached_property
    def account(self) -> dict[str, Any]:
        """The account's row: its profile, and when it was observed."""
        return self.tables.accounts.row(0, named=True)

    @property
    def followers(self) -> int | None:
        """Followers as the profile has them, else as the history ends."""
        own: int | None = self.account["followers"]
        return own if own is not None or not self.history else self.history[-1].followers

    @cached_property
    def history(self) -> Sequence[Point]:
        """Known counts of followers, oldest first."""
        rows = self.tables.history.select("date", "followers").drop_nulls().sort("date").rows()
        return [Point(*row) for row in rows]

    @cached_property
    def explained_windows(self) -> Sequence[tuple[date, date]]:
        """First and last day of each stretch of the history that somebody explained."""
        return self.tables.annotations.select("from", "to").rows()

    def explains(self, before: date, after: date) -> bool:
        """Whether somebody explained any day of the step from one count to the next."""
        return any(first <= after and last > before for first, last in self.explained_windows)

    @cached_property
    def posts(self) -> Sequence[Post]:
        """All posts, oldest first; those without a date come last."""
        names = ["post_id", "caption", "published_at", "published_on", "likes", "comments", "views"]
        as_of: datetime | None = self.account["as_of"]
        found = [_post(row, as_of) for row in self.tables.posts.select(names).iter_rows(named=True)]
        latest = datetime.max.replace(tzinfo=UTC)
        return sorted(
            found, key=lambda post: (post.day or date.max, post.published_at or latest, post.post_id)
        )

    @cached_property
    def settled_posts(self) -> Sequence[Post]:
        """Posts whose counts hardly change any more."""
        return [post for post in self.posts if post.settled]

    @cached_property
    def engagements(self) -> Sequence[int]:
        """What settled posts earned: likes and comments, or likes where no post's comments are counted."""
        if self.counts_comments:
            return [post.interactions for post in self.settled_posts if post.interactions is not None]
        return [post.likes for post in self.settled_posts if post.likes is not None]

    @cached_property
    def counts_comments(self) -> bool:
        """Whether comments are counted on any post."""
        return any(post.comments is not None for post in self.posts)

    @property
    def engagement_words(self) -> str:
        """What :attr:`engagements` count, in words."""
        return "likes and comments" if self.counts_comments else "likes"

    @cached_property
    def usual_interest(self) -> float | None:
        """Median interest in settled posts; None where none is known."""
        known = [post.interest for post in self.settled_posts if post.interest is not None]
        return median(known) if known else None

    @cached_property
    def comments(self) -> pl.DataFrame:
        """Comments with a text by others than the creator, with ``words`` and kinds of their texts."""
        frame = self.tables.comments.filter(
            pl.col("text").is_not_null() & ~pl.col("by_creator").fill_null(value=False)
        )
        return describe_texts(frame) if frame.height else frame.with_columns(words=pl.lit("", pl.String))

    @property
    def audience(self) -> pl.DataFrame:
        """The sampled followers."""
        return self.tables.audience


def _post(row: dict[str, Any], as_of: datetime | None) -> Post:
    published, on = row["published_at"], row["published_on"]
    day = published.date() if published else on
    begun = published or (datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(days=1) if on else None)
    return Post(
        post_id=row["post_id"],
        caption=row["caption"],
        published_at=published,
        day=day,
        likes=row["likes"],
        comments=row["comments"],
        views=row["views"],
        settled=begun is None or as_of is None or as_of - begun >= SETTLING,
    )
