"""How much of an account there is to see: blocks, their depth, and the evidence level they make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Final

import pandas as pd
import polars as pl

from accounts.schema import PROFILE
from accounts.tables import Tables
from features.declaration import AUTOMATED, INFLATED, Feature, Head
from features.views import Views, comments, counts, followers, people, posts

__all__ = ["BLOCKS", "DEPTHS", "LEVELS", "Level", "measure"]

BLOCKS: Final = ("profile", "posts", "comments", "history", "audience")

DEPTHS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "profile": ("profile",),
    "posts": ("posts5", "posts12", "posts30"),
    "comments": ("comments15", "comments50"),
    "history": ("history14", "history30", "history90", "historyweekly", "historymonthly"),
    "audience": ("audience30",),
})  # fmt: skip


@dataclass(frozen=True)
class Level:
    """An evidence level: which blocks are present and how deep each is.

    Attributes
    ----------
    depths
        One depth for each block that is present, in the order of ``BLOCKS``; the numbers are
        the least of posts, comments, days of history and sampled followers.

    Examples
    --------
    >>> Level.of("profile+posts30").blocks
    ('profile', 'posts')
    >>> Level.of("none").accusable
    ()
    """

    depths: tuple[str, ...]

    @classmethod
    def of(cls, key: str) -> Level:
        """The level that a key names; ValueError where it names none."""
        depths = () if key == "none" else tuple(key.split("+"))
        if not set(depths) <= set(_BLOCK_OF):
            raise ValueError(f"{key!r} is not an evidence level")
        return cls(depths)

    @property
    def key(self) -> str:
        """Its name, such as ``profile+posts30+history90``."""
        return "+".join(self.depths) or "none"

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that are present."""
        return tuple(_BLOCK_OF[depth] for depth in self.depths)

    @property
    def accusable(self) -> tuple[Head, ...]:
        """The heads that this much evidence may accuse by.

        A profile alone may speak of ``automated`` and never of ``inflated``; an audience alone
        says nothing sure of who bought it.
        """
        seen = set(self.blocks)
        if seen & {"posts", "comments", "history"}:
            return (INFLATED, AUTOMATED)
        return (AUTOMATED,) if "profile" in seen else ()

    @property
    def pooled(self) -> str:
        """Key of all levels with these blocks, at any depth: what stands in where a level is too rare.

        >>> Level.of("profile+posts30+historyweekly").pooled
        'profile+posts+history'
        """
        return "+".join(self.blocks) or "none"

    def within(self, blocks: Collection[str]) -> Level:
        """The level that is left when only some blocks are shown."""
        return Level(tuple(depth for depth in self.depths if _BLOCK_OF[depth] in blocks))

    def sees(self, feature: Feature) -> bool:
        """Whether all blocks that the feature needs are present."""
        return set(feature.blocks) <= set(self.blocks)

    def extended(self) -> Iterator[tuple[str, Level]]:
        """Each absent block with the level that it would make at its deepest."""
        own = dict(zip(self.blocks, self.depths, strict=True))
        for block in BLOCKS:
            if block not in own:
                more = own | {block: _FULLEST[block]}
                yield block, Level(tuple(more[name] for name in BLOCKS if name in more))


_BLOCK_OF: Final = MappingProxyType({depth: block for block, depths in DEPTHS.items() for depth in depths})
_FULLEST: Final = MappingProxyType(
    {
        "profile": "profile",
        "posts": "posts30",
        "comments": "comments50",
        "history": "history90",
        "audience": "audience30",
    }
)


def _all_levels() -> Iterable[Level]:
    choices = [(None, *DEPTHS[block]) for block in BLOCKS]
    for chosen in product(*choices):
        yield Level(tuple(depth for depth in chosen if depth))


LEVELS: Final[tuple[Level, ...]] = tuple(level for level in _all_levels() if level.depths)


def measure(tables: Tables | Views) -> pd.DataFrame:
    """Evidence of every account.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``account_id`` in input order; for each block the number of its rows
        (of the profile: known fields), 0 where it is below its floor and so absent; ``level``,
        the key of the :class:`Level`.

    Examples
    --------
    >>> tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 99}])
    >>> measure(tables).loc["a", "level"]
    'profile'
    """
    views = tables if isinstance(tables, Views) else Views(tables)
    frame = views[people].select("account", "account_id", **_profile())
    for block, view in (("posts", posts), ("comments", comments), ("audience", followers)):
        rows = views[view].group_by("account").agg(pl.len().cast(pl.Int64).alias(block))
        frame = frame.join(rows, on="account", how="left", maintain_order="left")
    history = (
        views[counts]
        .group_by("account")
        .agg(
            pl.len().cast(pl.Int64).alias("history"), pl.col("span_days").first(), pl.col("step_days").first()
        )
    )
    frame = frame.join(history, on="account", how="left", maintain_order="left").with_columns(
        pl.col(BLOCKS).fill_null(0)
    )
    frame = frame.with_columns(level=_key())
    columns = {name: frame[name].to_list() for name in (*BLOCKS, "level")}
    return pd.DataFrame(
        columns, index=pd.Index(frame["account_id"].to_list(), name="account_id", dtype=object)
    )


def _profile() -> dict[str, pl.Expr]:
    known = pl.sum_horizontal(pl.col(name).is_not_null() for name in PROFILE).cast(pl.Int64)
    return {"profile": pl.when(pl.col("followers").is_not_null()).then(known).otherwise(0)}


def _key() -> pl.Expr:
    posts, comments = pl.col("posts"), pl.col("comments")
    span, step = pl.col("span_days"), pl.col("step_days")
    depths = [
        pl.when(pl.col("profile") > 0).then(pl.lit("profile")),
        pl.when(posts >= 30).then(pl.lit("posts30"))
        .when(posts >= 12).then(pl.lit("posts12"))
        .when(posts > 0).then(pl.lit("posts5")),
        pl.when(comments >= 50).then(pl.lit("comments50"))
        .when(comments > 0).then(pl.lit("comments15")),
        pl.when(step > 10).then(pl.lit("historymonthly"))
        .when(step > 2).then(pl.lit("historyweekly"))
        .when(span >= 90).then(pl.lit("history90"))
        .when(span >= 30).then(pl.lit("history30"))
        .when(span >= 14).then(pl.lit("history14")),
        pl.when(pl.col("audience") > 0).then(pl.lit("audience30")),
    ]  # fmt: skip
    key = pl.concat_str(depths, separator="+", ignore_nulls=True)
    return pl.when(key == "").then(pl.lit("none")).otherwise(key)
