"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "tenants",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("audit_entries", sa.Integer, nullable=False),
        sa.Column("audit_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_tenants"),
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
    )
    op.create_table(
        "verdicts",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("verdict_id", sa.String(32), nullable=False),
        sa.Column("account_sha256", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("level", sa.String(200), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(32), nullable=False),
        sa.Column("features", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "verdict_id", name="pk_verdicts"),
    )
    op.create_index("ix_verdicts_tenant_account_sha256", "verdicts", ["tenant", "account_sha256"])
    op.create_table(
        "decisions",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("decision_id", sa.String(32), nullable=False),
        sa.Column("verdict_id", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "decision_id", name="pk_decisions"),
        sa.ForeignKeyConstraint(
            ["tenant", "verdict_id"],
            ["verdicts.tenant", "verdicts.verdict_id"],
            name="fk_decisions_verdict",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_decisions_tenant_verdict_id", "decisions", ["tenant", "verdict_id"])
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("claimed_at", sa.String(32), nullable=False),
        sa.Column("answer", sa.LargeBinary),
        sa.PrimaryKeyConstraint("tenant", "key_sha256", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_claimed_at", "idempotency", ["claimed_at"])
    op.create_table(
        "idempotency_accounts",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("account_sha256", sa.String(64), nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account_sha256", "key_sha256", name="pk_idempotency_accounts"),
        sa.ForeignKeyConstraint(
            ["tenant", "key_sha256"],
            ["idempotency.tenant", "idempotency.key_sha256"],
            name="fk_idempotency_accounts_key",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "audit_entries",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("verdict_id", sa.String(32)),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "entry", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_tenant_verdict_id", "audit_entries", ["tenant", "verdict_id"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


# Not against whoever may drop a trigger, who is found by the hashes, but against mistakes.
APPEND_ONLY = {
    "sqlite": [
        f"""CREATE TRIGGER audit_entries_{event.lower()} BEFORE {event} ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        """CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
        """CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
        EXECUTE FUNCTION audit_entries_append_only()""",
    ],
}
