"""How a yardstick is declared: once, with its figure, its source and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import cleandoc
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from detector.arrays import Floats, matrix
from detector.labels import YardstickOutcome

__all__ = ["Signal", "Yardstick", "YardstickInput", "YardstickOutcome", "YardstickValues", "yardstick"]

Signal: TypeAlias = Literal[
    "followers_stock", "audience", "followers_flow", "likes", "views", "comments", "rhythm", "fake_account"
]
Unit: TypeAlias = Literal["share", "count", "growth", "times", "per week", "hours"]

NOBODY: Final = float("inf")


class YardstickInput:
    """Features of some accounts by name, beside what else a yardstick depends on.

    Parameters
    ----------
    frame
        Accounts by features, as :func:`features.derive.derive` gives them.
    platforms
        One per account.

    Examples
    --------
    >>> features = YardstickInput(pd.DataFrame({"followers_size": [2.0, 3.0]}), ["x", "tiktok"])
    >>> features.followers.tolist(), features["likes_variation"].tolist()
    ([99.0, 999.0], [nan, nan])
    """

    def __init__(self, frame: pd.DataFrame, platforms: Sequence[str]) -> None:
        self.platforms = platforms
        self._values = matrix(frame)
        self._column = {name: place for place, name in enumerate(frame.columns.tolist())}

    def __len__(self) -> int:
        return len(self.platforms)

    def __getitem__(self, name: str) -> Floats:
        """The feature's values; all NaN where the frame has no such column."""
        place = self._column.get(name)
        return np.full(len(self), np.nan) if place is None else self._values[:, place]

    @cached_property
    def followers(self) -> Floats:
        """Followers of each account, NaN where unknown."""
        return np.rint(np.power(10.0, self["followers_size"]) - 1.0)

    @cached_property
    def size(self) -> Floats:
        """Decimal logarithm of followers, of one where there is none."""
        return np.log10(np.maximum(self.followers, 1.0))

    @cached_property
    def interactions(self) -> Floats:
        """Likes and comments of the median post."""
        return self["engagement_rate"] * self.followers

    @cached_property
    def views(self) -> Floats:
        """Views of the median post."""
        return self["views_per_follower"] * self.followers

    def by_platform(self, figures: Mapping[str, float], otherwise: float = float("nan")) -> Floats:
        """Each account's platform's figure."""
        return np.array([figures.get(platform, otherwise) for platform in self.platforms], np.float64)


@dataclass(frozen=True)
class YardstickValues:
    """What a yardstick reads off the accounts; an infinite or absent bound bounds nothing.

    Attributes
    ----------
    value
        One per account; NaN where the yardstick cannot be applied.
    low, high
        The usual range.
    far_low, far_high
        Far out at or beyond.
    sentence_values
        Numbers that the sentence names beside the value, each with its unit.
    """

    value: Floats
    low: Floats | float = -NOBODY
    high: Floats | float = NOBODY
    far_low: Floats | float = -NOBODY
    far_high: Floats | float = NOBODY
    sentence_values: Mapping[str, tuple[Floats, Unit]] = field(default_factory=dict)


@dataclass(frozen=True)
class Yardstick:
    """A declared yardstick.

    Attributes
    ----------
    name
        The function's own.
    signal
        The signal that it agrees with where it is out.
    reads
        Features that it depends on.
    shows
        Those whose rows stand behind it, the first one that is known.
    unit
        Of the value: share, count, growth (a logarithm), times, per week, hours.
    usual
        The usual range in words, for the page.
    far
        When an account is far out, for the page.
    sentence
        What it says, with ``{value}``, ``{usual}``, ``{platform}``, the names of ``said``, and
        ``{example}``: the count in its first row.
    source
        Who published the figure, or what it was measured on.
    measure
        Reads it off the accounts.
    example
        Column of the rows whose first value the sentence gives as an example.
    about
        The function's docstring.
    """

    name: str
    signal: Signal
    reads: tuple[str, ...]
    shows: tuple[str, ...]
    unit: Unit
    usual: str
    far: str
    sentence: str
    source: str
    measure: Callable[[YardstickInput], YardstickValues]
    example: str | None
    about: str


def yardstick(  # noqa: PLR0913 - a declaration names everything once
    *,
    signal: Signal,
    reads: tuple[str, ...],
    unit: Unit,
    usual: str,
    far: str,
    sentence: str,
    source: str,
    shows: tuple[str, ...] | None = None,
    example: str | None = None,
) -> Callable[[Callable[[YardstickInput], YardstickValues]], Yardstick]:
    """Declare the decorated function as a yardstick; see :class:`Yardstick` for the parts.

    The rows are those of the first feature read, unless ``shows`` names others.
    """

    def declare(measure: Callable[[YardstickInput], YardstickValues]) -> Yardstick:
        name, about = measure.__name__, cleandoc(measure.__doc__ or "")
        shown = reads[:1] if shows is None else shows
        return Yardstick(
            name, signal, reads, shown, unit, usual, far, sentence, source, measure, example, about
        )

    return declare


PLATFORMS: Final[Mapping[str, str]] = MappingProxyType({
    "instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube", "x": "X", "twitch": "Twitch",
    "github": "GitHub", "other": "its platform",
})  # fmt: skip
