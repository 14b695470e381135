"""The desk: members, sessions, invitations, lists with their entries, evidence, screenings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def text(name: str, length: int | None = None) -> sa.Column[Any]:
    """A text column that is never null."""
    return sa.Column(name, sa.String(length) if length else sa.Text, nullable=False)


def upgrade() -> None:
    """Make the tables."""
    people()
    lists()
    screenings()


def people() -> None:
    """Members, invitations and sessions."""
    op.create_table(
        "members",
        text("tenant", 64),
        text("member_id", 16),
        text("name", 80),
        text("name_key", 80),
        text("role", 16),
        text("password_hash", 200),
        text("created_at", 32),
        sa.Column("disabled_at", sa.String(32)),
        sa.PrimaryKeyConstraint("tenant", "member_id", name="pk_members"),
    )
    op.create_index("ix_members_tenant_name_key", "members", ["tenant", "name_key"], unique=True)
    op.create_table(
        "invitations",
        text("tenant", 64),
        text("invitation_sha256", 64),
        text("name", 80),
        text("role", 16),
        text("created_at", 32),
        text("created_by", 80),
        text("expires_at", 32),
        sa.PrimaryKeyConstraint("tenant", "invitation_sha256", name="pk_invitations"),
    )
    op.create_index("ix_invitations_invitation_sha256", "invitations", ["invitation_sha256"], unique=True)
    op.create_table(
        "sessions",
        text("tenant", 64),
        text("session_sha256", 64),
        sa.Column("member_id", sa.String(16)),
        sa.Column("key_id", sa.String(16)),
        text("created_at", 32),
        text("seen_at", 32),
        text("ends_at", 32),
        sa.PrimaryKeyConstraint("tenant", "session_sha256", name="pk_sessions"),
    )
    op.create_index("ix_sessions_session_sha256", "sessions", ["session_sha256"], unique=True)
    op.create_index("ix_sessions_ends_at", "sessions", ["ends_at"])


def lists() -> None:
    """Lists, their entries with comments, and the evidence."""
    op.create_table(
        "lists",
        text("tenant", 64),
        text("list_id", 32),
        text("name", 200),
        text("created_at", 32),
        text("created_by", 80),
        sa.PrimaryKeyConstraint("tenant", "list_id", name="pk_lists"),
    )
    op.create_table(
        "evidence",
        text("tenant", 64),
        text("evidence_sha256", 64),
        text("account_sha256", 64),
        text("stored_at", 32),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "evidence_sha256", name="pk_evidence"),
    )
    op.create_index("ix_evidence_tenant_account_sha256", "evidence", ["tenant", "account_sha256"])
    op.create_index("ix_evidence_stored_at", "evidence", ["stored_at"])
    op.create_table(
        "list_entries",
        text("tenant", 64),
        text("list_id", 32),
        text("entry_id", 32),
        text("account_sha256", 64),
        text("account_id"),
        text("name"),
        text("search"),
        text("platform", 32),
        text("tier", 16),
        text("label", 16),
        sa.Column("risk", sa.Float, nullable=False),
        sa.Column("suspicion", sa.Float),
        sa.Column("threshold", sa.Float),
        sa.Column("score", sa.Integer),
        text("level", 200),
        text("first_reason"),
        sa.Column("followers", sa.BigInteger),
        text("state", 16),
        text("assigned", 16),
        text("verdict_id", 32),
        text("evidence_sha256", 64),
        text("screened_at", 32),
        text("changed_at", 32),
        sa.Column("comments", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "list_id", "entry_id", name="pk_list_entries"),
        sa.ForeignKeyConstraint(
            ["tenant", "list_id"],
            ["lists.tenant", "lists.list_id"],
            name="fk_list_entries_list",
            ondelete="CASCADE",
        ),
    )
    of_list = ["tenant", "list_id"]
    for name, columns, unique in (
        ("account", [*of_list, "account_sha256"], True),
        ("risk", [*of_list, "risk", "entry_id"], False),
        ("facets", [*of_list, "label", "platform", "tier", "state", "assigned"], False),
        ("evidence", ["tenant", "evidence_sha256"], False),
        ("subject", ["tenant", "account_sha256"], False),
    ):
        op.create_index(f"ix_list_entries_{name}", "list_entries", columns, unique=unique)
    op.create_table(
        "entry_comments",
        text("tenant", 64),
        text("comment_id", 32),
        text("list_id", 32),
        text("entry_id", 32),
        text("at", 32),
        text("by", 80),
        text("text"),
        sa.PrimaryKeyConstraint("tenant", "comment_id", name="pk_entry_comments"),
        sa.ForeignKeyConstraint(
            ["tenant", "list_id", "entry_id"],
            ["list_entries.tenant", "list_entries.list_id", "list_entries.entry_id"],
            name="fk_entry_comments_entry",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_entry_comments_tenant_list_id_entry_id", "entry_comments", ["tenant", "list_id", "entry_id"]
    )


def screenings() -> None:
    """Screenings, and the accounts that were erased while one ran."""
    op.create_table(
        "screenings",
        text("tenant", 64),
        text("screening_id", 32),
        text("state", 16),
        text("folder", 32),
        text("created_at", 32),
        text("created_by", 80),
        text("beat_at", 32),
        sa.Column("list_id", sa.String(32)),
        sa.Column("total", sa.Integer),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("problem", sa.Text),
        sa.PrimaryKeyConstraint("tenant", "screening_id", name="pk_screenings"),
    )
    op.create_index("ix_screenings_tenant_created_at", "screenings", ["tenant", "created_at"])
    op.create_index("ix_screenings_state", "screenings", ["state"])
    op.create_table(
        "screening_erasures",
        text("tenant", 64),
        text("screening_id", 32),
        text("account_sha256", 64),
        sa.PrimaryKeyConstraint("tenant", "screening_id", "account_sha256", name="pk_screening_erasures"),
        sa.ForeignKeyConstraint(
            ["tenant", "screening_id"],
            ["screenings.tenant", "screenings.screening_id"],
            name="fk_screening_erasures_screening",
            ondelete="CASCADE",
        ),
    )
