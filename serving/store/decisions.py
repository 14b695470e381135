"""Decisions: a verdict weighs signals, and a person confirms or overturns it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from accounts.errors import AssayError, WrongUsage
from detector.labels import Label
from reporting.report.contents import decisions_that_hold
from serving.store.audit_log import ChainHead, Event, append, canonical, lock_tenants, sha256_of
from serving.store.list_entries import EntryState, state_after
from serving.store.list_rules import list_rules_of
from serving.store.outbox import put_event
from serving.store.store import Store
from serving.store.stored_documents import read_object
from serving.store.tables import decisions, list_entries, verdicts
from serving.store.timestamps import now
from serving.store.verdict_rows import get_verdict
from serving.store.webhook_rows import WebhookEvent

__all__ = [
    "ABOUT_VERDICTS", "CONFIDENCES", "COUNTS", "NOT_SURE", "WHAT_IT_IS", "Findings", "HumanDecision",
    "Ruling", "Standing", "TooManyDecisions", "check_room_for_decision", "decisions_about", "in_order",
    "read_decision_document", "record_decision", "record_in", "standing_of", "waiting_decision",
    "waits_for_second_person",
]  # fmt: skip

NOT_SURE: Final = "not sure"
WHAT_IT_IS: Final = (*(one.value for one in (Label.AUTHENTIC, Label.INFLATED, Label.AUTOMATED)), NOT_SURE)
"""What a person may say that an account is."""

COUNTS: Final[Mapping[str, tuple[str, ...]]] = {
    Label.INFLATED.value: ("followers", "growth", "likes", "views", "comments"),
    Label.AUTOMATED.value: ("rhythm", "profile"),
}
"""What may not be an account's own, by what it is; as the file of labels has it."""

CONFIDENCES: Final[Mapping[str, float]] = {"certain": 1.0, "likely": 0.8, "a guess": 0.6}


DECISION_NAMES: Final = ("decision_id", "verdict_id", "outcome", "by", "reason", "at")
"""What every decision's document says."""

MOST_DECISIONS: Final = 1_000
"""About one verdict: all of them are read for what stands, and in every answer and report."""


class TooManyDecisions(AssayError):
    """409: there are as many decisions about the verdict as there may be."""

    status = 409

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_DECISIONS:,} decisions about this verdict, and may be no more.")


class Ruling(StrEnum):
    """Whether a person confirms a verdict, overturns it, or asks for more data; or takes that back."""

    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"
    NEEDS_DATA = "needs data"
    WITHDRAWN = "withdrawn"


ABOUT_VERDICTS: Final = (Ruling.CONFIRMED, Ruling.OVERTURNED, Ruling.NEEDS_DATA)
"""What somebody may decide about any verdict; a withdrawal is of a decision
(:func:`serving.store.entry_decisions.reopen_entry`)."""


class Standing(StrEnum):
    """What people have decided about a verdict, as it stands now."""

    NONE = "none"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"
    NEEDS_DATA = "needs data"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Findings:
    """What a person says that the account is, to learn from.

    Attributes
    ----------
    label
        One of :data:`WHAT_IT_IS`.
    counts
        What is not its own, of :data:`COUNTS`.
    confidence
        How sure they are, of :data:`CONFIDENCES`.
    """

    label: str
    counts: tuple[str, ...] = ()
    confidence: str = "likely"

    def __post_init__(self) -> None:
        if self.label not in WHAT_IT_IS:
            raise WrongUsage(f"What it is must be one of {', '.join(WHAT_IT_IS)}.")
        if wrong := set(self.counts) - set(COUNTS.get(self.label, ())):
            named = ", ".join(sorted(wrong))
            raise WrongUsage(f"What is not its own must fit what the account is ({self.label}). Got {named}.")
        if self.confidence not in CONFIDENCES:
            raise WrongUsage(f"How sure you are must be one of {', '.join(CONFIDENCES)}.")

    def to_dict(self) -> dict[str, Any]:
        """As the decision's document holds it."""
        return {"label": self.label, "counts": list(self.counts), "confidence": self.confidence}


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


