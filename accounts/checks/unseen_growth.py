"""Growth within a gap of the history, in which nobody counted."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, Floats, TableArrays
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    findings_by_account,
)

__all__ = ["growth_in_a_gap"]

WEEK: Final = 7.0
FACTOR: Final = 1.5
FEWEST_GAINED: Final = 300.0


def _grown_unseen(rows: TableArrays) -> Flags:
    """Accounts of which a count is half as much again as one a week or more before, with none between."""
    counts, days = rows.floats("followers"), rows.floats("date")
    order = np.lexsort((days, rows.account))
    order = order[~np.isnan(counts[order])]
    account, counts = rows.account[order], counts[order]
    jumped = (np.diff(account) == 0) & _jumped(np.diff(days[order]), counts[:-1], counts[1:])
    found: Flags = np.bincount(account[1:][jumped], minlength=len(rows.starts)) > 0
    return found


def _jumped(since: Floats, before: Floats, counts: Floats) -> Flags:
    jumped: Flags = (since >= WEEK) & (counts >= FACTOR * before) & (counts - before >= FEWEST_GAINED)
    return jumped


@check("history", _grown_unseen)
def growth_in_a_gap(evidence: Evidence) -> Outcome:
    """Followers that came while nobody counted: half as many again, 300 at least, in a week or more.

    A gap is one that is three times as long as the history's usual step. How they came is not seen, so
    nobody is cleared on the days that are.

    >>> from accounts.tables import Tables
    >>> counts = [2_000 + at for at in range(40)] + [8_000 + at for at in range(40)]
    >>> days = [
    ...     {"account_id": "a", "date": 20_000 + at + 30 * (at >= 40), "followers": n}
    ...     for at, n in enumerate(counts)
    ... ]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], history=days))
    >>> growth_in_a_gap.examine(one).findings[0].sentence[:51]
    'From 2,039 to 8,000 followers within 31 days withou'
    """
    findings = []
    history = evidence.columns("history", "account_id", "date", "followers").sort("account_id", "date", ROW)
    for name, part in findings_by_account(history.drop_nulls()):
        counts = part["followers"].cast(pl.Float64).to_numpy()
        since = np.diff(part["date"].cast(pl.Int32).to_numpy().astype(np.float64))
        jumped = _jumped(since, counts[:-1], counts[1:]) & (since >= 3.0 * np.median(since))
        if jumped.any():
            at = int(np.argmax(np.where(jumped, counts[1:] / np.maximum(counts[:-1], 1.0), 0.0)))
            findings.append(
                Finding(
                    name, "growth_in_a_gap", "history.followers", int(jumped.sum()),
                    f"From {counts[at]:,.0f} to {counts[at + 1]:,.0f} followers within {since[at]:.0f} days"
                    " without a count: how they came is not seen.", bars_clearing=True,
                )
            )  # fmt: skip
    return Outcome((), tuple(findings))
