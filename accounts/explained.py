"""A follower history without the stretches that somebody explained: a giveaway, press, a purge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["MAX_EXPLAINED_SHARE", "ExplainedCurve", "explained_curve"]

MAX_EXPLAINED_SHARE: Final = 1 / 3
"""Largest share of a history's days and of the followers at its end that may be explained and cleared."""

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ExplainedCurve:
    """One account's counts, oldest first, and which steps from one to the next are explained.

    Attributes
    ----------
    row
        Number of each count's row.
    day
        Days since 1970.
    followers
        The counts as given.
    steps
        Annotations x counts: whether the annotation explains the step that ends at the count.
    """

    row: Days
    day: Days
    followers: Floats
    steps: Flags

    @property
    def explained(self) -> Flags:
        """Steps that any annotation explains."""
        flags: Flags = np.any(self.steps, axis=0)
        return flags

    @property
    def gained(self) -> Floats:
        """Followers gained in each step, 0 in the first."""
        return np.diff(self.followers, prepend=self.followers[:1])

    def days_of(self, steps: Flags) -> int:
        """Days that some steps span."""
        return int(np.diff(self.day, prepend=self.day[:1])[steps].sum())

    def gain_of(self, steps: Flags) -> int:
        """Followers that some steps brought; negative where they were lost."""
        return int(self.gained[steps].sum())

    @property
    def share(self) -> float:
        """The explained share of the days or of the followers: the larger."""
        return max(self.share_of_days, self.share_of_followers)

    @property
    def share_of_days(self) -> float:
        """Explained days among those between first and last count."""
        return min(self.days_of(self.explained) / max(int(self.day[-1] - self.day[0]), 1), 1.0)

    @property
    def share_of_followers(self) -> float:
        """Followers that came in explained steps against those at the end; 1 where more came."""
        brought = float(np.maximum(self.gained, 0.0)[self.explained].sum())
        return min(brought / max(float(self.followers[-1]), 1.0), 1.0)

    def levels(self) -> Days:
        """Counts without the explained steps: those before each are scaled to where it ended.

        Growth in per cent outside of them stays what it is, and the end what the profile says.

        >>> curve = ExplainedCurve(np.arange(4), np.arange(4), np.array([100.0, 110.0, 220.0, 231.0]),
        ...                        np.array([[False, False, True, False]]))
        >>> curve.levels().tolist(), curve.share
        ([200, 220, 220, 231], 0.476...)
        """
        counted = np.maximum(self.followers, 1.0)
        ratio = np.where(self.explained, counted / np.append(counted[:1], counted[:-1]), 1.0)
        ahead = np.append(np.cumprod(ratio[::-1])[::-1][1:], 1.0)
        whole: Days = np.rint(self.followers * ahead).astype(np.int64)
        return whole


def explained_curve(history: pl.DataFrame, windows: Sequence[tuple[int, int]]) -> ExplainedCurve | None:
    """The counts of one account with what its annotations explain; None with fewer than two counts.

    A step from one count to the next is explained where any of its days lies in a window.

    Parameters
    ----------
    history
        Its rows, with their numbers in ``row``.
    windows
        First and last day of each annotation, since 1970.
    """
    counts = history.filter(pl.col("followers").is_not_null() & pl.col("date").is_not_null()).sort(
        "date", "row"
    )
    if counts.height < 2:
        return None
    day = counts["date"].to_physical().cast(pl.Int64).to_numpy()
    before = np.append(day[:1], day[:-1])
    steps = np.array([(day >= first) & (before < last) for first, last in windows], dtype=np.bool_)
    steps[:, 0] = False
    return ExplainedCurve(
        counts["row"].to_numpy().astype(np.int64),
        day,
        counts["followers"].to_numpy().astype(np.float64),
        steps,
    )
