"""How much of an account there is to see: blocks, their depth, and the evidence level they make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from accounts.schema import PROFILE
from accounts.tables import Tables
from features.declaration import AUTOMATED, INFLATED, Feature, Head
from features.views import View, Views, comments, counts, every_post, followers, people
from features.views.base import accounts_of
from features.views.rows import Floats, Index, is_known

__all__ = [
    "BLOCKS",
    "DEPTHS",
    "LEVELS",
    "AccountEvidence",
    "Level",
    "evidence_of",
    "measure",
    "pooled_key",
    "rows_seen",
]

BLOCKS: Final = ("profile", "posts", "comments", "history", "audience")

DEPTHS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "profile": ("profile",),
        "posts": ("posts5", "posts12", "posts30"),
        "comments": ("comments15", "comments50"),
        "history": ("history14", "history30", "history90", "historyweekly", "historymonthly"),
        "audience": ("audience30",),
    }
)

_SHOWN: Final[Mapping[str, View]] = MappingProxyType(
    {"posts": every_post, "comments": comments, "history": counts, "audience": followers}
)
_LEAST: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"profile": (1,), "posts": (5, 12, 30), "comments": (15, 50), "audience": (30,)}
)
_DAYS: Final = (14, 30, 90)
_HISTORY: Final = ("", *DEPTHS["history"])


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

    @staticmethod
    def of(key: str) -> Level:
        """The level that a key names; ValueError where it names none."""
        return _level_of(key)

    @property
    def key(self) -> str:
        """Its name in verdicts and tables, such as ``profile+posts30+history90``; none without a block."""
        return "+".join(self.depths) or "none"

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that are present, in the order of ``BLOCKS``."""
        return tuple(_BLOCK_OF[depth] for depth in self.depths)

    def present(self, block: str) -> bool:
        """Whether there is enough of a block to be evidence.

        >>> Level.of("profile+posts30").present("history")
        False
        """
        return block in self.blocks

    def depth(self, block: str) -> str | None:
        """How deep a block is; None where it is absent.

        >>> Level.of("profile+posts30").depth("posts")
        'posts30'
        """
        return next((depth for depth in self.depths if _BLOCK_OF[depth] == block), None)

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
        return pooled_key(self.key)

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


@cache
def _level_of(key: str) -> Level:
    depths = () if key == "none" else tuple(key.split("+"))
    if not set(depths) <= set(_BLOCK_OF):
        raise ValueError(f"{key!r} is not an evidence level")
    return Level(depths)


@cache
def pooled_key(key: str) -> str:
    """The blocks that a level's key names, joined; a key that names blocks alone stays as it is.

    >>> pooled_key("profile+posts30"), pooled_key("profile+posts"), pooled_key("none")
    ('profile+posts', 'profile+posts', 'none')
    """
    return "+".join(_BLOCK_OF.get(part, part) for part in key.split("+"))


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
    """Evidence of every account, as a frame.

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
    evidence = evidence_of(views)
    index = pd.Index(views.tables.accounts["account_id"].to_list(), name="account_id", dtype=object)
    return pd.DataFrame({**evidence.rows, "level": evidence.levels}, index=index)


@dataclass(frozen=True)
class AccountEvidence:
    """Evidence of some accounts, in input order.

    Attributes
    ----------
    rows
        For each block how many of its rows each account shows, as :func:`rows_seen` tells.
    levels
        Key of each account's :class:`Level`.
    """

    rows: Mapping[str, Index]
    levels: list[str]


def evidence_of(views: Views) -> AccountEvidence:
    """The evidence of every account of the views."""
    rows = {block: rows_seen(views, block) for block in BLOCKS}
    span, step = _span_and_step(views)
    depth = {block: np.searchsorted(least, rows[block], side="right") for block, least in _LEAST.items()}
    depth["history"] = np.searchsorted(_DAYS, span, side="right")
    depth["history"][step > 2] = _HISTORY.index("historyweekly")
    depth["history"][step > 10] = _HISTORY.index("historymonthly")
    return AccountEvidence(rows, _keys(depth))


def rows_seen(views: Views, block: str) -> Index:
    """How many rows of the block each account shows (of the profile: known fields); 0 below its floor.

    Of posts those younger than two days too: they have a rhythm and a text, though no engagement yet.
    """
    if block == "profile":
        profile = views.rows(people).frame
        fields = np.sum([is_known(profile[name]) for name in PROFILE], axis=0, dtype=np.int64)
        return np.where(is_known(profile["followers"]), fields, 0)
    if views.lacks(block):
        return np.zeros(len(views.tables), np.int64)
    return np.bincount(views.rows(_SHOWN[block]).account, minlength=len(views.tables))


def _span_and_step(views: Views) -> tuple[Floats, Floats]:
    """Days between an account's first and last count, and between one and the next; 0 without."""
    span, step = np.zeros((2, len(views.tables)))
    if not views.lacks("history"):
        frame = views.rows(counts).frame
        account = accounts_of(frame)
        span[account], step[account] = frame["span_days"].to_numpy(), frame["step_days"].to_numpy()
    return span, step


def _keys(depth: Mapping[str, Index]) -> list[str]:
    """The key of each account's level, from the place of each depth among ``DEPTHS``, 0 where absent."""
    columns = [[("", *DEPTHS[block])[place] for place in depth[block].tolist()] for block in BLOCKS]
    return ["+".join(filter(None, depths)) or "none" for depths in zip(*columns, strict=True)]
