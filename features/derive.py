"""Account tables to one row of numbers per account: the only path, for training and serving alike."""

from __future__ import annotations

from itertools import groupby

import pandas as pd
import polars as pl

from accounts.tables import Tables
from features.catalogue import CATALOGUE
from features.declaration import Feature
from features.views import View, Views, account, people

__all__ = ["derive"]


def derive(tables: Tables | Views) -> pd.DataFrame:
    """Every feature of every account.

    Parameters
    ----------
    tables
        The accounts, or their views where those are needed again afterwards.

    Returns
    -------
    pandas.DataFrame
        float64, accounts by features; the index is ``account_id`` in input order, the columns
        are the catalogue's. What is absent is NaN.

    Examples
    --------
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 99}])
    >>> float(derive(tables).loc["a", "followers_size"])
    2.0
    """
    views = tables if isinstance(tables, Views) else Views(tables)
    frame = views[people]
    for view, features in _by_view():
        frame = _with(frame, views, view, features)
    values = frame.select(
        pl.col(feature.name).cast(pl.Float64).fill_null(float("nan")) for feature in CATALOGUE
    )
    matrix = values.to_numpy(order="c", writable=True)
    return pd.DataFrame(
        matrix,
        index=pd.Index(frame["account_id"].to_list(), name="account_id", dtype=object),
        columns=values.columns,
    )


def _by_view() -> list[tuple[View, list[Feature]]]:
    """The features of each view; those over ``account`` last, for they build on the others."""
    ordered = sorted(CATALOGUE, key=lambda feature: (feature.view is account, feature.view.name))
    return [(view, list(group)) for view, group in groupby(ordered, key=lambda feature: feature.view)]


def _with(frame: pl.DataFrame, views: Views, view: View, features: list[Feature]) -> pl.DataFrame:
    expressions = [feature.expression().alias(feature.name) for feature in features]
    if view is account:
        return frame.with_columns(expressions)
    if views[view].is_empty():
        return frame.with_columns(pl.lit(None, pl.Float64).alias(feature.name) for feature in features)
    derived = views[view].group_by("account", maintain_order=True).agg(expressions)
    return frame.join(derived, on="account", how="left", maintain_order="left")
