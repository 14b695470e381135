"""Jobs may join what was observed of their accounts."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    """Change the database."""
    observed = sa.Column("with_observed", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("jobs", observed)
