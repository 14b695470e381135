"""How a feature is declared: once, with everything that is generated from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import polars as pl

from features.views.base import View

__all__ = [
    "AUTOMATED",
    "HIGH",
    "INFLATED",
    "LOW",
    "NEITHER",
    "TYPICAL",
    "Direction",
    "Feature",
    "Head",
    "Rows",
    "feature",
]


class Head(StrEnum):
    """What the detector can tell of an account; one model each."""

    INFLATED = "inflated"
    AUTOMATED = "automated"


class Direction(StrEnum):
    """Which values speak for the head: high ones, low ones, or either, depending on the rest."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


INFLATED: Final = Head.INFLATED
AUTOMATED: Final = Head.AUTOMATED
HIGH: Final = Direction.HIGH
LOW: Final = Direction.LOW
NEITHER: Final = Direction.NEITHER
TYPICAL: Final = "(creators of its size: {low} to {high})"


@dataclass(frozen=True)
class Rows:
    """The rows of the feature's own view that show it: the ``most`` first ones by ``by``.

    Attributes
    ----------
    by
        Column of the view to sort by; ties keep the view's own order.
    show
        Columns of the view to show, in order.
    descending
        Whether the largest come first.
    most
        How many rows at most.
    where
        Boolean column of the view that a row must satisfy; none: every row may be shown.
    """

    by: str
    show: tuple[str, ...]
    descending: bool = True
    most: int = 5
    where: str | None = None


@dataclass(frozen=True)
class Feature:
    """A declared feature: one column of :func:`features.derive.derive`.

    Attributes
    ----------
    name
        The column, also the function's own name (with the grid's suffix for twins).
    family
        The module it stands in: engagement, comments, growth, posting, profile, audience.
    expression
        Makes the Polars expression over the view, one value per account.
    view
        The frame that the expression reads.
    blocks
        The parts of the account that must all be present for it; without one it is null.
    unit
        ratio, share, days, count, z and the like.
    speaks_to, direction
        The heads it is evidence for, and which of its values are.
    sentence
        What it becomes for a reader; may hold ``{value}``, ``{low}``, ``{high}``.
    rows
        The rows that show it; None where the value itself is all there is to see.
    source
        Where the idea or the figure comes from.
    about
        The function's docstring.
    twins
        The same on coarser grids, each a feature of its own.
    """

    name: str
    family: str
    expression: Callable[[], pl.Expr]
    view: View
    blocks: tuple[str, ...]
    unit: str
    speaks_to: tuple[Head, ...]
    direction: Direction
    sentence: str
    rows: Rows | None
    source: str
    about: str
    twins: tuple[Feature, ...] = ()

    def direction_for(self, head: Head) -> Direction:
        """The declared direction for a head; NEITHER where it does not speak to it."""
        return self.direction if head in self.speaks_to else NEITHER


def feature(  # noqa: PLR0913 - a declaration names everything once
    view: View,
    *,
    unit: str,
    speaks_to: Head | tuple[Head, ...],
    direction: Direction,
    sentence: str,
    source: str,
    rows: Rows | None = None,
    blocks: tuple[str, ...] = (),
    twins: Mapping[str, View] = MappingProxyType({}),
) -> Callable[[Callable[[], pl.Expr]], Feature]:
    """Declare the decorated function as a feature; see :class:`Feature` for the parts.

    ``blocks`` are the view's own unless given. Each of ``twins`` (suffix to view) declares the
    same expression on another grid, named with the suffix; ``{step}`` in the sentence becomes
    day, week or month.
    """

    def declare(function: Callable[[], pl.Expr]) -> Feature:
        heads = speaks_to if isinstance(speaks_to, tuple) else (speaks_to,)
        family = function.__module__.rpartition(".")[2]
        first = Feature(
            function.__name__, family, function, view, blocks or (view.block,), unit, heads, direction,
            sentence.replace("{step}", _STEPS.get(view.name, "")), rows, source, function.__doc__ or "",
        )  # fmt: skip
        return replace(
            first, twins=tuple(_twin(first, sentence, suffix, grid) for suffix, grid in twins.items())
        )

    return declare


def _twin(first: Feature, sentence: str, suffix: str, grid: View) -> Feature:
    return replace(
        first,
        name=f"{first.name}_{suffix}",
        view=grid,
        sentence=sentence.replace("{step}", _STEPS[grid.name]),
    )


_STEPS: Final = MappingProxyType({"days": "day", "weeks": "week", "months": "month"})
