"""The labelled public sets as the benchmark reads them: once each, and the part that may be looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from types import MappingProxyType
from typing import Final

from training.datasets import starscout
from training.datasets.base import PublicSet, data_folder
from training.datasets.bot_or_not import SETS
from training.datasets.catalogue import LABELLED
from training.datasets.labelled import Labelled

__all__ = [
    "IN_VIEW",
    "LARGE_STARSCOUT",
    "NAMES",
    "PLATFORMS",
    "SIGNAL_OF",
    "development",
    "facts_of",
    "load_set",
    "sealed",
]

NAMES: Final = (
    "instafake_automated", "instafake_fake", "kaggle_instagram", "purba2020", "cresci2015",
    "cresci2017_tweets", "gilani2017", "bot_or_not_30", "bot_or_not_31", "starscout",
)  # fmt: skip

# Asks the same size of both classes, which the set by itself does not.
LARGE_STARSCOUT: Final = "starscout, 500 stars or more"

PLATFORMS: Final[Mapping[str, str]] = MappingProxyType({
    "instafake_automated": "instagram", "instafake_fake": "instagram", "kaggle_instagram": "instagram",
    "purba2020": "instagram", "cresci2015": "x", "cresci2017_tweets": "x", "gilani2017": "x",
    "bot_or_not_30": "x", "bot_or_not_31": "x", "starscout": "github",
    LARGE_STARSCOUT: "github",
})  # fmt: skip

SIGNAL_OF: Final[Mapping[str, str]] = MappingProxyType({
    "instafake_automated": "rhythm", "instafake_fake": "fake_account", "kaggle_instagram": "fake_account",
    "purba2020": "fake_account", "cresci2015": "fake_account", "cresci2017_tweets": "rhythm",
    "gilani2017": "rhythm", "bot_or_not_30": "rhythm", "bot_or_not_31": "rhythm",
    "starscout": "followers_flow", LARGE_STARSCOUT: "followers_flow",
})  # fmt: skip
"""The signal that each set is about."""

WEIGHT: Final = (
    "training settings (`unseen_weight`, `column_share`) were chosen with its development accounts in view"
)
PROFILES: Final = (
    f"medians of its profiles are among those that the simulator's small accounts were set by; {WEIGHT}"
)
CLOCK: Final = (
    "the rhythm of its people was held against that of simulated ones, and simulated windows of two days end "
    "as its windows do"
)
STARS: Final = f"its organic and suspected curves are what GitHub's monthly growth was set by; {WEIGHT}"

IN_VIEW: Final[Mapping[str, str]] = MappingProxyType({
    "instafake_automated": (
        "its 700 accounts without automation gate the simulator's Instagram posts, and its growth "
        f"bots were modelled on the automated ones; {WEIGHT}"
    ),
    "instafake_fake": PROFILES,
    "kaggle_instagram": PROFILES,
    "purba2020": PROFILES,
    "cresci2015": PROFILES,
    "gilani2017": PROFILES,
    "bot_or_not_30": CLOCK,
    "bot_or_not_31": CLOCK,
    "starscout": STARS,
    "starscout, 500 stars or more": STARS,
})  # fmt: skip
"""What of a set was in view while simulator and training were set up; the others are strictly zero-shot."""

LOADERS: Final[Mapping[str, Callable[..., Labelled]]] = MappingProxyType(
    {**LABELLED, LARGE_STARSCOUT: partial(starscout.load, least_in_all=500)}
)


@cache
def load_set(name: str) -> Labelled:
    """A set, read once.

    Raises
    ------
    BadInput
        If a file of it is missing, changed or of another shape.
    """
    return LOADERS[name](data_folder())


def development(name: str) -> Labelled:
    """The accounts on which something may be chosen."""
    data = load_set(name)
    return data.pick(~data.held_out)


def sealed(name: str) -> Labelled:
    """The other ones: for the published table only."""
    data = load_set(name)
    return data.pick(data.held_out)


def facts_of(name: str) -> PublicSet:
    """Facts of a set, without reading it."""
    if name.startswith("bot_or_not"):
        return next(one for one in SETS.values() if one.name == name)
    one = import_module(f"training.datasets.{name.partition(',')[0]}").SET
    assert isinstance(one, PublicSet)
    return one
