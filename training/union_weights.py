"""How much each signal weighs in the suspicion of an adapted detector, chosen on altered copies.

Signals that cannot show what is looked for cost the others power: of four with equal weights each must be
four times as rare. On a customer's own accounts both sides are known, so weights are searched that tell
copies from originals best over all ways of fraud.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.signals import SIGNALS
from training.metrics import two_sample_auc

__all__ = ["KINDS", "search_weights"]

KINDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "followers": frozenset({"burst", "drip", "auto_refill", "loop_group"}),
    "likes": frozenset({"likes_flat", "likes_proportional"}),
    "views": frozenset({"views"}),
    "comments": frozenset({"comments_templates", "comments_fluent", "pod"}),
    "package": frozenset({"full_package"}),
    "mixture": frozenset({"random_inflation"}),
})  # fmt: skip
"""Ways of inflating, by the schemes that do them; what is none of these is a program."""

PROGRAM: Final = "program"
CHOICES: Final = (1.0, 0.3, 0.1, 0.03)
ROUNDS: Final = 2
FEWEST: Final = 10


def search_weights(p_values: Floats, authentic: Bools, schemes: Sequence[str | None]) -> dict[str, float]:
    """The weights, by name of the signal, that tell altered copies from untouched accounts best.

    One signal after the other takes the weight of :data:`CHOICES` with the largest mean over the ways of
    the AUC of the suspicion; where none is better, the one that it has.

    Parameters
    ----------
    p_values
        Rows x signals, of rows that the heads did not see, NaN where the evidence cannot serve a signal.
    authentic
        Which rows are untouched accounts.
    schemes
        What was done to each of the others, by its name.

    Examples
    --------
    >>> p_values = np.full((60, len(SIGNALS)), np.nan)
    >>> p_values[:, :2] = np.random.default_rng(1).uniform(size=(60, 2))
    >>> p_values[30:, 0] /= 9
    >>> found = search_weights(p_values, np.arange(60) < 30, ["burst"] * 60)
    >>> found["followers_stock"] / found["audience"] > 3
    True
    """
    weights, kinds = np.ones(len(SIGNALS)), list(_rows_by_way(authentic, schemes))
    best = _mean_auc(p_values, weights, authentic, kinds)
    heard = np.flatnonzero(~np.isnan(p_values).all(axis=0)).tolist()
    for at in heard * ROUNDS:
        for choice in CHOICES:
            tried = weights.copy()
            tried[at] = choice
            reached = _mean_auc(p_values, tried, authentic, kinds)
            if reached > best:
                best, weights = reached, tried
    return dict(zip((signal.name for signal in SIGNALS), weights.tolist(), strict=True))


def _rows_by_way(authentic: Bools, schemes: Sequence[str | None]) -> Iterator[Bools]:
    """Rows of each way that was done to enough of them."""
    way_of = {scheme: way for way, names in KINDS.items() for scheme in names}
    ways = np.array([way_of.get(scheme or "", PROGRAM) for scheme in schemes])
    for way in (*KINDS, PROGRAM):
        rows = ~authentic & (ways == way)
        if rows.sum() >= FEWEST:
            yield rows


def _mean_auc(p_values: Floats, weights: Floats, authentic: Bools, kinds: Sequence[Bools]) -> float:
    scores = np.nan_to_num(suspicion(p_values, weights), nan=-1.0)
    if not kinds:
        return 0.0
    return float(np.mean([two_sample_auc(scores[authentic], scores[rows]) for rows in kinds]))
