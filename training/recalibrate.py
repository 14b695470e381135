"""A detector's thresholds, set anew on a customer's own verified authentic accounts.

Heads, calibration, peers and novelty stay as they are, byte for byte. The verified
accounts saw none of them, so the exact binomial bound holds for accounts like these.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pandas as pd

from accounts.errors import BadInput, Fault
from detector.bundle import Bundle
from detector.folder import CREATED
from detector.levels import LevelRow, LevelTable, row_key
from detector.manifest import MANIFEST, created_bytes, sha256
from training.verified_accounts import VerifiedAccounts, masked_suspicion

__all__ = [
    "accounts_missing",
    "accounts_needed",
    "recalibrate",
    "refit_thresholds",
    "too_few_message",
    "with_thresholds",
]

LEAST_ON_A_PLATFORM: Final = 300
FEWEST_FAKES: Final = 50
"""At a level with fewer fakes the expected recall is that of its blocks at any depth."""


def accounts_needed(alpha: float, confidence: float) -> int:
    """Fewest authentic accounts, none of them over the threshold, that keep the promise.

    >>> accounts_needed(0.05, 0.95), accounts_needed(0.01, 0.95)
    (59, 299)
    """
    return math.ceil(math.log(1 - confidence) / math.log(1 - alpha))


def refit_thresholds(
    base: LevelTable,
    authentic: pd.DataFrame,
    *,
    alpha: float,
    confidence: float,
    fakes: pd.DataFrame | None = None,
) -> LevelTable:
    """Thresholds, review limits and tails of authentic accounts alone.

    Parameters
    ----------
    base
        The table before. What it clears at stays, as that was set on known fakes alone; but
        nothing above a new threshold is cleared.
    authentic
        As :func:`masked_suspicion` returns it.
    alpha, confidence
        The promise.
    fakes
        The same of known fakes, for the expected recall; without them nothing is expected.

    Returns
    -------
    Every level of ``base``, without a threshold where no account of ``authentic`` has its evidence.
    """
    need = accounts_needed(alpha, confidence)
    rows = {row.level: LevelRow(row.level, clear_at_or_below=row.clear_at_or_below) for row in base}
    for blocks, part in authentic.groupby("blocks", sort=True):
        natural = part[part["natural"]]
        for level, scope, members in _row_members(
            natural if len(natural) >= need else part, str(blocks), need
        ):
            key = row_key(scope, level)
            row = LevelRow.fit(
                key,
                members["suspicion"],
                _fake_suspicion(fakes, str(blocks), level),
                [],
                alpha=alpha,
                confidence=confidence,
                natural_share=float(members["natural"].mean()),
            )
            rows[key] = replace(
                row, clear_at_or_below=_clear_at_or_below(base, level, scope, row.accuse_above)
            )
    return LevelTable(rows)


def _row_members(
    part: pd.DataFrame, blocks: str, need: int
) -> Iterator[tuple[str, str | None, pd.DataFrame]]:
    """Level, platform (None: any) and accounts of each row of the table."""
    for platform, there in _by_common_value(part, "platform", max(LEAST_ON_A_PLATFORM, need), need):
        for level, members in _by_common_value(there, "level", need, need):
            yield level or blocks, platform, members


def _by_common_value(
    part: pd.DataFrame, column: str, least: int, need: int
) -> Iterator[tuple[str | None, pd.DataFrame]]:
    """Accounts by the values that enough of them have; then the others, or all where these are too few.

    Only how many there are decides, never how suspicious they are.
    """
    counts = part[column].value_counts()
    large = sorted(counts.index[counts >= least])
    for value in large:
        yield value, part[part[column] == value]
    others = part[~part[column].isin(large)]
    yield None, others if len(others) >= need else part


def _fake_suspicion(fakes: pd.DataFrame | None, blocks: str, level: str) -> pd.Series[float]:
    if fakes is None:
        return pd.Series(dtype=float)
    alike = fakes[fakes["blocks"] == blocks]
    exact = alike[alike["level"] == level]
    found: pd.Series[float] = (exact if len(exact) >= FEWEST_FAKES else alike)["suspicion"]
    return found


def _clear_at_or_below(
    base: LevelTable, level: str, scope: str | None, threshold: float | None
) -> float | None:
    before = base.rows.get(row_key(scope, level)) or base[level]
    limits = [limit for limit in (before.clear_at_or_below, threshold) if limit is not None]
    return min(limits) if before.clear_at_or_below is not None else None


def accounts_missing(table: LevelTable, *, alpha: float, confidence: float) -> int:
    """How many accounts are missing until any level that accounts really came with gets a threshold."""
    natural = [row.authentic_accounts for row in table if not row.masked_only]
    return max(accounts_needed(alpha, confidence) - max(natural, default=0), 0)


def with_thresholds(bundle: Bundle, table: LevelTable, **facts: object) -> Bundle:
    """A detector with another level table; ``facts`` says where its thresholds come from."""
    files = {**bundle.files, "levels.parquet": table.to_bytes()}
    manifest = replace(
        bundle.manifest.in_current_format(),
        facts=replace(bundle.facts, **facts),  # type: ignore[arg-type]
        files={**bundle.manifest.files, "levels.parquet": sha256(files["levels.parquet"])},
    )
    created = created_bytes(manifest.facts.created_at)
    return Bundle.from_files({**files, MANIFEST: manifest.to_bytes(), CREATED: created})


def recalibrate(  # noqa: PLR0913
    bundle: Bundle,
    verified: VerifiedAccounts,
    *,
    created_at: str,
    digest: str,
    dated: str | None = None,
    alpha: float | None = None,
    fakes: VerifiedAccounts | None = None,
    place: str = "",
) -> Bundle:
    """The detector with thresholds that hold for accounts like the verified ones.

    Parameters
    ----------
    bundle
        The detector; its confidence is kept.
    verified
        Authentic accounts, verified by who gives them.
    created_at
        ISO time that the new bundle shall carry: nothing here reads a clock.
    digest
        Hexadecimal digest of the verified accounts; its beginning is part of the version.
    dated
        Date that version and promise name, such as that of the newest account; None: that of ``created_at``.
    alpha
        The promised false-accusation rate; None: the bundle's.
    fakes
        Known fakes, for the expected recall; without them it is unknown.
    place
        What a refusal calls the accounts, such as their file.

    Raises
    ------
    BadInput
        If there are too few at every evidence level that they came with, with the number still missing.
    """
    rate, confidence = bundle.facts.alpha if alpha is None else alpha, bundle.facts.confidence
    caught = None if fakes is None else masked_suspicion(bundle.signal_models, fakes)
    table = refit_thresholds(
        bundle.levels,
        masked_suspicion(bundle.signal_models, verified),
        alpha=rate,
        confidence=confidence,
        fakes=caught,
    )
    if lacking := accounts_missing(table, alpha=rate, confidence=confidence):
        raise BadInput(Fault(place, "", too_few_message(table, rate, confidence, lacking)))
    return with_thresholds(
        bundle,
        table,
        version=f"{dated or created_at[:10]}-{digest[:8]}",
        created_at=created_at,
        calibrated_on=f"{len(verified):,} accounts verified by you, {dated or created_at[:10]}",
        alpha=rate,
    )


def too_few_message(table: LevelTable, alpha: float, confidence: float, lacking: int) -> str:
    """The rule that too few accounts break, with how many are missing."""
    best = max(
        (row for row in table if not row.masked_only), key=lambda row: row.authentic_accounts, default=None
    )
    need = accounts_needed(alpha, confidence)
    held = (
        f"There are {best.authentic_accounts:,} with {best.level}"
        if best
        else "There is none with any evidence"
    )
    return (
        f"must hold at least {need:,} authentic accounts with the same blocks of evidence, for at most"
        f" {100 * alpha:g} % false accusations with {100 * confidence:g} % confidence."
        f" {held}: {lacking:,} more are needed."
    )
