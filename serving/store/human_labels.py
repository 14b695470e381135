"""Decisions as labels: what people found out about accounts, for retraining."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from detector.labels import Label
from reporting.report.contents import decisions_that_hold
from serving.store.decisions import CONFIDENCES, NOT_SURE, Ruling, read_decision_document
from serving.store.tables import decisions, verdicts
from serving.store.verdict_rows import read_verdict_document

__all__ = ["LABEL_COLUMNS", "HumanLabel", "human_labels"]

DOCUMENTS_AT_ONCE = 100

LABEL_COLUMNS = ("account_id", "label", "counts", "source", "when", "confidence", "who")


@dataclass(frozen=True)
class HumanLabel:
    """What the last decision that holds says of an account; the attributes are the columns of the file."""

    account_id: str
    label: str
    counts: str
    source: str
    when: str
    confidence: float
    who: str


def human_labels(connection: Connection, tenant: str) -> Iterator[HumanLabel]:
    """One label for each account that somebody decided about, by the newest decision that holds."""
    judged = judged_accounts(connection, tenant)
    columns = (decisions.c.document, decisions.c.verdict_id)
    found = connection.execute(select(*columns).where(decisions.c.tenant == tenant))
    ruled = sorted((read_decision_document(*row) for row in found), key=lambda decision: str(decision["at"]))
    newest: dict[str, HumanLabel | None] = {}
    for one, holds in zip(ruled, decisions_that_hold(ruled), strict=True):
        if holds and one["verdict_id"] in judged:
            account_id, label = judged[one["verdict_id"]]
            newest[account_id] = _label(account_id, label, one)
    yield from sorted(filter(None, newest.values()), key=lambda label: label.account_id)


def judged_accounts(connection: Connection, tenant: str) -> dict[str, tuple[str, str]]:
    """By verdict that somebody decided about: the account's id, and the verdict's label."""
    about = exists().where(
        decisions.c.tenant == verdicts.c.tenant, decisions.c.verdict_id == verdicts.c.verdict_id
    )
    columns = select(verdicts.c.verdict_id, verdicts.c.label, verdicts.c.document)
    # A few at a time: their documents are far longer than what is wanted of them.
    query = columns.where(verdicts.c.tenant == tenant, about).execution_options(yield_per=DOCUMENTS_AT_ONCE)
    rows = connection.execute(query)
    return {row.verdict_id: (account_of(row), row.label) for row in rows}


def account_of(row: Row[*tuple[Any, ...]]) -> str:
    """The account that a stored verdict is about."""
    return str(read_verdict_document(row.document, row.verdict_id, ["account_id"])["account_id"])


def _label(account_id: str, label: str, decision: Mapping[str, Any]) -> HumanLabel | None:
    """The label that a decision becomes; None where there is none, or nobody said what the account is."""
    if decision["outcome"] in {Ruling.NEEDS_DATA.value, Ruling.WITHDRAWN.value}:
        return None
    findings = decision.get("findings")
    # ``waits`` is false in the desk's decisions alone: older ones do not say that they are no label.
    if findings is None and (decision.get("becomes_label") is False or decision.get("waits") is False):
        return None
    findings = findings or {"label": _plain(label, decision), "counts": []}
    return HumanLabel(
        account_id=account_id,
        label=findings["label"],
        counts="+".join(findings["counts"]),
        source=f"decision about verdict {decision['verdict_id']}",
        when=decision["at"],
        confidence=CONFIDENCES[findings.get("confidence", "likely")],
        who=decision["by"],
    )


def _plain(label: str, decision: Mapping[str, Any]) -> str:
    """What a decision over the API says, which has no findings: the confirmed label, or nothing sure."""
    clear = (Label.AUTHENTIC.value, Label.INFLATED.value, Label.AUTOMATED.value)
    stands = decision["outcome"] == Ruling.CONFIRMED.value and label in clear
    return label if stands else NOT_SURE
