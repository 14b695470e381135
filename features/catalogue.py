"""The catalogue: every feature, in one order, collected from the families."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import Final

from features import (
    audience,
    bursts,
    comments,
    engagement,
    equal_counts,
    growth,
    observed,
    peer_comparison,
    posting,
    profile,
    repeat_commenters,
)
from features.declaration import Feature

__all__ = ["CATALOGUE", "FAMILIES", "by_name", "catalogue_digest", "declared_in", "versions"]

FAMILIES: Final = (profile, engagement, comments, growth, posting, audience, observed)
_BEFORE_GROWTH = (profile, engagement, peer_comparison, equal_counts, comments, repeat_commenters)
_MODULES: Final = (*_BEFORE_GROWTH, growth, bursts, posting, audience, observed)


def declared_in(values: Iterable[object]) -> Iterator[Feature]:
    """The features among some values, such as those of a module, each followed by its twins."""
    for value in values:
        if isinstance(value, Feature):
            yield value
            yield from value.twins


CATALOGUE: Final[tuple[Feature, ...]] = tuple(
    feature for module in _MODULES for feature in declared_in(vars(module).values())
)
_BY_NAME: Final = MappingProxyType({feature.name: feature for feature in CATALOGUE})


def by_name(name: str) -> Feature:
    """The feature of that name; KeyError where there is none.

    >>> by_name("spike_share_weekly").view.name
    'weeks'
    """
    return _BY_NAME[name]


def versions(features: Iterable[Feature] = CATALOGUE) -> dict[str, int]:
    """Each feature's name and the version of its meaning, in order.

    >>> versions([by_name("followers_size")])
    {'followers_size': 1}
    """
    return {feature.name: feature.version for feature in features}


def catalogue_digest(features: Iterable[Feature] = CATALOGUE) -> str:
    """A short name for some features in their versions, whatever their order: 12 hexadecimal digits.

    >>> catalogue_digest() == catalogue_digest(reversed(CATALOGUE)) != catalogue_digest(CATALOGUE[1:])
    True
    """
    return hashlib.sha256(json.dumps(sorted(versions(features).items())).encode()).hexdigest()[:12]
