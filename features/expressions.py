"""The few expressions that features are written in.

Inside Polars absent and x/0 are null, never NaN, which would poison every mean after it. Only
what a feature ends with may be infinite or NaN; ``derive`` makes that absent. Each of these
gives the same bits for one account and for a million.
"""

from __future__ import annotations

import polars as pl

__all__ = [
    "burstiness",
    "circular_concentration",
    "concentration",
    "gini",
    "logarithm",
    "median",
    "quantile",
    "quotient",
    "relative_spread",
    "simpson",
    "variation",
]


def quotient(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """Quotient, infinite or NaN where the divisor is zero: for what a feature ends with.

    Polars multiplies by the reciprocal where the divisor is one value for a whole group and
    divides where it is a column; multiplying by the reciprocal always gives the same bits.

    >>> pl.select(quotient(pl.lit(3.0), pl.lit(4.0))).item()
    0.75
    """
    return above * (1.0 / below)


def logarithm(value: pl.Expr) -> pl.Expr:
    """Decimal logarithm of positive values, null for the others.

    >>> pl.DataFrame({"x": [100.0, 0.0]}).select(logarithm(pl.col("x"))).to_series().to_list()
    [2.0, None]
    """
    return pl.when(value > 0).then(value.cast(pl.Float64).log10())


def quantile(value: pl.Expr, at: float) -> pl.Expr:
    """Linearly interpolated quantile of the present values.

    Polars sorts a whole column that has nulls, and of one without looks only for what it needs.
    """
    return value.drop_nulls().quantile(at, interpolation="linear")


def median(value: pl.Expr) -> pl.Expr:
    """Median of the present values.

    >>> pl.DataFrame({"x": [1, None, 4]}).select(median(pl.col("x"))).item()
    2.5
    """
    return value.drop_nulls().median()


def variation(value: pl.Expr) -> pl.Expr:
    """Coefficient of variation: sample standard deviation over mean.

    >>> round(pl.DataFrame({"x": [1.0, 2.0, 3.0]}).select(variation(pl.col("x"))).item(), 6)
    0.5
    """
    return quotient(value.std(), value.mean())


def relative_spread(value: pl.Expr) -> pl.Expr:
    """Interquartile range over median: a spread that one viral post cannot move.

    >>> pl.DataFrame({"x": [1, 2, 3, 4, 5]}).select(relative_spread(pl.col("x"))).item()
    0.666...
    """
    return quotient(quantile(value, 0.75) - quantile(value, 0.25), median(value))


def gini(value: pl.Expr, standing: pl.Expr) -> pl.Expr:
    """Gini coefficient of values >= 0, unbiased by n/(n-1): 0 all equal, 1 one has all.

    ``standing`` is the value's rank stretched to -1 (the least) to 1 (the most).

    >>> frame = pl.DataFrame({"x": [0, 0, 0, 8], "standing": [-1 / 3, -1 / 3, -1 / 3, 1.0]})
    >>> frame.select(gini(pl.col("x"), pl.col("standing"))).item()
    1.0
    """
    return quotient((value * standing).sum(), value.sum())


def burstiness(gap: pl.Expr) -> pl.Expr:
    """Burstiness of gaps in its finite-n form: -1 regular, 0 random, 1 bursty.

    Kim & Jo 2016, Physical Review E 94: (sqrt(n+1) r - sqrt(n-1)) / ((sqrt(n+1)-2) r + sqrt(n-1)).
    """
    deviation, mean, n = gap.std(ddof=0), gap.mean(), gap.count()
    more, less = (n + 1).sqrt(), (n - 1).sqrt() * mean
    return quotient(more * deviation - less, (more - 2.0) * deviation + less)


def circular_concentration(angle: pl.Expr) -> pl.Expr:
    """Length of the mean unit vector of angles in radians: 0 spread evenly, 1 all the same.

    >>> pl.DataFrame({"x": [0.5] * 3}).select(circular_concentration(pl.col("x")).round(9)).item()
    1.0
    """
    return (angle.cos().mean().pow(2) + angle.sin().mean().pow(2)).sqrt()


def simpson(copies: pl.Expr) -> pl.Expr:
    """Chance that two rows drawn without replacement differ, from group sizes; unbiased.

    1 - sum u(u-1) / n(n-1), Simpson 1949, Nature 163.

    >>> pl.DataFrame({"copies": [2, 1, 1]}).select(simpson(pl.col("copies"))).item()
    0.833...
    """
    return 1.0 - concentration(copies)


def concentration(copies: pl.Expr) -> pl.Expr:
    """Chance that two rows drawn without replacement are of one group: the unbiased HHI.

    >>> pl.DataFrame({"copies": [2, 1, 1]}).select(concentration(pl.col("copies"))).item()
    0.166...
    """
    u = copies.cast(pl.Float64)
    n = u.sum()
    return quotient((u * (u - 1.0)).sum(), n * (n - 1.0))
