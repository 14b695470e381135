"""An index of the accounts of remembered answers by their key: their seal covers them."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the index."""
    name = "ix_idempotency_accounts_tenant_key_sha256"
    op.create_index(name, "idempotency_accounts", ["tenant", "key_sha256"], if_not_exists=True)
