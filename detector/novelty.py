"""Novelty detection: accounts too unlike those in training for a probability to mean much.

Per block of evidence, the distance to the nearest of some training accounts, of any class,
after robust standardisation. Beyond what 99 % of authentic accounts with evidence as deep
show, the label is review instead of clearing.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.distance import cdist

from accounts.errors import NoUsableModel
from detector.arrays import Bools, Floats, matrix
from features.evidence import Level

__all__ = ["BlockReference", "Novelty"]

Singles = NDArray[np.float32]

REFERENCE: Final = 600
CLIP: Final = 6.0
QUANTILE: Final = 0.99
MIN_ACCOUNTS: Final = 100
CHUNK: Final = 256
NOT_ALONE: Final = frozenset({"username_digit_share"})
"""What is no reason to call an account strange: people whose name is taken add their year of birth."""
WELL_INSIDE: Final = 0.7
"""Of the ordinary distance, how far an account lies by all else at most, that nothing else makes strange."""
# The interquartile range of a normal distribution, in standard deviations.
IQR_OF_NORMAL: Final = 1.349


@dataclass(frozen=True)
class BlockReference:
    """What one block's columns look like in training; all numbers float32, fresh or loaded.

    Attributes
    ----------
    columns
        The block's features.
    centre, scale
        Median and interquartile range (as of a normal distribution: over 1.349) of each.
    accounts
        Standardised reference accounts x columns.
    limits
        Largest ordinary distance, by depth (posts30); under the block's own name for all depths.
    """

    columns: tuple[str, ...]
    centre: Singles
    scale: Singles
    accounts: Singles
    limits: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def fit(cls, frame: pd.DataFrame, chosen: ArrayLike) -> BlockReference:
        """Learn the standardisation from all rows and keep the chosen ones, without limits yet."""
        values = matrix(frame)
        centre, scale = spread(values)
        bare = cls(tuple(frame.columns), centre, scale, np.empty((0, len(centre)), dtype=np.float32))
        accounts = bare.standardised(values[np.asarray(chosen)]).astype(np.float32)
        return replace(bare, accounts=np.unique(accounts, axis=0))

    def standardised(self, values: Floats) -> Floats:
        """Robust z, cut off at 6 so that one wild number is not everything; absent counts as typical."""
        z = (values - self.centre.astype(np.float64)) / self.scale.astype(np.float64)
        return np.nan_to_num(np.clip(z, -CLIP, CLIP), nan=0.0)

    def distances(self, values: Floats) -> Floats:
        """Distance of each row to the nearest reference account, per square root of the columns.

        Pair by pair, not by a matrix product: so a row's answer is the same alone and in a batch.
        """
        reference = self.accounts.astype(np.float64)
        nearest = np.empty(len(values))
        for start in range(0, len(values), CHUNK):
            rows = slice(start, start + CHUNK)
            nearest[rows] = cdist(self.standardised(values[rows]), reference, "sqeuclidean").min(axis=1)
        return np.sqrt(nearest / len(self.columns))

    def limit(self, depth: str, block: str) -> float:
        """Largest ordinary distance at a depth; infinite where nothing was known to set it."""
        return self.limits.get(depth, self.limits.get(block, np.inf))

    def beyond(self, values: Floats, levels: Sequence[str], block: str, part: float = 1.0) -> Bools:
        """Which rows have the block, and lie further out than is ordinary at their depth, or a part of it."""
        depths = [Level.of(level).depth(block) for level in levels]
        present = np.array([depth is not None for depth in depths], dtype=bool)
        limits = np.array([self.limit(depth, block) for depth in depths if depth is not None])
        beyond = np.zeros(len(values), dtype=bool)
        beyond[present] = self.distances(values[present]) > part * limits
        return beyond

    def beyond_without(
        self, columns: Collection[str], values: Floats, levels: Sequence[str], block: str
    ) -> Bools:
        """Which rows lie further out than is ordinary, and not by some columns alone.

        It is by these alone where the others lie well inside, ``WELL_INSIDE`` of the way at most.
        """
        beyond = self.beyond(values, levels, block)
        dropped = [at for at, name in enumerate(self.columns) if name in columns]
        if dropped and beyond.any():
            rows = np.flatnonzero(beyond)
            rest = values[rows]
            rest[:, dropped] = np.nan
            beyond[rows] = self.beyond(rest, [levels[row] for row in rows.tolist()], block, WELL_INSIDE)
        return beyond


@dataclass(frozen=True)
class Novelty:
    """The references of all blocks.

    Attributes
    ----------
    blocks
        By block.
    """

    blocks: Mapping[str, BlockReference]

    @classmethod
    def fit(
        cls,
        X: pd.DataFrame,
        levels: Sequence[str],
        authentic: ArrayLike,
        blocks: Mapping[str, Sequence[str]],
        *,
        seed: int,
    ) -> Novelty:
        """Choose reference accounts and set the limits.

        Parameters
        ----------
        X
            Features of training accounts of any class; the index names the account, so that
            masked copies of one account never sit on both sides.
        levels
            Evidence level of each row.
        authentic
            Which rows are of authentic accounts; only these set limits.
        blocks
            The columns to watch, by block.
        seed
            Of the draw of the reference.
        """
        random = np.random.default_rng(seed)
        is_authentic = np.asarray(authentic, dtype=bool)
        known = {}
        for block, columns in blocks.items():
            depths = np.array([Level.of(level).depth(block) for level in levels], dtype=object)
            present = np.array([depth is not None for depth in depths], dtype=bool)
            if columns and present.any():
                part = X.loc[present, list(columns)]
                known[block] = fit_block(part, depths[present], is_authentic[present], block, random)
        return cls(known)

    def unfamiliar_blocks(self, frame: pd.DataFrame, levels: Sequence[str]) -> list[tuple[str, ...]]:
        """Names of the present blocks in which each row is unfamiliar, in the order of the blocks.

        Nobody is unfamiliar by the columns of ``NOT_ALONE`` alone.
        """
        values, place = matrix(frame), {name: at for at, name in enumerate(frame.columns)}
        marks = {
            block: one.beyond_without(
                NOT_ALONE, values[:, [place[name] for name in one.columns]], levels, block
            )
            for block, one in self.blocks.items()
        }
        return [tuple(block for block, mark in marks.items() if mark[row]) for row in range(len(frame))]

    def to_bytes(self) -> bytes:
        """Parquet: for each block its columns, centre, scale, limits and reference accounts, as float32."""
        rows: list[tuple[str, str, list[str], list[float]]] = []
        for block, one in self.blocks.items():
            rows.append((block, "centre", list(one.columns), one.centre.tolist()))
            rows.append((block, "scale", [], one.scale.tolist()))
            rows.append((block, "limits", list(one.limits), list(one.limits.values())))
            rows.extend((block, "account", [], account) for account in one.accounts.tolist())
        buffer = io.BytesIO()
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Novelty:
        """The inverse of :meth:`to_bytes`.

        Damaged bytes raise what their reader raises; ``Bundle.from_files`` makes it a ``NoUsableModel``.
        """
        frame = pl.read_parquet(io.BytesIO(content)).match_to_schema(pl.Schema(SCHEMA))
        parts = frame.partition_by("block", maintain_order=True, as_dict=True)
        return cls({str(block): _read_block(part) for (block,), part in parts.items()})


SCHEMA: Final = {
    "block": pl.String(),
    "part": pl.String(),
    "names": pl.List(pl.String()),
    "values": pl.List(pl.Float32()),
}


def _read_block(part: pl.DataFrame) -> BlockReference:
    single = {row["part"]: row for row in part.filter(pl.col("part") != "account").to_dicts()}
    if set(single) != {"centre", "scale", "limits"}:
        raise NoUsableModel("The bundle's strangeness.parquet is not complete.")
    columns = tuple(single["centre"]["names"])
    accounts = part.filter(pl.col("part") == "account")["values"].to_list()
    return BlockReference(
        columns=columns,
        centre=np.array(single["centre"]["values"], dtype=np.float32),
        scale=np.array(single["scale"]["values"], dtype=np.float32),
        accounts=np.array(accounts, dtype=np.float32).reshape(-1, len(columns)),
        limits=dict(zip(single["limits"]["names"], single["limits"]["values"], strict=True)),
    )


def spread(values: Floats) -> tuple[Singles, Singles]:
    """Median and scale of each column; a column that never varies, or is never there, gets 0 and 1."""
    seen = ~np.isnan(values).all(axis=0)
    centre, scale = np.zeros(values.shape[1]), np.ones(values.shape[1])
    if seen.any():
        low, centre[seen], high = np.nanquantile(values[:, seen], [0.25, 0.5, 0.75], axis=0)
        scale[seen] = (high - low) / IQR_OF_NORMAL
        flat = seen & (scale == 0)
        # More than half of its values are one and the same: then the ordinary deviation is all there is.
        scale[flat] = np.nanstd(values[:, flat], axis=0)
    scale[scale == 0] = 1.0
    return centre.astype(np.float32), scale.astype(np.float32)


def fit_block(
    frame: pd.DataFrame,
    depths: NDArray[np.object_],
    authentic: Bools,
    block: str,
    random: np.random.Generator,
) -> BlockReference:
    """Draw the reference among the block's accounts, and set its limits on the other authentic ones."""
    accounts = frame.index.unique()
    size = min(REFERENCE, max(len(accounts) // 2, 1))
    drawn = accounts[np.sort(random.choice(len(accounts), size, replace=False))]
    inside = np.asarray(frame.index.isin(drawn))
    reference = BlockReference.fit(frame, one_row_each(frame.index, inside, random))
    judged = authentic & ~inside
    distances = reference.distances(matrix(frame)[judged])
    found = {block: distances}
    for depth in sorted(set(depths[judged])):
        found[depth] = distances[depths[judged] == depth]
    enough = {key: ordinary(some) for key, some in found.items() if len(some) >= MIN_ACCOUNTS}
    return replace(reference, limits=enough)


def one_row_each(index: pd.Index, inside: Bools, random: np.random.Generator) -> NDArray[np.int64]:
    """One row, drawn at random, of each account that is inside."""
    rows = random.permutation(np.flatnonzero(inside))
    first = ~index[rows].duplicated()
    return np.sort(rows[first]).astype(np.int64)


def ordinary(distances: Floats) -> float:
    """The 99 % quantile, rounded up to a float32 so that it can be stored."""
    limit = float(np.quantile(distances, QUANTILE, method="higher"))
    single = np.float32(limit)
    # As floats: numpy would compare a float32 with a float by rounding the latter.
    return float(single if float(single) >= limit else np.nextafter(single, np.float32(np.inf)))
