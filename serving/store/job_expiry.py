"""Jobs whose retention is over: when, says their seal, or else the audit log."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, or_, select

from serving.store.audit_log import keyed_hash
from serving.store.engine import audit_key_of
from serving.store.job_rows import ACTIVE, JOB_ID, LOST, JobState
from serving.store.job_seals import columns_of_seal
from serving.store.tables import audit_entries, jobs
from serving.store.timestamps import now

__all__ = ["JobKey", "expired_jobs", "unproven_expired_jobs"]

JobKey: TypeAlias = tuple[str, str]
"""A tenant, and a job's id."""


def expired_jobs(connection: Connection, folder: str) -> list[JobKey]:
    """The jobs of a folder, and those whose files are lost, whose retention is over by their seal.

    The database is read as it is at one moment.
    """
    expired = (jobs.c.folder.in_((folder, LOST)), jobs.c.expires_at <= now(), jobs.c.state.not_in(ACTIVE))
    found = connection.execute(select(jobs.c.tenant, jobs.c.job_id).where(*expired)).all()
    return [
        key for key in map(tuple, found) if is_key(key) and "expires_at" in columns_of_seal(connection, *key)
    ]


def is_key(key: tuple[Any, ...]) -> bool:
    """Whether a tenant and an id are such as Assay writes: others, which SQLite keeps, find no row."""
    tenant, job_id = map(str, key)
    return tenant.isascii() and JOB_ID.fullmatch(job_id) is not None


def unproven_expired_jobs(
    connection: Connection, job_ids: Iterable[str], retention: timedelta
) -> list[JobKey]:
    """Those of some jobs that no seal says the expiry of, and whose end was that long ago.

    When it was, says the seal of an older Assay, or the log where the row was changed: nobody who changes a
    row has its results kept for ever, or the service remove them before their time. The database is read as
    it is at one moment.
    """
    wanted = select(jobs.c.tenant, jobs.c.job_id, jobs.c.ended_at)
    ended = wanted.where(jobs.c.job_id.in_(list(job_ids)), jobs.c.state.not_in(ACTIVE))
    found = []
    for tenant, job_id, ended_at in connection.execute(ended).all():
        if not is_key((tenant, job_id)):
            continue
        columns = columns_of_seal(connection, tenant, job_id)
        if "expires_at" not in columns:
            at = ended_at if columns else noted_end(connection, tenant, job_id)
            if at is not None and at <= now(plus=-retention):
                found.append((tenant, job_id))
    return found


def noted_end(connection: Connection, tenant: str, job_id: str) -> str | None:
    """When a job has ended by its tenant's audit log; None where no entry under the key says so."""
    actions = [f"job.{state}" for state in JobState if state not in ACTIVE]
    own = (
        audit_entries.c.tenant == tenant,
        audit_entries.c.verdict_id.is_(None),
        audit_entries.c.document.contains(f'"job_id":"{job_id}"', autoescape=True),
        or_(*(audit_entries.c.document.contains(f'"action":"{action}"') for action in actions)),
    )
    found = select(audit_entries.c.document, audit_entries.c.hash).where(*own)
    for document, digest in connection.execute(found.order_by(audit_entries.c.entry)):
        if hmac.compare_digest(keyed_hash(audit_key_of(connection).secret, document), digest):
            return str(json.loads(document)["at"])
    return None
