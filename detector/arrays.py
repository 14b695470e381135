"""Names for the arrays that the detector's parts hand each other."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "matrix"]

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


def matrix(frame: pd.DataFrame) -> Floats:
    """The frame's numbers as one C-contiguous float64 array; absent is NaN.

    >>> matrix(pd.DataFrame({"likes": [1, None]})).tolist()
    [[1.0], [nan]]
    """
    return np.ascontiguousarray(frame.to_numpy(dtype=np.float64, na_value=np.nan))
