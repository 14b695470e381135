"""Less evidence of the same account: what a poorer export of it would have shown.

Whole blocks and rows within blocks are dropped at random and independent of class, for
training, and down to each evidence level, for setting the level's threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.schema import PROFILE
from accounts.tables import Tables
from detector.arrays import Bools
from features.catalogue import CATALOGUE
from features.derive import derive
from features.evidence import BLOCKS, DEPTHS, LEVELS, Level, measure
from features.views import Views

__all__ = ["AtLevels", "random_plan", "thin"]

ALL: Final = 1_000_000
ROWS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({
    "posts5": (5, 11), "posts12": (12, 29), "posts30": (ALL, ALL),
    "comments15": (15, 49), "comments50": (ALL, ALL),
    "history14": (15, 29), "history30": (30, 89), "history90": (ALL, ALL),
    "historyweekly": (ALL, ALL), "historymonthly": (ALL, ALL),
})  # fmt: skip
EVERY: Final[Mapping[str, str]] = MappingProxyType({"historyweekly": "1w", "historymonthly": "1mo"})


def thin(tables: Tables, plan: pl.DataFrame, seed: int) -> Tables:
    """Cut every account down to its plan.

    Parameters
    ----------
    tables
        The accounts.
    plan
        ``account_id``; ``profile`` and ``audience`` (kept or not), ``posts`` (newest ones kept),
        ``comments`` (kept at random), ``days`` (newest days of history kept), ``every`` (1d, 1w
        or 1mo, the history's grid).
    seed
        Which comments are kept.
    """
    kept: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "accounts": _profiles,
        "posts": _newest,
        "comments": lambda frame: _sampled(frame, seed),
        "history": _recent,
        "audience": lambda frame: frame.filter("keep_audience"),
    }
    renamed = plan.rename({name: f"keep_{name}" for name in plan.columns if name != "account_id"})
    return tables.map(
        lambda name, frame: kept[name](
            frame.join(renamed, on="account_id", how="left", maintain_order="left")
        ).select(frame.columns)
    )


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.when("keep_profile").then(pl.col(name)).alias(name) for name in PROFILE)


def _newest(frame: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("published_at").rank("ordinal", descending=True).over("account_id")
    return frame.filter(rank.fill_null(ALL) <= pl.col("keep_posts"))


def _sampled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    drawn = pl.int_range(pl.len()).shuffle(seed).over("account_id")
    return frame.filter(drawn < pl.col("keep_comments"))


def _recent(frame: pl.DataFrame) -> pl.DataFrame:
    date = pl.col("date")
    recent = (date.max().over("account_id") - date).dt.total_days() <= pl.col("keep_days")
    week = date.dt.weekday() == date.max().dt.weekday().over("account_id")
    month = date.dt.day() == 1
    on_grid = pl.when(pl.col("keep_every") == "1w").then(week).when(pl.col("keep_every") == "1mo").then(month)
    return frame.filter(recent & on_grid.otherwise(pl.lit(True)))


def random_plan(account_ids: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """A plan that drops blocks and rows of every account at random, independent of what it is."""
    n = len(account_ids)

    def chosen(block: str, drop: float) -> list[str | None]:
        depths = [*DEPTHS[block], None]
        odds = [(1.0 - drop) / len(DEPTHS[block])] * len(DEPTHS[block]) + [drop]
        return [depths[at] for at in rng.choice(len(depths), n, p=odds)]

    depths = {block: chosen(block, drop) for block, drop in _DROPPED.items()}
    return _plan(account_ids, depths, rng)


_DROPPED: Final = {"profile": 0.1, "posts": 0.35, "comments": 0.5, "history": 0.4, "audience": 0.5}


def _plan(
    account_ids: Sequence[str], depths: Mapping[str, Sequence[str | None]], rng: np.random.Generator
) -> pl.DataFrame:
    def drawn(block: str) -> list[int]:
        ranges = [ROWS[depth] if depth else (0, 0) for depth in depths[block]]
        return [int(low if low == high else rng.integers(low, high + 1)) for low, high in ranges]

    history = depths["history"]
    days = [-1 if depth is None else kept for depth, kept in zip(history, drawn("history"), strict=True)]
    return pl.DataFrame({
        "account_id": list(account_ids),
        "profile": [depth is not None for depth in depths["profile"]],
        "audience": [depth is not None for depth in depths["audience"]],
        "posts": drawn("posts"),
        "comments": drawn("comments"),
        "days": days,
        "every": [EVERY.get(depth or "", "1d") for depth in history],
    })  # fmt: skip


@dataclass(frozen=True)
class AtLevels:
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
                yield level, self._numbers(level)[reached]

    @cached_property
    def _derived(self) -> dict[tuple[str | None, str | None], tuple[pd.DataFrame, pd.DataFrame]]:
        """Features and evidence for each pair of a depth of posts and one of comments or history."""
        others = (None, *DEPTHS["comments"], *DEPTHS["history"])
        return {pair: self._derive(*pair) for pair in product((None, *DEPTHS["posts"]), others)}

    def _derive(self, posts: str | None, other: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        ids = self.tables.accounts["account_id"].to_list()
        # The same rows of a block are kept whatever stands beside it.
        rng = np.random.default_rng([self.seed, len(posts or ""), *(posts or "").encode()[-2:]])
        depths: dict[str, list[str | None]] = {
            "profile": ["profile"] * len(ids),
            "posts": [posts] * len(ids),
            "comments": [other if other in DEPTHS["comments"] else None] * len(ids),
            "history": [other if other in DEPTHS["history"] else None] * len(ids),
            "audience": [None if posts or other else "audience30"] * len(ids),
        }
        views = Views(thin(self.tables, _plan(ids, depths, rng), self.seed))
        return derive(views), measure(views)

    def _pair_of(self, level: Level) -> dict[str, str | None]:
        depths = dict(zip(level.blocks, level.depths, strict=True))
        return {block: depths.get(block) for block in BLOCKS}

    def _reached(self, level: Level) -> Bools:
        """Which accounts have that much evidence, exactly: every block at its depth."""
        depth = self._pair_of(level)
        base = self._derived[None, None][1]
        checks = [base["profile"].to_numpy() > 0] if depth["profile"] else []
        checks += [base["audience"].to_numpy() > 0] if depth["audience"] else []
        for block in ("posts", "comments", "history"):
            if depth[block]:
                pair = (depth[block], None) if block == "posts" else (None, depth[block])
                keys = self._derived[pair][1]["level"].str.split("+")
                checks.append(np.array([depth[block] in key for key in keys], dtype=bool))
        reached: Bools = np.logical_and.reduce(checks)
        return reached

    def _numbers(self, level: Level) -> pd.DataFrame:
        depth = self._pair_of(level)
        frame = self._derived[None, None][0].copy()
        for place, feature in enumerate(CATALOGUE):
            if not level.sees(feature):
                frame.isetitem(place, np.nan)
            elif set(feature.blocks) & {"posts", "comments", "history"}:
                other = next(
                    (depth[block] for block in ("comments", "history") if block in feature.blocks), None
                )
                posts = depth["posts"] if "posts" in feature.blocks else None
                frame.isetitem(place, self._derived[posts, other][0].iloc[:, place].to_numpy())
        return frame
