"""How far a list is that is screened again: such a screening has no files, and goes on behind an entry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column, unless it is there, as in a database that was set back."""
    columns = sa.inspect(op.get_bind()).get_columns("screenings")
    if not any(column["name"] == "after_entry" for column in columns):
        op.add_column("screenings", sa.Column("after_entry", sa.String(32)))
