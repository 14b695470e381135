"""Erasures that are pending, hashes of result pieces, and audit entries that nothing replaces."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table, the columns, and the trigger."""
    op.create_table(
        "pending_erasures",
        sa.Column("number", sa.Integer, autoincrement=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("erased_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_pending_erasures"),
    )
    op.create_index("ix_pending_erasures_tenant_subject", "pending_erasures", ["tenant", "subject"])
    op.add_column("job_pieces", sa.Column("bytes", sa.BigInteger))
    op.add_column("job_pieces", sa.Column("sha256", sa.String(64)))
    op.add_column("jobs", sa.Column("input_faults", sa.Integer, nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("unpacked", sa.BigInteger))
    if op.get_context().dialect.name == "sqlite":
        op.execute(NO_REPLACEMENT)


# INSERT OR REPLACE deletes the row before without the trigger of a deletion.
NO_REPLACEMENT = """CREATE TRIGGER audit_entries_replace BEFORE INSERT ON audit_entries
WHEN EXISTS (SELECT 1 FROM audit_entries WHERE tenant = NEW.tenant AND entry = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
