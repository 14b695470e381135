"""Webhooks whose secret is rotated, that stop, and that number their events; counts of the jobs' verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns, and make the table."""
    growing = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    for column in (
        sa.Column("sequence", growing, nullable=False, server_default="0"),
        sa.Column("secret_version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("rotated_at", sa.String(32)),
        sa.Column("gone_at", sa.String(32)),
    ):
        op.add_column("webhooks", column)
    op.create_table(
        "job_verdict_counts",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("label", sa.String(16), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("verdicts", growing, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "label", "platform", "evidence", name="pk_job_verdict_counts"),
    )
