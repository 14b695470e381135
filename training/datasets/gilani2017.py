"""Twitter, 1,492 bots and 1,939 people in four tiers of followers, as averages over a month of tweets."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, NUMBER, TEXT, converted, one_of, one_row_each, raw_numbers
from training.datasets.labelled import Labelled, padded

__all__ = ["FILE", "SET", "load"]

FILE: Final = "gilani2017/accounts.csv"

SET: Final = PublicSet(
    name="gilani2017",
    files=MappingProxyType({FILE: "d0616add4eac7d9544e60f6292eabe45ccff4f8b5b5e297df3b706778d935cd7"}),
    label_meaning="Four annotators judged from the account's page whether a bot or a person runs it.",
    licence="Research use (Gilani et al. 2017, ASONAM)",
    source="https://botometer.osome.iu.edu/bot-repository/datasets.html, gilani-2017",
)

# The collectors' tiers hold accounts within a tenth of these many followers, the highest those above.
TIERS: Final = MappingProxyType({"1k": 900.0, "100k": 90e3, "1M": 900e3, "10M": 9e6})
LEAST_FOLLOWED: Final = 100.0
OWN: Final = MappingProxyType({
    "user_tweeted": COUNT, "user_retweeted": COUNT, "user_favourited": NUMBER, "user_replied": COUNT,
    "likes_per_tweet": NUMBER, "retweets_per_tweet": NUMBER, "lists_per_user": NUMBER,
    "follower_friend_ratio": NUMBER, "tweet_frequency": NUMBER, "favourite_tweet_ratio": NUMBER,
    "age_of_account_in_days": NUMBER, "sources_count": COUNT, "urls_count": COUNT,
    "cdn_content_in_kb": NUMBER,
})  # fmt: skip
KINDS: Final = MappingProxyType(
    {**OWN, "label": one_of(("bot", "human")), "tier": one_of(tuple(TIERS)), "account": TEXT}
)


def load(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the set.

    Four features have the catalogue's formula; all others are absent. Likes per tweet are those of
    a tweet seconds after it was sent, over all tweets of a month and not over followers: no engagement
    rate. Tweets of one month are no time line. Lists and favourites have no place in the catalogue.
    Followers are known by tier only, so their number is absent.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    frame = converted(SET, FILE, SET.table(folder, FILE, tuple(KINDS), any_content=any_content), KINDS)
    frame = one_row_each(frame, "account", "label")
    frame = frame.with_columns(
        account_id=pl.format("gilani2017:{}", "account"),
        tier_followers=pl.col("tier").replace_strict(TIERS, return_dtype=pl.Float64),
    )
    names = frame["account_id"].to_list()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=padded(raw_numbers(_features(frame), FEATURES)),
        levels=["profile"] * len(names),
        classes=frame["label"].to_list(),
        truth=(frame["label"] == "bot").to_numpy(),
        groups=names,
        raw=raw_numbers(frame, (*OWN, "tier_followers")),
    )


FEATURES: Final = ("account_age", "lifetime_posts_per_week", "posts_size", "following_ratio")


def _features(frame: pl.DataFrame) -> pl.DataFrame:
    """What has the catalogue's formula.

    ``tweet_frequency`` is all tweets ever over the age in days, so that the two give back all tweets.
    The catalogue adds one to followed and to followers before dividing; where at least 100 are
    followed (by the tier's least followers) that moves the logarithm by less than .005, and
    elsewhere the ratio is absent.
    """
    age, ratio = pl.col("age_of_account_in_days"), pl.col("follower_friend_ratio")
    sure = (ratio > 0) & (pl.col("tier_followers") >= LEAST_FOLLOWED * ratio)
    return frame.select(
        "account_id",
        account_age=(age + 1.0).log10(),
        lifetime_posts_per_week=7.0 * pl.col("tweet_frequency"),
        posts_size=(age * pl.col("tweet_frequency") + 1.0).log10(),
        following_ratio=pl.when(sure).then(-ratio.log10()),
    )
