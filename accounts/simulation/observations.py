"""Simulated posts seen at several times: as people like them, and with likes delivered in a block."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import columns
from accounts.tables import Tables

__all__ = ["observe_posts"]

HOURS: Final = (1, 2, 3, 6, 12, 24, 48, 96)
HALF_HOURS: Final = 8.0
"""Hours in which half of what people give has come, at the median post."""


def observe_posts(tables: Tables, seed: int, *, delivered: float = 0.0) -> Tables:
    """The accounts with their posts seen at hours after publishing.

    Counts rise as 1 - 2^(-(hours / half)^0.7), the half being drawn for each post; likes, views and comments
    of a post rise together. ``delivered`` is the share of its likes that come at once at a drawn hour.

    >>> from datetime import UTC, datetime
    >>> time = datetime(2026, 10, 1, tzinfo=UTC)
    >>> account = {"account_id": "a", "platform": "x", "as_of": time + timedelta(days=9)}
    >>> posts = [{"account_id": "a", "post_id": "p", "published_at": time, "likes": 100, "views": 1_000}]
    >>> seen = observe_posts(Tables.of(accounts=[account], posts=posts), seed=1, delivered=0.6).observed
    >>> seen.height, seen["likes"].diff().max() >= 60, seen["comments"].null_count()
    (8, True, 8)
    """
    rng, rows = np.random.default_rng(seed), []
    until = dict(tables.accounts.select("account_id", "as_of").iter_rows())
    for post in tables.posts.drop_nulls(["post_id", "published_at"]).iter_rows(named=True):
        half, at = HALF_HOURS * np.exp(rng.normal(0, 0.5)), rng.choice(HOURS[2:-1])
        for hour in HOURS:
            time = post["published_at"] + timedelta(hours=hour)
            if time > until[post["account_id"]]:
                break
            grown = 1.0 - 2.0 ** -((hour / half) ** 0.7)
            liked = (1.0 - delivered) * grown + delivered * (hour >= at)
            shares = {"likes": liked, "views": grown, "comments": grown}
            counts = {name: None if post[name] is None else int(post[name] * part)
                      for name, part in shares.items()}  # fmt: skip
            rows.append({name: post[name] for name in ("account_id", "post_id")}
                        | {"observed_at": time, **counts})  # fmt: skip
    observed = pl.DataFrame(rows, schema=columns("observed"))
    return tables.map(lambda name, frame: observed if name == "observed" else frame)
