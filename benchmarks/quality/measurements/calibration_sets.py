"""Calibration sets drawn many times: how often the false-accusation rate exceeds alpha, and may exceed it."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.stats import beta, betabinom

from benchmarks.quality.harness.part import Result
from detector.arrays import Floats
from detector.threshold import CONFIDENCE, accusation_threshold, allowed_errors
from training.metrics import rate

__all__ = [
    "DRAWS",
    "TESTED",
    "divide_repeatedly",
    "draw_calibration_sets",
    "expected_rates",
    "fewest_accounts",
]

DRAWS: Final = 200
TESTED: Final = 20_000


def fewest_accounts(alpha: float, confidence: float = CONFIDENCE) -> int:
    """The fewest authentic accounts to calibrate on so that anybody can be accused.

    >>> [fewest_accounts(alpha) for alpha in (0.005, 0.01, 0.02, 0.05)]
    [598, 299, 149, 59]
    """
    return int(np.ceil(np.log(1 - confidence) / np.log(1 - alpha)))


def expected_rates(n: int, alpha: float, tested: int) -> Result:
    """The false-accusation rates to expect of a threshold set on n accounts, if no two suspicions are equal.

    The false-accusation rate then follows Beta(k + 1, n - k), k the allowed errors, and the number
    of errors among ``tested`` others the beta-binomial with the same parameters.

    >>> round(expected_rates(60, 0.05, 400)["rate"], 4)
    0.0164
    """
    k = allowed_errors(n, alpha)
    if k is None:
        raise ValueError(f"{n} accounts are too few for {alpha}")
    return {
        "allowed_errors": k,
        "rate": (k + 1) / (n + 1),
        "exceeded": float(beta.sf(alpha, k + 1, n - k)),
        "exceeded_when_tested": float(betabinom.sf(np.floor(alpha * tested), tested, k + 1, n - k)),
        "q95_when_tested": float(betabinom.ppf(0.95, tested, k + 1, n - k) / tested),
    }


def draw_calibration_sets(  # noqa: PLR0913
    authentic: Floats,
    fakes: Floats,
    alpha: float,
    n: int,
    rng: np.random.Generator,
    *,
    hidden: float = 0.0,
    judged: Floats | None = None,
    draws: int = DRAWS,
    tested: int = TESTED,
) -> Result:
    """Set thresholds on many calibration sets drawn with replacement, as if the pool were everybody.

    Parameters
    ----------
    authentic, fakes
        Suspicion of the pool's accounts.
    alpha, n
        The promise, and how many accounts each calibration set holds.
    rng
        Draws the sets.
    hidden
        Share of each calibration set that is fakes taken for authentic.
    judged
        Suspicion of the authentic accounts that the threshold is used on; those it is set on unless told.
    draws, tested
        How many calibration sets, and how many authentic accounts each is tested on.
    """
    ranked, faked = np.sort(authentic if judged is None else judged), np.sort(fakes)
    cheats = round(hidden * n)
    everybody, sampled, caught = np.empty(draws), np.empty(draws), np.empty(draws)
    for draw in range(draws):
        chosen = np.concatenate([rng.choice(authentic, n - cheats), rng.choice(fakes, cheats)])
        limit = accusation_threshold(chosen, alpha)
        threshold = np.inf if limit is None else limit
        everybody[draw], caught[draw] = share_above(ranked, threshold), share_above(faked, threshold)
        sampled[draw] = float((rng.choice(ranked, tested) > threshold).mean())
    return {
        "alpha": alpha,
        "calibration_accounts": n,
        "hidden_cheats": cheats / n,
        "draws": draws,
        "tested": tested,
        "far": round(float(everybody.mean()), 5),
        "far_q95": round(float(np.quantile(everybody, 0.95)), 5),
        "exceeded": rate(everybody > alpha),
        "exceeded_when_tested": rate(sampled > alpha),
        "recall": round(float(caught.mean()), 4),
        "recall_q05": round(float(np.quantile(caught, 0.05)), 4),
        "expected": expected_rates(n, alpha, tested),
    }


def divide_repeatedly(
    authentic: Floats, alpha: float, n: int, rng: np.random.Generator, *, draws: int = DRAWS
) -> Result:
    """Set thresholds on n of a real set's accounts and test on all the others, over many divisions."""
    far = np.empty(draws)
    tested = len(authentic) - n
    for draw in range(draws):
        mixed = rng.permutation(authentic)
        limit = accusation_threshold(mixed[:n], alpha)
        far[draw] = (mixed[n:] > (np.inf if limit is None else limit)).mean()
    return {
        "alpha": alpha,
        "calibration_accounts": n,
        "draws": draws,
        "tested": tested,
        "far": round(float(far.mean()), 5),
        "far_q95": round(float(np.quantile(far, 0.95)), 5),
        "exceeded_when_tested": rate(far > alpha),
        "expected": expected_rates(n, alpha, tested),
    }


def share_above(ranked: Floats, threshold: float) -> float:
    """Share of sorted values over a threshold; 0 of none."""
    return float(1 - np.searchsorted(ranked, threshold, side="right") / len(ranked)) if len(ranked) else 0.0
