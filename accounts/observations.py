"""Observations: what was seen of an account at one time, and how they join what a document brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, TypeAlias

import polars as pl

from accounts.schema import TABLES, columns
from accounts.tables import Tables

__all__ = ["COUNTS", "OF_ACCOUNT", "Observation", "PostCounts", "join_observations", "observations_of"]

COUNTS: Final = ("views", "likes", "comments", "shares", "saves")
"""The counts of a post that an observation holds."""

OF_ACCOUNT: Final = ("followers", "following", "posts")
"""The counts of the account itself."""

ROWS_AT_ONCE: Final = 5_000
"""Rows that become columns at once: nothing else runs in a process meanwhile."""

Key: TypeAlias = tuple[str, str]
"""An account's name and its platform."""


@dataclass(frozen=True, slots=True)
class PostCounts:
    """The counts of a post at the time of an observation; None where it was not seen.

    Attributes
    ----------
    post_id
        The post's name.
    published_at
        When it was published, in UTC.
    views, likes, comments, shares, saves
        Its counts.
    """

    post_id: str
    published_at: datetime | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None


@dataclass(frozen=True)
class Observation:
    """What a source showed of an account at one time; None where it was not seen.

    Attributes
    ----------
    account_id, platform
        As in the account's documents.
    observed_at
        When, in UTC.
    source
        Where it comes from, such as ``apify-instagram``.
    followers, following, posts
        The account's own counts.
    of_posts
        The counts of its posts, each post once.
    """

    account_id: str
    platform: str
    observed_at: datetime
    source: str
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    of_posts: tuple[PostCounts, ...] = ()

    @property
    def key(self) -> Key:
        """Its account."""
        return self.account_id, self.platform

    @property
    def is_empty(self) -> bool:
        """Whether there is not a single count in it."""
        return not self.of_posts and all(getattr(self, name) is None for name in OF_ACCOUNT)


def observations_of(
    tables: Tables, sources: Mapping[str, str], *, at: datetime | None = None
) -> list[Observation]:
    """An observation of each account, in order; one without a single count is among them.

    Parameters
    ----------
    tables
        The accounts, as they were read.
    sources
        Where each account comes from, by its name.
    at
        When they were seen, instead of their ``as_of``.

    Examples
    --------
    >>> time = datetime(2026, 11, 1, tzinfo=UTC)
    >>> account = {"account_id": "a", "platform": "x", "followers": 9, "as_of": time}
    >>> posts = [{"account_id": "a", "post_id": "p", "likes": 3}, {"account_id": "a", "likes": 4}]
    >>> (seen,) = observations_of(Tables.of(accounts=[account], posts=posts), {"a": "by hand"})
    >>> seen.followers, [(post.post_id, post.likes, post.views) for post in seen.of_posts]
    (9, [('p', 3, None)])
    """
    of_posts: dict[str, list[PostCounts]] = {}
    for row in _counted(tables.posts).iter_rows(named=True):
        of_posts.setdefault(row.pop("account_id"), []).append(PostCounts(**row))
    return [
        Observation(
            **{name: row[name] for name in ("account_id", "platform", *OF_ACCOUNT)},
            observed_at=at or row["as_of"],
            source=sources[row["account_id"]],
            of_posts=tuple(of_posts.get(row["account_id"], ())),
        )
        for row in tables.accounts.iter_rows(named=True)
    ]


def _counted(posts: pl.DataFrame) -> pl.DataFrame:
    """The posts that have a name and a count."""
    counted = pl.col("post_id").is_not_null() & pl.any_horizontal(pl.col(COUNTS).is_not_null())
    return posts.filter(counted).select("account_id", "post_id", "published_at", *COUNTS)


