"""What people decide about a creator in a list, by what a page showed them; it must be so still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from accounts.errors import WrongUsage
from detector.labels import Label
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.contests import newest_statement
from serving.store.decisions import (
    ABOUT_VERDICTS,
    Findings,
    HumanDecision,
    Ruling,
    Standing,
    check_room_for_decision,
    decisions_about,
    record_in,
    waiting_decision,
    waits_for_second_person,
)
from serving.store.list_entries import (
    Entry,
    EntryState,
    JudgedMeanwhile,
    check_entry,
)
from serving.store.stale_page import StalePage
from serving.store.store import Store
from serving.store.tables import list_entries, verdicts
from serving.store.timestamps import now
from serving.store.verdict_rows import get_verdict

__all__ = [
    "AnsweredMeanwhile", "DecidedMeanwhile", "ShownEntry", "approve_decision", "decide_entry", "reopen_entry",
]  # fmt: skip


class DecidedMeanwhile(StalePage):
    """Somebody decided about a creator, approved, or withdrew, since the page was shown; HTTP 409."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody decided about this creator meanwhile; nothing was stored."
            " Read what is decided now, and repeat it if it still holds."
        )


class AnsweredMeanwhile(StalePage):
    """The creator stated something since the page was shown; HTTP 409."""

    def __init__(self) -> None:
        super().__init__(
            "The creator answered meanwhile; nothing was stored."
            " Read what they say, and repeat it if it still holds."
        )


@dataclass(frozen=True)
class ShownEntry:
    """What a page showed of a creator to whoever decides by it.

    Attributes
    ----------
    verdict_id, state
        Its verdict, and what had been done about it.
    decision_id, statement_id
        The newest decision about the verdict, and the newest that the creator stated; empty where there was
        none, None where the page shows no such thing.
    """

    verdict_id: str
    state: str
    decision_id: str | None = None
    statement_id: str | None = None


Place = tuple[str, str]
"""A list, and the entry in it."""


def check_shown(connection: Connection, tenant: str, place: Place, shown: ShownEntry) -> Entry:
    """Check, in the transaction that stores what somebody decides, that a creator is as they were shown it.

    Raises
    ------
    EntryRemoved
        If it is gone.
    JudgedMeanwhile, DecidedMeanwhile, AnsweredMeanwhile
        By what is otherwise.
    """
    entry = check_entry(connection, tenant, *place)
    if entry.verdict_id != shown.verdict_id:
        raise JudgedMeanwhile
    if shown.statement_id not in (None, newest_statement(connection, tenant, *place)):
        raise AnsweredMeanwhile
    if entry.state != shown.state:
        raise AnsweredMeanwhile if entry.state is EntryState.CONTESTED else DecidedMeanwhile
    if shown.decision_id is not None:
        found = decisions_about(connection, tenant, entry.verdict_id)
        if shown.decision_id != (found[-1]["decision_id"] if found else ""):
            raise DecidedMeanwhile
    return entry


def decide_entry(  # noqa: PLR0913, PLR0917 - a place, what was shown, a decision and who
    store: Store,
    tenant: str,
    place: Place,
    shown: ShownEntry,
    decision: HumanDecision,
    findings: Findings | None,
    actor: str,
) -> dict[str, Any] | None:
    """Decide about a creator in a list; it waits where any list with the verdict asks for a second person.

    Without findings it becomes no label. None where its verdict is gone.

    Raises
    ------
    WrongUsage
        If a reason is missing, or the findings contradict the decision (:func:`check_agrees`).
    EntryRemoved, StalePage
        As :func:`check_shown`.
    TooManyDecisions
        If there are ``MOST_DECISIONS`` about the verdict.
    """
    if not decision.reason.strip():
        raise WrongUsage("A decision must say why.")
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        entry = check_shown(connection, tenant, place, shown)
        verdict_id = entry.verdict_id
        if get_verdict(connection, tenant, verdict_id) is None:
            return None
        if findings is not None:
            check_agrees(entry.label, decision.outcome, findings.label)
        waits = waits_for_second_person(connection, tenant, verdict_id, decision.outcome)
        said = {"findings": findings.to_dict()} if findings else {"becomes_label": False}
        more = {"actor": actor, "waits": waits} | said
        check_room_for_decision(connection, tenant, verdict_id)
        _set_state(connection, tenant, place, EntryState.OPEN)  # where it was contested, this answers it
        return record_in(connection, head, verdict_id, decision, actor, more)


