"""An index of the outbox in which a webhook's next delivery is found, however many wait behind it."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Replace the index by webhook with one that has the time as well."""
    op.drop_index("ix_webhook_deliveries_tenant_webhook_id", "webhook_deliveries", if_exists=True)
    columns = ["tenant", "webhook_id", "due_at"]
    name = "ix_webhook_deliveries_tenant_webhook_id_due_at"
    op.create_index(name, "webhook_deliveries", columns, if_not_exists=True)
