"""The sampled followers."""

from __future__ import annotations

import numpy as np
import polars as pl

from accounts.schema import AUDIENCE
from features.views.base import FLOORS, ViewRows, Views, accounts_of, sort_within, view, with_at_least
from features.views.people import people, profiled
from features.views.rows import Floats, to_floats

__all__ = ["followers"]


@view("audience")
def followers(views: Views) -> pl.DataFrame:
    """One row per sampled follower: its profile, ``digit_share`` and ``age_days``."""
    frame = with_at_least(views.keyed("audience"), FLOORS["audience"])
    as_of = views.rows(people).floats("as_of")[accounts_of(frame)]
    following, own = to_floats(frame["following"]), to_floats(frame["followers"])
    first = own + following / (following + 1e6)  # between equal followers by those followed: few are tied
    return sort_within(profiled(frame, as_of), first, *AUDIENCE)


@followers.column
def follow_ratio(rows: ViewRows) -> Floats:
    """Log10 of (accounts followed + 1) over (followers + 1).

    >>> from features.example import column_of
    >>> column_of("followers", "follow_ratio", followers=[9] * 30, following=[99] * 30)[:3]
    [1.0, 1.0, 1.0]
    """
    return np.log10((rows.floats("following") + 1.0) / (rows.floats("followers") + 1.0))
