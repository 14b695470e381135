"""The set of ids that an input has used so far, at eight bytes an id: finds ids that repeat."""

from __future__ import annotations

import secrets

import numpy as np
import numpy.typing as npt
import polars as pl

__all__ = ["Hashes", "SeenIds", "hash_ids"]

Hashes = npt.NDArray[np.uint64]


def hash_ids(ids: pl.Series, seed: int) -> Hashes:
    """64-bit hashes of ids, null included.

    >>> hash_ids(pl.Series(["a", None]), seed=1).shape
    (2,)
    """
    return ids.hash(seed).to_numpy()


class SeenIds:
    """A growing set of ids, kept as sorted arrays of hashes that double in size.

    The hash has a random seed, so no input can be written to collide. Among ten million different
    ids any two collide with a probability of 1 in 400,000.

    >>> seen = SeenIds()
    >>> seen.find_repeats(pl.Series(["a", "b", "a", None, None])), seen.find_repeats(pl.Series(["c", "b"]))
    ([2], [1])
    """

    def __init__(self) -> None:
        self.seed = secrets.randbits(64)
        self._runs: list[Hashes] = []

    def find_repeats(self, ids: pl.Series) -> list[int]:
        """Positions of the ids that occur earlier, here or in a former call; adds the others to the set."""
        rows = ids.is_not_null().to_numpy().nonzero()[0]
        hashes, first = np.unique(hash_ids(ids, self.seed)[rows], return_index=True)
        is_new = np.ones(len(hashes), dtype=bool)
        for run in self._runs:
            is_new &= ~_is_in(run, hashes)
        self._add(hashes[is_new])
        return sorted(set(rows.tolist()) - set(rows[first[is_new]].tolist()))

    def _add(self, run: Hashes) -> None:
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)


def _is_in(run: Hashes, hashes: Hashes) -> npt.NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(run, hashes), len(run) - 1)
    return run[at] == hashes if len(run) else np.zeros(len(hashes), dtype=bool)
