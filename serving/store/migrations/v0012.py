"""What a challenger said beside the verdicts, and the newest drift report of each tenant and model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "shadow_verdicts",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("verdict_id", sa.String(32), nullable=False),
        sa.Column("challenger_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("label", sa.String(16), nullable=False),
        sa.Column("suspicion", sa.Float),
        sa.Column("challenger_label", sa.String(16), nullable=False),
        sa.Column("challenger_suspicion", sa.Float),
        sa.PrimaryKeyConstraint("tenant", "verdict_id", "challenger_sha256", name="pk_shadow_verdicts"),
        sa.ForeignKeyConstraint(
            ["tenant", "verdict_id"],
            ["verdicts.tenant", "verdicts.verdict_id"],
            name="fk_shadow_verdicts_verdict",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "drift_reports",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("broken", sa.Text),
        sa.PrimaryKeyConstraint("tenant", "model_sha256", name="pk_drift_reports"),
    )
