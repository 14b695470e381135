"""Numbers that grow with every verdict, wider than 32 bits; SQLite's always were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widen them."""
    if op.get_context().dialect.name == "postgresql":
        for table, column in (
            ("tenants", "audit_entries"), ("audit_entries", "entry"), ("job_pieces", "next_line"),
        ):  # fmt: skip
            op.alter_column(table, column, type_=sa.BigInteger)
