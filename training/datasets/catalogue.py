"""Every labelled public set by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from training.datasets import (
    bot_or_not,
    cresci2015,
    cresci2017_tweets,
    gilani2017,
    instafake_automated,
    instafake_fake,
    kaggle_instagram,
    purba2020,
    starscout,
)
from training.datasets.labelled import Labelled

__all__ = ["LABELLED"]

LABELLED: Final[Mapping[str, Callable[..., Labelled]]] = MappingProxyType(
    {
        "instafake_automated": instafake_automated.load,
        "instafake_fake": instafake_fake.load,
        "kaggle_instagram": kaggle_instagram.load,
        "purba2020": purba2020.load,
        "cresci2015": cresci2015.load,
        "cresci2017_tweets": cresci2017_tweets.load,
        "gilani2017": gilani2017.load,
        "bot_or_not_30": bot_or_not.load_30,
        "bot_or_not_31": bot_or_not.load_31,
        "starscout": starscout.load,
    }
)
