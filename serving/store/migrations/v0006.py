"""Observations: what was seen of accounts, at which time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "observations",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("account_sha256", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("observed_at", sa.String(32), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
        sa.Column("followers", sa.BigInteger),
        sa.Column("following", sa.BigInteger),
        sa.Column("posts", sa.BigInteger),
        sa.Column("of_posts", sa.Text, nullable=False),
        sa.Column("stored_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant", "account_sha256", "platform", "observed_at", "source", name="pk_observations"
        ),
    )
    op.create_index("ix_observations_stored_at", "observations", ["stored_at"])
