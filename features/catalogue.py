"""The catalogue: every feature, in one order, collected from the families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType, ModuleType
from typing import Final

from features import (
    audience,
    bursts,
    comments,
    engagement,
    equal_counts,
    growth,
    posting,
    profile,
    regulars,
    standing,
)  # fmt: skip
from features.declaration import Feature

__all__ = ["CATALOGUE", "CATALOGUE_VERSION", "FAMILIES", "by_name"]

CATALOGUE_VERSION: Final = "2.0"
FAMILIES: Final = (profile, engagement, comments, growth, posting, audience)
_MODULES: Final = (
    profile, engagement, standing, equal_counts, comments, regulars, growth, bursts, posting, audience,
)  # fmt: skip


def _declared(modules: Iterable[ModuleType]) -> Iterator[Feature]:
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Feature):
                yield value
                yield from value.twins


CATALOGUE: Final[tuple[Feature, ...]] = tuple(_declared(_MODULES))
_BY_NAME: Final = MappingProxyType({feature.name: feature for feature in CATALOGUE})


def by_name(name: str) -> Feature:
    """The feature of that name; KeyError where there is none.

    >>> by_name("spike_share_weekly").view.name
    'weeks'
    """
    return _BY_NAME[name]
