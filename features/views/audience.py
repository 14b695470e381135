"""The sampled followers."""

from __future__ import annotations

import numpy as np
import polars as pl

from accounts.schema import AUDIENCE
from features.views.base import FLOORS, Views, accounts_of, ordered, view, within
from features.views.people import people, profiled
from features.views.rows import beside, numbers

__all__ = ["followers"]


@view("audience")
def followers(views: Views) -> pl.DataFrame:
    """One row per sampled follower: its profile, ``digit_share``, ``age_days`` and ``follow_ratio``.

    ``follow_ratio`` is the decimal logarithm of accounts followed (+ 1) over followers (+ 1).
    """
    frame = within(views.keyed("audience"), FLOORS["audience"])
    as_of = numbers(views[people]["as_of"])[accounts_of(frame)]
    following, own = numbers(frame["following"]), numbers(frame["followers"])
    frame = beside(profiled(frame, as_of), {"follow_ratio": np.log10((following + 1.0) / (own + 1.0))})
    first = own + following / (following + 1e6)  # between equal followers by those followed: few are tied
    return ordered(frame, first, *AUDIENCE)
