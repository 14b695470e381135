"""Account tables to one row of numbers per account: the only path, for training and serving alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from accounts.tables import Tables
from features.catalogue import CATALOGUE
from features.declaration import Feature
from features.views import View, Views, account, people
from features.views.rows import beside

__all__ = ["derive"]

Matrix = npt.NDArray[np.float64]


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
    values = np.full((len(views.tables), len(CATALOGUE)), np.nan)
    for plan in _plans():
        _fill(values, plan, views)
    index = pd.Index(views.tables.accounts["account_id"].to_list(), name="account_id", dtype=object)
    return pd.DataFrame(values, index=index, columns=[feature.name for feature in CATALOGUE])


@dataclass(frozen=True)
class _Plan:
    """The features of one view: their expressions, made once, and their columns in the result."""

    view: View
    expressions: list[pl.Expr]
    columns: list[int]


@cache
def _plans() -> tuple[_Plan, ...]:
    """A plan for each view, the one over ``account`` last, for its features build on the others."""
    ordered = dict.fromkeys(sorted((feature.view for feature in CATALOGUE), key=lambda view: view is account))
    return tuple(_plan(view) for view in ordered)


def _plan(view: View) -> _Plan:
    own = [(column, feature) for column, feature in enumerate(CATALOGUE) if feature.view is view]
    return _Plan(view, [_column(feature) for _, feature in own], [column for column, _ in own])


def _column(feature: Feature) -> pl.Expr:
    return feature.expression().alias(feature.name)


def _fill(values: Matrix, plan: _Plan, views: Views) -> None:
    if plan.view is account:
        derived, rows = _built_upon(values, views).select(plan.expressions), np.arange(len(values))
    else:
        derived = views[plan.view].group_by("account", maintain_order=True).agg(plan.expressions)
        rows = derived["account"].to_numpy()
    for column, series in zip(plan.columns, derived.get_columns()[-len(plan.columns) :], strict=True):
        values[rows, column] = series.to_numpy()


def _built_upon(values: Matrix, views: Views) -> pl.DataFrame:
    """The profile beside those features that others build on."""
    return beside(views[people], {name: values[:, column] for column, name in _foundations()})


@cache
def _foundations() -> tuple[tuple[int, str], ...]:
    above = (feature.expression() for feature in CATALOGUE if feature.view is account)
    used = {root for expression in above for root in expression.meta.root_names()}
    return tuple((column, feature.name) for column, feature in enumerate(CATALOGUE) if feature.name in used)
