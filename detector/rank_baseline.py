"""The rank baseline: an untrained score, from how far features lie in their declared directions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from detector.arrays import Floats, matrix

__all__ = ["rank_baseline"]


def rank_baseline(percentiles: pd.DataFrame, directions: Mapping[str, str]) -> Floats:
    """Mean peer rank of an account's features, each in the direction that speaks for the head.

    Parameters
    ----------
    percentiles
        Peer ranks from 0 to 100 (:meth:`detector.peers.Peers.percentiles`), NaN where absent.
    directions
        "high" or "low" for each feature with a direction; others may be left out or "neither".

    Returns
    -------
    One number in [0, 1] per row, higher for more suspicion; NaN where no directed feature is present.

    Examples
    --------
    >>> ranks = pd.DataFrame({"following": [90.0, None], "posts": [20.0, 40.0]})
    >>> rank_baseline(ranks, {"following": "high", "posts": "low"})
    array([0.85, 0.6 ])
    """
    directed = [name for name in percentiles.columns if directions.get(name) in ("high", "low")]
    sign = np.array([1.0 if directions[name] == "high" else -1.0 for name in directed])
    offset = np.where(sign > 0, 0.0, 1.0)
    ranks = offset + sign * (matrix(percentiles[directed]) / 100)
    present = ~np.isnan(ranks)
    counts = present.sum(axis=1)
    # A running sum adds from left to right whatever the number of rows: equal alone and in a batch.
    padded = np.concatenate([np.zeros((len(ranks), 1)), np.where(present, ranks, 0.0)], axis=1)
    sums = padded.cumsum(axis=1)[:, -1]
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
