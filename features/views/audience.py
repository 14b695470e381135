"""The sampled followers."""

from __future__ import annotations

import polars as pl

from accounts.schema import AUDIENCE
from features.expressions import ratio
from features.views.base import FLOORS, Views, accounts_of, ordered, view, within
from features.views.people import described, people
from features.views.rows import numbers

__all__ = ["followers"]


@view("audience")
def followers(views: Views) -> pl.DataFrame:
    """One row per sampled follower: its profile, ``digit_share``, ``age_days`` and ``follow_ratio``.

    ``follow_ratio`` is the decimal logarithm of accounts followed (+ 1) over followers (+ 1).
    """
    frame = within(views.keyed("audience"), FLOORS["audience"])
    about = views[people][["as_of", "platform"]][accounts_of(frame)]
    following, own = pl.col("following").cast(pl.Float64), pl.col("followers").cast(pl.Float64)
    frame = frame.hstack(about).with_columns(
        *described(), follow_ratio=ratio(following + 1.0, own + 1.0).log10()
    )
    return ordered(frame, numbers(frame["followers"]), *(name for name in AUDIENCE if name != "followers"))
