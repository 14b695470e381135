"""Names for the arrays that the detector's parts hand each other."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "feature_values", "matrix"]

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


def matrix(frame: pd.DataFrame) -> Floats:
    """The frame's numbers as one C-contiguous float64 array; absent is NaN.

    >>> matrix(pd.DataFrame({"likes": [1, None]})).tolist()
    [[1.0], [nan]]
    """
    return np.ascontiguousarray(frame.to_numpy(dtype=np.float64, na_value=np.nan))


def feature_values(name: str, features: pd.DataFrame) -> Floats:
    """A feature of each account, NaN where absent; all NaN where a detector does not read it.

    >>> feature_values("likes", pd.DataFrame({"likes": [1, None]})).tolist()
    [1.0, nan]
    >>> feature_values("views", pd.DataFrame({"likes": [1, None]})).tolist()
    [nan, nan]
    """
    if name not in features.columns:
        return np.full(len(features), np.nan)
    return features[name].to_numpy(dtype=np.float64)
