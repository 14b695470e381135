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
from features.evidence import BLOCKS, rows_seen
from features.views import View, Views, account, people
from features.views.base import SERIES
from features.views.rows import Index, Runs, beside, known

__all__ = ["Plan", "derive", "fill", "plans"]

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
    for plan in plans():
        if not views.lacks(plan.view.block):
            fill(values, plan, views)
    _hide_unseen(values, views)
    index = pd.Index(views.tables.accounts["account_id"].to_list(), name="account_id", dtype=object)
    return pd.DataFrame(values, index=index, columns=_columns())


@cache
def _columns() -> pd.Index[str]:
    """The catalogue's names, as objects: pandas takes long to go through texts of its own."""
    return pd.Index([feature.name for feature in CATALOGUE], dtype=object)


def _hide_unseen(values: Matrix, views: Views) -> None:
    """A feature is absent where a block that it needs is: as the account's evidence level says."""
    present = {block: rows_seen(views, block) > 0 for block in BLOCKS}
    for blocks, columns in _by_blocks().items():
        unseen = ~np.logical_and.reduce([present[block] for block in blocks])
        if unseen.any():
            values[np.ix_(unseen, columns)] = np.nan


@cache
def _by_blocks() -> dict[tuple[str, ...], npt.NDArray[np.int64]]:
    blocks = dict.fromkeys(feature.blocks for feature in CATALOGUE)
    places = {own: [place for place, one in enumerate(CATALOGUE) if one.blocks == own] for own in blocks}
    return {own: np.array(columns) for own, columns in places.items()}


@dataclass(frozen=True)
class Plan:
    """All that is derived in one grouping of one view.

    ``columns`` holds the places of the expressions after the key, and of their features in the
    result, by the view's part (none: the whole). ``known`` names the columns that must be known in
    so many rows, and the places of the expressions that ask for it.
    """

    view: View
    expressions: list[pl.Expr]
    columns: dict[int | None, tuple[Index, Index]]
    known: dict[tuple[str, int], Index]

    @property
    def key(self) -> str:
        """The column that tells whose a row is."""
        return "account" if None in self.columns else "series"


@cache
def plans() -> tuple[Plan, ...]:
    """A plan for each view, the one over ``account`` last, for its features build on the others."""
    wholes = dict.fromkeys(_whole(feature) for feature in CATALOGUE)
    return tuple(_plan_of(view) for view in sorted(wholes, key=lambda view: view is account))


def _whole(feature: Feature) -> View:
    return feature.view.part[0] if feature.view.part else feature.view


def _plan_of(view: View) -> Plan:
    own = [(column, feature) for column, feature in enumerate(CATALOGUE) if _whole(feature) is view]
    functions = {feature.expression: feature.name for _, feature in reversed(own)}
    place = {function: n for n, function in enumerate(functions, start=1)}
    pairs: dict[int | None, list[tuple[int, int]]] = {}
    known: dict[tuple[str, int], set[int]] = {}
    for column, feature in own:
        part = feature.view.part[1] if feature.view.part else None
        pairs.setdefault(part, []).append((place[feature.expression], column))
        for each in feature.known.items():
            known.setdefault(each, set()).add(place[feature.expression])
    columns = {part: (np.array(found)[:, 0], np.array(found)[:, 1]) for part, found in pairs.items()}
    return Plan(
        view,
        [function().alias(name) for function, name in functions.items()],
        columns,
        {each: np.array(sorted(places)) for each, places in known.items()},
    )


def fill(values: Matrix, plan: Plan, views: Views) -> None:
    """Write the plan's features into accounts x catalogue."""
    found = _derived(values, plan, views).to_numpy().astype(np.float64)
    owner, part = found[:, 0].astype(np.int64), None
    found[~np.isfinite(found)] = np.nan
    counts = _known(views[plan.view], plan)
    for (column, fewest), places in plan.known.items():
        few = counts[column] < fewest
        if few.any():
            found[np.ix_(few, places)] = np.nan
    if plan.key == "series":
        owner, part = np.divmod(owner, SERIES)
    for wanted, (places, columns) in plan.columns.items():
        here = slice(None) if part is None else part == wanted
        values[owner[here, None], columns] = found[here][:, places]


def _known(frame: pl.DataFrame, plan: Plan) -> dict[str, Index]:
    """In how many of its rows each group of the plan knows each column that a feature asks for."""
    columns = dict.fromkeys(column for column, _ in plan.known)
    if not columns or not frame.height:
        return dict.fromkeys(columns, np.empty(0, np.int64))
    first = Runs.of(frame[plan.key].to_numpy()).first
    return {column: np.add.reduceat(known(frame[column]), first, dtype=np.int64) for column in columns}


def _derived(values: Matrix, plan: Plan, views: Views) -> pl.DataFrame:
    """The plan's expressions, after the key that tells whose they are."""
    if plan.view is account:
        return _built_upon(values, views).select("account", *plan.expressions)
    return views[plan.view].group_by(plan.key, maintain_order=True).agg(plan.expressions)


def _built_upon(values: Matrix, views: Views) -> pl.DataFrame:
    """The profile beside those features that others build on."""
    return beside(views[people], {name: values[:, column] for column, name in _foundations()})


@cache
def _foundations() -> tuple[tuple[int, str], ...]:
    above = (feature.expression() for feature in CATALOGUE if feature.view is account)
    used = {root for expression in above for root in expression.meta.root_names()}
    return tuple((column, feature.name) for column, feature in enumerate(CATALOGUE) if feature.name in used)
