"""The profile, one row per account, and what the last features build on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from features.peers import ENGAGEMENT, VIEWS, spread_of, tiers_of, typical_engagement
from features.views.base import ViewRows, Views, view
from features.views.rows import Floats, Index, add_columns, safe_divide, to_flags, to_floats

__all__ = ["FOLLOWING_CAPS", "account", "people", "profiled"]

FOLLOWING_CAPS: Final[Mapping[str, float]] = MappingProxyType(
    {"instagram": 7_500.0, "x": 5_000.0, "tiktok": 10_000.0}
)


@view("profile")
def people(views: Views) -> pl.DataFrame:
    """One row per account: the profile, with what may stand in for its texts already derived.

    Columns of the account table, ``age_days`` (of the account at as_of) and ``digit_share`` (digits over
    characters of the handle).
    """
    frame = views.tables.accounts
    frame = profiled(frame, to_floats(frame["as_of"]))
    return add_columns(frame, {"account": pl.Series(np.arange(frame.height, dtype=np.uint32))})


@people.column
def has_url(rows: ViewRows) -> pl.Series:
    """Whether it names a link.

    >>> from features.example import column_of
    >>> column_of("people", "has_url", external_url="x.org"), column_of("people", "has_url")
    ([True], [None])
    """
    links = rows.result(_links)
    return to_flags("has_url", links > 0, ~np.isnan(links))


@people.column
def parts_known(rows: ViewRows) -> Index:
    """Of picture, name, description and link so many are known to be filled in or empty.

    >>> from features.example import column_of
    >>> column_of("people", "parts_known", has_picture=True, bio="")
    [2]
    """
    known: Index = np.sum([~np.isnan(part) for part in rows.result(_parts)], axis=0)
    return known


@people.column
def parts_filled(rows: ViewRows) -> Index:
    """Of picture, name, description and link so many are known to be filled in.

    >>> from features.example import column_of
    >>> column_of("people", "parts_filled", has_picture=True, bio="")
    [1]
    """
    filled: Index = np.sum([part > 0 for part in rows.result(_parts)], axis=0)
    return filled


@people.column
def tier(rows: ViewRows) -> pl.Series:
    """nano, micro, mid, macro or mega, by followers.

    >>> from features.example import column_of
    >>> column_of("people", "tier", followers=20_000)
    ['micro']
    """
    return pl.Series(tiers_of(rows.result(_followers)), dtype=pl.String)


@people.column
def typical_rate(rows: ViewRows) -> Floats:
    """The published typical engagement rate for platform and followers.

    >>> from features.example import column_of
    >>> column_of("people", "typical_rate", platform="youtube", followers=1000)
    [0.0154]
    """
    return typical_engagement(rows.result(_platforms), rows.result(_followers))


@people.column
def rate_level(rows: ViewRows) -> Floats:
    """Log10 of the median engagement rate published for platform and followers.

    >>> from features.example import column_of
    >>> column_of("people", "rate_level", platform="tiktok", followers=31_623)
    [-1.180456]
    """
    return rows.result(_rates)[0]


@people.column
def rate_deviation(rows: ViewRows) -> Floats:
    """Deviation of log10 engagement rates published for platform and followers.

    >>> from features.example import column_of
    >>> column_of("people", "rate_deviation", platform="tiktok", followers=31_623)
    [0.5]
    """
    return rows.result(_rates)[1]


@people.column
def views_level(rows: ViewRows) -> Floats:
    """Log10 of the median views per follower published for platform and followers.

    >>> from features.example import column_of
    >>> column_of("people", "views_level", platform="x", followers=73_185)
    [-1.274088]
    """
    return rows.result(_viewed)[0]


@people.column
def views_deviation(rows: ViewRows) -> Floats:
    """Deviation of log10 views per follower published for platform and followers.

    >>> from features.example import column_of
    >>> column_of("people", "views_deviation", platform="x", followers=73_185)
    [0.65]
    """
    return rows.result(_viewed)[1]


@people.column
def cap(rows: ViewRows) -> Floats:
    """The platform's limit on accounts followed; absent where it has none.

    >>> from features.example import column_of
    >>> column_of("people", "cap", platform="x"), column_of("people", "cap", platform="youtube")
    ([5000.0], [None])
    """
    return np.array(
        [FOLLOWING_CAPS.get(platform, np.nan) for platform in rows.result(_platforms)], np.float64
    )


def _platforms(rows: ViewRows) -> list[str]:
    return rows.frame["platform"].to_list()


def _followers(rows: ViewRows) -> list[int | None]:
    return rows.frame["followers"].to_list()


def _links(rows: ViewRows) -> Floats:
    links = rows.frame["external_url"].to_list()
    return np.array([np.nan if link is None else float(link != "") for link in links], np.float64)


def _parts(rows: ViewRows) -> list[Floats]:
    return [*map(rows.floats, ("has_picture", "full_name_words", "bio_length")), rows.result(_links)]


def _rates(rows: ViewRows) -> tuple[Floats, Floats]:
    return spread_of(ENGAGEMENT, rows.result(_platforms), rows.result(_followers))


def _viewed(rows: ViewRows) -> tuple[Floats, Floats]:
    return spread_of(VIEWS, rows.result(_platforms), rows.result(_followers))


def profiled(frame: pl.DataFrame, as_of: Floats) -> pl.DataFrame:
    """Profiles with what their texts tell, ``digit_share``, and ``age_days`` at ``as_of`` (microseconds)."""
    given = [text for text in _texts() if frame[text].null_count() < frame.height]
    if given:
        frame = frame.with_columns(expression for text in given for expression in _texts()[text])
    age = as_of - to_floats(frame["created_at"])
    return add_columns(
        frame,
        {
            "digit_share": safe_divide(
                to_floats(frame["username_digits"]), to_floats(frame["username_length"])
            ),
            "age_days": age * (1.0 / 86_400e6),
        },
    )


@cache
def _texts() -> Mapping[str, tuple[pl.Expr, ...]]:
    name, words, bio = pl.col("username"), pl.col("full_name"), pl.col("bio")
    return {
        "username": (
            pl.col("username_length").fill_null(name.str.len_chars().cast(pl.Int64)),
            pl.col("username_digits").fill_null(name.str.count_matches(r"\d").cast(pl.Int64)),
        ),
        "full_name": (pl.col("full_name_words").fill_null(words.str.count_matches(r"\S+").cast(pl.Int64)),),
        "bio": (pl.col("bio_length").fill_null(bio.str.len_chars().cast(pl.Int64)),),
    }


@view("account")
def account(views: Views) -> pl.DataFrame:
    """One row per account: the profile and the features of the other views, for those that build on them.

    Filled by :func:`features.derive.derive`, which knows those features; by itself the profile alone.
    """
    return views.rows(people).frame


account.columns.update(people.columns)
