"""Decisions: a verdict weighs signals, and a person confirms or overturns it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from serving.store.audit_log import Event, append, canonical, lock_tenants, sha256_of
from serving.store.store import Store
from serving.store.tables import decisions
from serving.store.timestamps import now
from serving.store.verdict_rows import get_verdict

__all__ = ["HumanDecision", "Ruling", "decisions_about", "record_decision"]


class Ruling(StrEnum):
    """Whether a person confirms a verdict or overturns it."""

    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


@dataclass(frozen=True)
class HumanDecision:
    """A person's decision.

    Attributes
    ----------
    outcome
        Whether the verdict stands.
    by
        Who decided.
    reason
        Why.
    """

    outcome: Ruling
    by: str
    reason: str


def record_decision(
    store: Store, tenant: str, verdict_id: str, decision: HumanDecision, actor: str
) -> dict[str, Any] | None:
    """Store a decision, with an entry in the audit log; None where the tenant has no such verdict."""
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        if get_verdict(connection, tenant, verdict_id) is None:
            return None
        document = {
            "decision_id": secrets.token_hex(16),
            "verdict_id": verdict_id,
            "outcome": str(decision.outcome),
            "by": decision.by,
            "reason": decision.reason,
            "at": now(),
        }
        text = canonical(document)
        row = {"tenant": tenant, "decision_id": document["decision_id"], "verdict_id": verdict_id}
        connection.execute(insert(decisions), row | {"document": text})
        # Names and reasons are personal data: the log has the hash of the decision.
        details = {"decision_id": document["decision_id"], "content_sha256": sha256_of(text)}
        append(connection, head, [Event("verdict.decided", actor, verdict_id=verdict_id, details=details)])
    return dict(sorted(document.items()))  # in the order in which it is read later


def decisions_about(connection: Connection, tenant: str, verdict_id: str) -> list[dict[str, Any]]:
    """The decisions about a tenant's verdict, the oldest first."""
    found = connection.execute(
        select(decisions.c.document).where(decisions.c.tenant == tenant, decisions.c.verdict_id == verdict_id)
    ).scalars()
    return sorted(map(json.loads, found), key=lambda document: (document["at"], document["decision_id"]))
