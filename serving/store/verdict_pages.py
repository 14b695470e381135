"""Stored verdicts that are found again: by account, label, decision, model and time, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, select, tuple_

from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import verdicts
from serving.store.verdict_rows import read_verdict_document

__all__ = ["SUMMARY", "VerdictFilter", "VerdictPosition", "page_of_verdicts", "summary_of"]

SUMMARY: Final = ("account_id", "platform", "as_of", "label", "suspicion", "authenticity_score")
"""What a summary repeats of the verdict's document."""

ORDER: Final = (verdicts.c.made_at, verdicts.c.verdict_id)


class VerdictPosition(NamedTuple):
    """The position of a verdict among its tenant's, which are sorted by both, the newest first."""

    made_at: str
    verdict_id: str


@dataclass(frozen=True)
class VerdictFilter:
    """Which verdicts are wanted; None: whatever it is.

    Attributes
    ----------
    account
        SHA-256 of the account's id.
    label, decision, model
        Of the verdict, of what stands of the decisions about it, and of its model (its sha256).
    since, until
        Timestamps: the first that is wanted, and the first that no longer is.
    """

    account: str | None = None
    label: str | None = None
    decision: str | None = None
    model: str | None = None
    since: str | None = None
    until: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """The conditions on rows of ``verdicts``."""
        columns = verdicts.c
        exact = {
            columns.account_sha256: self.account, columns.label: self.label, columns.decision: self.decision,
            columns.model_sha256: self.model,
        }  # fmt: skip
        yield from (column == value for column, value in exact.items() if value is not None)
        if self.since is not None:
            yield columns.made_at >= self.since
        if self.until is not None:
            yield columns.made_at < self.until


def page_of_verdicts(
    connection: Connection, tenant: str, wanted: VerdictFilter, most: int, after: VerdictPosition | None
) -> list[dict[str, Any]]:
    """Summaries of at most so many of a tenant's verdicts, the newest first, from after a position.

    Of one that was damaged in the database it is its id, when it was made, and the ``damage``.
    """
    columns = (*ORDER, verdicts.c.level, verdicts.c.model_sha256, verdicts.c.decision, verdicts.c.document)
    query = select(*columns).where(verdicts.c.tenant == tenant, *wanted.conditions())
    if after is not None:
        query = query.where(tuple_(*ORDER) < tuple_(*after))
    found = connection.execute(query.order_by(*(column.desc() for column in ORDER)).limit(most))
    return [summary_of(row) for row in found]


def summary_of(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """What a list says of a verdict."""
    try:
        document = read_verdict_document(row.document, row.verdict_id, SUMMARY)
    except DocumentDamaged as damage:
        return {"verdict_id": row.verdict_id, "made_at": row.made_at, "damage": damage}
    return {
        "verdict_id": row.verdict_id,
        **{name: document[name] for name in SUMMARY},
        "level": row.level,
        "made_at": row.made_at,
        "model_sha256": row.model_sha256,
        "decision": row.decision,
    }
