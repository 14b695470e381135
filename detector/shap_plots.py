"""Plots of what moves a head, drawn by shap from the exact values that LightGBM itself computes.

The only module that imports shap, and only when a plot is asked for: it takes seconds to load.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detector.heads import Scorer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["beeswarm", "explanation"]


@contextmanager
def _library() -> Iterator[Any]:
    """The library, without its own warnings: calls that will be dropped, columns all absent, no widgets."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The set_(bad|over|under) function", PendingDeprecationWarning)
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        warnings.filterwarnings("ignore", "IProgress not found")
        import shap

        yield shap


def explanation(scorer: Scorer, frame: pd.DataFrame) -> Any:
    """SHAP values of some rows as :class:`shap.Explanation`, in log-odds of the raw score.

    Parameters
    ----------
    scorer
        The head.
    frame
        Rows by features, those that the head reads among them.
    """
    read = frame[list(scorer.features)]
    values = scorer.contributions(read)
    with _library() as shap:
        return shap.Explanation(
            values=values[:, :-1],
            base_values=values[:, -1],
            data=read.to_numpy(dtype=np.float64),
            feature_names=list(read.columns),
        )


def beeswarm(scorer: Scorer, frame: pd.DataFrame, *, features: int = 18) -> Figure:
    """One dot per account and feature: how far it moved the score, coloured by the feature's value."""
    from matplotlib.figure import Figure

    # Not a figure of pyplot's: that would be kept for ever, and need a backend.
    figure = Figure(figsize=(9, 7), layout="tight")
    values = explanation(scorer, frame)
    with _library() as shap:
        shap.plots.beeswarm(values, max_display=features, show=False, plot_size=None, ax=figure.subplots())
    return figure
