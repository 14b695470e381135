"""All checks of the evidence, one after the other: what cannot be evidence is taken out by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from accounts.checks.arrays import Arrays
from accounts.checks.catalogue import CHECKS
from accounts.checks.finding import Change, Check, Evidence, Finding
from accounts.tables import Tables

__all__ = ["Examined", "examine"]


@dataclass(frozen=True)
class Examined:
    """Evidence that was checked.

    Attributes
    ----------
    tables
        What is left to judge by.
    findings
        What was found, by account; accounts without a finding are not in it.
    """

    tables: Tables
    findings: Mapping[str, Sequence[Finding]]

    def doubtful(self, account_id: str) -> bool:
        """Whether an account's evidence contradicted itself, or lost what schemes show in.

        Nobody is cleared on it.
        """
        return any(
            finding.contradiction or finding.bars_clearing for finding in self.findings.get(account_id, ())
        )

    def contradictory(self, account_id: str) -> bool:
        """Whether what is left of it still contradicts itself: nobody is accused on it, either."""
        return any(
            finding.contradiction and not finding.left_out for finding in self.findings.get(account_id, ())
        )


def examine(tables: Tables, checks: Sequence[Check] = CHECKS) -> Examined:
    """Check the evidence of all accounts.

    Every check first marks its suspects, all accounts at once; only these are looked at closely.
    The checks stand in an order in which each may rely on what those before it took out.

    >>> times = ["2026-10-01T09:00:00Z", "2026-10-08T09:30:00Z"]
    >>> whole = Tables.of(accounts=[{"account_id": "a", "platform": "x"}])
    >>> examine(whole).findings
    {}
    """
    arrays = Arrays(tables)
    suspects, found = _suspects(arrays, checks), defaultdict[str, list[Finding]](list)
    for one in checks:
        if names := _narrowed(one, suspects[one.name], arrays):
            outcome = one.examine(Evidence(tables, names))
            for finding in outcome.findings:
                found[finding.account_id].append(finding)
            tables = _changed(tables, outcome.changes)
            arrays = arrays.of(tables)
    return Examined(tables, dict(found))


def _suspects(arrays: Arrays, checks: Sequence[Check]) -> dict[str, list[str]]:
    """For each check the accounts that it must look at closely."""
    found: dict[str, list[str]] = {one.name: [] for one in checks}
    for table in {one.table: None for one in checks}:
        if arrays.tables[table].is_empty():
            continue
        own = [one for one in checks if one.table == table]
        rows = arrays[table].deriving({
            name: column for one in own for name, column in one.derived.items()
        })  # fmt: skip
        for one in own:
            found[one.name] = rows.names(one.suspects(rows))
    return found


def _narrowed(one: Check, suspects: Sequence[str], arrays: Arrays) -> Sequence[str]:
    """The suspects in which a check may find something as the tables are now."""
    if one.narrow is None or not suspects:
        return suspects
    possible = frozenset(one.narrow(arrays))
    return [name for name in suspects if name in possible]


def _changed(tables: Tables, changes: Sequence[Change]) -> Tables:
    """The tables after some changes; those that drop rows come last, as they renumber what follows."""
    frames: dict[str, pl.DataFrame] = {}
    some = [change for change in changes if len(change.rows)]
    for change in sorted(some, key=lambda one: not one.columns and one.values is None):
        frames[change.table] = _apply(frames.get(change.table, tables[change.table]), change)
    return tables.replace(frames) if frames else tables


def _apply(frame: pl.DataFrame, change: Change) -> pl.DataFrame:
    if change.values is not None:
        columns = {
            name: frame[name].scatter(change.rows, change.values[name]) for name in change.values.columns
        }
        return frame.with_columns(**columns)
    if change.columns:
        return frame.with_columns(**{
            name: frame[name].clone().scatter(change.rows, None) for name in change.columns
        })  # fmt: skip
    removed = pl.Series([False]).new_from_index(0, frame.height).scatter(change.rows, True)
    return frame.filter(~removed)
