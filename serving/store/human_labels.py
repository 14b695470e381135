"""Decisions as labels: what people found out about accounts, for retraining."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from detector.labels import Label
from reporting.report.contents import decisions_that_hold
from serving.store.decisions import CONFIDENCES, NOT_SURE, Ruling
from serving.store.tables import decisions, verdicts

__all__ = ["LABEL_COLUMNS", "HumanLabel", "human_labels"]

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
    columns = (verdicts.c.verdict_id, verdicts.c.document, decisions.c.document)
    both = (verdicts.c.tenant == decisions.c.tenant, verdicts.c.verdict_id == decisions.c.verdict_id)
    rows = connection.execute(select(*columns).where(decisions.c.tenant == tenant, *both))
    given: dict[str, dict[str, Any]] = {}
    ruled: list[tuple[str, dict[str, Any]]] = []
    for verdict_id, verdict, decision in rows:
        given.setdefault(verdict_id, json.loads(verdict))
        ruled.append((verdict_id, json.loads(decision)))
    ruled.sort(key=lambda pair: str(pair[1]["at"]))
    newest: dict[str, HumanLabel | None] = {}
    for (verdict_id, one), holds in zip(ruled, decisions_that_hold([one for _, one in ruled]), strict=True):
        if holds:
            newest[given[verdict_id]["account_id"]] = _label(given[verdict_id], one)
    yield from sorted(filter(None, newest.values()), key=lambda label: label.account_id)


def _label(verdict: Mapping[str, Any], decision: Mapping[str, Any]) -> HumanLabel | None:
    """The label that a decision becomes; None where there is none, or nobody said what the account is."""
    if decision["outcome"] in {Ruling.NEEDS_DATA.value, Ruling.WITHDRAWN.value}:
        return None
    findings = decision.get("findings")
    # ``waits`` is false in the desk's decisions alone: older ones do not say that they are no label.
    if findings is None and (decision.get("becomes_label") is False or decision.get("waits") is False):
        return None
    findings = findings or {"label": _plain(verdict, decision), "counts": []}
    return HumanLabel(
        account_id=verdict["account_id"],
        label=findings["label"],
        counts="+".join(findings["counts"]),
        source=f"decision about verdict {decision['verdict_id']}",
        when=decision["at"],
        confidence=CONFIDENCES[findings.get("confidence", "likely")],
        who=decision["by"],
    )


def _plain(verdict: Mapping[str, Any], decision: Mapping[str, Any]) -> str:
    """What a decision over the API says, which has no findings: the confirmed label, or nothing sure."""
    clear = (Label.AUTHENTIC.value, Label.INFLATED.value, Label.AUTOMATED.value)
    stands = decision["outcome"] == Ruling.CONFIRMED.value and verdict["label"] in clear
    return verdict["label"] if stands else NOT_SURE
