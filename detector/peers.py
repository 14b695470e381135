"""What is ordinary for a creator's peers, learnt from authentic training accounts.

Peers are the accounts of the same platform and tier; where fewer than 50 of them have a
value, those of the same tier; and where these are too few as well, all. Where 50 of a platform
and tier are real, they alone say what is ordinary; elsewhere simulated ones do.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import Final, TypeAlias

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import ArrayLike, NDArray

from accounts.errors import NoUsableModel
from detector.arrays import Floats, matrix

__all__ = ["Peers"]

Group: TypeAlias = tuple[str | None, str | None]

MIN_VALUES: Final = 50
CHUNK: Final = 512
# Finer in the tails, where accounts that stand out are told apart.
GRID: Final = np.array(
    [0, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 97.5, 99, 99.5, 99.9, 100],
    dtype=np.float64,
)
MOST_DOUBLINGS: Final = 4.0
LOW, HIGH = int(np.flatnonzero(GRID == 5)[0]), int(np.flatnonzero(GRID == 95)[0])


@dataclass(frozen=True)
class Peers:
    """Quantiles of every feature in every group of peers.

    Attributes
    ----------
    features
        The columns, in order.
    grids
        For each (platform, tier) a float32 array, features x quantiles at :data:`GRID`, NaN where
        there were too few; None stands for all platforms or all tiers.
    real
        For each (platform, tier) the features whose grid was measured on real accounts.
    """

    features: tuple[str, ...]
    grids: Mapping[Group, NDArray[np.float32]]
    real: Mapping[Group, frozenset[str]] = field(default_factory=dict)
    _best: dict[Group, NDArray[np.float32]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def fit(
        cls,
        X: pd.DataFrame,
        platforms: Sequence[str | None],
        tiers: Sequence[str | None],
        authentic: ArrayLike,
        real: ArrayLike = False,
    ) -> Peers:
        """Learn the grids.

        Parameters
        ----------
        X
            Features, one row per account (no copies), NaN where absent.
        platforms, tiers
            Of each account; a tier is None where the number of followers is unknown.
        authentic
            Which rows are of authentic accounts; only these are learnt from.
        real
            Which rows are of real accounts rather than simulated ones.
        """
        chosen = np.asarray(authentic, dtype=bool)
        values = matrix(X)[chosen]
        measured = np.broadcast_to(np.asarray(real, dtype=bool), len(X))[chosen]
        groups = list(zip(_known(platforms)[chosen], _known(tiers)[chosen], strict=True))
        members: dict[Group, list[int]] = {}
        for row, (platform, tier) in enumerate(groups):
            for group in chain(platform, tier):
                members.setdefault(group, []).append(row)
        grids = {group: quantiles(values[rows]) for group, rows in members.items()}
        names, found = np.array(X.columns, dtype=object), {}
        for group, rows in members.items():
            own = quantiles(values[[row for row in rows if measured[row]]])
            if None not in group and (enough := ~np.isnan(own[:, 0])).any():
                grids[group][enough] = own[enough]
                found[group] = frozenset(names[enough].tolist())
        ordered = sorted(grids, key=lambda group: (group[0] or "", group[1] or ""))
        known = [group for group in ordered if not np.isnan(grids[group]).all()]
        return cls(tuple(X.columns), {group: grids[group] for group in known}, found)

    def grid(self, platform: str | None, tier: str | None) -> NDArray[np.float32]:
        """The features x quantiles to hold an account against, each from the nearest group that has it."""
        if (platform, tier) not in self._best:
            self._best[platform, tier] = self._nearest(platform, tier)
        return self._best[platform, tier]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {feature: place for place, feature in enumerate(self.features)}

    def _nearest(self, platform: str | None, tier: str | None) -> NDArray[np.float32]:
        best = np.full((len(self.features), len(GRID)), np.nan, dtype=np.float32)
        for group in reversed(list(chain(platform, tier))):
            if group in self.grids:
                known = ~np.isnan(self.grids[group][:, 0])
                best[known] = self.grids[group][known]
        return best

    def typical(self, feature: str, platform: str | None, tier: str | None) -> tuple[float, float] | None:
        """The range that nine in ten of the peers lie in (5 to 95 %); None where too few had the feature."""
        grid, place = self.grid(platform, tier), self._places[feature]
        low, high = grid.item(place, LOW), grid.item(place, HIGH)
        return None if isnan(low) else (low, high)

    def are_real(self, feature: str, platform: str | None, tier: str | None) -> bool:
        """Whether the range of :meth:`typical` was measured on real accounts."""
        return feature in self.real.get((platform, tier), ())

    def percentile(self, feature: str, value: float, platform: str | None, tier: str | None) -> float | None:
        """Where a value stands among the peers, 0 to 100; None where it or the peers' values are absent.

        Between two quantiles by interpolation; a value that many peers share gets the middle of its run.
        """
        row = self.grid(platform, tier)[[self.features.index(feature)]]
        rank = float(ranks(np.array([[value]], dtype=np.float64), row)[0, 0])
        return None if np.isnan(rank) else rank

    def percentiles(
        self, frame: pd.DataFrame, platforms: Sequence[str | None], tiers: Sequence[str | None]
    ) -> pd.DataFrame:
        """:meth:`percentile` of every value of a frame with these features as columns; NaN for None."""
        ordered = frame if tuple(frame.columns) == self.features else frame[list(self.features)]
        values = matrix(ordered)
        found = np.full(values.shape, np.nan)
        for (platform, tier), rows in _by_group(_known(platforms), _known(tiers)):
            grid = self.grid(platform, tier)
            for start in range(0, len(rows), CHUNK):
                part = rows[start : start + CHUNK]
                found[part] = ranks(values[part], grid)
        return pd.DataFrame(found, index=frame.index, columns=ordered.columns)

    def doublings_outside(
        self, values: Floats, platforms: Sequence[str | None], tiers: Sequence[str | None]
    ) -> Floats:
        """How many times a value's ratio to the nearer end of :meth:`typical` doubles, 0 within the range.

        Four at most; of a sign that has no ratio to the range, or of a range that ends at 0, one.

        Parameters
        ----------
        values
            Accounts x features, NaN where absent.
        platforms, tiers
            Of each account.
        """
        found = np.zeros(values.shape)
        for (platform, tier), rows in _by_group(_known(platforms), _known(tiers)):
            grid = self.grid(platform, tier)
            found[rows] = doublings(values[rows], grid[:, LOW], grid[:, HIGH])
        return found

    def to_bytes(self) -> bytes:
        """Parquet: one row per group and feature, with its quantiles as float32."""
        rows = [
            (platform, tier, feature, grid[place].tolist(), self.are_real(feature, platform, tier))
            for (platform, tier), grid in self.grids.items()
            for place, feature in enumerate(self.features)
        ]
        buffer = io.BytesIO()
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Peers:
        """The inverse of :meth:`to_bytes`.

        Damaged bytes raise what their reader raises; ``Bundle.from_files`` makes it a ``NoUsableModel``.
        """
        frame = pl.read_parquet(io.BytesIO(content)).match_to_schema(pl.Schema(SCHEMA))
        parts = frame.partition_by("platform", "tier", maintain_order=True, as_dict=True)
        features = {tuple(part["feature"]) for part in parts.values()}
        if len(features) > 1:
            raise NoUsableModel("The bundle's table of peers has not the same features for every group.")
        grids = {key: np.array(part["quantiles"].to_list(), dtype=np.float32) for key, part in parts.items()}
        real = {key: frozenset(part.filter("real")["feature"]) for key, part in parts.items()}
        named = {key: names for key, names in real.items() if names}
        return cls(features.pop() if features else (), grids, named)


SCHEMA: Final = {
    "platform": pl.String(),
    "tier": pl.String(),
    "feature": pl.String(),
    "quantiles": pl.List(pl.Float32()),
    "real": pl.Boolean(),
}


def chain(platform: str | None, tier: str | None) -> Iterator[Group]:
    """The groups to look in, nearest first.

    >>> list(chain("tiktok", "nano")), list(chain("tiktok", None))
    ([('tiktok', 'nano'), (None, 'nano'), (None, None)], [(None, None)])
    """
    if tier is not None:
        if platform is not None:
            yield platform, tier
        yield None, tier
    yield None, None


def quantiles(values: Floats) -> NDArray[np.float32]:
    """The grid of each column; NaN where fewer than 50 have a value."""
    found = np.full((values.shape[1], len(GRID)), np.nan, dtype=np.float32)
    enough = np.count_nonzero(~np.isnan(values), axis=0) >= MIN_VALUES
    if enough.any():
        found[enough] = np.nanquantile(values[:, enough], GRID / 100, axis=0).T
    return found


def ranks(values: Floats, grid: NDArray[np.float32]) -> Floats:
    """Percentiles of rows x features in a grid of features x quantiles.

    Compared as float32, like the grid, so that a value equal to a quantile is seen to be.
    """
    single = values.astype(np.float32)[:, :, None]
    below = (grid < single).sum(axis=2)
    up_to = (grid <= single).sum(axis=2)
    last = len(GRID) - 1
    left, right = np.clip(below - 1, 0, last), np.clip(below, 0, last)
    columns = np.arange(grid.shape[0])
    low, high = grid[columns, left].astype(np.float64), grid[columns, right].astype(np.float64)
    width = np.where(high > low, high - low, 1.0)
    share = np.clip((values - low) / width, 0.0, 1.0)
    between = GRID[left] + share * (GRID[right] - GRID[left])
    shared = (GRID[right] + GRID[np.clip(up_to - 1, 0, last)]) / 2
    rank = np.where(up_to > below, shared, between)
    return np.where(np.isnan(values) | np.isnan(grid[:, 0]), np.nan, rank)


def _known(names: Sequence[str | None]) -> NDArray[np.object_]:
    return np.array([name if isinstance(name, str) else None for name in names], dtype=object)


def _by_group(
    platforms: NDArray[np.object_], tiers: NDArray[np.object_]
) -> Iterator[tuple[Group, NDArray[np.int64]]]:
    rows: dict[Group, list[int]] = {}
    for row, group in enumerate(zip(platforms, tiers, strict=True)):
        rows.setdefault(group, []).append(row)
    for group, found in rows.items():
        yield group, np.array(found, dtype=np.int64)


def doublings(values: Floats, low: ArrayLike, high: ArrayLike) -> Floats:
    """How often a value's ratio to the nearer end of a range doubles, 0 within it.

    >>> doublings(np.array([[0.02, 0.5, 8.0, 0.0, 1.0]]), [0.08, 0, 0, 0.1, 0], [1, 1, 1, 1, 0]).tolist()
    [[2.0, 0.0, 3.0, 4.0, 1.0]]
    """
    below, above = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.log2(np.where(values > above, values / above, below / values))
    signed = np.where(values > above, above <= 0, values < 0)
    outside = (values > above) | (values < below)
    return np.where(outside, np.clip(np.where(signed, 1.0, times), 0.0, MOST_DOUBLINGS), 0.0)
