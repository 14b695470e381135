"""Less evidence of the same account: what a poorer export of it would have shown.

Whole blocks and rows within blocks are dropped at random and independent of class, for
training, and down to each evidence level, for setting the level's threshold.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl
from pandas.util import hash_array

from accounts.schema import LATER, LISTS, PROFILE
from accounts.tables import Tables
from detector.arrays import Bools, Floats, matrix
from features.catalogue import CATALOGUE
from features.declaration import Feature
from features.derive import derive
from features.evidence import DEPTHS, LEVELS, Level, measure
from features.views import Views

__all__ = ["MaskedToLevels", "mask_features", "mask_plan", "mask_tables", "random_mask_plan"]

ALL: Final = 1_000_000
TEXTS: Final = ("caption", "hashtags")
ROWS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({
    "posts5": (5, 11), "posts12": (12, 29), "posts30": (ALL, ALL),
    "comments15": (15, 49), "comments50": (ALL, ALL),
    "history14": (15, 29), "history30": (30, 89), "history90": (ALL, ALL),
    "historyweekly": (ALL, ALL), "historymonthly": (ALL, ALL),
})  # fmt: skip
EVERY: Final[Mapping[str, str]] = MappingProxyType({"historyweekly": "1w", "historymonthly": "1mo"})
Codes = npt.NDArray[np.uint64]
Pair: TypeAlias = tuple[str | None, str | None]
"""A depth of posts, and one of comments or history."""


def mask_tables(tables: Tables, plan: pl.DataFrame, seed: int) -> Tables:
    """Cut every account down to its plan.

    Parameters
    ----------
    tables
        The accounts.
    plan
        ``account_id``; ``profile`` and ``audience`` (kept or not), ``posts`` (how many are kept:
        the newest, or where ``scattered`` any),
        ``comments`` (kept at random), ``days`` (newest days of history kept), ``every`` (1d, 1w
        or 1mo, the history's grid), ``texts`` (captions and hashtags kept or not).
    seed
        Which comments are kept.
    """
    selections: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "accounts": _profiles,
        "posts": lambda frame: _posts(frame, seed),
        "comments": lambda frame: _sampled(frame, seed),
        "history": _recent,
        "audience": lambda frame: frame.filter("keep_audience"),
        "annotations": lambda frame: frame,
        "observed": lambda frame: frame.filter(pl.col("keep_posts") > 0),
    }
    renamed = plan.rename({name: f"keep_{name}" for name in plan.columns if name != "account_id"})
    return tables.map(
        lambda name, frame: selections[name](
            frame.join(renamed, on="account_id", how="left", maintain_order="left")
        ).select(frame.columns)
    )


def mask_features(features: pd.DataFrame, blocks: Collection[str]) -> pd.DataFrame:
    """The features that can be read from these blocks, the others absent.

    Parameters
    ----------
    features
        Accounts x catalogue.
    blocks
        Names of the blocks that stay.
    """
    masked = [not set(feature.blocks) <= set(blocks) for feature in CATALOGUE]
    values = features.to_numpy(copy=True)
    values[:, masked] = np.nan
    return pd.DataFrame(values, index=features.index, columns=features.columns)


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when("keep_profile").then(pl.col(name)).alias(name) for name in PROFILE)


def _posts(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The newest posts, or any: some sources list an account's posts, others meet some of them."""
    scattered = _ranked(frame, "posts", seed)
    latest = pl.struct("published_at", "post_id").rank("ordinal", descending=True).over("account_id")
    dated = pl.col("published_at").is_not_null()
    rank = pl.when("keep_scattered").then(scattered).when(dated).then(latest).otherwise(ALL)
    shown = frame.filter((pl.col("keep_posts") > 0) & (rank <= pl.col("keep_posts")))
    return shown.with_columns(pl.when("keep_texts").then(pl.col(name)).alias(name) for name in TEXTS)


def _sampled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Which comments are kept is decided by what they say and the seed, not by where they stand."""
    frame = frame.filter(pl.col("keep_comments") > 0)
    return frame.filter(_ranked(frame, "comments", seed) <= frame["keep_comments"])


def _ranked(frame: pl.DataFrame, table: str, seed: int) -> pl.Series:
    """Each row's rank within its account, by chance: what it says and the seed decide.

    Fields that came to the schema later do not: the starter's rows would no longer be those it was fitted to.
    """
    codes = np.full(len(frame), _digest(seed))
    for name in (name for name in LISTS[table] if name not in LATER[table]):
        codes = _stirred(codes ^ _codes(frame[name]))
    order = frame.select("account_id", code=pl.Series(codes))
    return order.select(pl.col("code").rank("ordinal").over("account_id")).to_series()


def _codes(values: pl.Series) -> Codes:
    """A code for each value that is the same on every machine."""
    if values.dtype != pl.String:
        values = values.to_physical().cast(pl.Int64).fill_null(-1)
    return hash_array(values.to_numpy(), categorize=False)


def _recent(frame: pl.DataFrame) -> pl.DataFrame:
    date = pl.col("date")
    recent = (date.max().over("account_id") - date).dt.total_days() <= pl.col("keep_days")
    week = date.dt.weekday() == date.max().dt.weekday().over("account_id")
    month = date.dt.day() == 1
    on_grid = pl.when(pl.col("keep_every") == "1w").then(week).when(pl.col("keep_every") == "1mo").then(month)
    return frame.filter(recent & on_grid.otherwise(pl.lit(True)))


def random_mask_plan(account_ids: Sequence[str], seed: int) -> pl.DataFrame:
    """A plan that drops blocks and rows of every account at random: its name and the seed decide."""

    def chosen(block: str, drop: float) -> list[str | None]:
        depths = DEPTHS[block]
        place = (_uniform(account_ids, seed, f"which {block}") - drop) / (1.0 - drop) * len(depths)
        return [depths[min(int(at), len(depths) - 1)] if at >= 0 else None for at in place]

    plan = mask_plan(account_ids, {block: chosen(block, drop) for block, drop in _DROPPED.items()}, seed)
    scattered = _uniform(account_ids, seed, "scattered") < _SCATTERED
    texts = _uniform(account_ids, seed, "texts") >= _WITHOUT_TEXTS
    return plan.with_columns(scattered=pl.Series(scattered), texts=pl.Series(texts))


_SCATTERED: Final = 0.25
_WITHOUT_TEXTS: Final = 0.3
_DROPPED: Final = {"profile": 0.1, "posts": 0.35, "comments": 0.5, "history": 0.4, "audience": 0.5}


def mask_plan(
    account_ids: Sequence[str], depths: Mapping[str, Sequence[str | None]], seed: int
) -> pl.DataFrame:
    """The plan that takes each account down to its depths, one of each block or None to drop it.

    How many rows are left within a depth is drawn: the account's name and the seed decide.
    """

    def rows(block: str, absent: int) -> list[int]:
        draws = _uniform(account_ids, seed, f"how much of {block}").tolist()
        ranges = [ROWS[depth] if depth else (absent, absent) for depth in depths[block]]
        return [low + int(at * (high - low + 1)) for at, (low, high) in zip(draws, ranges, strict=True)]

    return pl.DataFrame(
        {
            "account_id": list(account_ids),
            "profile": [depth is not None for depth in depths["profile"]],
            "audience": [depth is not None for depth in depths["audience"]],
            "posts": rows("posts", 0),
            "comments": rows("comments", 0),
            "days": rows("history", -1),
            "scattered": [False] * len(account_ids),
            "texts": [True] * len(account_ids),
            "every": [EVERY.get(depth or "", "1d") for depth in depths["history"]],
        }
    )


def _uniform(account_ids: Sequence[str], seed: int, purpose: str) -> Floats:
    """A number from 0 to under 1 for each account, the same whichever others stand beside it."""
    names = hash_array(np.array(account_ids, dtype=object), categorize=False)
    codes = _stirred(names ^ _digest(f"{seed} {purpose}"))
    return (codes >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _digest(value: object) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.sha256(str(value).encode()).digest()[:8], "big"))


def _stirred(codes: Codes) -> Codes:
    """Codes in which every bit depends on every bit of those given (the finaliser of splitmix64)."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        codes = (codes ^ (codes >> np.uint64(shift))) * np.uint64(factor)
    return codes ^ (codes >> np.uint64(31))


@dataclass(frozen=True)
class MaskedToLevels:
    """Accounts masked down to every evidence level that they can reach.

    A feature reads at most the profile, the posts, and one of comments and history; so it is
    enough to derive each pair of depths once, and every level's row is put together from
    these (a test holds that this equals deriving the masked tables).

    Attributes
    ----------
    tables
        The accounts.
    seed
        Which rows are kept.
    """

    tables: Tables
    seed: int

    def __iter__(self) -> Iterator[tuple[Level, pd.DataFrame]]:
        """Each level with the features of the accounts that reach it; the index names the account."""
        for level in LEVELS:
            reached = self._reached(level)
            if reached.any():
                yield level, self._numbers(level, reached)

    @cached_property
    def _derived(self) -> dict[Pair, Floats]:
        """Accounts x catalogue for each pair of depths: the features that need just these blocks."""
        alone = {pair: one.numbers for pair, one in self._alone.items()}
        others = (*DEPTHS["comments"], *DEPTHS["history"])
        return alone | {pair: self._numbers_of(pair) for pair in product(DEPTHS["posts"], others)}

    def _numbers_of(self, pair: Pair) -> Floats:
        """The features that need the posts of one depth, and the comments or the history of another."""
        posts, other = (self._alone[one].tables for one in ((pair[0], None), (None, pair[1])))
        return _numbers_of(Views(replace(posts, comments=other.comments, history=other.history)), pair)

    @cached_property
    def _alone(self) -> dict[Pair, _Shown]:
        """The accounts with their profile and one other block, for each of its depths."""
        pairs: list[Pair] = [(depth, None) for depth in DEPTHS["posts"]]
        pairs += [(None, depth) for depth in (None, *DEPTHS["comments"], *DEPTHS["history"])]
        return {pair: self._shown(pair) for pair in pairs}

    def _shown(self, pair: Pair) -> _Shown:
        views = Views(self._masked(*pair))
        return _Shown(views.tables, measure(views)["level"].tolist(), _numbers_of(views, pair))

    def _masked(self, posts: str | None, other: str | None) -> Tables:
        depths: dict[str, list[str | None]] = {
            "profile": ["profile"] * len(self._ids),
            "posts": [posts] * len(self._ids),
            "comments": [other if other in DEPTHS["comments"] else None] * len(self._ids),
            "history": [other if other in DEPTHS["history"] else None] * len(self._ids),
            "audience": [None if posts or other else "audience30"] * len(self._ids),
        }
        return mask_tables(self.tables, mask_plan(self._ids, depths, self.seed), self.seed)

    @cached_property
    def _ids(self) -> list[str]:
        return self.tables.accounts["account_id"].to_list()

    def _reached(self, level: Level) -> Bools:
        """Which accounts have that much evidence, exactly: every block at its depth."""
        reached: Bools = np.logical_and.reduce([self._reach[depth] for depth in level.depths])
        return reached

    @cached_property
    def _reach(self) -> dict[str, Bools]:
        return {
            depth: np.array(
                [depth in Level.of(key).depths for key in self._alone[_pair({block: depth})].levels],
                dtype=bool,
            )
            for block, depths in DEPTHS.items()
            for depth in depths
        }

    def _numbers(self, level: Level, reached: Bools) -> pd.DataFrame:
        depth = dict(zip(level.blocks, level.depths, strict=True))
        values = np.full((int(reached.sum()), len(CATALOGUE)), np.nan)
        for blocks, columns in _columns(CATALOGUE.features).items():
            if blocks <= set(level.blocks):
                source = self._derived[_pair({block: depth[block] for block in blocks})]
                values[:, columns] = source[reached][:, columns]
        names = [name for name, at_level in zip(self._ids, reached, strict=True) if at_level]
        index = pd.Index(names, name="account_id", dtype=object)
        return pd.DataFrame(values, index=index, columns=[feature.name for feature in CATALOGUE])


class _Shown(NamedTuple):
    """Accounts of which some blocks are shown: evidence level of each, and what needs just these blocks."""

    tables: Tables
    levels: list[str]
    numbers: Floats


def _numbers_of(views: Views, pair: Pair) -> Floats:
    """Accounts x catalogue: the features that need just the blocks that a pair of depths shows, else NaN."""
    values = np.full((len(views.tables), len(CATALOGUE)), np.nan)
    if columns := _columns_of(CATALOGUE.features)[_blocks(pair)]:
        features = [CATALOGUE.features[column] for column in columns]
        values[:, columns] = matrix(derive(views, features))
    return values


def _pair(depth: Mapping[str, str]) -> Pair:
    """Which of the derived pairs shows these blocks at these depths."""
    return depth.get("posts"), depth.get("comments") or depth.get("history")


def _blocks(pair: Pair) -> frozenset[str]:
    """Which of posts, comments and history a pair of depths shows."""
    return frozenset(_BLOCK_OF[depth] for depth in pair if depth is not None)


_PAIRED: Final = ("posts", "comments", "history")
_BLOCK_OF: Final = {depth: block for block in _PAIRED for depth in DEPTHS[block]}


@cache
def _columns_of(catalogue: tuple[Feature, ...]) -> Mapping[frozenset[str], list[int]]:
    """The places of the features by which of posts, comments and history they need; none for other sets."""
    places = defaultdict[frozenset[str], list[int]](list)
    for place, feature in enumerate(catalogue):
        places[frozenset(feature.blocks) & frozenset(_PAIRED)].append(place)
    return places


@cache
def _columns(catalogue: tuple[Feature, ...]) -> Mapping[frozenset[str], list[int]]:
    """The places of the features in the catalogue, by the blocks that they need."""
    places: dict[frozenset[str], list[int]] = {}
    for place, feature in enumerate(catalogue):
        places.setdefault(frozenset(feature.blocks), []).append(place)
    return MappingProxyType(places)
