"""The catalogue: every feature, in one order, collected from the families."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, overload

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

__all__ = ["CATALOGUE", "FAMILIES", "Catalogue", "by_name", "catalogue_digest", "declared_in", "versions"]

FAMILIES: Final = (profile, engagement, comments, growth, posting, audience, observed)
_BEFORE_GROWTH = (profile, engagement, peer_comparison, equal_counts, comments, repeat_commenters)
_MODULES: Final = (*_BEFORE_GROWTH, growth, bursts, posting, audience, observed)


def declared_in(values: Iterable[object]) -> Iterator[Feature]:
    """The features among some values, such as those of a module, each followed by its twins."""
    for value in values:
        if isinstance(value, Feature):
            yield value
            yield from value.twins


class Catalogue(Sequence[Feature]):
    """Assay's own features, and behind them those from outside that the user gave.

    Parameters
    ----------
    own
        Assay's own features, in order; they are always there.
    """

    def __init__(self, own: Iterable[Feature]) -> None:
        self.own: Final = tuple(own)
        self._take(self.own)

    def _take(self, features: tuple[Feature, ...]) -> None:
        self.features = features
        self.by_name: Mapping[str, Feature] = MappingProxyType({one.name: one for one in features})

    def add(self, features: Iterable[Feature]) -> None:
        """Take in features from outside, for :mod:`features.outside`; ValueError where a name is taken."""
        more = tuple(features)
        if duplicate := next((one.name for one in more if one.name in self.by_name), None):
            raise ValueError(duplicate)
        self._take((*self.features, *more))

    def remove(self, features: Iterable[Feature]) -> None:
        """Take features from outside out again."""
        removed = set(features)
        self._take(tuple(one for one in self.features if one not in removed))

    def __len__(self) -> int:
        return len(self.features)

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    @overload
    def __getitem__(self, place: int) -> Feature: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Feature, ...]: ...

    def __getitem__(self, place: int | slice) -> Feature | tuple[Feature, ...]:
        return self.features[place]


CATALOGUE: Final = Catalogue(feature for module in _MODULES for feature in declared_in(vars(module).values()))


def by_name(name: str) -> Feature:
    """The feature of that name; KeyError where there is none.

    >>> by_name("spike_share_weekly").view.name
    'weeks'
    """
    return CATALOGUE.by_name[name]


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
