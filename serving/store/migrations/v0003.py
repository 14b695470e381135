"""Verdicts by their age, so that those whose time is over are found."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_verdicts_made_at", "verdicts", ["made_at"])
