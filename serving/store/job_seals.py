"""The seal of a job that has ended: it covers the job's row and the rows of its results together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, update

from serving.store.engine import audit_key_of
from serving.store.row_seals import has_seal, seal_of
from serving.store.tables import job_pieces, jobs

__all__ = ["job_has_seal", "seal_job"]


def seal_job(connection: Connection, tenant: str, job_id: str) -> None:
    """Seal a job that has ended, in the transaction that has changed its row or one of its results."""
    seal = seal_of(audit_key_of(connection).secret, jobs, sealed_parts(connection, tenant, job_id))
    own = (jobs.c.tenant == tenant, jobs.c.job_id == job_id)
    connection.execute(update(jobs).where(*own).values(seal=seal))


def job_has_seal(connection: Connection, tenant: str, job_id: str) -> bool:
    """Whether a job, which must be there, bears the seal of what its row and its results' rows say.

    Both are read one after the other: what else may write them must be kept out, or the database be read as
    it is at one moment.
    """
    return has_seal(audit_key_of(connection).secret, jobs, sealed_parts(connection, tenant, job_id))


def sealed_parts(connection: Connection, tenant: str, job_id: str) -> dict[str, Any]:
    """What a job's seal covers: its row, and number, file, length and hash of every piece."""
    row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.job_id == job_id)).one()
    columns = (job_pieces.c.piece, job_pieces.c.file, job_pieces.c.bytes, job_pieces.c.sha256)
    own = (job_pieces.c.tenant == tenant, job_pieces.c.job_id == job_id)
    pieces = connection.execute(select(*columns).where(*own).order_by(job_pieces.c.piece))
    return row._asdict() | {"pieces": [list(piece) for piece in pieces]}
