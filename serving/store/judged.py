"""What a model said of a tenant's accounts over time, and what people found out about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Connection, func, select

from detector.drift.promise import ConfirmedAccounts
from detector.drift.scored import ACCUSED, ScoredAccounts
from detector.labels import Label
from serving.store.audit_log import read_entry
from serving.store.human_labels import human_labels
from serving.store.pseudonyms import account_sha256
from serving.store.tables import audit_entries, verdicts
from serving.store.verdict_rows import read_features, read_verdict_document

__all__ = ["JudgedWindow", "confirmed_accounts", "first_verdict_at", "judged_in", "tenants_judged_by"]

FIRST_NAMES: Final = ("verdict_id", "label", "suspicion", "authentic_p_value")

BY_JOB: Final = "worker"
"""Actor of bulk jobs in the audit log (:data:`serving.store.leases.WORKER`)."""


class JudgedWindow(NamedTuple):
    """Verdicts of some time: their scores, and the features that they rest on, accounts x features."""

    scored: ScoredAccounts
    features: np.ndarray[Any, np.dtype[np.float64]]


def tenants_judged_by(connection: Connection, model: str) -> Sequence[str]:
    """The tenants that have verdicts of a model."""
    tenants = select(verdicts.c.tenant).where(verdicts.c.model_sha256 == model).distinct()
    return connection.execute(tenants.order_by(verdicts.c.tenant)).scalars().all()


def first_verdict_at(connection: Connection, tenant: str, model: str) -> str | None:
    """When a model gave the first of a tenant's verdicts that are stored."""
    found: str | None = connection.execute(
        select(func.min(verdicts.c.made_at)).where(*_of(tenant, model))
    ).scalar()
    return found


def _of(tenant: str, model: str) -> tuple[ColumnElement[bool], ...]:
    return verdicts.c.tenant == tenant, verdicts.c.model_sha256 == model


def judged_in(
    connection: Connection, tenant: str, model: str, window: tuple[str, str], most: int
) -> JudgedWindow:
    """The last verdict of each account in a window of time.

    Of more than ``most`` verdicts those of the smallest ids are read: ids are digests, and so these are a
    random sample.
    """
    start, end = window
    query = (
        select(verdicts.c.made_at, verdicts.c.verdict_id, verdicts.c.document, verdicts.c.features)
        .where(*_of(tenant, model), verdicts.c.made_at >= start, verdicts.c.made_at < end)
        .order_by(verdicts.c.verdict_id)
        .limit(most)
    )
    rows = sorted(connection.execute(query).all(), key=lambda row: str(row.made_at))
    documents = [read_verdict_document(row.document, row.verdict_id, ["account_id"]) for row in rows]
    last = {document["account_id"]: place for place, document in enumerate(documents)}
    chosen = sorted(last.values())
    count = max((len(row.features) // 8 for row in rows if isinstance(row.features, bytes)), default=0)
    numbers = [read_features(rows[place].features, rows[place].verdict_id, count) for place in chosen]
    return JudgedWindow(
        ScoredAccounts.of(documents[place] for place in chosen), np.array(numbers, dtype=np.float64)
    )


def confirmed_accounts(
    connection: Connection, tenant: str, model: str, *, unselected: bool, flagged_alone: bool
) -> ConfirmedAccounts:
    """What people found out about the accounts that a model judged, each by its first verdict.

    Parameters
    ----------
    unselected
        Whether people looked at accounts whatever their verdict said.
    flagged_alone
        Whether bulk jobs store the verdicts of accused and reviewed accounts alone. Accusations of theirs are
        left out then, for nobody knows of how many accounts they are.
    """
    found = {label.account_id: label.label for label in human_labels(connection, tenant)}
    names = {account_sha256(name): label for name, label in found.items()}
    fakes = {name for name, label in names.items() if label in ACCUSED}
    people = {name for name, label in names.items() if label == Label.AUTHENTIC.value}
    first = (
        select(verdicts.c.account_sha256, func.min(verdicts.c.made_at).label("at"))
        .where(*_of(tenant, model))
        .group_by(verdicts.c.account_sha256)
    )
    times: list[str] = []
    when: dict[str, str] = {}
    for account, at in connection.execute(first):
        if account not in fakes:
            times.append(at)
        if account in people:
            when[account] = at
    times.sort()
    known = sorted(
        _first_verdicts(connection, tenant, model, when), key=lambda one: (one.at, one.verdict["verdict_id"])
    )
    wrong = [
        int(np.searchsorted(np.array(times), at, side="right"))
        for at, verdict, by_job in known
        if verdict["label"] in ACCUSED and not (flagged_alone and by_job)
    ]
    scored = [one for _, one, _ in known if one["suspicion"] is not None]
    return ConfirmedAccounts(
        judged=len(times),
        confirmed=len(known),
        wrong=_one_each(wrong),
        p_value=np.array([one["authentic_p_value"] for one in scored], dtype=np.float64),
        suspicion=np.array([one["suspicion"] for one in scored], dtype=np.float64),
        unselected=unselected,
    )


class FirstVerdict(NamedTuple):
    """The first verdict of a model on an account: when, what, and whether a bulk job asked for it."""

    at: str
    verdict: dict[str, Any]
    by_job: bool


def _first_verdicts(
    connection: Connection, tenant: str, model: str, when: dict[str, str]
) -> Iterator[FirstVerdict]:
    for account, at in when.items():
        own = (verdicts.c.account_sha256 == account, verdicts.c.made_at == at)
        found = connection.execute(
            select(verdicts.c.verdict_id, verdicts.c.document).where(*_of(tenant, model), *own).limit(1)
        ).one()
        entries = select(audit_entries.c.entry, audit_entries.c.document).where(
            audit_entries.c.tenant == tenant, audit_entries.c.verdict_id == found.verdict_id
        )
        first = connection.execute(entries.order_by(audit_entries.c.entry).limit(1)).first()
        by_job = first is not None and read_entry(*first).get("actor") == BY_JOB
        verdict = read_verdict_document(found.document, found.verdict_id, FIRST_NAMES)
        yield FirstVerdict(at, verdict, by_job)


def _one_each(places: Sequence[int]) -> list[int]:
    """Rising places, each once, where several accounts were first judged in the same moment.

    >>> _one_each([3, 3, 3, 9])
    [1, 2, 3, 9]
    """
    rising = sorted(places)
    for at in range(len(rising) - 2, -1, -1):
        rising[at] = min(rising[at], rising[at + 1] - 1)
    return rising
