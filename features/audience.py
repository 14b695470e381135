"""Audience: what the sampled followers look like. How many of them are fake is the detector's to say."""

from __future__ import annotations

from functools import partial

import polars as pl

from features.declaration import HIGH, INFLATED, NEITHER, Rows, feature
from features.expressions import median, quantile
from features.views import followers

_SHOWN = ("followers", "following", "posts", "has_picture", "digit_share")
_HYPE = "HypeAuditor: mass followers, empty accounts"
_from_followers = partial(feature, followers, unit="share", speaks_to=INFLATED, direction=HIGH)


@_from_followers(
    known={"following": 30},
    sentence="{value} of its sampled followers follow over 1,500 accounts",
    rows=Rows("following", _SHOWN),
    source=_HYPE,
)
def audience_mass_follower_share() -> pl.Expr:
    """Share of sampled followers that follow over 1,500 accounts, of those for which it is known.

    >>> from features.example import derive_one
    >>> derive_one("audience_mass_follower_share", following=[100] * 24 + [2000] * 6)
    0.2
    """
    return (pl.col("following") > 1_500).mean()


@_from_followers(
    known={"posts": 30},
    sentence="{value} of its sampled followers have no post",
    rows=Rows("posts", _SHOWN, descending=False),
    source=_HYPE,
)
def audience_postless_share() -> pl.Expr:
    """Share of sampled followers without a post.

    >>> from features.example import derive_one
    >>> derive_one("audience_postless_share", posts=[0] * 6 + [9] * 24)
    0.2
    """
    return (pl.col("posts") == 0).mean()


@_from_followers(
    known={"has_picture": 30},
    sentence="{value} of its sampled followers have no picture",
    rows=Rows("has_picture", _SHOWN, descending=False),
    source="Cresci et al. 2015, DSS 80",
)
def audience_pictureless_share() -> pl.Expr:
    """Share of sampled followers without a picture.

    >>> from features.example import derive_one
    >>> derive_one("audience_pictureless_share", has_picture=[False] * 6 + [True] * 24)
    0.2
    """
    return (~pl.col("has_picture")).mean()


@_from_followers(
    known={"digit_share": 30},
    sentence="{value} of its sampled followers have digits for 30 % or more of their handle",
    rows=Rows("digit_share", _SHOWN),
    source="Akyon & Kalfaoglu 2019, ASYU",
    excuses={"gaps": "the handle, its length and its digits stand in for each other"},
)
def audience_digit_name_share() -> pl.Expr:
    """Share of sampled followers with digits for 30 % or more of their handle.

    >>> from features.example import derive_one
    >>> derive_one("audience_digit_name_share", username=["ana" for _ in range(24)] + ["a1234"] * 6)
    0.2
    """
    return (pl.col("digit_share") >= 0.3).mean()


@_from_followers(
    known={"follow_ratio": 30},
    sentence="{value} of its sampled followers follow at least twenty times as many accounts as follow them",
    rows=Rows("follow_ratio", _SHOWN),
    source="Cresci et al. 2015, DSS 80; Socialbakers",
    excuses={"scale": "accounts followed by the sampled followers stay as they are"},
)
def audience_lopsided_share() -> pl.Expr:
    """Share of sampled followers that follow at least 20 times as many accounts as follow them.

    >>> from features.example import derive_one
    >>> derive_one("audience_lopsided_share", followers=[9] * 30, following=[9] * 24 + [999] * 6)
    0.2
    """
    return (pl.col("following") + 1 >= 20 * (pl.col("followers") + 1)).mean()


@_from_followers(
    unit="log10",
    direction=NEITHER,
    known={"follow_ratio": 30},
    sentence="a usual sampled follower follows {value} times as many accounts as follow it",
    rows=Rows("follow_ratio", _SHOWN, across=True),
    source="Cresci et al. 2015, DSS 80",
    excuses={"scale": "accounts followed by the sampled followers stay as they are"},
)
def audience_follow_ratio() -> pl.Expr:
    """Median over sampled followers of log10 (followed + 1) over (followers + 1).

    >>> from features.example import derive_one
    >>> derive_one("audience_follow_ratio", followers=[9] * 30, following=[99] * 30)
    1.0
    """
    return median(pl.col("follow_ratio"))


@_from_followers(
    unit="log10",
    direction=NEITHER,
    known={"age_days": 30},
    sentence="the older quarter of its sampled followers' accounts is at least {value} times as old as the "
    "younger quarter",
    rows=Rows("age_days", (*_SHOWN, "age_days"), across=True),
    source="bought accounts are made in batches; Cresci et al. 2015",
)
def audience_age_spread() -> pl.Expr:
    """Interquartile range of log10 days since the sampled followers were opened.

    >>> from features.example import derive_one
    >>> derive_one("audience_age_spread", created_at=[0] * 30)
    0.0
    """
    age = (pl.col("age_days") + 1.0).log10()
    return quantile(age, 0.75) - quantile(age, 0.25)