def check_agrees(verdict: str, ruling: Ruling, found: str) -> None:
    """Refuse what contradicts itself: it would become a wrong label to learn from.

    >>> check_agrees("inflated", Ruling.CONFIRMED, "inflated")
    >>> check_agrees("review", Ruling.OVERTURNED, "authentic")

    Raises
    ------
    WrongUsage
        If a verdict is overturned for what it says, or confirmed as its opposite.
    """
    authentic = Label.AUTHENTIC.value
    definite = {verdict, found} <= {authentic, Label.INFLATED.value, Label.AUTOMATED.value}
    if ruling is Ruling.OVERTURNED and found == verdict:
        raise WrongUsage(
            f"You overturn “{verdict}” and say that the account is {found}: say what it is instead."
        )
    if ruling is Ruling.CONFIRMED and definite and (verdict == authentic) != (found == authentic):
        raise WrongUsage(f"You confirm “{verdict}” and say that the account is {found}: overturn it instead.")


def reopen_entry(  # noqa: PLR0913, PLR0917 - a place, what was shown, a withdrawal and who
    store: Store, tenant: str, place: Place, shown: ShownEntry, withdrawal: HumanDecision, actor: str
) -> bool:
    """Open a creator's case in a list again, and withdraw the decision that its state is of.

    One person may, as more data is asked for. Whether there was a decision.

    Raises
    ------
    WrongUsage
        If a reason is missing.
    EntryRemoved, StalePage
        As :func:`check_shown`.
    """
    if not withdrawal.reason.strip():
        raise WrongUsage("Whoever opens a case again must say why.")
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        verdict_id = _decided_verdict(connection, check_shown(connection, tenant, place, shown))
        if verdict_id is not None:
            more = {"actor": actor, "waits": False}
            record_in(connection, head, verdict_id, withdrawal, actor, more)
        else:
            details = {"entry_id": place[1], "state": EntryState.OPEN.value}
            append(connection, head, [Event("entry.state", actor, details=details)])
        _set_state(connection, tenant, place, EntryState.OPEN)
    return verdict_id is not None


def _decided_verdict(connection: Connection, entry: Entry) -> str | None:
    """The verdict whose decision a creator's state is of: its own, or an earlier one with the same label."""
    nothing = (Standing.NONE.value, Standing.WITHDRAWN.value)
    account = select(list_entries.c.account_sha256).where(*_at(entry.tenant, (entry.list_id, entry.entry_id)))
    own = (verdicts.c.tenant == entry.tenant, verdicts.c.account_sha256 == account.scalar_subquery())
    query = select(verdicts.c.verdict_id).where(*own, verdicts.c.decision.not_in(nothing))
    decided: list[str] = list(connection.execute(query).scalars())
    if entry.verdict_id in decided:
        return entry.verdict_id
    if entry.state.value not in [ruling.value for ruling in ABOUT_VERDICTS]:
        return None

    def decided_at(one: str) -> str:
        return str(decisions_about(connection, entry.tenant, one)[-1]["at"])

    return max(decided, key=decided_at, default=None)


def approve_decision(  # noqa: PLR0913, PLR0917 - a place, what was shown, an approval and who
    store: Store,
    tenant: str,
    place: Place,
    shown: ShownEntry,
    approval: HumanDecision,
    actor: str,
    *,
    approves: str,
    agrees: bool,
) -> dict[str, Any]:
    """Approve the decision with an id, which waits, or send the case back; never the person who decided.

    Raises
    ------
    WrongUsage
        If nothing waits, or it is the same person.
    EntryRemoved, StalePage
        As :func:`check_shown`; where another decision waits by now, :class:`DecidedMeanwhile`.
    """
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        verdict_id = check_shown(connection, tenant, place, shown).verdict_id
        waiting = waiting_decision(decisions_about(connection, tenant, verdict_id))
        if waiting is None or get_verdict(connection, tenant, verdict_id) is None:
            raise WrongUsage("No decision waits for a second person here.")
        if waiting["decision_id"] != approves:
            raise DecidedMeanwhile
        if waiting["actor"] == actor or _same(waiting["by"], approval.by):
            raise WrongUsage("A second person must approve: this decision is your own.")
        outcome = Ruling(waiting["outcome"])
        more = {"actor": actor, "approves": waiting["decision_id"], "agrees": agrees}
        own = HumanDecision(outcome, approval.by, approval.reason)
        _set_state(connection, tenant, place, EntryState.OPEN)
        return record_in(connection, head, verdict_id, own, actor, more)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _set_state(connection: Connection, tenant: str, place: Place, state: EntryState) -> None:
    values = {"state": state.value, "changed_at": now()}
    connection.execute(update(list_entries).where(*_at(tenant, place)).values(values))


def _at(tenant: str, place: Place) -> tuple[ColumnElement[bool], ...]:
    table, (list_id, entry_id) = list_entries, place
    return table.c.tenant == tenant, table.c.list_id == list_id, table.c.entry_id == entry_id
