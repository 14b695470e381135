"""How rare a score is among authentic accounts: empirical up to the 90 % quantile, exponential beyond it.

Thresholds lie where few authentic accounts are seen, so the far tail is smoothed: the log-odds
above the 90 % quantile are taken as exponential, with their mean excess as scale (the generalised
Pareto of shape 0: Pickands 1975; Coles 2001, section 4).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from detector.arrays import Floats
from features.evidence import pooled_key

__all__ = ["Tail", "Tails", "log_odds"]

PROBABILITIES: Final = np.linspace(0.0, 0.9, 19)
MIN_ACCOUNTS: Final = 120
SHRINKS: Final = 300
"""Accounts that the scale of the next wider cell counts for."""

SMALLEST_SCALE: Final = 0.02
"""Of log-odds, where all authentic accounts score alike."""
FARTHEST: Final = 700.0
"""Scales beyond the 90 % quantile; further out the exponential would be 0."""


@dataclass(frozen=True)
class Tail:
    """The scores of the authentic accounts of one cell.

    Attributes
    ----------
    accounts
        How many there were.
    quantiles
        Log-odds at :data:`PROBABILITIES`.
    scale
        Mean excess over the last of them.
    """

    accounts: int
    quantiles: tuple[float, ...]
    scale: float

    @classmethod
    def fit(cls, scores: ArrayLike, accounts: int | None = None, wider: Tail | None = None) -> Tail:
        """Learn from the log-odds of authentic accounts.

        Parameters
        ----------
        scores
            Log-odds, one for each row.
        accounts
            Whose rows these are, how many; None: each its own.
        wider
            The tail of a wider cell, whose scale counts for as much as :data:`SHRINKS` accounts: of 120
            accounts a dozen lie beyond the 90 % quantile, and one odd one among them would set the scale.
        """
        values = np.asarray(scores, dtype=np.float64)
        quantiles = np.quantile(values, PROBABILITIES)
        excess = values[values > quantiles[-1]] - quantiles[-1]
        scale = max(float(excess.mean()) if excess.size else 0.0, SMALLEST_SCALE)
        count = len(values) if accounts is None else accounts
        if wider is not None:
            scale = (count * scale + SHRINKS * wider.scale) / (count + SHRINKS)
        return cls(count, tuple(quantiles.tolist()), scale)

    def p_values(self, scores: ArrayLike) -> Floats:
        """Share of authentic accounts with a score at least as high; never 0, falling as scores rise.

        >>> tail = Tail.fit(np.linspace(0, 1, 1001))
        >>> tail.p_values([0.0, 0.5, 0.9]).round(3)
        array([1. , 0.5, 0.1])
        """
        values = np.asarray(scores, dtype=np.float64)
        grid, first = np.unique(self.quantiles, return_index=True)  # of accounts that score alike all count
        inside = 1.0 - np.interp(values, grid, PROBABILITIES[first])
        excess = np.clip((values - grid[-1]) / self.scale, 0.0, FARTHEST)
        return np.where(values > grid[-1], (1.0 - PROBABILITIES[-1]) * np.exp(-excess), inside)


@dataclass(frozen=True)
class Tails:
    """The tails of all signals.

    Attributes
    ----------
    by_cell
        For each signal's name, platform (None: all) and cell of evidence levels ("": all).
    """

    by_cell: Mapping[tuple[str, str | None, str], Tail]

    @classmethod
    def fit(  # noqa: PLR0913
        cls, signal: str, scores: ArrayLike, accounts: Sequence[str], platforms: Sequence[str],
        cells: Sequence[str], *, at_least: int = MIN_ACCOUNTS,
    ) -> dict[tuple[str, str | None, str], Tail]:  # fmt: skip
        """The tails of one signal, for every cell in which enough authentic accounts stand.

        Parameters
        ----------
        signal
            Its name.
        scores
            Log-odds of authentic accounts by heads that never saw them, one per row.
        accounts
            Whose row each is; of several in one cell all count, and only accounts make it thick enough.
        platforms, cells
            Where each row stands.
        at_least
            Accounts that make a cell thick enough.
        """
        frame = pl.DataFrame({
            "score": np.asarray(scores, dtype=np.float64), "account": list(accounts),
            "platform": list(platforms), "cell": list(cells),
        })  # fmt: skip
        pooled = {cell: pooled_key(cell) for cell in frame["cell"].unique()}
        frame = frame.with_columns(pooled=pl.col("cell").replace_strict(pooled, return_dtype=pl.String))
        found: dict[tuple[str, str | None, str], Tail] = {}
        for by in (
            [],
            ["pooled"],
            ["platform", "pooled"],
            ["cell"],
            ["platform", "cell"],
        ):  # the widest first
            parts = frame.partition_by(by, as_dict=True, maintain_order=True) if by else {(): frame}
            for key, part in parts.items():
                if (count := part["account"].n_unique()) >= at_least or not by:
                    known = dict(zip(by, map(str, key), strict=True))
                    cell = known.get("cell") or known.get("pooled") or ""
                    place = signal, known.get("platform"), cell
                    wider = (found[each] for each in _nearest(*place) if each != place and each in found)
                    found[place] = Tail.fit(part["score"].to_numpy(), count, next(wider, None))
        return found

    def at(self, signal: str, platform: str | None, cell: str) -> Tail:
        """The tail of the nearest cell that is thick enough: own platform and depth first.

        Then any platform at that depth, then the platform's accounts with these blocks at any depth,
        then all accounts with these blocks, and last all accounts.
        """
        return next(self.by_cell[key] for key in _nearest(signal, platform, cell) if key in self.by_cell)

    def p_values(
        self, signal: str, scores: ArrayLike, platforms: Sequence[str | None], cells: Sequence[str]
    ) -> Floats:
        """p-values of one signal's log-odds, each against its own cell."""
        values, found = np.asarray(scores, dtype=np.float64), np.empty(len(cells))
        rows: dict[tuple[str | None, str], list[int]] = {}
        for row, place in enumerate(zip(platforms, cells, strict=True)):
            rows.setdefault(place, []).append(row)
        for (platform, cell), chosen in rows.items():
            found[chosen] = self.at(signal, platform, cell).p_values(values[chosen])
        return found

    def to_bytes(self) -> bytes:
        """Parquet, one row per cell in the order of the keys."""
        ordered = sorted(self.by_cell, key=lambda key: (key[0], key[1] or "", key[2]))
        rows = [
            (*key, tail.accounts, list(tail.quantiles), tail.scale)
            for key in ordered
            for tail in [self.by_cell[key]]
        ]
        buffer = io.BytesIO()
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Tails:
        """The inverse of :meth:`to_bytes`.

        Damaged bytes raise what their reader raises; ``Bundle.from_files`` makes it a ``NoUsableModel``.
        """
        frame = pl.read_parquet(io.BytesIO(content)).match_to_schema(pl.Schema(SCHEMA))
        return cls(
            {
                (row["signal"], row["platform"], row["cell"]): Tail(
                    row["accounts"], tuple(row["quantiles"]), row["scale"]
                )
                for row in frame.iter_rows(named=True)
            }
        )


SCHEMA: Final = {
    "signal": pl.String(),
    "platform": pl.String(),
    "cell": pl.String(),
    "accounts": pl.Int64(),
    "quantiles": pl.List(pl.Float64()),
    "scale": pl.Float64(),
}


def _nearest(signal: str, platform: str | None, cell: str) -> Iterator[tuple[str, str | None, str]]:
    pooled = pooled_key(cell)
    yield signal, platform, cell
    yield signal, None, cell
    yield signal, platform, pooled
    yield signal, None, pooled
    yield signal, None, ""


def log_odds(scores: ArrayLike) -> Floats:
    """Logit of scores in (0, 1).

    >>> log_odds([0.5]).tolist()
    [0.0]
    """
    inside = np.clip(np.asarray(scores, dtype=np.float64), 1e-15, 1 - 1e-15)
    odds: Floats = np.log(inside) - np.log1p(-inside)
    return odds
