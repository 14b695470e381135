"""The guarantee: thresholds whose exact binomial bound on the false-accusation rate holds.

Source: Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the
case of the binomial", Biometrika 26. Conformal p-values: Vovk, Gammerman and Shafer 2005.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betaincinv

from detector.arrays import Floats

__all__ = [
    "CONFIDENCE", "accusation_threshold", "allowed_errors", "clearing_threshold", "clopper_pearson",
    "p_value", "upper_bound",
]  # fmt: skip

CONFIDENCE: Final = 0.95


def allowed_errors(n: int, rate: float, confidence: float = CONFIDENCE) -> int | None:
    """Most errors among n for which the one-sided bound on the error rate is at most ``rate``.

    That is the largest k with P(Binomial(n, rate) <= k) <= 1 - confidence. None where not
    even no error at all would be enough.

    >>> allowed_errors(298, 0.01), allowed_errors(299, 0.01), allowed_errors(2000, 0.01)
    (None, 0, 12)
    """
    if not 0 < rate < 1 or not 0 < confidence < 1:
        raise ValueError(f"rate and confidence must lie between 0 and 1, got {rate} and {confidence}")
    # range(n): all n wrong is never allowed, as the distribution function is 1 there.
    bearable = bisect_right(range(n), 1 - confidence, key=lambda k: float(bdtr(k, n, rate)))
    return bearable - 1 if bearable else None


def accusation_threshold(authentic: ArrayLike, alpha: float, confidence: float = CONFIDENCE) -> float | None:
    """Accuse strictly above it: the (k+1)-th largest authentic suspicion, k the allowed errors.

    With probability ``confidence`` over the draw of the authentic accounts, the share of all
    authentic accounts above it is at most ``alpha``; ties only make it safer.

    Parameters
    ----------
    authentic
        Suspicion of authentic accounts that nothing else was fitted on, one per account.
    alpha
        Largest false-accusation rate.
    confidence
        Of the one-sided bound.

    Returns
    -------
    The threshold, or None where there are too few accounts to accuse anyone.

    Examples
    --------
    >>> accusation_threshold([i / 1000 for i in range(1000)], alpha=0.01)
    0.995
    """
    ranked = ascending(authentic)
    errors = allowed_errors(len(ranked), alpha, confidence)
    return None if errors is None else float(ranked[len(ranked) - 1 - errors])


def clearing_threshold(strong: ArrayLike, most: float = 0.10, confidence: float = CONFIDENCE) -> float | None:
    """Clear at or below it: the largest t that at most ``most`` of strong known fakes fall to.

    Parameters
    ----------
    strong
        Suspicion of fakes of strength 50 % and more. A negative one marks an unfamiliar account,
        which is sent to review before clearing is asked about, so it counts as not cleared.
    most
        Largest share of them that may be cleared, as an upper bound of the given confidence.
    confidence
        Of that bound.

    Returns
    -------
    The threshold, at most 1, or None where there are too few fakes to clear anyone.

    Examples
    --------
    >>> clearing_threshold([i / 100 for i in range(100)])
    0.039...
    """
    given = np.asarray(strong, dtype=np.float64)
    ranked = ascending(np.where(given < 0, np.inf, given))
    errors = allowed_errors(len(ranked), most, confidence)
    return None if errors is None else min(float(np.nextafter(ranked[errors], -np.inf)), 1.0)


def p_value(suspicion: float, authentic: ArrayLike) -> float:
    """Share of authentic accounts at least as suspicious, counting this one: (1 + #) / (n + 1).

    >>> p_value(0.9, [0.1, 0.2, 0.95])
    0.5
    """
    others = np.asarray(authentic, dtype=np.float64)
    return (1 + int(np.count_nonzero(others >= suspicion))) / (len(others) + 1)


def clopper_pearson(k: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact two-sided interval for a rate of which k of n were seen.

    >>> [round(bound, 4) for bound in clopper_pearson(5, 100)]
    [0.0164, 0.1128]
    """
    tail = (1 - confidence) / 2
    return _lower(k, n, tail), _upper(k, n, tail)


def upper_bound(k: int, n: int, confidence: float = CONFIDENCE) -> float:
    """Exact one-sided upper bound for a rate of which k of n were seen.

    >>> round(upper_bound(0, 299), 5)
    0.00997
    """
    return _upper(k, n, 1 - confidence)


def ascending(values: ArrayLike) -> Floats:
    """The values sorted; an absent one is refused, as it would silently count as the largest."""
    ranked = np.sort(np.asarray(values, dtype=np.float64))
    if len(ranked) and np.isnan(ranked[-1]):
        raise ValueError("suspicion must be a number for every account")
    return ranked


def _lower(k: int, n: int, tail: float) -> float:
    return 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))


def _upper(k: int, n: int, tail: float) -> float:
    return 1.0 if k >= n else float(betaincinv(k + 1, n - k, 1 - tail))
