"""A head: a shallow LightGBM model kept as text, that scores accounts and says what moved each score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from accounts.errors import NoUsableModel
from detector.arrays import Floats, matrix

__all__ = ["Scorer", "ScorerParams", "fit_scorer"]


@dataclass(frozen=True)
class ScorerParams:
    """How large and how free a head may be.

    Attributes
    ----------
    trees, leaves
        Trees, and leaves in each. The time for an account's contributions is proportional to
        both, and a verdict is explained on request: keep them small.
    learning_rate
        How much of each tree's answer is added.
    least_accounts
        Fewest training rows in a leaf.
    l2
        Ridge on the leaves' values, in units of a leaf's summed second derivatives.
    column_share, row_share
        Share of columns, and of rows, that each tree may see.
    bins
        Most bins a feature's values are put into.
    seed
        Seeds every draw.
    """

    trees: int = 260
    leaves: int = 12
    learning_rate: float = 0.05
    least_accounts: int = 40
    l2: float = 10.0
    column_share: float = 0.5
    row_share: float = 0.8
    bins: int = 127
    seed: int = 0

    def for_lightgbm(self, constraints: Sequence[int], quantile: float | None = None) -> dict[str, Any]:
        """LightGBM's own parameters: one thread and one order of sums, so that bytes repeat."""
        constrained = {
            "monotone_constraints": list(constraints),
            "monotone_constraints_method": "intermediate",
        }
        aim: dict[str, Any] = {"objective": "binary"} | (constrained if any(constraints) else {})
        if quantile is not None:
            aim = {"objective": "quantile", "alpha": quantile}
        return aim | {
            "num_leaves": self.leaves,
            "learning_rate": self.learning_rate,
            "min_data_in_leaf": self.least_accounts,
            "lambda_l2": self.l2,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "max_bin": self.bins,
            "feature_pre_filter": False,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "seed": self.seed,
            "verbosity": -1,
        }


@dataclass(frozen=True)
class Scorer:
    """A head's model: nothing but LightGBM's own text.

    A damaged text makes LightGBM end the whole process, so give it only bytes whose sha256
    has been checked (:mod:`detector.bundle` does).

    Attributes
    ----------
    text
        The model in LightGBM's text format.
    """

    text: str

    @cached_property
    def booster(self) -> lgb.Booster:
        """The model, parsed by LightGBM at the first use."""
        return lgb.Booster(model_str=self.text)

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The columns it was trained on, in order."""
        return tuple(self.booster.feature_name())

    def score(self, X: pd.DataFrame) -> Floats:
        """Uncalibrated scores in (0, 1), one per row.

        Parameters
        ----------
        X
            Features as columns, those that the head reads among them, in any order.

        Raises
        ------
        NoUsableModel
            If X lacks a feature that the head reads.
        """
        return self._predict(X)

    def contributions(self, X: pd.DataFrame) -> Floats:
        """Exact SHAP values in log-odds of the raw score: rows x (features + 1), the last column the average.

        Each row sums to the logit of :meth:`score`. Raises as :meth:`score` does.
        """
        return self._predict(X, pred_contrib=True)

    def _predict(self, X: pd.DataFrame, **options: bool) -> Floats:
        values = columns_of(X, self.features)
        if X.empty:
            return np.empty((0, len(self.features) + 1) if options else 0)
        answer = self.booster.predict(values, num_threads=1, **options)
        return np.asarray(answer, dtype=np.float64)


def columns_of(X: pd.DataFrame, features: Sequence[str]) -> Floats:
    """The values of the named features, rows x features in the order of the names.

    Raises
    ------
    NoUsableModel
        If X lacks one of them.
    """
    return np.ascontiguousarray(matrix(X)[:, places_of(tuple(X.columns), tuple(features))])


@cache
def places_of(columns: tuple[str, ...], features: tuple[str, ...]) -> NDArray[np.int64]:
    """Where the features stand among the columns; refused as by :func:`columns_of`."""
    at = {name: place for place, name in enumerate(columns)}
    if missing := [name for name in features if name not in at]:
        raise NoUsableModel(f"The model reads {missing[0]}, which was not given.")
    return np.array([at[name] for name in features], dtype=np.int64)


def fit_scorer(  # noqa: PLR0913
    X: pd.DataFrame,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    constraints: Sequence[int],
    params: ScorerParams | None = None,
    quantile: float | None = None,
) -> Scorer:
    """Train one head.

    Parameters
    ----------
    X
        One row per account (or masked copy of one), one column per feature, NaN where absent.
    y
        Whether the head's answer is yes, one per row; of a quantile the number itself.
    sample_weight
        How much each row counts; None: all alike.
    constraints
        One of -1, 0, 1 per column: the score may only fall, is free, or may only rise with it.
    params
        Size and regularisation.
    quantile
        None: the head answers yes or no; else it estimates that quantile of a number.

    Raises
    ------
    ValueError
        If the constraints do not fit the columns.
    """
    if len(constraints) != len(X.columns) or not set(constraints) <= {-1, 0, 1}:
        raise ValueError(f"constraints must be -1, 0 or 1 for each of {len(X.columns)} columns")
    params = params or ScorerParams()
    how = params.for_lightgbm(constraints, quantile)
    data = lgb.Dataset(
        matrix(X),
        label=np.asarray(y, dtype=np.float64),
        weight=None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64),
        feature_name=list(X.columns),
        params=how,
    )
    return Scorer(lgb.train(how, data, num_boost_round=params.trees).model_to_string())
