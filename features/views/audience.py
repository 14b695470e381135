"""The sampled followers."""

from __future__ import annotations

import polars as pl

from features.expressions import logarithm
from features.views.base import FLOORS, Views, view, within
from features.views.people import described, people

__all__ = ["followers"]


@view("audience")
def followers(views: Views) -> pl.DataFrame:
    """One row per sampled follower: its profile, ``digit_share``, ``age_days``, ``follow_ratio``, ``filled``.

    ``filled`` is how many of picture, name and bio it has, of those known.
    """
    frame = within(views.keyed("audience"), FLOORS["audience"])
    frame = frame.join(views[people].select("account", "as_of", "platform"), on="account")
    frame = frame.with_columns(**described())
    order = [name for name in ("followers", "following", "posts", "username", "username_length", "username_digits",
             "full_name", "bio", "created_at", "has_picture", "bio_length", "full_name_words", "is_private", "is_verified", "external_url")]  # fmt: skip
    return frame.sort("account", *order).with_columns(
        age_days=(pl.col("as_of") - pl.col("created_at")).dt.total_seconds().cast(pl.Float64)
        * (1.0 / 86_400.0),
        follow_ratio=logarithm((pl.col("following") + 1) * 1.0) - logarithm((pl.col("followers") + 1) * 1.0),
    )
