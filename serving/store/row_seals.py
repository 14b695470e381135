"""Seals: keyed digests in the rows that let somebody in or are handed out as they stand.

A seal is HMAC-SHA-256 of what a row says, under the audit log's key, which the database never sees. Who can
write the database, and has no key, makes no row that is taken for good: it is as if it were not there.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update

from serving.store.audit_faults import MALFORMED
from serving.store.audit_log import canonical, keyed_hash
from serving.store.engine import audit_key_of
from serving.store.tables import api_keys, contests, idempotency, invitations, jobs, members, sessions

__all__ = [
    "NARROWER", "SEALED", "has_seal", "is_typed", "seal_of", "seal_rows", "sealed_columns", "sealed_row",
]  # fmt: skip

SEALED: Final[Mapping[Table, tuple[str, ...]]] = {
    api_keys: (
        "key_id", "tenant", "name", "secret_sha256", "scopes", "requests_per_minute", "created_at",
        "expires_at", "revoked_at",
    ),
    members: (
        "tenant", "member_id", "name", "name_key", "role", "password_hash", "created_at", "disabled_at",
    ),
    sessions: ("tenant", "session_sha256", "member_id", "key_id", "created_at", "ends_at"),
    invitations: (
        "tenant", "invitation_sha256", "name", "role", "created_at", "created_by", "expires_at",
    ),
    contests: (
        "tenant", "contest_id", "list_id", "entry_id", "secret_sha256", "created_at", "created_by",
        "expires_at",
    ),
    jobs: (
        "tenant", "job_id", "state", "created_at", "started_at", "ended_at", "expires_at", "folder", "form",
        "bytes", "sha256", "piece_accounts", "total", "done", "refused", "model", "owner", "beats", "deaths",
        "input_faults", "unpacked", "stalled", "problem", "with_observed", "pieces",
    ),
    idempotency: (
        "tenant", "key_sha256", "request_sha256", "claimed_at", "answer_sha256", "accounts",
    ),
}  # fmt: skip
"""What a row's seal covers: all but when a session or a link was used last."""

NARROWER: Final[Mapping[Table, tuple[str, ...]]] = {
    jobs: (
        "tenant", "job_id", "state", "created_at", "started_at", "ended_at", "form", "sha256",
        "with_observed", "total", "done", "refused", "model", "problem", "pieces",
    ),
    idempotency: ("tenant", "key_sha256", "request_sha256", "answer_sha256"),
}  # fmt: skip
"""What the seals of an older Assay covered. Rows that bear such a seal stay good, and prove no more than it
covers: nothing seals them anew by what it does not."""


def seal_of(key: bytes, table: Table, row: Mapping[Any, Any], columns: Collection[str] | None = None) -> str:
    """The seal of a row, or of what stands for it, in hexadecimal.

    Parameters
    ----------
    columns
        What it covers; all that a seal of this Assay does where none are given.

    >>> row = {"tenant": "acme", "key_sha256": "a", "request_sha256": "b", "answer_sha256": "c"}
    >>> columns = NARROWER[idempotency]
    >>> seal_of(b"secret", idempotency, row, columns)[:8], seal_of(b"another", idempotency, row, columns)[:8]
    ('7d579523', '799065b3')
    """
    covered = {name: row[name] for name in columns or SEALED[table]}
    return keyed_hash(key, canonical({"table": table.name, "row": covered}))


def sealed_columns(key: bytes, table: Table, row: Mapping[Any, Any]) -> tuple[str, ...]:
    """What the seal that a row bears covers; nothing where it is none of what the row says.

    A row with values of other types than Assay writes, which SQLite keeps, bears no seal.
    """
    seal = row["seal"]
    for columns in (SEALED[table], NARROWER.get(table)):
        try:
            if columns and seal and hmac.compare_digest(seal, seal_of(key, table, row, columns)):
                return columns
        except MALFORMED:
            return ()
    return ()


def has_seal(key: bytes, table: Table, row: Mapping[Any, Any]) -> bool:
    """Whether a row bears the seal of what it says."""
    return bool(sealed_columns(key, table, row))


def sealed_row(connection: Connection, table: Table, *where: ColumnElement[bool]) -> Row[Any] | None:
    """The row that a condition finds; None where there is none, or its seal is not that of what it says."""
    row = connection.execute(select(table).where(*where)).first()
    if row is None or not has_seal(audit_key_of(connection).secret, table, row._mapping):
        return None
    return row


def seal_rows(connection: Connection, table: Table, *where: ColumnElement[bool]) -> list[str]:
    """Seal the rows that were just written, in the transaction that wrote them; their seals."""
    key, seals = audit_key_of(connection).secret, []
    for row in connection.execute(select(table).where(*where)).all():
        seals.append(seal_of(key, table, row._mapping))
        same = (column == row._mapping[column] for column in table.primary_key)
        connection.execute(update(table).where(*same).values(seal=seals[-1]))
    return seals


def is_typed(table: Table, row: Row[Any]) -> bool:
    """Whether each value of a row has the type of its column, or is missing."""
    return all(
        value is None or isinstance(value, column.type.python_type)
        for column, value in zip(table.columns, row, strict=True)
    )
