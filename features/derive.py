"""Account tables to one row of numbers per account: the only path, for training and serving alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from accounts.tables import Tables
from features.catalogue import CATALOGUE, by_name
from features.declaration import Feature
from features.evidence import BLOCKS, rows_seen
from features.views import View, Views, account, people
from features.views.base import SERIES
from features.views.rows import Index, Runs, add_columns, is_known

__all__ = ["Plan", "derive", "fill", "plans"]

Matrix = npt.NDArray[np.float64]


def derive(tables: Tables | Views, features: Sequence[Feature] = CATALOGUE) -> pd.DataFrame:
    """The features of every account.

    Parameters
    ----------
    tables
        The accounts, or their views where those are needed again afterwards.
    features
        Which features, in which order; the whole catalogue unless given.

    Returns
    -------
    pandas.DataFrame
        float64, accounts by features; the index is ``account_id`` in input order. What is absent is NaN. A
        feature's values are the same bits whichever others are asked for beside it.

    Examples
    --------
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 99}])
    >>> float(derive(tables).loc["a", "followers_size"])
    2.0
    >>> list(derive(tables, [by_name("followers_size")]).columns)
    ['followers_size']
    """
    views = tables if isinstance(tables, Views) else Views(tables)
    recipe = _recipe(tuple(features))
    values = np.full((len(views.tables), len(recipe.features)), np.nan)
    for plan in recipe.plans:
        if not views.lacks(plan.view.block):
            fill(values, plan, views)
    _mask_unseen(values, recipe, views)
    index = pd.Index(views.tables.accounts["account_id"].to_list(), name="account_id", dtype=object)
    return pd.DataFrame(values[:, : len(features)], index=index, columns=recipe.columns)


@dataclass(frozen=True)
class Plan:
    """All that is derived in one grouping of one view.

    Attributes
    ----------
    view
        The view that is grouped.
    expressions
        One for each different function of its features, named after the first of these.
    columns
        By the view's part (None: the whole): the places of the expressions after the key, and of their
        features in the result.
    reads
        The columns of the view that its features are made of.
    known
        By column and least number of rows in which it must be known: the places of the expressions that
        ask for so many.
    beside
        Names and places in the result of the features that the expressions build on.
    """

    view: View
    expressions: list[pl.Expr]
    columns: dict[int | None, tuple[Index, Index]]
    reads: frozenset[str]
    known: dict[tuple[str, int], Index]
    beside: dict[str, int]

    @property
    def key(self) -> str:
        """The column that tells whose a row is."""
        return "account" if None in self.columns else "series"


@dataclass(frozen=True)
class _Recipe:
    """How some features are derived: their plans, and where each value goes.

    Attributes
    ----------
    features
        Those asked for, then those that they build on.
    columns
        The names of those asked for, as objects: pandas takes long to go through texts of its own.
    plans
        As :func:`plans` returns them.
    by_blocks
        Places of the features, by the blocks that they need.
    """

    features: tuple[Feature, ...]
    columns: pd.Index[str]
    plans: tuple[Plan, ...]
    by_blocks: dict[tuple[str, ...], Index]


@lru_cache(maxsize=32)
def _recipe(asked: tuple[Feature, ...]) -> _Recipe:
    features = (*asked, *_foundations(asked))
    columns = pd.Index([feature.name for feature in asked], dtype=object)
    return _Recipe(features, columns, plans(features), _by_blocks(features))


def _foundations(asked: Iterable[Feature]) -> list[Feature]:
    """The features that those asked for build on, without those that are asked for themselves."""
    names = {feature.name for feature in asked}
    above = [feature.expression().meta.root_names() for feature in asked if feature.view is account]
    built_on = dict.fromkeys(root for roots in above for root in roots if root not in names)
    return [by_name(name) for name in built_on if name in CATALOGUE.by_name]


def _by_blocks(features: Sequence[Feature]) -> dict[tuple[str, ...], Index]:
    blocks = dict.fromkeys(feature.blocks for feature in features)
    places = {own: [place for place, one in enumerate(features) if one.blocks == own] for own in blocks}
    return {own: np.array(columns, dtype=np.int64) for own, columns in places.items()}


def _mask_unseen(values: Matrix, recipe: _Recipe, views: Views) -> None:
    """A feature is absent where a block that it needs is: as the account's evidence level says."""
    present = {block: rows_seen(views, block) > 0 for block in BLOCKS}
    for blocks, columns in recipe.by_blocks.items():
        unseen = ~np.logical_and.reduce([present[block] for block in blocks])
        if unseen.any():
            values[np.ix_(unseen, columns)] = np.nan


def plans(features: Sequence[Feature]) -> tuple[Plan, ...]:
    """A plan for each view, the one over ``account`` last, for its features build on the others."""
    wholes = dict.fromkeys(_whole(feature) for feature in features)
    return tuple(_plan_of(view, features) for view in sorted(wholes, key=lambda view: view is account))


def _whole(feature: Feature) -> View:
    return feature.view.part[0] if feature.view.part else feature.view


def _plan_of(view: View, features: Sequence[Feature]) -> Plan:
    own = [(column, feature) for column, feature in enumerate(features) if _whole(feature) is view]
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
    expressions = [function().alias(name) for function, name in functions.items()]
    return Plan(
        view,
        expressions,
        columns,
        frozenset[str]().union(*(feature.inputs for _, feature in own)),
        {each: np.array(sorted(places)) for each, places in known.items()},
        _built_on(expressions, features) if view is account else {},
    )


def _built_on(expressions: Iterable[pl.Expr], features: Sequence[Feature]) -> dict[str, int]:
    """Names and places of the features that the expressions read."""
    read = {root for expression in expressions for root in expression.meta.root_names()}
    return {feature.name: place for place, feature in enumerate(features) if feature.name in read}


def fill(values: Matrix, plan: Plan, views: Views) -> None:
    """Write the plan's features into accounts x features."""
    frame = _frame(values, plan, views)
    found = _derived(frame, plan).to_numpy().astype(np.float64)
    owner, part = found[:, 0].astype(np.int64), None
    found[~np.isfinite(found)] = np.nan
    counts = _known(frame, plan)
    for (column, fewest), places in plan.known.items():
        few = counts[column] < fewest
        if few.any():
            found[np.ix_(few, places)] = np.nan
    if plan.key == "series":
        owner, part = np.divmod(owner, SERIES)
    for wanted, (places, columns) in plan.columns.items():
        here = slice(None) if part is None else part == wanted
        values[owner[here, None], columns] = found[here][:, places]


def _frame(values: Matrix, plan: Plan, views: Views) -> pl.DataFrame:
    """The plan's view with the columns that its features read, and the features that these build on."""
    frame = views.frame(people if plan.view is account else plan.view, plan.reads)
    return add_columns(frame, {name: values[:, place] for name, place in plan.beside.items()})


def _derived(frame: pl.DataFrame, plan: Plan) -> pl.DataFrame:
    """The plan's expressions, after the key that tells whose they are."""
    if plan.view is account:
        return frame.select("account", *plan.expressions)
    return frame.group_by(plan.key, maintain_order=True).agg(plan.expressions)


def _known(frame: pl.DataFrame, plan: Plan) -> dict[str, Index]:
    """In how many of its rows each group of the plan knows each column that a feature asks for."""
    columns = dict.fromkeys(column for column, _ in plan.known)
    if not columns or not frame.height:
        return dict.fromkeys(columns, np.empty(0, np.int64))
    first = Runs.of(frame[plan.key].to_numpy()).first
    return {column: np.add.reduceat(is_known(frame[column]), first, dtype=np.int64) for column in columns}
