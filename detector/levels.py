"""The level table: thresholds of each evidence level, and how suspicious authentic accounts are there."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from operator import neg
from typing import Final

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import ArrayLike

from detector.arrays import Floats
from detector.level_tails import compact_tail, tail_ranks
from detector.threshold import CONFIDENCE, accusation_threshold, ascending, clearing_threshold
from features.evidence import LEVELS, Level

__all__ = ["LevelRow", "LevelTable", "Thresholds", "row_key"]

REVIEW_QUANTILE: Final = 0.95
ENOUGH: Final = 1000
"""Authentic accounts from which on a level keeps its own thresholds, however many its blocks have."""


@dataclass(frozen=True)
class LevelRow:
    """One evidence level as the calibration split saw it; None where there were too few accounts.

    Attributes
    ----------
    level
        Its key; before it the platform and a colon where it holds for one platform only.
    authentic_accounts
        Authentic accounts that the promise rests on.
    accuse_above
        Suspicion above which an account is accused.
    clear_at_or_below
        Suspicion up to which an account may be cleared.
    review_above
        95 % quantile of authentic suspicion.
    expected_recall
        Share of the fakes there that are over the threshold.
    false_accusation_rate
        Share of authentic accounts that it accuses on the test split, once measured.
    natural_share
        Share of its accounts that really came with this evidence, instead of being masked down to it.
    tail
        Authentic suspicion at the ranks of :func:`tail_ranks`, never rounded down.
    """

    level: str
    authentic_accounts: int = 0
    accuse_above: float | None = None
    clear_at_or_below: float | None = None
    review_above: float | None = None
    expected_recall: float | None = None
    false_accusation_rate: float | None = None
    natural_share: float | None = None
    tail: tuple[float, ...] = ()

    @property
    def platform(self) -> str | None:
        """The platform that it holds for; None: all of them."""
        return self.level.rpartition(":")[0] or None

    @property
    def evidence(self) -> str:
        """Key of the evidence level, or of its blocks at any depth, without the platform.

        >>> row = LevelRow("youtube:profile+posts")
        >>> row.platform, row.evidence
        ('youtube', 'profile+posts')
        """
        return self.level.rpartition(":")[2]

    @property
    def masked_only(self) -> bool:
        """Whether no account came with this evidence by itself: the promise then rests on masked ones."""
        return not self.natural_share

    def p_value(self, suspicion: float) -> float | None:
        """Conformal p-value among the authentic accounts; exact in the tail, elsewhere never too small.

        None where the level had no authentic accounts.
        """
        if not self.authentic_accounts:
            return None
        place = bisect_right(self.tail, -suspicion, key=neg)
        as_large = (
            int(tail_ranks(self.authentic_accounts)[place]) - 1
            if place < len(self.tail)
            else self.authentic_accounts
        )
        return (1 + as_large) / (self.authentic_accounts + 1)

    @classmethod
    def fit(  # noqa: PLR0913
        cls,
        level: str,
        authentic: ArrayLike,
        fakes: ArrayLike,
        strong: ArrayLike,
        *,
        alpha: float,
        most: float = 0.10,
        confidence: float = CONFIDENCE,
        floor: float = 0.0,
        natural_share: float | None = None,
    ) -> LevelRow:
        """Set the level's thresholds from suspicions, one per account.

        Parameters
        ----------
        level
            Its key.
        authentic, fakes, strong
            Suspicion of authentic accounts, of all fakes, and of those of strength 50 % and more.
        alpha, confidence
            The promise.
        most
            Largest share of strong fakes that may be cleared.
        floor
            Never accuse at or below it: raising a threshold keeps the promise.
        natural_share
            As in the class.
        """
        ranked = ascending(authentic)[::-1]
        limit = accusation_threshold(ranked, alpha, confidence)
        threshold = None if limit is None else max(limit, floor)
        caught = np.asarray(fakes, dtype=np.float64)
        recall = None if threshold is None or not len(caught) else float((caught > threshold).mean())
        review = float(np.quantile(ranked, REVIEW_QUANTILE, method="higher")) if len(ranked) else None
        return cls(
            level=level,
            authentic_accounts=len(ranked),
            accuse_above=threshold,
            clear_at_or_below=clearing_threshold(strong, most, confidence),
            review_above=review,
            expected_recall=recall,
            natural_share=natural_share,
            tail=tuple(compact_tail(ranked).tolist()),
        )


def fit_level(level: str, part: pd.DataFrame, **options: float) -> LevelRow:
    """The row of one level's part of the sample; without thresholds where no account has a suspicion.

    Accounts that come with this evidence by themselves are other people than those masked down to
    it: of a profile alone, mostly small ones. So the row is fitted to all accounts, and to those
    alone where they are enough, and the one with the larger threshold speaks.
    """
    rows = [_row(level, part, **options)]
    if (
        part["natural"].any()
        and (own := _row(level, part[part["natural"]], **options)).authentic_accounts >= ENOUGH
    ):
        rows.append(own)
    return max(rows, key=lambda row: -1.0 if row.accuse_above is None else row.accuse_above)


def _row(level: str, part: pd.DataFrame, **options: float) -> LevelRow:
    natural_share = float(part["natural"].mean())
    part = part[part["suspicion"].notna()]  # without a signal no account is accused
    if part.empty:
        return LevelRow(level, natural_share=natural_share)
    suspicion = part["suspicion"].to_numpy(dtype=np.float64)
    authentic = part["authentic"].to_numpy(dtype=bool)
    strong = part["strong"].to_numpy(dtype=bool) & ~authentic
    fakes = suspicion[~authentic]
    return LevelRow.fit(
        level, suspicion[authentic], fakes, suspicion[strong], natural_share=natural_share, **options
    )


def _pooled_where_rare(row: LevelRow, rows: Mapping[str, LevelRow]) -> LevelRow:
    """The row; without thresholds where it has few and many more accounts have the same blocks.

    Of 299 authentic accounts the threshold is the very largest, which chance sets far too high. What
    is pooled is a p-value against accounts with evidence as deep, so that depths are alike in it.
    """
    pooled = None if row.level in _POOLED else rows.get(Level.of(row.level).pooled)
    if (
        pooled is None
        or row.authentic_accounts >= ENOUGH
        or pooled.authentic_accounts < 2 * row.authentic_accounts
    ):
        return row
    return LevelRow(row.level, natural_share=row.natural_share)


_POOLED: Final = frozenset(level.pooled for level in LEVELS)
"""Keys of all accounts with the same blocks, at any depth; most of them name no level."""


@dataclass(frozen=True)
class Thresholds:
    """The thresholds of many accounts' levels, NaN where a level has none."""

    accuse_above: Floats
    clear_at_or_below: Floats
    review_above: Floats

    def clearing_less(self, factor: Floats) -> Thresholds:
        """The same, with the thresholds of clearing times a factor for each account.

        >>> one = np.array([0.8])
        >>> Thresholds(one, np.array([0.4]), one).clearing_less(np.array([0.5])).clear_at_or_below
        array([0.2])
        """
        return replace(self, clear_at_or_below=self.clear_at_or_below * factor)


