"""The profile, one row per account, and what the last features build on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import polars as pl

from features.expressions import ratio
from features.peers import tier_of, typical_engagement
from features.views.base import Views, view

__all__ = ["FOLLOWING_CAPS", "account", "described", "people"]

FOLLOWING_CAPS: Final[Mapping[str, float]] = MappingProxyType(
    {"instagram": 7_500.0, "x": 5_000.0, "tiktok": 10_000.0}
)


@view("profile")
def people(views: Views) -> pl.DataFrame:
    """One row per account: the profile, with what may stand in for its texts already derived.

    Columns of the account table, and ``tier``, ``age_days``, ``has_url``,
    ``cap`` (the platform's limit on accounts followed), ``typical_rate``.
    """
    accounts = views.tables.accounts.with_columns(account=pl.int_range(pl.len(), dtype=pl.UInt32))
    platform, followers = pl.col("platform"), pl.col("followers")
    return accounts.with_columns(
        **described(),
        tier=tier_of(followers),
        age_days=(pl.col("as_of") - pl.col("created_at")).dt.total_seconds() / 86_400.0,
        cap=platform.replace_strict(FOLLOWING_CAPS, default=None, return_dtype=pl.Float64),
        typical_rate=typical_engagement(platform, followers),
    )


def described() -> dict[str, pl.Expr]:
    name, digits = pl.col("username"), pl.col("username_digits")
    length = pl.col("username_length").fill_null(name.str.len_chars().cast(pl.Int64))
    digits = digits.fill_null(name.str.count_matches(r"\d").cast(pl.Int64))
    words = pl.col("full_name").str.count_matches(r"\S+").cast(pl.Int64)
    return {
        "username_length": length,
        "username_digits": digits,
        "digit_share": ratio(digits.cast(pl.Float64), length.cast(pl.Float64)),
        "full_name_words": pl.col("full_name_words").fill_null(words),
        "bio_length": pl.col("bio_length").fill_null(pl.col("bio").str.len_chars().cast(pl.Int64)),
        "has_url": pl.col("external_url").str.len_chars() > 0,
    }


@view("account")
def account(views: Views) -> pl.DataFrame:
    """One row per account: the profile and the features of the other views, for those that build on them.

    Filled by :func:`features.derive.derive`, which knows those features; by itself the profile alone.
    """
    return views[people]
