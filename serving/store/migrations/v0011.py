"""Webhooks, and the outbox with what is still to be sent to them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def text(name: str, length: int | None = None) -> sa.Column[Any]:
    """A text column that is never null."""
    return sa.Column(name, sa.String(length) if length else sa.Text, nullable=False)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "webhooks",
        text("tenant", 64),
        text("webhook_id", 32),
        text("url"),
        text("events", 200),
        text("created_at", 32),
        sa.Column("delivered_at", sa.String(32)),
        sa.Column("failed_at", sa.String(32)),
        sa.Column("failure", sa.String(200)),
        sa.Column("given_up", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "webhook_id", name="pk_webhooks"),
    )
    op.create_table(
        "webhook_deliveries",
        text("tenant", 64),
        text("delivery_id", 40),
        text("webhook_id", 32),
        text("account_sha256", 64),
        text("body"),
        text("created_at", 32),
        text("due_at", 32),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "delivery_id", name="pk_webhook_deliveries"),
        sa.ForeignKeyConstraint(
            ["tenant", "webhook_id"],
            ["webhooks.tenant", "webhooks.webhook_id"],
            name="fk_webhook_deliveries_webhook",
            ondelete="CASCADE",
        ),
    )
    for name, columns in (
        ("due_at", ["due_at"]),
        ("tenant_account_sha256", ["tenant", "account_sha256"]),
        ("tenant_webhook_id", ["tenant", "webhook_id"]),
    ):
        op.create_index(f"ix_webhook_deliveries_{name}", "webhook_deliveries", columns)
