"""The switch of an older Assay's rows, which bore no seals, to sealed ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, or_, select

from serving.store.answer_seals import seal_answer
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.engine import NoUsableStore
from serving.store.job_seals import seal_job
from serving.store.row_seals import seal_rows
from serving.store.tables import (
    api_keys,
    audit_entries,
    contests,
    idempotency,
    invitations,
    jobs,
    members,
    tenants,
)

__all__ = ["ROWS_SEALED", "seal_older_rows"]

ROWS_SEALED: Final = "rows.sealed"
"""The action of the entry that says that an older Assay's rows were sealed as they stood."""

LAST_PLAIN_REVISION: Final = "0013"
"""The last revision of the database whose rows bear no seals."""


def seal_older_rows(connection: Connection, before: str) -> None:
    """Seal the rows of an older Assay as they stand, once, and say so in every log.

    The entry holds the seals of invitations and contests, of which earlier entries say too little.

    Raises
    ------
    NoUsableStore
        If a log says that there were seals before.
    """
    if before > LAST_PLAIN_REVISION:
        return
    check_no_seals(connection)
    for table in (api_keys, members, invitations, contests):
        seal_rows(connection, table)
    for tenant, job_id in connection.execute(
        select(jobs.c.tenant, jobs.c.job_id).where(jobs.c.ended_at.is_not(None))
    ).all():
        seal_job(connection, tenant, job_id)
    seal_answers(connection)
    names = connection.execute(select(tenants.c.tenant).where(tenants.c.audit_entries > 0)).scalars().all()
    for tenant, head in lock_tenants(connection, names).items():
        seals = sorted(open_seals(connection, tenant))
        append(connection, head, [Event(ROWS_SEALED, "service", details={"seals": seals})])


def check_no_seals(connection: Connection) -> None:
    """Refuse a database whose revision was set back: whatever stands there would be sealed."""
    says_so = (audit_entries.c.document.contains(part) for part in ('"seal":', f'"action":"{ROWS_SEALED}"'))
    found = connection.execute(select(audit_entries.c.tenant).where(or_(*says_so)).limit(1)).scalar()
    if found is not None:
        raise NoUsableStore(
            f"The database says that it is of an older Assay, and the audit log of {found} that it is not: "
            "it was set back. Restore a backup."
        )


def seal_answers(connection: Connection) -> None:
    """Seal the remembered answers, one after the other: each may be large."""
    place = (idempotency.c.tenant, idempotency.c.key_sha256)
    for tenant, key in connection.execute(select(*place).where(idempotency.c.answer.is_not(None))).all():
        own = (place[0] == tenant, place[1] == key)
        seal_answer(connection, connection.execute(select(idempotency).where(*own)).one())


def open_seals(connection: Connection, tenant: str) -> Iterator[str]:
    """The seals of a tenant's invitations and contests."""
    for table in (invitations, contests):
        yield from connection.execute(select(table.c.seal).where(table.c.tenant == tenant)).scalars()