def record_decision(  # noqa: PLR0913, PLR0917 - a verdict, a decision, and who
    store: Store,
    tenant: str,
    verdict_id: str,
    decision: HumanDecision,
    actor: str,
    also: Callable[[Connection, dict[str, Any]], object] = lambda *_: None,
) -> dict[str, Any] | None:
    """Store a decision, with an entry in the audit log; None where the tenant has no such verdict.

    Where the verdict stands in a list that asks for a second person, the decision waits for them. ``also``
    is called in the same transaction, with the decision's document: where it raises there is no decision.

    Raises
    ------
    TooManyDecisions
        If there are ``MOST_DECISIONS`` about the verdict.
    """
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        if get_verdict(connection, tenant, verdict_id) is None:
            return None
        check_room_for_decision(connection, tenant, verdict_id)
        waits = waits_for_second_person(connection, tenant, verdict_id, decision.outcome)
        more = {"actor": actor, "waits": True} if waits else {}
        recorded = record_in(connection, head, verdict_id, decision, actor, more)
        also(connection, recorded)
        return recorded


def check_room_for_decision(connection: Connection, tenant: str, verdict_id: str) -> None:
    """Check that there may be another decision about a verdict; one can always be withdrawn.

    Raises
    ------
    TooManyDecisions
        If there are ``MOST_DECISIONS``.
    """
    about = (decisions.c.tenant == tenant, decisions.c.verdict_id == verdict_id)
    count = connection.execute(select(func.count()).select_from(decisions).where(*about)).scalar_one()
    if count >= MOST_DECISIONS:
        raise TooManyDecisions()


def waits_for_second_person(connection: Connection, tenant: str, verdict_id: str, outcome: Ruling) -> bool:
    """Whether a decision waits, as a list with its verdict asks; more data may be asked for by one person."""
    if outcome is Ruling.NEEDS_DATA:
        return False
    lists = connection.execute(
        select(list_entries.c.list_id).where(*_with_verdict(tenant, verdict_id))
    ).scalars()
    return any(list_rules_of(connection, tenant, str(one)).second_person for one in lists)


def record_in(  # noqa: PLR0913, PLR0917 - one row and its event
    connection: Connection, head: ChainHead, verdict_id: str, decision: HumanDecision, actor: str,
    more: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Store a decision in the transaction of a connection, with what follows of it; its document."""
    document = {
        "decision_id": secrets.token_hex(16),
        "verdict_id": verdict_id,
        "outcome": str(decision.outcome),
        "by": decision.by,
        "reason": decision.reason,
        "at": now(),
        **more,
    }
    text = canonical(document)
    row = {"tenant": head.tenant, "decision_id": document["decision_id"], "verdict_id": verdict_id}
    connection.execute(insert(decisions), row | {"document": text})
    standing = standing_of(decisions_about(connection, head.tenant, verdict_id))
    own = (verdicts.c.tenant == head.tenant, verdicts.c.verdict_id == verdict_id)
    connection.execute(update(verdicts).where(*own).values(decision=str(standing)))
    _follow(connection, head.tenant, verdict_id, standing)
    # Names and reasons are personal data: the log has the hash of the decision.
    details = {"decision_id": document["decision_id"], "content_sha256": sha256_of(text)}
    withdrawn = decision.outcome is Ruling.WITHDRAWN
    action = "decision.withdrawn" if withdrawn else "verdict.decided"
    action = "decision.approved" if "approves" in more else action
    append(connection, head, [Event(action, actor, verdict_id=verdict_id, details=details)])
    tell_of_decision(connection, head.tenant, document, standing)
    return dict(sorted(document.items()))  # in the order in which it is read later


def tell_of_decision(
    connection: Connection, tenant: str, document: Mapping[str, Any], standing: Standing
) -> None:
    """Tell the tenant's webhooks of a decision: without its reason and the name of who made it."""
    own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id == document["verdict_id"])
    account = connection.execute(select(verdicts.c.account_sha256).where(*own)).scalar_one()
    data = {name: document[name] for name in ("verdict_id", "decision_id", "outcome")}
    put_event(
        connection, tenant, WebhookEvent.DECISION_MADE, data | {"decision": str(standing)}, str(account)
    )


