"""The few expressions that features are written in.

Inside Polars absent and x/0 are null, never NaN, which would poison every mean after it.
Each of these gives the same bits for one account and for a million.
"""

from __future__ import annotations

import polars as pl

__all__ = [
    "burstiness", "circular_concentration", "concentration", "gini", "logarithm", "memory", "quantile", "ratio",
    "relative_spread", "robust_z", "share", "simpson", "spearman", "variation",
]  # fmt: skip


def ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    """Quotient, null where the divisor is zero: the only division there is.

    Polars multiplies by the reciprocal where the divisor is one value for a whole group and
    divides where it is a column; multiplying by the reciprocal always gives the same bits.

    >>> pl.select(ratio(pl.lit(3.0), pl.lit(4.0)), zero=ratio(pl.lit(3.0), pl.lit(0.0))).row(0)
    (0.75, None)
    """
    return pl.when(below != 0).then(above * (1.0 / below))


def share(condition: pl.Expr, *, at_least: int = 5) -> pl.Expr:
    """Share of the rows for which the condition is known that satisfy it, in [0, 1].

    >>> pl.DataFrame({"x": [1, 2, None, 4, 5, 6]}).select(share(pl.col("x") > 4)).item()
    0.4
    """
    return pl.when(condition.count() >= at_least).then(
        ratio(condition.sum().cast(pl.Float64), condition.count())
    )


def logarithm(value: pl.Expr) -> pl.Expr:
    """Decimal logarithm of positive values, null for the others."""
    return pl.when(value > 0).then(value.cast(pl.Float64).log10())


def quantile(value: pl.Expr, at: float) -> pl.Expr:
    """Linearly interpolated quantile of the present values."""
    return value.quantile(at, interpolation="linear")


def variation(value: pl.Expr, *, at_least: int) -> pl.Expr:
    """Coefficient of variation: sample standard deviation over mean.

    >>> round(pl.DataFrame({"x": [1.0, 2.0, 3.0]}).select(variation(pl.col("x"), at_least=3)).item(), 6)
    0.5
    """
    return pl.when(value.count() >= at_least).then(ratio(value.std(), value.mean()))


def relative_spread(value: pl.Expr, *, at_least: int) -> pl.Expr:
    """Interquartile range over median: a spread that one viral post cannot move."""
    spread = quantile(value, 0.75) - quantile(value, 0.25)
    return pl.when(value.count() >= at_least).then(ratio(spread, value.median()))


def gini(value: pl.Expr, *, at_least: int) -> pl.Expr:
    """Gini coefficient of values >= 0, unbiased by n/(n-1): 0 all equal, 1 one has all.

    >>> pl.DataFrame({"x": [0, 0, 0, 8]}).select(gini(pl.col("x"), at_least=3)).item()
    1.0
    """
    present = value.drop_nulls().sort().cast(pl.Float64)
    n = present.len().cast(pl.Float64)
    weighted = (present * (2.0 * pl.int_range(1, present.len() + 1) - n - 1.0)).sum()
    return pl.when(value.count() >= at_least).then(ratio(weighted, (n - 1.0) * present.sum()))


def spearman(left: pl.Expr, right: pl.Expr, *, at_least: int) -> pl.Expr:
    """Spearman correlation over the rows where both are known; null where one is constant."""
    both = left.is_not_null() & right.is_not_null()
    ranks = [value.filter(both).rank().cast(pl.Float64) for value in (left, right)]
    known = pl.corr(*ranks).fill_nan(None)
    return pl.when(both.sum() >= at_least).then(known)


def robust_z(value: pl.Expr, noise: float | pl.Expr = 0.0) -> pl.Expr:
    """Distance of each value from the median in robust standard deviations (1.4826 MAD).

    ``noise`` is added to the scale, so that a series that barely moves does not divide by
    almost nothing.
    """
    deviation = (value - value.median()).abs()
    return ratio(value - value.median(), 1.4826 * deviation.median() + noise)


def burstiness(gap: pl.Expr, *, at_least: int) -> pl.Expr:
    """Burstiness of gaps in its finite-n form: -1 regular, 0 random, 1 bursty.

    Kim & Jo 2016, Physical Review E 94: (sqrt(n+1) r - sqrt(n-1)) / ((sqrt(n+1)-2) r + sqrt(n-1)).
    """
    n = gap.count().cast(pl.Float64)
    r = ratio(gap.std(ddof=0), gap.mean())
    value = ratio((n + 1).sqrt() * r - (n - 1).sqrt(), ((n + 1).sqrt() - 2) * r + (n - 1).sqrt())
    return pl.when(gap.count() >= at_least).then(value)


def memory(gap: pl.Expr, *, at_least: int) -> pl.Expr:
    """Correlation of each gap with the next one (Goh & Barabasi 2008, EPL 81)."""
    return pl.when(gap.count() >= at_least).then(_correlation(gap, gap.shift(-1)))


def _correlation(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return pl.corr(left, right).fill_nan(None)


def circular_concentration(angle: pl.Expr, *, at_least: int) -> pl.Expr:
    """Length of the mean unit vector of angles in radians: 0 spread evenly, 1 all the same."""
    length = (angle.cos().mean().pow(2) + angle.sin().mean().pow(2)).sqrt()
    return pl.when(angle.count() >= at_least).then(length)


def simpson(copies: pl.Expr) -> pl.Expr:
    """Chance that two rows drawn without replacement differ, from group sizes; unbiased.

    1 - sum u(u-1) / n(n-1), Simpson 1949, Nature 163.

    >>> pl.DataFrame({"copies": [2, 1, 1]}).select(simpson(pl.col("copies"))).item()
    0.833...
    """
    return 1.0 - concentration(copies)


def concentration(copies: pl.Expr) -> pl.Expr:
    """Chance that two rows drawn without replacement are of one group: the unbiased HHI."""
    u = copies.cast(pl.Float64)
    n = u.sum()
    return ratio((u * (u - 1.0)).sum(), n * (n - 1.0))
