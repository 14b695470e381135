"""Every set of real accounts that are organic or presumed so, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from accounts.tables import Tables
from training.datasets import (
    github_followers_spain,
    github_followers_top,
    github_stars,
    influencers_br,
    instafake_posts,
    tiktok_profiles,
    tiktok_vn,
    vtuber_tw,
    x_two_presidents,
    x_vaccine_posts,
    youtube_channels,
    youtube_trending,
)
from training.datasets.base import PublicSet

__all__ = ["ORGANIC", "Organic"]

LEAST_FOLLOWERS: Final = 100
LEAST_POSTS: Final = 5


@dataclass(frozen=True)
class Organic:
    """A set of accounts of which none is known to be fake.

    Attributes
    ----------
    about
        Its facts; ``about.use`` says whether a shipped model may be trained on it.
    load
        Reads it from the data folder.
    """

    about: PublicSet
    load: Callable[[Path], Tables]


ORGANIC: Final[Mapping[str, Organic]] = MappingProxyType({
    "github_followers_top": Organic(github_followers_top.SET, github_followers_top.load),
    "github_followers_spain": Organic(
        github_followers_spain.SET, partial(github_followers_spain.load, least_followers=LEAST_FOLLOWERS)
    ),
    "github_stars": Organic(github_stars.SET, github_stars.load),
    "vtuber_tw_twitch": Organic(vtuber_tw.SET, partial(vtuber_tw.load, platform="twitch")),
    "vtuber_tw_youtube": Organic(vtuber_tw.SET, partial(vtuber_tw.load, platform="youtube")),
    "youtube_channels": Organic(youtube_channels.SET, partial(youtube_channels.load, newest_only=True)),
    "youtube_trending": Organic(youtube_trending.SET, youtube_trending.load),
    "instafake_posts": Organic(instafake_posts.SET, instafake_posts.load),
    "influencers_br": Organic(influencers_br.SET, influencers_br.load),
    "tiktok_vn": Organic(tiktok_vn.SET, partial(tiktok_vn.load, least_posts=LEAST_POSTS)),
    "tiktok_profiles": Organic(tiktok_profiles.SET, tiktok_profiles.load),
    "x_vaccine_posts": Organic(x_vaccine_posts.SET, partial(x_vaccine_posts.load, least_posts=LEAST_POSTS)),
    "x_two_presidents": Organic(x_two_presidents.SET, x_two_presidents.load),
})  # fmt: skip
