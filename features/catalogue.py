"""The catalogue: every feature, in one order, collected from the families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType, ModuleType
from typing import Final

from features import audience, comments, engagement, growth, posting, profile
from features.declaration import Feature

__all__ = ["CATALOGUE", "CATALOGUE_VERSION", "FAMILIES", "by_name"]

CATALOGUE_VERSION: Final = "1.0"
FAMILIES: Final = (profile, engagement, comments, growth, posting, audience)


def _declared(families: Iterable[ModuleType]) -> Iterator[Feature]:
    for family in families:
        for value in vars(family).values():
            if isinstance(value, Feature):
                yield value
                yield from value.twins


CATALOGUE: Final[tuple[Feature, ...]] = tuple(_declared(FAMILIES))
_BY_NAME: Final = MappingProxyType({feature.name: feature for feature in CATALOGUE})


def by_name(name: str) -> Feature:
    """The feature of that name; KeyError where there is none.

    >>> by_name("spike_share_weekly").view.name
    'weeks'
    """
    return _BY_NAME[name]
