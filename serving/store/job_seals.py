"""The seal of a job that has ended: it covers the job's row and the rows of its results together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, select, update

from serving.store.audit_log import canonical, keyed_hash
from serving.store.engine import audit_key_of
from serving.store.row_seals import seal_of, sealed_columns
from serving.store.tables import job_pieces, jobs

__all__ = ["WRITTEN_ONCE", "columns_of_seal", "created_digest", "job_has_seal", "seal_job"]


WRITTEN_ONCE: Final = (
    "tenant", "job_id", "created_at", "folder", "form", "bytes", "sha256", "piece_accounts", "with_observed",
)  # fmt: skip
"""What a job's row says from its creation on, and no worker changes."""


def seal_job(
    connection: Connection, tenant: str, job_id: str, columns: Collection[str] | None = None
) -> None:
    """Seal a job that has ended, in the transaction that has changed its row or one of its results.

    Parameters
    ----------
    columns
        What the seal covers, where one of an older Assay is replaced; all where none are given.
    """
    seal = seal_of(audit_key_of(connection).secret, jobs, sealed_parts(connection, tenant, job_id), columns)
    own = (jobs.c.tenant == tenant, jobs.c.job_id == job_id)
    connection.execute(update(jobs).where(*own).values(seal=seal))


def columns_of_seal(connection: Connection, tenant: str, job_id: str) -> tuple[str, ...]:
    """What the seal covers that a job, which must be there, bears; nothing where that is not its own.

    Row and results are read one after the other: what else may write them must be kept out, or the database
    be read as it is at one moment.
    """
    parts = sealed_parts(connection, tenant, job_id)
    return sealed_columns(audit_key_of(connection).secret, jobs, parts)


def job_has_seal(connection: Connection, tenant: str, job_id: str) -> bool:
    """Whether a job bears the seal of what its row and its results' rows say; as :func:`columns_of_seal`."""
    return bool(columns_of_seal(connection, tenant, job_id))


def sealed_parts(connection: Connection, tenant: str, job_id: str) -> dict[str, Any]:
    """What a job's seal covers: its row, and number, file, length and hash of every piece."""
    row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.job_id == job_id)).one()
    columns = (job_pieces.c.piece, job_pieces.c.file, job_pieces.c.bytes, job_pieces.c.sha256)
    own = (job_pieces.c.tenant == tenant, job_pieces.c.job_id == job_id)
    pieces = connection.execute(select(*columns).where(*own).order_by(job_pieces.c.piece))
    return row._asdict() | {"pieces": [list(piece) for piece in pieces]}


def created_digest(connection: Connection, tenant: str, job_id: str) -> str:
    """The keyed digest of what a job's row says from its creation to its end; the audit log holds it."""
    columns = (jobs.c[name] for name in WRITTEN_ONCE)
    own = (jobs.c.tenant == tenant, jobs.c.job_id == job_id)
    row = connection.execute(select(*columns).where(*own)).one()
    return keyed_hash(
        audit_key_of(connection).secret, canonical({"table": jobs.name, "created": row._asdict()})
    )