@dataclass(frozen=True)
class LevelTable:
    """All levels that were calibrated, by key.

    Attributes
    ----------
    rows
        One per level.
    """

    rows: Mapping[str, LevelRow]

    def __getitem__(self, level: str) -> LevelRow:
        """The level's row; an empty one, which neither accuses nor clears, where it was never seen."""
        return self.rows.get(level) or LevelRow(level)

    def row_for(self, level: str, platform: str | None = None) -> LevelRow:
        """The row that an account at this level is judged by, the narrowest that may accuse.

        Its platform's before that of all platforms; in each its own, where enough authentic
        accounts were seen at exactly that evidence; else that of all accounts with the same
        blocks at any depth. Where none may accuse, the narrowest that may ask for a review: what is
        suspicious must not end as nothing against it. The row names itself.
        """
        keys = (level, Level.of(level).pooled)
        rows = [self[row_key(scope, key)] for scope in (platform, None) for key in keys]
        accusing = (row for row in rows if row.accuse_above is not None)
        reviewing = (row for row in rows if row.review_above is not None)
        return next(chain(accusing, reviewing), self[level])

    def __iter__(self) -> Iterator[LevelRow]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def fit(
        cls,
        sample: pd.DataFrame,
        *,
        alpha: float,
        most: float = 0.10,
        confidence: float = CONFIDENCE,
        floor: float = 0.0,
    ) -> LevelTable:
        """Set every level's thresholds on the calibration split.

        Parameters
        ----------
        sample
            One row per account and level: ``account_id``, ``level``, ``suspicion`` (NaN
            where no signal is heard), and the booleans
            ``authentic``, ``strong`` (a fake of strength 50 % and more) and ``natural`` (not
            masked down to the level).
        alpha, most, confidence, floor
            As for :meth:`LevelRow.fit`.

        Raises
        ------
        ValueError
            If an account stands at one level twice: copies would be counted as accounts.
        """
        if sample.duplicated(["level", "account_id"]).any():
            raise ValueError("an account stands at a level twice: the promise counts accounts, not copies")
        options = {"alpha": alpha, "most": most, "confidence": confidence, "floor": floor}
        parts = {str(level): part for level, part in sample.groupby("level", sort=True)}
        rows = {level: fit_level(level, part, **options) for level, part in parts.items()}
        return cls({level: _pooled_where_rare(row, rows) for level, row in rows.items()})

    def with_false_accusation_rates(self, rates: Mapping[str, float]) -> LevelTable:
        """The table with false-accusation rates noted beside the levels; no threshold changes."""
        known = {**{row.level: row.false_accusation_rate for row in self}, **rates}
        return LevelTable({row.level: replace(row, false_accusation_rate=known[row.level]) for row in self})

    def limits(self, levels: Sequence[str], platforms: Sequence[str] | None = None) -> Thresholds:
        """Thresholds for accounts at the given levels, and on the given platforms where these are known."""
        known_on: Sequence[str | None] = platforms if platforms is not None else [None] * len(levels)
        places = list(zip(levels, known_on, strict=True))
        known = {place: self.row_for(*place) for place in set(places)}
        rows = [known[place] for place in places]
        return Thresholds(
            accuse_above=as_floats([row.accuse_above for row in rows]),
            clear_at_or_below=as_floats([row.clear_at_or_below for row in rows]),
            review_above=as_floats([row.review_above for row in rows]),
        )

    def to_bytes(self) -> bytes:
        """Parquet, one row per level in the order of their keys."""
        rows = [self.rows[key] for key in sorted(self.rows)]
        plain = {COLUMN[one.name]: [getattr(row, one.name) for row in rows] for one in fields(LevelRow)}
        buffer = io.BytesIO()
        pl.DataFrame(plain, schema=SCHEMA).write_parquet(buffer, compression="zstd", statistics=False)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> LevelTable:
        """The inverse of :meth:`to_bytes`.

        Damaged bytes raise what their reader raises; ``Bundle.from_files`` makes it a ``NoUsableModel``.
        """
        frame = pl.read_parquet(io.BytesIO(content)).match_to_schema(pl.Schema(SCHEMA))
        attributes = frame.rename({column: name for name, column in COLUMN.items()}).to_dicts()
        return cls({row["level"]: LevelRow(**row | {"tail": tuple(row["tail"])}) for row in attributes})


SCHEMA: Final = {
    "level": pl.String(),
    "n0": pl.Int64(),
    "threshold": pl.Float64(),
    "clear_at_most": pl.Float64(),
    "review_above": pl.Float64(),
    "expected_recall": pl.Float64(),
    "far": pl.Float64(),
    "natural_share": pl.Float64(),
    "tail": pl.List(pl.Float64()),
}
COLUMN: Final = dict(zip((one.name for one in fields(LevelRow)), SCHEMA, strict=True))
"""Column of ``levels.parquet`` by attribute: bundles keep the names of their format."""


def row_key(platform: str | None, level: str) -> str:
    """Key of a level on one platform, or of the level on all of them.

    >>> row_key("youtube", "profile+posts30"), row_key(None, "profile+posts30")
    ('youtube:profile+posts30', 'profile+posts30')
    """
    return f"{platform}:{level}" if platform else level


def as_floats(values: Sequence[float | None]) -> Floats:
    """An array in which None has become NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
