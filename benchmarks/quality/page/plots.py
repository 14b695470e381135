"""How the pages plot figures: one look, and the same bytes from the same figures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "legend_above", "new_figure", "save"]

COLOURS: Final = {
    "assay": "#24567a", "other": "#d9a441", "third": "#3f7f5f", "wrong": "#b5403b", "faint": "#999999",
}  # fmt: skip


def new_figure(width: float, height: float) -> Figure:
    """A small figure in the pages' own type."""
    return Figure(figsize=(width, height), layout="constrained", dpi=110)


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
