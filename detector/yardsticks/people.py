"""Yardsticks on people: the sampled followers, and the profile itself."""

from __future__ import annotations

from typing import Final

import numpy as np

from detector.yardsticks.declaration import NOBODY, YardstickInput, YardstickValues, yardstick

__all__ = ["FACELESS", "MOST_EMPTY", "MOST_USUAL", "RATIO"]

_HYPE: Final = (
    "HypeAuditor: 10 to 45 % of an honest creator's followers are quiet, mass-following or suspicious"
)
MOST_USUAL: Final = 0.45
MOST_EMPTY: Final = 0.6
FAR_SHARE: Final = 0.75
FACELESS: Final = 0.5


@yardstick(
    signal="audience",
    reads=("audience_lopsided_share",),
    unit="share",
    usual="up to 45 %",
    far="three quarters or more",
    sentence="{value} of its sampled followers follow at least twenty times as many accounts as follow them; "
    "usual is {usual}",
    source=_HYPE + "; Cresci et al. 2015, DSS 80",
)
def lopsided_audience(n: YardstickInput) -> YardstickValues:
    """Share of sampled followers that follow at least twenty times as many accounts as follow them."""
    return YardstickValues(n["audience_lopsided_share"], high=MOST_USUAL, far_high=FAR_SHARE)


@yardstick(
    signal="audience", reads=("audience_mass_follower_share",), unit="share",
    usual="up to 45 %", far="three quarters or more",
    sentence="{value} of its sampled followers follow over 1,500 accounts; usual is {usual}", source=_HYPE,
)  # fmt: skip
def mass_following_audience(n: YardstickInput) -> YardstickValues:
    """Share of sampled followers that follow over 1,500 accounts."""
    return YardstickValues(n["audience_mass_follower_share"], high=MOST_USUAL, far_high=FAR_SHARE)


@yardstick(
    signal="audience",
    reads=("audience_postless_share", "audience_pictureless_share"),
    unit="share",
    usual="up to 60 %: many people only look",
    far="three quarters or more, and half of all without a picture",
    sentence="{value} of its sampled followers have no post; usual is {usual}",
    source=_HYPE + "; Cresci et al. 2015, DSS 80; people who only look added, range assumed",
)
def empty_audience(n: YardstickInput) -> YardstickValues:
    """Share of sampled followers without a post; far out only where many have no picture either."""
    faceless = n["audience_pictureless_share"] >= FACELESS
    return YardstickValues(
        n["audience_postless_share"], high=MOST_EMPTY, far_high=np.where(faceless, FAR_SHARE, NOBODY)
    )


RATIO: Final = 20.0
FEWEST_FOLLOWED: Final = 500.0
SMALL: Final = 1_000.0


@yardstick(
    signal="fake_account",
    reads=("following_ratio", "following_size", "followers_size", "posts_size", "picture"),
    unit="times",
    usual="up to 20 times as many",
    far="20 times or more and over 500, with neither a post nor a picture of its own",
    sentence="it follows {following} accounts, {value} as many as follow it; usual is {usual}",
    source="Socialbakers' rule of 50 : 1; Cresci et al. 2015, DSS 80: bought followers; HypeAuditor",
)
def made_to_follow(n: YardstickInput) -> YardstickValues:
    """Accounts followed over followers, of accounts with under 1,000 followers.

    People who only look follow many as well; they are not far out while they have a picture, a
    post, or follow 500 at most.
    """
    followed = np.rint(np.power(10.0, n["following_size"]) - 1.0)
    value = np.where(n.followers < SMALL, np.power(10.0, n["following_ratio"]), np.nan)
    blank = (n["posts_size"] == 0.0) & (n["picture"] == 0.0) & (followed > FEWEST_FOLLOWED)
    far = np.where(blank, RATIO, NOBODY)
    return YardstickValues(
        value, high=RATIO, far_high=far, sentence_values={"following": (followed, "count")}
    )
