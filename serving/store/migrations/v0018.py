"""How far a list is that is screened again: such a screening has no files, and goes on behind an entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column; what is there was dropped as files."""
    op.add_column("screenings", sa.Column("after_entry", sa.String(32)))