def join_observations(tables: Tables, observations: Iterable[Observation]) -> Tables:
    """The accounts with what was observed of them before.

    The history gains a point for each day on which the account was observed, of which the last count known
    stands for the day; a count that the document has of that day stays. The table ``observed`` gains the
    counts that the document's own posts had; a row that it has of the same post and time stays. Nothing after
    an account's ``as_of`` is taken, and between two observations nothing is made up. An account without
    observations stays as it is.

    Examples
    --------
    >>> days = [datetime(2026, 10, day, tzinfo=UTC) for day in (3, 9, 11)]
    >>> account = {"account_id": "a", "platform": "x", "as_of": days[1]}
    >>> seen = [Observation("a", "x", day, "feed", followers=day.day) for day in days]
    >>> joined = join_observations(Tables.of(accounts=[account]), seen)
    >>> joined.history.select("date", "followers", "source").rows()
    [(datetime.date(2026, 10, 3), 3, 'observed (feed)'), (datetime.date(2026, 10, 9), 9, 'observed (feed)')]
    """
    limits = {
        (row["account_id"], row["platform"]): row["as_of"]
        for row in tables.accounts.select("account_id", "platform", "as_of").iter_rows(named=True)
    }
    fitting = [one for one in observations if one.key in limits and one.observed_at <= limits[one.key]]
    if not fitting:
        return tables
    history, observed = _history(tables.history, fitting), _observed(tables, fitting)
    joined = {"history": history, "observed": observed}
    return Tables(**{name: joined.get(name, tables[name]) for name in TABLES})


def _named(source: str) -> str:
    return f"observed ({source})"


def _history(own: pl.DataFrame, observations: Iterable[Observation]) -> pl.DataFrame:
    """The histories with a point for each day observed."""
    rows = [
        {
            "account_id": one.account_id,
            "date": one.observed_at.astimezone(UTC).date(),
            "at": one.observed_at,
            **{name: getattr(one, name) for name in OF_ACCOUNT},
            "source": _named(one.source),
        }
        for one in observations
        if any(getattr(one, name) is not None for name in OF_ACCOUNT)
    ]
    if not rows:
        return own
    seen = pl.DataFrame(rows, schema={**columns("history"), "at": pl.Datetime("us", "UTC")})
    days = (
        seen.sort("at", "source", *OF_ACCOUNT, nulls_last=False)
        .group_by("account_id", "date", maintain_order=True)
        .agg(pl.col(*OF_ACCOUNT).drop_nulls().last(), pl.col("source").last())
    )
    touched = pl.col("account_id").is_in(days["account_id"].unique().implode())
    both = own.filter(touched & pl.col("date").is_not_null()).join(
        days, on=["account_id", "date"], how="full", coalesce=True, suffix="_seen"
    )
    counted = pl.any_horizontal(pl.col(OF_ACCOUNT).is_not_null())
    merged = both.select(
        "account_id",
        "date",
        *(pl.coalesce(name, f"{name}_seen").alias(name) for name in OF_ACCOUNT),
        pl.when(counted).then("source").otherwise("source_seen").alias("source"),
    ).sort("account_id", "date")
    return pl.concat([own.filter(~(touched & pl.col("date").is_not_null())), merged])


def _observed(tables: Tables, observations: Iterable[Observation]) -> pl.DataFrame:
    """The earlier counts of the posts that the documents bring."""
    own = tables.observed
    rows = (row for one in observations for row in _rows_of(one))
    frames = []
    while some := list(islice(rows, ROWS_AT_ONCE)):
        frames.append(pl.DataFrame(some, schema=columns("observed")))
    if not frames:
        return own
    supplied = tables.posts.select("account_id", "post_id").drop_nulls().unique()
    seen = pl.concat(frames).join(supplied, on=["account_id", "post_id"], how="semi")
    if seen.is_empty():
        return own
    touched = pl.col("account_id").is_in(seen["account_id"].unique().implode())
    placed = touched & pl.col("post_id").is_not_null() & pl.col("observed_at").is_not_null()
    both = pl.concat([
        own.filter(placed).with_columns(given=pl.lit(0)),
        seen.sort("source", *COUNTS).with_columns(given=pl.lit(1)),
    ])  # fmt: skip
    keys = ("account_id", "post_id", "observed_at")
    merged = both.sort(*keys, "given", maintain_order=True).unique(
        subset=list(keys), keep="first", maintain_order=True
    )
    return pl.concat([own.filter(~placed), merged.drop("given")])


def _rows_of(one: Observation) -> Iterator[dict[str, Any]]:
    for post in one.of_posts:
        yield {
            "account_id": one.account_id,
            "post_id": post.post_id,
            "observed_at": one.observed_at,
            **{name: getattr(post, name) for name in COUNTS},
            "source": _named(one.source),
        }
