"""How a feature is declared: once, with everything that is generated from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import polars as pl

from features.views import View

__all__ = ["AUTOMATED", "HIGH", "INFLATED", "LOW", "NEITHER", "Direction", "Feature", "Head", "Rows", "feature"]


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

    def direction_for(self, head: Head) -> Direction:
        """The declared direction for a head; NEITHER where it does not speak to it."""
        return self.direction if head in self.speaks_to else NEITHER
