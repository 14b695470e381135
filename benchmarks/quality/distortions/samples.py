"""Samples of followers in which something was not collected, and evidence that was not sent."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl

from accounts.tables import Tables
from benchmarks.quality.distortions.distortion import Distortion, asked_at, some_of, with_columns
from benchmarks.quality.populations.organic_sets import only_parts

__all__ = ["SAMPLES"]

_COUNTS: Final = ("followers", "following", "posts")
_WHOLE: Final = frozenset({"accounts", "posts", "comments", "history", "audience"})


def no_pictures(tables: Tables) -> Tables:
    """Nobody sampled has a picture: lists of followers do not say."""
    return with_columns(tables, "audience", has_picture=pl.lit(value=False))


def no_counts(tables: Tables, share: float) -> Tables:
    """A share of those sampled has counts of 0."""
    some = pl.lit(some_of(tables.audience, share))
    return with_columns(
        tables, "audience", **{name: pl.when(some).then(0).otherwise(name) for name in _COUNTS}
    )


def opened_now(tables: Tables) -> Tables:
    """Everybody sampled opened the account at the time of collection."""
    return with_columns(tables, "audience", created_at=pl.lit(asked_at(tables, "audience")))


def hidden_names(tables: Tables) -> Tables:
    """Everybody sampled is called user1234567890."""
    return with_columns(tables, "audience", username=pl.lit("user1234567890"))


def followers_alone(tables: Tables) -> Tables:
    """The number of followers, and nothing else."""
    alone = only_parts(tables, frozenset())
    return with_columns(alone, "accounts", followers=pl.lit(tables.accounts["followers"]))


def newest_days(tables: Tables, days: int) -> Tables:
    """The last days of the history."""
    recent = (pl.col("date").max().over("account_id") - pl.col("date")).dt.total_days() < days
    return tables.map(lambda name, frame: frame.filter(recent) if name == "history" else frame)


def newest_posts(tables: Tables, most: int) -> Tables:
    """The newest posts, and the comments under all."""
    rank = pl.col("published_at").rank("ordinal", descending=True).over("account_id")
    return tables.map(lambda name, frame: frame.filter(rank <= most) if name == "posts" else frame)


def without(part: str) -> partial[Tables]:
    """Everything but a part."""
    return partial(only_parts, parts=_WHOLE - {part})


SAMPLES: Final = (
    Distortion("audience: no pictures", no_pictures),
    Distortion("audience: counts 0 for all", partial(no_counts, share=1.0)),
    Distortion("audience: counts 0 for 40 %", partial(no_counts, share=0.4)),
    Distortion("audience: all opened at the collection", opened_now),
    Distortion("audience: one name for all", hidden_names),
    Distortion("less: posts alone", partial(only_parts, parts=frozenset({"posts"}))),
    Distortion("less: profile alone", partial(only_parts, parts=frozenset({"accounts"}))),
    Distortion("less: followers alone", followers_alone),
    Distortion("less: profile and history", partial(only_parts, parts=frozenset({"accounts", "history"}))),
    Distortion("less: profile and posts", partial(only_parts, parts=frozenset({"accounts", "posts"}))),
    Distortion("less: no comments", without("comments")),
    Distortion("less: no audience", without("audience")),
    Distortion("less: no profile", without("accounts")),
    Distortion("less: no history", without("history")),
    Distortion("less: the last 30 days of history", partial(newest_days, days=30)),
    Distortion("less: the newest six posts", partial(newest_posts, most=6)),
)
