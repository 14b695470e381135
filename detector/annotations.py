"""What people said of accounts' histories, as verdicts name it: who, what it changed, and what was before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from accounts.checks import examine
from accounts.checks.catalogue import OBSERVATION_CHECKS
from accounts.checks.explained_windows import windows_of
from accounts.copies import numbered_copies
from accounts.explained import explained_curve
from accounts.tables import Tables
from detector.predictions import Predictions
from detector.reasons import iso_time
from detector.verdict import AnnotationReading, VerdictBefore, authenticity_score

__all__ = ["annotation_readings"]


def annotation_readings(
    tables: Tables, predict: Callable[[Tables], Predictions]
) -> dict[str, tuple[AnnotationReading, ...]]:
    """Annotations by account, the earliest given first, each with the verdict before it.

    Parameters
    ----------
    tables
        The accounts as given.
    predict
        The detector's labels and probabilities, by which an account is judged with the annotations before.
    """
    if tables.annotations.is_empty():
        return {}
    owners = [
        name
        for name in dict.fromkeys(tables.annotations["account_id"].to_list())
        if name in set(tables.accounts["account_id"].to_list())
    ]
    accounts = [_in_order(tables.select([name])) for name in owners]
    before = iter(_befores(numbered_copies(_earlier(accounts)), predict))
    return {name: tuple(_readings(account, before)) for name, account in zip(owners, accounts, strict=True)}


def _in_order(account: Tables) -> Tables:
    given = account.annotations.sort("when", nulls_last=True, maintain_order=True)
    return replace(account, annotations=given)


def _earlier(accounts: list[Tables]) -> Iterator[Tables]:
    """For each annotation its account with those before it alone."""
    for account in accounts:
        for number in range(account.annotations.height):
            yield replace(account, annotations=account.annotations.head(number))


def _befores(copies: Tables, predict: Callable[[Tables], Predictions]) -> Iterator[VerdictBefore]:
    predictions = predict(copies)
    for label, suspicion in zip(predictions.decisions.labels, predictions.suspicion.tolist(), strict=True):
        known = None if np.isnan(suspicion) else suspicion
        yield VerdictBefore(label=label, authenticity_score=authenticity_score(label, known))


def _readings(account: Tables, before: Iterator[VerdictBefore]) -> Iterator[AnnotationReading]:
    history = examine(account, OBSERVATION_CHECKS).tables.history.with_row_index("row")
    curve = explained_curve(history, windows_of(account.annotations))
    rows: list[dict[str, Any]] = account.annotations.drop("account_id").to_dicts()
    for number, row in enumerate(rows):
        steps = None if curve is None else curve.steps[number]
        yield AnnotationReading(
            kind=row["kind"],
            from_=row["from"].isoformat(),
            to=row["to"].isoformat(),
            note=row["note"],
            link=row["link"],
            who=row["who"],
            when=None if row["when"] is None else iso_time(row["when"]),
            days=0 if curve is None or steps is None else curve.days_of(steps),
            gained=0 if curve is None or steps is None else curve.gain_of(steps),
            before=next(before),
        )
