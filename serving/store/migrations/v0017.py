"""When a folder of jobs was last seen alive, and the jobs that were forgotten with their folder."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "job_folders",
        sa.Column("folder", sa.String(32), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("folder", name="pk_job_folders"),
        if_not_exists=True,
    )
    op.create_table(
        "forgotten_jobs",
        sa.Column("folder", sa.String(32), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("folder", "job_id", name="pk_forgotten_jobs"),
        if_not_exists=True,
    )
