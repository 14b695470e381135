"""The profile, one row per account, and what the last features build on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from features.peers import ENGAGEMENT, VIEWS, spread_of, tiers_of, typical_engagement
from features.views.base import Views, view
from features.views.rows import Floats, beside, flags, numbers, over

__all__ = ["FOLLOWING_CAPS", "account", "people", "profiled"]

FOLLOWING_CAPS: Final[Mapping[str, float]] = MappingProxyType(
    {"instagram": 7_500.0, "x": 5_000.0, "tiktok": 10_000.0}
)


@view("profile")
def people(views: Views) -> pl.DataFrame:
    """One row per account: the profile, with what may stand in for its texts already derived.

    Columns of the account table, and ``tier``, ``age_days``, ``digit_share``, ``has_url``,
    ``cap`` (the platform's limit on accounts followed), ``typical_rate``; ``parts_known`` and
    ``parts_filled`` (of picture, name, description and link). Of the published distributions for its
    platform and followers ``rate_level`` and ``rate_deviation`` (log10 of the engagement rate) and
    ``views_level`` and ``views_deviation`` (log10 of views per follower).
    """
    frame = views.tables.accounts
    platforms, followers = frame["platform"].to_list(), frame["followers"].to_list()
    links = [np.nan if link is None else float(link != "") for link in frame["external_url"].to_list()]
    has_url = np.array(links, np.float64)
    frame = profiled(frame, numbers(frame["as_of"]))
    rate, views_ = (spread_of(table, platforms, followers) for table in (ENGAGEMENT, VIEWS))
    filled = (*(numbers(frame[name]) for name in ("has_picture", "full_name_words", "bio_length")), has_url)
    return beside(frame, {
        "account": pl.Series(np.arange(frame.height, dtype=np.uint32)),
        "has_url": flags("has_url", has_url > 0, ~np.isnan(has_url)),
        "parts_known": np.sum([~np.isnan(part) for part in filled], axis=0),
        "parts_filled": np.sum([part > 0 for part in filled], axis=0),
        "tier": pl.Series(tiers_of(followers), dtype=pl.String),
        "typical_rate": typical_engagement(platforms, followers),
        "rate_level": rate[0],
        "rate_deviation": rate[1],
        "views_level": views_[0],
        "views_deviation": views_[1],
        "cap": np.array([FOLLOWING_CAPS.get(platform, np.nan) for platform in platforms], np.float64),
    })  # fmt: skip


def profiled(frame: pl.DataFrame, as_of: Floats) -> pl.DataFrame:
    """Profiles with what their texts tell, ``digit_share``, and ``age_days`` at ``as_of`` (microseconds)."""
    given = [text for text in _texts() if frame[text].null_count() < frame.height]
    if given:
        frame = frame.with_columns(expression for text in given for expression in _texts()[text])
    age = as_of - numbers(frame["created_at"])
    return beside(frame, {
        "digit_share": over(numbers(frame["username_digits"]), numbers(frame["username_length"])),
        "age_days": age * (1.0 / 86_400e6),
    })  # fmt: skip


@cache
def _texts() -> Mapping[str, tuple[pl.Expr, ...]]:
    name, words, bio = pl.col("username"), pl.col("full_name"), pl.col("bio")
    return {
        "username": (
            pl.col("username_length").fill_null(name.str.len_chars().cast(pl.Int64)),
            pl.col("username_digits").fill_null(name.str.count_matches(r"\d").cast(pl.Int64)),
        ),
        "full_name": (
            pl.col("full_name_words").fill_null(words.str.count_matches(r"\S+").cast(pl.Int64)),
        ),
        "bio": (pl.col("bio_length").fill_null(bio.str.len_chars().cast(pl.Int64)),),
    }  # fmt: skip


@view("account")
def account(views: Views) -> pl.DataFrame:
    """One row per account: the profile and the features of the other views, for those that build on them.

    Filled by :func:`features.derive.derive`, which knows those features; by itself the profile alone.
    """
    return views[people]
