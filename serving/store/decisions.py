"""What people decided about verdicts: a verdict weighs signals, and a person decides."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select

from serving.store.audit_log import Event, append, canonical, hold, sha256_of
from serving.store.store import Store
from serving.store.tables import decisions
from serving.store.timestamps import now
from serving.store.verdict_rows import get

__all__ = ["Decision", "Outcome", "decide", "decisions_about"]


class Outcome(StrEnum):
    """What becomes of a verdict."""

    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


@dataclass(frozen=True)
class Decision:
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

    outcome: Outcome
    by: str
    reason: str


def decide(
    store: Store, tenant: str, verdict_id: str, decision: Decision, actor: str
) -> dict[str, Any] | None:
    """Keep a decision and note it in the log; None where the tenant has no such verdict."""
    with store.database.writing() as connection:
        head = hold(connection, [tenant])[tenant]
        if get(connection, tenant, verdict_id) is None:
            return None
        told = {
            "decision_id": secrets.token_hex(16),
            "verdict_id": verdict_id,
            "outcome": str(decision.outcome),
            "by": decision.by,
            "reason": decision.reason,
            "at": now(),
        }
        text = canonical(told)
        row = {"tenant": tenant, "decision_id": told["decision_id"], "verdict_id": verdict_id}
        connection.execute(insert(decisions), row | {"document": text})
        # Names and reasons are a person's: the log holds the hash of what was decided.
        details = {"decision_id": told["decision_id"], "content_sha256": sha256_of(text)}
        append(connection, head, [Event("verdict.decided", actor, verdict_id=verdict_id, details=details)])
    return dict(sorted(told.items()))  # as it comes back later


def decisions_about(connection: Connection, tenant: str, verdict_id: str) -> list[dict[str, Any]]:
    """The decisions about a tenant's verdict, the oldest first."""
    found = connection.execute(
        select(decisions.c.document).where(decisions.c.tenant == tenant, decisions.c.verdict_id == verdict_id)
    ).scalars()
    return sorted(map(json.loads, found), key=lambda told: (told["at"], told["decision_id"]))
