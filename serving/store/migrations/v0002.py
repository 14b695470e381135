"""Bulk jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "jobs",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("started_at", sa.String(32)),
        sa.Column("ended_at", sa.String(32)),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("folder", sa.String(32), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("piece_accounts", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("owner", sa.String(64)),
        sa.Column("beats", sa.Integer, nullable=False),
        sa.Column("deaths", sa.Integer, nullable=False),
        sa.Column("stalled", sa.Text),
        sa.Column("problem", sa.Text),
        sa.PrimaryKeyConstraint("tenant", "job_id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_tenant_created_at", "jobs", ["tenant", "created_at"])
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_pieces",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("piece", sa.Integer, nullable=False),
        sa.Column("file", sa.String(100), nullable=False),
        sa.Column("next_byte", sa.BigInteger, nullable=False),
        sa.Column("next_line", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "job_id", "piece", name="pk_job_pieces"),
        of_job("fk_job_pieces_job"),
    )
    op.create_table(
        "job_erasures",
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("job_id", sa.String(32), nullable=False),
        sa.Column("account_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "job_id", "account_sha256", name="pk_job_erasures"),
        of_job("fk_job_erasures_job"),
    )


def of_job(name: str) -> sa.ForeignKeyConstraint:
    """Rows that go with their job."""
    return sa.ForeignKeyConstraint(
        ["tenant", "job_id"], ["jobs.tenant", "jobs.job_id"], name=name, ondelete="CASCADE"
    )
