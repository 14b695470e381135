"""The profile, one row per account, and what the last features build on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
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

    Columns of the account table, and ``tier``, ``age_days``, ``digit_share``, ``has_url``,
    ``cap`` (the platform's limit on accounts followed), ``typical_rate``.
    """
    return views.tables.accounts.with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("account"), *_columns()
    )


@cache
def _columns() -> tuple[pl.Expr, ...]:
    platform, followers = pl.col("platform"), pl.col("followers")
    return (
        *described(),
        tier_of(followers).alias("tier"),
        typical_engagement(platform, followers).alias("typical_rate"),
        platform.replace_strict(FOLLOWING_CAPS, default=None, return_dtype=pl.Float64).alias("cap"),
    )


@cache
def described() -> tuple[pl.Expr, ...]:
    """Lengths and digits where only the texts are given, and the age in days at ``as_of``."""
    name = pl.col("username")
    length = pl.col("username_length").fill_null(name.str.len_chars().cast(pl.Int64))
    digits = pl.col("username_digits").fill_null(name.str.count_matches(r"\d").cast(pl.Int64))
    words = pl.col("full_name").str.count_matches(r"\S+").cast(pl.Int64)
    age = (pl.col("as_of") - pl.col("created_at")).dt.total_microseconds().cast(pl.Float64)
    return (
        length.alias("username_length"),
        digits.alias("username_digits"),
        ratio(digits.cast(pl.Float64), length.cast(pl.Float64)).alias("digit_share"),
        pl.col("full_name_words").fill_null(words),
        pl.col("bio_length").fill_null(pl.col("bio").str.len_chars().cast(pl.Int64)),
        (pl.col("external_url").str.len_chars() > 0).alias("has_url"),
        (age * (1.0 / 86_400e6)).alias("age_days"),
    )


@view("account")
def account(views: Views) -> pl.DataFrame:
    """One row per account: the profile and the features of the other views, for those that build on them.

    Filled by :func:`features.derive.derive`, which knows those features; by itself the profile alone.
    """
    return views[people]
