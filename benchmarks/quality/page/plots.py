"""Plots of the pages: in one style, and with equal bytes for equal figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "Series", "interval_figure", "legend_above", "new_figure", "save"]

COLOURS: Final = {
    "assay": "#24567a", "other": "#d9a441", "third": "#3f7f5f", "wrong": "#b5403b", "faint": "#999999",
}  # fmt: skip


@dataclass(frozen=True)
class Series:
    """Values of one kind in a plot.

    Attributes
    ----------
    label, colour
        In the legend.
    lift
        How far above the middle of each line they stand.
    values
        ``value``, ``low`` and ``high`` for each name.
    """

    label: str
    colour: str
    lift: float
    values: Sequence[Mapping[str, float]]


def new_figure(width: float, height: float) -> Figure:
    """A small figure in the pages' own type."""
    return Figure(figsize=(width, height), layout="constrained", dpi=110)


def interval_figure(
    names: Sequence[str], series: Sequence[Series], axis: str, *, height: float, chance: float | None = None
) -> Figure:
    """Values with their intervals, a line for each name, and the series of a name side by side.

    Parameters
    ----------
    names
        From the bottom to the top.
    series
        With a value for each name.
    axis
        What the values are.
    height
        Of the figure, in inches.
    chance
        The value of guessing, drawn as a dashed line; None: it is not drawn.
    """
    figure = new_figure(6.2, height)
    axes = figure.subplots()
    for one in series:
        errors = [
            [value["value"] - value["low"] for value in one.values],
            [value["high"] - value["value"] for value in one.values],
        ]
        axes.errorbar(
            [value["value"] for value in one.values], [at + one.lift for at in range(len(names))],
            xerr=errors, fmt="o", markersize=3.5, capsize=2, color=one.colour, label=one.label,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    if chance is not None:
        axes.axvline(chance, color=COLOURS["faint"], linewidth=0.8, linestyle="--")
    axes.set(xlabel=axis)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    legend_above(axes)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a plot as PNG, the same bytes from the same figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})


def legend_above(axes: Axes, title: str | None = None) -> None:
    """A legend that hides no point, centred on the whole figure so that none of it is cut off."""
    handles, labels = axes.get_legend_handles_labels()
    figure = axes.get_figure(root=True)
    assert figure is not None
    columns = 2 if len(labels) == 4 else 3
    figure.legend(handles, labels, frameon=False, loc="outside upper center", ncols=columns, title=title)
