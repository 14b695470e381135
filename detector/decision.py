"""The one rule that turns probabilities into a label; evaluation, command line and service all call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detector.arrays import Bools, Floats
from detector.levels import LevelRow, LevelTable, Limits
from detector.words import Label
from features.declaration import Head

__all__ = ["HEADS", "Decision", "Decisions", "decide", "decide_all", "suspicion"]

HEADS: Final = tuple(Head)
STRANGE: Final = -1.0


LABELS: Final = tuple(Label)
ACCUSATIONS: Final = tuple(Label(head) for head in HEADS)


@dataclass(frozen=True)
class Decisions:
    """Labels of many accounts.

    Attributes
    ----------
    labels
        One :class:`Label` per account.
    over
        Accounts x heads (in the order of :data:`HEADS`): which may be accused by and is over the threshold.
    """

    labels: NDArray[np.object_]
    over: Bools

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, row: int) -> Decision:
        return Decision(self.labels[row], tuple(compress(ACCUSATIONS, self.over[row].tolist())))


@dataclass(frozen=True)
class Decision:
    """One account's label, and the accusations whose probability is over the threshold."""

    label: Label
    labels_over_threshold: tuple[Label, ...]


def suspicion(probabilities: ArrayLike, accusable: ArrayLike, strange: ArrayLike = False) -> Floats:
    """The larger of the probabilities that the level may accuse by.

    Parameters
    ----------
    probabilities
        Accounts x heads.
    accusable
        Accounts x heads (or one row for all): whether the evidence may speak of that head.
    strange
        One per account (or one for all); a strange account gets -1, below every threshold.

    Returns
    -------
    One per account; NaN where no head may speak.

    Examples
    --------
    >>> suspicion([[0.7, 0.2], [0.7, 0.2], [0.7, 0.2]], [[True, True], [False, True], [False, False]])
    array([0.7, 0.2, nan])
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    largest = np.fmax.reduce(np.where(np.asarray(accusable, dtype=bool), chances, np.nan), axis=1)
    return np.where(np.isnan(largest), np.nan, np.where(np.asarray(strange, dtype=bool), STRANGE, largest))


def decide_all(
    probabilities: ArrayLike,
    accusable: ArrayLike,
    strange: ArrayLike,
    seen: ArrayLike,
    limits: Limits,
) -> Decisions:
    """Label accounts, in this order.

    1. no block of evidence: insufficient
    2. strange: review
    3. suspicion over the threshold: inflated or automated, whichever is likelier
    4. suspicion low enough to clear: authentic
    5. suspicion above the authentic 90 % quantile: review
    6. else insufficient: nothing against it, not enough to clear it

    Parameters
    ----------
    probabilities, accusable, strange
        As for :func:`suspicion`.
    seen
        Whether any block is present, one per account.
    limits
        The thresholds of each account's level, NaN where it has none.
    """
    chances = np.asarray(probabilities, dtype=np.float64)
    may = np.broadcast_to(np.asarray(accusable, dtype=bool), chances.shape)
    odd = np.broadcast_to(np.asarray(strange, dtype=bool), len(chances))
    known = np.broadcast_to(np.asarray(seen, dtype=bool), len(chances))
    suspected = suspicion(chances, may, odd)
    over = may & ~odd[:, None] & known[:, None] & (chances > limits.threshold[:, None])
    likelier = np.where(over, chances, -1.0).argmax(axis=1)
    accused = np.array([LABELS.index(Label(head)) for head in HEADS])[likelier]
    rule: list[tuple[Bools, ArrayLike]] = [
        (~known, LABELS.index(Label.INSUFFICIENT)),
        (odd, LABELS.index(Label.REVIEW)),
        (suspected > limits.threshold, accused),
        (suspected <= limits.clear_at_most, LABELS.index(Label.AUTHENTIC)),
        (suspected > limits.review_above, LABELS.index(Label.REVIEW)),
    ]
    holds, codes = zip(*rule, strict=True)
    chosen = np.select(holds, codes, default=LABELS.index(Label.INSUFFICIENT))
    return Decisions(np.array(LABELS, dtype=object)[chosen], over)


def decide(
    probabilities: Mapping[Head, float], accusable: Sequence[Head], strange: bool, seen: bool, row: LevelRow
) -> Decision:
    """The same rule for one account at the level of ``row``.

    >>> row = LevelRow("profile+posts30", threshold=0.8, clear_at_most=0.1, review_above=0.4)
    >>> decide({Head.INFLATED: 0.93, Head.AUTOMATED: 0.04}, tuple(Head), strange=False, seen=True, row=row)
    Decision(label=<Label.INFLATED: 'inflated'>, labels_over_threshold=(<Label.INFLATED: 'inflated'>,))
    """
    return decide_all(
        [[probabilities[head] for head in HEADS]],
        [[head in accusable for head in HEADS]],
        strange,
        seen,
        LevelTable({row.level: row}).limits([row.level]),
    )[0]
