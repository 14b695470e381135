"""Further pictures of a run: how the heads learnt, what they read, whom they find and whom they wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from training.learning_curves import Curve
from training.metrics import Rate
from training.plots import new_figure

__all__ = ["curves", "importance_bars", "rate_plot"]

BLUE: Final = "#24567a"
RED: Final = "#b5403b"
GREY: Final = "#999999"
MOST_FEATURES: Final = 6
MOST_RATES: Final = 40


def curves(found: Mapping[str, Curve]) -> Figure:
    """A panel a head: log-loss by trees, on accounts that it was fitted to and on unseen ones."""
    columns = 3
    lines = max(1, -(-len(found) // columns))
    figure = new_figure(10.0, 2.6 * lines)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for panel, (name, curve) in zip(panels, found.items(), strict=False):
        panel.plot(curve.trees, curve.fitted, color=GREY, label="fitted")
        panel.plot(curve.trees, curve.unseen, color=BLUE, label="unseen")
        panel.set(title=name, xlabel="trees", ylabel="log-loss")
    for panel in panels[len(found) :]:
        panel.set_axis_off()
    if found:
        panels[0].legend(frameon=False)
    return figure


def importance_bars(table: pd.DataFrame) -> Figure:
    """What each head gains most from: its first six features, by share of the gain."""
    signals = list(dict.fromkeys(table["signal"]))
    figure = new_figure(11.0, 1.8 * max(1, -(-len(signals) // 2)))
    panels = figure.subplots(max(1, -(-len(signals) // 2)), 2, squeeze=False).ravel()
    for panel, name in zip(panels, signals, strict=False):
        own = table[table["signal"] == name].head(MOST_FEATURES)
        panel.barh(range(len(own)), own["gain_share"], color=BLUE, height=0.7)
        panel.set_yticks(range(len(own)), own["feature"], fontsize=8)
        panel.invert_yaxis()
        panel.set_title(name, fontsize=9, loc="left")
    for panel in panels[len(signals) :]:
        panel.set_axis_off()
    return figure


def rate_plot(found: Mapping[str, Rate], title: str, limit: float | None = None) -> Figure:
    """Rates by slice with their exact 95 % intervals, and a limit as a line."""
    shown = [(name, rate.as_dict()) for name, rate in found.items() if rate.n][:MOST_RATES]
    figure = new_figure(8.0, 1.0 + 0.28 * len(shown))
    axes = figure.subplots()
    values = np.array([facts["rate"] for _, facts in shown])
    ends = np.array([[facts["low"], facts["high"]] for _, facts in shown]).reshape(-1, 2)
    errors = np.clip(np.abs(ends.T - values), 0, None)
    axes.errorbar(values, range(len(shown)), xerr=errors, fmt="o", color=BLUE, capsize=2)
    axes.set_yticks(range(len(shown)), [f"{name} ({facts['n']:,})" for name, facts in shown])
    axes.invert_yaxis()
    if limit is not None:
        promise = f"promised: at most {100 * limit:g} %"
        axes.axvline(limit, color=RED, linestyle="--", linewidth=1, label=promise)
        axes.legend(frameon=False, loc="lower right")
    axes.set(xlabel="share accused, 95 % interval", title=title, xlim=(0, None))
    return figure