def decisions_about(connection: Connection, tenant: str, verdict_id: str) -> list[dict[str, Any]]:
    """The decisions about a tenant's verdict, the oldest first."""
    found = connection.execute(
        select(decisions.c.document).where(decisions.c.tenant == tenant, decisions.c.verdict_id == verdict_id)
    ).scalars()
    return in_order(read_decision_document(document, verdict_id) for document in found)


def read_decision_document(document: object, verdict_id: str) -> dict[str, Any]:
    """A stored decision about a verdict, parsed.

    Raises
    ------
    DocumentDamaged
        If it is none.
    """
    found: dict[str, Any] = read_object(document, f"A decision about verdict {verdict_id}", DECISION_NAMES)
    return found


def in_order(documents: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Decisions with the oldest first."""
    return sorted(documents, key=lambda document: (document["at"], document["decision_id"]))


def waiting_decision(documents: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The newest decision, where it waits for a second person; None where none does.

    >>> first = {"decision_id": "a", "waits": True}
    >>> waiting_decision([first]) == first, waiting_decision([first, {"approves": "a"}])
    (True, None)
    """
    answered = {one["approves"] for one in documents if "approves" in one}
    own = [one for one in documents if "approves" not in one]
    last = own[-1] if own else None
    return last if last and last.get("waits") and last["decision_id"] not in answered else None


def standing_of(documents: Sequence[Mapping[str, Any]]) -> Standing:
    """What was decided about a verdict by all of its decisions, the oldest first.

    The newest that holds (:func:`decisions_that_hold`), while none newer waits: one that a second person sent
    back leaves what held before.

    >>> first = {"decision_id": "a", "outcome": "confirmed", "waits": True}
    >>> approved = [first, {"approves": "a", "agrees": True}]
    >>> [str(standing_of(some)) for some in ([], [first], approved)]
    ['none', 'waiting', 'confirmed']
    >>> other = {"decision_id": "b", "outcome": "overturned", "waits": True}
    >>> sent_back = {"approves": "b", "agrees": False}
    >>> str(standing_of([*approved, other])), str(standing_of([*approved, other, sent_back]))
    ('waiting', 'confirmed')
    """
    if waiting_decision(documents):
        return Standing.WAITING
    holding = [one for one, holds in zip(documents, decisions_that_hold(documents), strict=True) if holds]
    return Standing(holding[-1]["outcome"]) if holding else Standing.NONE


def _follow(connection: Connection, tenant: str, verdict_id: str, standing: Standing) -> None:
    """Give creators in all lists with a verdict the state of what was decided about it.

    One that is contested stays so until somebody decides in its own list.
    """
    values = {"state": state_after(standing).value, "changed_at": now()}
    free = list_entries.c.state != EntryState.CONTESTED.value
    connection.execute(update(list_entries).where(*_with_verdict(tenant, verdict_id), free).values(values))


def _with_verdict(tenant: str, verdict_id: str) -> tuple[ColumnElement[bool], ...]:
    """The creators in all lists with a verdict, by the index of their account."""
    own = (verdicts.c.tenant == tenant, verdicts.c.verdict_id == verdict_id)
    account = select(verdicts.c.account_sha256).where(*own).scalar_subquery()
    table = list_entries.c
    return table.tenant == tenant, table.account_sha256 == account, table.verdict_id == verdict_id
