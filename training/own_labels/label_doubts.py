"""Labels to look at again: accounts linked across labels, and labels that yardsticks contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from accounts.tables import Tables
from detector.labels import Explain, YardstickOutcome
from detector.screening import Detector
from detector.verdict import Verdict
from training.label_checks import Suspect, linked_accounts

__all__ = ["label_doubts"]

ENOUGH_YARDSTICKS = 5
"""Readings without which an account that is ordinary everywhere says nothing about its label."""


def label_doubts(tables: Tables, labels: pl.DataFrame, detector: Detector) -> list[Suspect]:
    """Accounts whose label may be wrong, each with why; most are right all the same.

    The detector's own score is no reason: labels chosen by it would teach and measure it by itself.

    Parameters
    ----------
    tables
        The accounts.
    labels
        ``account_id`` and ``label`` of each.
    detector
        Reads the yardsticks, which know no training.
    """
    label_of = dict(labels.select("account_id", "label").iter_rows())
    verdicts = detector.screen(tables, explain=Explain.NONE)
    return [*linked_across(tables, label_of), *contradicted(verdicts, label_of)]


def linked_across(tables: Tables, label_of: dict[str, str]) -> Iterator[Suspect]:
    """Accounts called authentic that are linked to one called something else."""
    known = [name for name in tables.accounts["account_id"].to_list() if name in label_of]
    for one in linked_accounts(tables.select(known)):
        other = one.why.rpartition(" ")[2]
        if label_of[one.account_id] == "authentic" != label_of.get(other, "authentic"):
            why = f"called authentic, but {one.why}, which is called {label_of[other]}"
            yield Suspect(one.account_id, why)


def contradicted(verdicts: Sequence[Verdict], label_of: dict[str, str]) -> Iterator[Suspect]:
    """Authentic accounts far out on a yardstick, and inflated ones ordinary on each of five or more."""
    for verdict in verdicts:
        label, read = label_of.get(verdict.account_id), verdict.yardsticks
        far = [reading.sentence for reading in read if reading.outcome is YardstickOutcome.FAR_OUT]
        if label == "authentic" and far:
            yield Suspect(verdict.account_id, f"called authentic, but {far[0]}")
        ordinary = all(reading.outcome is YardstickOutcome.IN for reading in read)
        if label == "inflated" and ordinary and len(read) >= ENOUGH_YARDSTICKS:
            yield Suspect(verdict.account_id, f"called inflated, but ordinary on all {len(read)} yardsticks")
