"""Twitter, every fiftieth tweet of 2,614 users: fake followers, three kinds of spambots, and people."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, FLAG, TEXT, CellRule, converted, one_of, raw_numbers
from training.datasets.labelled import Labelled, derive_features, padded

__all__ = ["CLOCK", "ENGAGEMENT", "FILE", "SET", "load"]

FILE: Final = "cresci2017_tweets/tweets_1in50.csv.gz"

SET: Final = PublicSet(
    name="cresci2017_tweets",
    files=MappingProxyType({FILE: "fe7a6fba61b17d51f14439f26581e46daba853a674ca66780a0ec57eba15ef51"}),
    label_meaning="Bought followers and spambots that the collectors traced, against people who answered.",
    licence="Research use, on request (Cresci et al. 2017, WWW companion)",
    source="https://botometer.osome.iu.edu/bot-repository/datasets.html, cresci-2017",
)

GENUINE: Final = "genuine"
CLASSES: Final = (GENUINE, "fake_follower", "spambot")
# In these the likes cannot be compared with the others': see load.
NOT_COUNTED_ALIKE: Final = ("fake_followers", "traditional_spambots_1")
SUBSETS: Final = (
    "genuine_accounts", "social_spambots_1", "social_spambots_2", "social_spambots_3", *NOT_COUNTED_ALIKE,
)  # fmt: skip
LEAST_TWEETS: Final = 10
CLOCK: Final = ("hour_entropy", "hour_concentration", "quiet_hours_share", "minute_concentration")
ENGAGEMENT: Final = (
    "likes_variation", "likes_gini", "likes_step", "likes_floor", "likes_outlier", "likes_gap",
)  # fmt: skip
MEANS: Final = ("is_reply", "is_retweet", "num_hashtags", "num_urls", "num_mentions")
OWN_MEANS: Final = ("favorite_count", "retweet_count")
COUNTED: Final = (
    "retweet_count",
    "reply_count",
    "favorite_count",
    "num_hashtags",
    "num_urls",
    "num_mentions",
)
MOMENT: Final = CellRule(
    "must be a time with its zone",
    lambda cell: cell.str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False),
)
KINDS: Final = MappingProxyType({
    "user_id": TEXT, "subset": one_of(SUBSETS), "ground_truth_class": one_of(CLASSES),
    "timestamp_parsed": MOMENT, **dict.fromkeys(COUNTED, COUNT), "is_reply": FLAG, "is_retweet": FLAG,
})  # fmt: skip


def load(folder: Path, *, engagement: bool = False, any_content: bool = False) -> Labelled:
    """Read the set.

    One tweet in fifty is left of each user, so the gaps between them mean nothing: of the posting
    features only those of the clock are given, the others are absent. A retweet carries the likes
    of somebody else's tweet and is dropped before engagement, not from the clock. Users with
    under 10 tweets are left out: how many a user has depends on how the class was picked. Replies
    were counted for no class but one, and are absent.

    ``as_of`` is the latest tweet of the whole file, for everybody.

    Parameters
    ----------
    folder
        The data folder.
    engagement
        Whether the likes are read too. Then two subsets are left out: retweets are not marked among
        the bought followers' tweets, and likes were not yet counted when the traditional spambots were
        collected, so that either would be told by its likes alone, or by their absence.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    table = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    tweets = converted(SET, FILE, table, KINDS)
    as_of = tweets["timestamp_parsed"].max()
    tweets = _usable(tweets, engagement)
    users = _users(tweets)
    features, levels = derive_features(_tables(users, tweets, as_of))
    given = CLOCK + ENGAGEMENT if engagement else CLOCK
    classes = users["ground_truth_class"].to_list()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=padded(features[[*given]]),
        levels=levels,
        classes=classes,
        truth=np.array([name != GENUINE for name in classes], dtype=bool),
        groups=users["account_id"].to_list(),
        raw=raw_numbers(users, ("tweets", *MEANS, *(OWN_MEANS if engagement else ()))),
    )


def _usable(tweets: pl.DataFrame, engagement: bool) -> pl.DataFrame:
    """Tweets of users with enough of them and one label, in the subsets that are wanted."""
    user, label = pl.col("user_id"), pl.col("ground_truth_class")
    wanted = (pl.len().over(user) >= LEAST_TWEETS) & (label.n_unique().over(user) == 1)
    if engagement:
        wanted &= ~pl.col("subset").is_in(list(NOT_COUNTED_ALIKE))
    return tweets.filter(wanted).with_columns(account_id=pl.format("cresci2017_tweets:{}", "user_id"))


def _users(tweets: pl.DataFrame) -> pl.DataFrame:
    """One row per user: label, number of tweets, and means; of the counts over own tweets only."""
    own = ~pl.col("is_retweet")
    return tweets.group_by("account_id", maintain_order=True).agg(
        pl.col("ground_truth_class").first(),
        pl.len().alias("tweets"),
        *(pl.col(name).cast(pl.Float64).mean() for name in MEANS),
        *(pl.col(name).filter(own).mean() for name in OWN_MEANS),
    )


def _tables(users: pl.DataFrame, tweets: pl.DataFrame, as_of: object) -> Tables:
    posts = tweets.with_row_index("number", offset=1).select(
        "account_id",
        post_id=pl.format("p{}", "number"),
        published_at="timestamp_parsed",
        likes=pl.when(~pl.col("is_retweet")).then("favorite_count"),
    )
    accounts = users.select("account_id", platform=pl.lit("x"), as_of=pl.lit(as_of, pl.Datetime("us", "UTC")))
    return Tables.of(accounts=accounts, posts=posts)
