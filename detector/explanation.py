"""Plots of what moves a head, drawn by shap from the exact values that LightGBM itself computes.

The only module that imports shap, and only when a plot is asked for: it takes seconds to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from detector.heads import Scorer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["beeswarm", "explanation"]


def explanation(scorer: Scorer, frame: pd.DataFrame) -> Any:
    """SHAP values of some rows as :class:`shap.Explanation`, in log-odds of the raw score.

    Parameters
    ----------
    scorer
        The head.
    frame
        Rows by features, as the head reads them.
    """
    import shap

    values = scorer.contributions(frame)
    return shap.Explanation(
        values=values[:, :-1],
        base_values=values[:, -1],
        data=frame.to_numpy(dtype=np.float64),
        feature_names=list(frame.columns),
    )


def beeswarm(scorer: Scorer, frame: pd.DataFrame, *, features: int = 18) -> Figure:
    """One dot per account and feature: how far it moved the score, coloured by the feature's value."""
    import matplotlib
    import shap

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(9, 7))
    shap.plots.beeswarm(explanation(scorer, frame), max_display=features, show=False, plot_size=None)
    figure.tight_layout()
    return figure
