"""Test martingales: a gambler's capital that grows only where what was promised does not hold.

The gambler starts with 1 and bets on each account before its outcome is known, at odds that are fair, or
worse, while the promise holds. By Ville's inequality (1939) the capital then ever reaches ``1 / level``
with a probability of at most ``level``, however often somebody looks. Conformal p-values and the bets
``e * p ** (e - 1)`` are those of Vovk, Nouretdinov and Gammerman 2003, Testing exchangeability on-line.

A part of the capital begins to bet afresh every so many accounts, so that a change that comes late is
found, too: a mixture over starts (Shin, Ramdas and Rinaldo 2022, E-detectors) loses the logarithm of how
many there were, where a jumper (Vovk et al. 2021, Retrain or not retrain) loses a share of its capital with
every quiet account.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detector.arrays import Floats

__all__ = ["capital_on_accusations", "capital_on_p_values", "conformal_p_values"]

POWERS: Final = (0.75, 0.5, 0.25, 0.1)
"""Bets on small p-values."""

TIMES: Final = (1.5, 2.0, 3.0, 5.0, 10.0)
"""Bets that accounts are accused so many times as often as promised."""

SMALLEST_P: Final = 1e-6
LARGEST_RATE: Final = 0.9
P_VALUES_A_START: Final = 50
EXPECTED_A_START: Final = 10.0
"""Wrong accusations that the promise allows between two starts."""

Places = NDArray[np.intp]


def conformal_p_values(scores: Floats, seed: int) -> Floats:
    """How high each score stands among those before it and itself, ties broken at random.

    Where the scores come in an order that says nothing of them (exchangeable), these p-values are independent
    and uniform, whatever the scores are. A small one means a score higher than most before it.

    >>> conformal_p_values(np.array([1.0, 2.0, 3.0, 0.0]), seed=1).round(1).tolist()
    [0.5, 0.5, 0.0, 1.0]
    """
    draw = np.random.default_rng(seed).uniform(size=len(scores))
    found = np.empty(len(scores))
    for at, score in enumerate(scores):
        so_far = scores[: at + 1]
        above, equal = np.count_nonzero(so_far > score), np.count_nonzero(so_far == score)
        found[at] = (above + draw[at] * equal) / (at + 1)
    return found


def capital_on_p_values(p_values: Floats) -> Floats:
    """The logarithm of the capital after each p-value, for bets that they are small.

    At most fair where each is uniform or larger, given those before it.

    >>> bool(capital_on_p_values(np.full(10, 0.01))[-1] > np.log(100))
    True
    """
    if not len(p_values):
        return np.empty(0)
    logarithms = np.log(np.clip(p_values, SMALLEST_P, 1.0))
    powers = np.array(POWERS)
    won = np.cumsum(np.log(powers) + (powers - 1.0) * logarithms[:, None], axis=0)
    won = np.vstack([np.zeros(len(powers)), won])
    starts = np.arange(0, len(p_values), P_VALUES_A_START)
    return _capital(won[1:], np.arange(1, len(won)), won[starts], starts)


def capital_on_accusations(places: Sequence[int], accounts: int, alpha: float) -> Floats:
    """The logarithm of the capital, for bets that more accounts than promised are accused wrongly.

    At most fair where the probability of a wrong accusation is at most alpha, given the accounts before. It
    grows with each wrong accusation that is known: where some are not known it is smaller than it would be,
    and an alarm as rare as promised all the same.

    Parameters
    ----------
    places
        Which of the accounts that were judged, the first is 1, were accused and are authentic; rising.
    accounts
        How many were judged.

    Returns
    -------
    The logarithm after each of these accounts, where alone it grows, and last after all accounts.

    Examples
    --------
    >>> bool(capital_on_accusations(range(20, 401, 20), 400, 0.01).max() > np.log(10))
    True
    """
    rates = np.clip(alpha * np.array(TIMES), alpha, max(LARGEST_RATE, alpha))
    right, wrong = np.log((1 - rates) / (1 - alpha)), np.log(rates / alpha)
    happened: Places = np.asarray(places, dtype=np.intp)
    starts = np.arange(0, max(accounts, 1), int(np.ceil(EXPECTED_A_START / alpha)))

    def won(upto: Places) -> Floats:
        count = np.searchsorted(happened, upto, side="right")[:, None]
        bets: Floats = count * wrong + (upto[:, None] - count) * right
        return bets

    points = np.append(happened, accounts)
    return _capital(won(points), points, won(starts), starts)


def _capital(won: Floats, points: Places, won_before: Floats, starts: Places) -> Floats:
    """Logarithm of the whole capital at some points.

    Parameters
    ----------
    won, won_before
        Points x bets and starts x bets: logarithm of what a bet made from the first account on.
    points, starts
        How many accounts had come.
    """
    order = np.arange(1, len(starts) + 1)
    shares = -np.log(order * (order + 1.0))
    waiting: Floats = np.full(len(points), -np.log(len(starts) + 1.0))
    for share, start, before in zip(shares, starts, won_before, strict=True):
        bets = np.logaddexp.reduce(won - before, axis=1) - np.log(won.shape[1])
        waiting = np.logaddexp(waiting, share + np.where(points > start, bets, 0.0))
    return waiting
