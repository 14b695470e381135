"""Expressions about times that several checks share."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["DAY_SECONDS", "most_common_share", "seconds", "seconds_of_day"]

DAY_SECONDS: Final = 86_400


def seconds(column: str) -> pl.Expr:
    """A column of times in whole seconds since 1970.

    An expression that compares with a time of a zone starts Polars' threads as it is built; where modules
    build it, every process that is forked afterwards waits for them for ever.

    >>> from datetime import datetime
    >>> pl.DataFrame({"at": [datetime(1970, 1, 2)]}).select(seconds("at")).item()
    86400
    """
    return pl.col(column).dt.epoch("s")


def seconds_of_day(column: str = "published_at") -> pl.Expr:
    """Seconds since midnight UTC of a column of times.

    >>> from datetime import datetime
    >>> frame = pl.DataFrame({"published_at": [datetime(2026, 10, 1, 9, 30, 5)]})
    >>> frame.select(seconds_of_day()).item()
    34205
    """
    return seconds(column) % DAY_SECONDS


def most_common_share(values: pl.Expr) -> pl.Expr:
    """Share of the known values that the most common one has; null where none is known.

    >>> pl.DataFrame({"a": [1, 1, 2, None]}).select(most_common_share(pl.col("a"))).item()
    0.6666666666666666
    """
    known = values.drop_nulls()
    return known.unique_counts().max() / known.len()
