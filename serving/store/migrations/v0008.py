"""Rules of lists (a second person, screening again), and contests with what creators state."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def text(name: str, length: int | None = None) -> sa.Column[Any]:
    """A text column that is never null."""
    return sa.Column(name, sa.String(length) if length else sa.Text, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "list_rules",
        text("tenant", 64),
        text("list_id", 32),
        sa.Column("second_person", sa.Integer, nullable=False),
        sa.Column("watch_days", sa.Integer, nullable=False),
        text("watched_at", 32),
        sa.PrimaryKeyConstraint("tenant", "list_id", name="pk_list_rules"),
        sa.ForeignKeyConstraint(
            ["tenant", "list_id"],
            ["lists.tenant", "lists.list_id"],
            name="fk_list_rules_list",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "contests",
        text("tenant", 64),
        text("contest_id", 32),
        text("list_id", 32),
        text("entry_id", 32),
        text("secret_sha256", 64),
        text("created_at", 32),
        text("created_by", 80),
        text("expires_at", 32),
        sa.Column("seen_at", sa.String(32)),
        sa.PrimaryKeyConstraint("tenant", "contest_id", name="pk_contests"),
        sa.ForeignKeyConstraint(
            ["tenant", "list_id", "entry_id"],
            ["list_entries.tenant", "list_entries.list_id", "list_entries.entry_id"],
            name="fk_contests_entry",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_contests_secret_sha256", "contests", ["secret_sha256"], unique=True)
    op.create_index("ix_contests_tenant_list_id_entry_id", "contests", ["tenant", "list_id", "entry_id"])
    op.create_table(
        "contest_statements",
        text("tenant", 64),
        text("contest_id", 32),
        text("statement_id", 32),
        text("at", 32),
        text("document"),
        sa.PrimaryKeyConstraint("tenant", "contest_id", "statement_id", name="pk_contest_statements"),
        sa.ForeignKeyConstraint(
            ["tenant", "contest_id"],
            ["contests.tenant", "contests.contest_id"],
            name="fk_contest_statements_contest",
            ondelete="CASCADE",
        ),
    )
