"""Declaration of a feature, from which its column, page, reason, constraint and checks are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import WRAPPER_ASSIGNMENTS
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import polars as pl

from features.views.base import View
from features.views.rows import Flags, Index

__all__ = [
    "AUTOMATED",
    "HIGH",
    "INFLATED",
    "LOW",
    "NEITHER",
    "Change",
    "Direction",
    "Feature",
    "Head",
    "Rows",
    "feature",
]


class Head(StrEnum):
    """A label that the detector gives a probability for."""

    INFLATED = "inflated"
    AUTOMATED = "automated"


class Direction(StrEnum):
    """Which of a feature's values support a signal.

    A feature supports a signal only if its value is in the suspicious outer 15 % of its peers: at or above
    the 85th percentile for HIGH, at or below the 15th for LOW, either for NEITHER.
    """

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


INFLATED: Final = Head.INFLATED
AUTOMATED: Final = Head.AUTOMATED
HIGH: Final = Direction.HIGH
LOW: Final = Direction.LOW
NEITHER: Final = Direction.NEITHER

Change: TypeAlias = Literal["scale", "clock", "gaps"]
"""Changes of an account that leave a feature as it is, unless its declaration excuses it.

``scale``: likes, comments, views, shares, saves and followers are ten times as many. ``clock``: all
times are seven hours later. ``gaps``: a value of a row is unknown, instead of the whole row being
absent.
"""


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of the feature's own view that show it: by ``by``, the ``most`` first or from all over.

    The first ones show what a share or a record rests on; rows from ``across`` the order, the
    first and the last included, show a spread, a median or a correlation.

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
    across
        Whether they are spread evenly over the whole order instead of being its first.
    among
        Condition on the view's columns that a row must satisfy; none: every row may be shown.
    """

    by: str
    show: tuple[str, ...]
    descending: bool = True
    most: int = 5
    across: bool = False
    among: pl.Expr | None = None

    @property
    def reads(self) -> frozenset[str]:
        """Every column of the view that it reads.

        >>> sorted(Rows("likes", ("views",), among=pl.col("saves") > 0).reads)
        ['likes', 'saves', 'views']
        """
        among = () if self.among is None else self.among.meta.root_names()
        return frozenset({self.by, *self.show, *among})

    def takes(self, place: Index, rows: Index) -> Flags:
        """Whether to show the rows at these places (from 0) of orders that are this many rows long.

        >>> Rows("likes", ("likes",), most=3).takes(np.arange(7), np.full(7, 7))
        array([ True,  True,  True, False, False, False, False])
        >>> Rows("likes", ("likes",), most=3, across=True).takes(np.arange(7), np.full(7, 7))
        array([ True, False, False,  True, False, False,  True])
        """
        if not self.across:
            return place < self.most
        # The k-th row shown stands at k (rows - 1) / (most - 1), rounded down.
        steps, last = self.most - 1, np.maximum(rows - 1, 1)
        takes: Flags = (rows <= self.most) | (-(-place * steps // last) * last // steps == place)
        return takes


@dataclass(frozen=True, eq=False, kw_only=True)
class Feature:
    """A declared feature: one column of :func:`features.derive.derive`.

    It stands for the function that was declared: it has its docstring, and calling it returns the
    expression.

    Attributes
    ----------
    name
        The column, also the function's own name (with the grid's suffix for twins).
    family
        engagement, comments, growth, posting, profile, audience or observed: its module, or that module's
        ``FAMILY``.
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
    known
        Columns of the view, and in how many of the account's rows each must be known at least; else it is
        null.
    sentence
        What it says to a reader: a main clause with ``{value}`` in it, in plain words, and true of
        any value. What is usual follows by itself, see :func:`features.sentences.sentence`.
    rows
        The rows that show it; None where the value itself is all there is to see.
    source
        Where the idea or the figure comes from.
    excuses
        The changes of an account that may change it, each with the reason; see :data:`Change`.
    cause
        What it is about, where other features tell the same story: a reader is given one number for each
        cause (``detector.causes``, which names those of Assay's own features). Empty: it stands for itself.
    version
        Of its meaning, from 1. A model refuses a feature whose version is not the one that it was trained on.
    twins
        The same on coarser grids, each a feature of its own.

    Examples
    --------
    >>> from features.growth import spike_size
    >>> spike_size.__doc__.partition(".")[0], str(spike_size())
    ('Largest log growth over one step', 'col("jump").max()')
    """

    name: str
    family: str
    expression: Callable[[], pl.Expr]
    view: View
    blocks: tuple[str, ...]
    unit: str
    speaks_to: tuple[Head, ...]
    direction: Direction
    known: Mapping[str, int]
    sentence: str
    rows: Rows | None
    source: str
    excuses: Mapping[Change, str] = field(default_factory=lambda: MappingProxyType({}))
    cause: str = ""
    version: int = 1
    twins: tuple[Feature, ...] = ()

    def __post_init__(self) -> None:
        # As functools.update_wrapper does it, which cannot write to a frozen instance.
        names: dict[str, Any] = {name: getattr(self.expression, name) for name in WRAPPER_ASSIGNMENTS}
        vars(self).update(names, __name__=self.name, __wrapped__=self.expression)

    def __call__(self) -> pl.Expr:
        """The expression over the view, one value per account."""
        return self.expression()

    @property
    def about(self) -> str:
        """The function's docstring: meaning, unit, least evidence and an example."""
        return self.expression.__doc__ or ""

    @property
    def inputs(self) -> frozenset[str]:
        """The columns of its view that its value is made of."""
        return frozenset({*self.expression().meta.root_names(), *self.known})

    @property
    def reads(self) -> frozenset[str]:
        """The columns of its view that its value or its rows are made of."""
        return self.inputs if self.rows is None else self.inputs | self.rows.reads

    def direction_for(self, head: Head) -> Direction:
        """The declared direction for a head; NEITHER where it does not speak to it."""
        return self.direction if head in self.speaks_to else NEITHER


def feature(  # noqa: PLR0913 - a declaration names everything once
    view: View,
    *,
    unit: str,
    speaks_to: Head | tuple[Head, ...],
    sentence: str,
    source: str,
    direction: Direction = NEITHER,
    rows: Rows | None = None,
    blocks: tuple[str, ...] = (),
    known: Mapping[str, int] = MappingProxyType({}),
    excuses: Mapping[Change, str] = MappingProxyType({}),
    cause: str = "",
    version: int = 1,
    twins: Mapping[str, View] = MappingProxyType({}),
) -> Callable[[Callable[[], pl.Expr]], Feature]:
    """Declare the decorated function as a feature; see :class:`Feature` for the parts.

    ``blocks`` are the view's own unless given. Raise ``version`` when a value's meaning changes.
    Each of ``twins`` (suffix to view) declares the same expression on another grid, named with
    the suffix; ``{step}`` in the sentence becomes day, week or month.
    """

    def declare(function: Callable[[], pl.Expr]) -> Feature:
        # A family that takes more than one module says in the others whose they are.
        family = function.__globals__.get("FAMILY") or function.__module__.rpartition(".")[2]
        first = Feature(
            name=function.__name__,
            family=family,
            expression=function,
            view=view,
            blocks=blocks or (view.block,),
            unit=unit,
            speaks_to=speaks_to if isinstance(speaks_to, tuple) else (speaks_to,),
            direction=direction,
            known=known,
            sentence=sentence.replace("{step}", _STEPS.get(view.name, "")),
            rows=rows,
            source=source,
            excuses=excuses,
            cause=cause,
            version=version,
        )
        own = tuple(_twin(first, sentence, suffix, grid) for suffix, grid in twins.items())
        return replace(first, twins=own)

    return declare


def _twin(first: Feature, sentence: str, suffix: str, grid: View) -> Feature:
    return replace(
        first,
        name=f"{first.name}_{suffix}",
        view=grid,
        sentence=sentence.replace("{step}", _STEPS[grid.name]),
    )


_STEPS: Final = MappingProxyType({"days": "day", "weeks": "week", "months": "month"})
