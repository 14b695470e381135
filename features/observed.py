"""Observed: how fast likes came to posts that were seen several times, against views and comments.

Likes that people give come with views and comments, fast at first and then ever more slowly; likes that are
delivered come in a block. No signal reads these features yet: no public set has posts seen several times.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import polars as pl

from features.declaration import HIGH, INFLATED, NEITHER, Change, Rows, feature
from features.expressions import median
from features.views import observed

_BURSTS = "De Cristofaro et al. 2014, IMC: bot-run farms deliver likes in bursts"
_HALF_LIFE = "half-life of posts as Graffius 2024 defines it"
_FEW: Mapping[Change, str] = {"scale": "of posts with under 20 likes nothing is said"}
_FEW_AND_OTHERS: Mapping[Change, str] = {
    **_FEW,
    "gaps": "a post without views is held against its comments, and the other way round",
}
_BLOCK = ("published_at", "likes", "block_likes", "block_others", "block_hours", "block_after_hours")
_from_observed = partial(feature, observed, speaks_to=INFLATED)


@_from_observed(
    unit="share",
    direction=HIGH,
    known={"in_block": 3},
    sentence="{value} of the posts seen several times gained a third or more of their likes in one step that "
    "brought a tenth or less of their views and comments",
    rows=Rows("block_excess", _BLOCK),
    source=_BURSTS,
    excuses=_FEW_AND_OTHERS,
)
def likes_in_block_share() -> pl.Expr:
    """Share of posts of which a third or more of the likes came in a step without views and comments.

    >>> from features.example import derive_one
    >>> seen = {"post_id": ["p0", "p1", "p2"] * 2, "observed_at": [100] * 3 + [101] * 3,
    ...         "likes": [50] * 3 + [95, 60, 60], "views": [500] * 3 + [510, 600, 600]}
    >>> derive_one("likes_in_block_share", likes=[100] * 5, views=[1_000] * 5, observed=seen)
    0.333333333
    """
    return pl.col("in_block").mean()


@_from_observed(
    unit="share",
    direction=HIGH,
    known={"block_excess": 3},
    sentence="in the step in which likes ran furthest ahead, {value} more of a post's likes than of its "
    "views or comments came (a usual post)",
    rows=Rows("block_excess", _BLOCK),
    source=_BURSTS,
    excuses=_FEW_AND_OTHERS,
)
def likes_block_excess() -> pl.Expr:
    """Median over posts of the largest lead of likes in a step: their share less that of views or comments.

    >>> from features.example import derive_one
    >>> seen = {"post_id": ["p0", "p1", "p2"], "observed_at": [100] * 3,
    ...         "likes": [20, 50, 60], "views": [800] * 3}
    >>> derive_one("likes_block_excess", likes=[100] * 5, views=[1_000] * 5, observed=seen)
    0.3
    """
    return median(pl.col("block_excess"))


@_from_observed(
    unit="log10",
    direction=HIGH,
    known={"spread": 3},
    sentence="from step to step its likes per view gained differ by a factor of {value} (a usual post)",
    rows=Rows("spread", ("published_at", "likes", "views", "spread")),
    source=_BURSTS,
    excuses={"scale": "one is added to both, and of posts with under 20 likes nothing is said"},
)
def likes_per_view_gained_spread() -> pl.Expr:
    """Median over posts of the standard deviation of log10 likes per view gained, over their steps.

    >>> from features.example import derive_one
    >>> times = [at for at in (100, 101, 102) for _ in range(3)]
    >>> seen = {"post_id": ["p0", "p1", "p2"] * 3, "observed_at": times,
    ...         "likes": [0] * 3 + [9] * 3 + [108] * 3, "views": [0] * 3 + [9] * 3 + [18] * 3}
    >>> derive_one("likes_per_view_gained_spread", likes=[117] * 5, views=[27] * 5, observed=seen)
    0.577350269
    """
    return median(pl.col("spread"))


@_from_observed(
    unit="hours",
    direction=NEITHER,
    known={"half_hours": 3},
    sentence="half of a post's likes were there {value} hours after it was published (a usual post)",
    rows=Rows("half_hours", ("published_at", "likes", "half_hours"), across=True),
    source=_HALF_LIFE,
    excuses=_FEW,
)
def likes_half_hours() -> pl.Expr:
    """Median over posts of the hours from publishing until half of their likes were there.

    >>> from features.example import derive_one
    >>> seen = {"post_id": ["p0", "p1", "p2"], "observed_at": [10, 34, 58], "likes": [100] * 3}
    >>> derive_one("likes_half_hours", likes=[100] * 5, observed=seen)
    5.0
    """
    return median(pl.col("half_hours"))


@_from_observed(
    unit="share",
    direction=NEITHER,
    known={"early_share": 3},
    sentence="{value} of a post's likes were there within three hours of its publication (a usual post)",
    rows=Rows("early_share", ("published_at", "likes", "early_share"), across=True),
    source=_HALF_LIFE,
    excuses=_FEW,
)
def likes_early_share() -> pl.Expr:
    """Median over posts of the share of their likes seen within three hours of publishing.

    >>> from features.example import derive_one
    >>> seen = {"post_id": ["p0", "p1", "p2"], "observed_at": [2, 26, 50], "likes": [10, 30, 20]}
    >>> derive_one("likes_early_share", likes=[100] * 5, observed=seen)
    0.2
    """
    return median(pl.col("early_share"))
