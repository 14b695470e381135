"""One label for each account, of all that were given to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from training.own_labels.label_file import COLUMNS, NOT_SURE

__all__ = ["RULE", "Conflict", "ResolvedLabels", "resolve"]

RULE: Final = (
    "Of labels that contradict each other the one of highest confidence counts (none given: 1), then the "
    "newest; where both are equal, none does."
)


@dataclass(frozen=True)
class Conflict:
    """Labels of one account that contradict each other.

    Attributes
    ----------
    account_id
        The account.
    labels
        What it was called, each with who said so, where that is known.
    chosen
        The label that counts; None where the rule finds none.
    """

    account_id: str
    labels: tuple[str, ...]
    chosen: str | None

    def __str__(self) -> str:
        outcome = f"{self.chosen} counts" if self.chosen else "none counts"
        return f"{self.account_id}: {', '.join(self.labels)}; {outcome}."


@dataclass(frozen=True)
class ResolvedLabels:
    """What the labels come to.

    Attributes
    ----------
    labels
        One row for each account that has a label: ``account_id``, ``label`` and ``counts``, in the order of
        the account ids.
    conflicts
        Accounts whose labels contradict each other.
    unsure
        Accounts that were only called `not sure`.
    """

    labels: pl.DataFrame
    conflicts: tuple[Conflict, ...]
    unsure: tuple[str, ...]


def resolve(rows: pl.DataFrame) -> ResolvedLabels:
    """Resolve the rows of one or many files by :data:`RULE`; their order does not matter.

    Counts of rows that agree on the label are joined.

    Parameters
    ----------
    rows
        As :func:`training.own_labels.label_file.read_labels` gives them.

    Examples
    --------
    >>> rows = pl.DataFrame({"account_id": ["a", "a", "b"], "label": ["inflated", "authentic", "automated"],
    ...                      "confidence": [0.9, 0.6, None]}).with_columns(
    ...     counts=None, source=None, labelled_at=None, labelled_by=None)
    >>> found = resolve(rows)
    >>> found.labels.rows()
    [('a', 'inflated', None), ('b', 'automated', None)]
    >>> print(found.conflicts[0])
    a: authentic, inflated; inflated counts.
    """
    given: list[dict[str, Any]] = []
    conflicts: list[Conflict] = []
    unsure: list[str] = []
    for account, own in by_account(rows).items():
        sure = [row for row in own if row["label"] != NOT_SURE]
        if not sure:
            unsure.append(account)
            continue
        chosen = choose(sure)
        if len({row["label"] for row in sure}) > 1:
            conflicts.append(Conflict(account, tuple(sorted({who_said(row) for row in sure})), chosen))
        if chosen is not None:
            agreeing = [row for row in sure if row["label"] == chosen]
            given.append({"account_id": account, "label": chosen, "counts": joined(agreeing)})
    schema = {name: COLUMNS[name] for name in ("account_id", "label", "counts")}
    return ResolvedLabels(pl.DataFrame(given, schema=schema), tuple(conflicts), tuple(unsure))


def by_account(rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """The rows of each account, accounts in the order of their ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.sort("account_id", maintain_order=True).iter_rows(named=True):
        found.setdefault(row["account_id"], []).append(row)
    return found


def choose(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The label that counts among rows of one account; None where equal ones contradict each other."""
    ranks: dict[str, tuple[float, str]] = {}
    for row in rows:
        confidence = 1.0 if row["confidence"] is None else float(row["confidence"])
        rank = (confidence, row["labelled_at"] or "")
        ranks[row["label"]] = max(rank, ranks.get(row["label"], rank))
    best = max(ranks.values())
    first = [label for label, rank in ranks.items() if rank == best]
    return first[0] if len(first) == 1 else None


def who_said(row: Mapping[str, Any]) -> str:
    """A label, and who gave it."""
    who = row["labelled_by"] or row["source"]
    return f"{row['label']} ({who})" if who else str(row["label"])


def joined(rows: Iterable[Mapping[str, Any]]) -> str | None:
    """The counts that any of the rows names."""
    words = {word for row in rows for word in (row["counts"] or "").split("+") if word}
    return "+".join(sorted(words)) or None
