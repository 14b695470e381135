"""The tables, as the newest migration leaves them.

Moments are texts such as ``2026-11-25T22:00:00.123456Z``: the same on every database, sorted as
they stand, and hashed as they stand. Verdicts are texts too, so that they come back byte for byte.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

__all__ = [
    "METADATA", "api_keys", "audit_entries", "contest_statements", "contests", "decisions",
    "drift_reports", "entry_comments", "evidence", "forgotten_jobs", "idempotency", "idempotency_accounts",
    "invitations", "job_erasures", "job_folders", "job_pieces", "job_verdict_counts", "jobs", "list_entries",
    "list_rules", "lists", "members", "observations", "pending_erasures", "screening_erasures", "screenings",
    "sessions", "shadow_verdicts", "tenants", "verdicts", "webhook_deliveries", "webhooks",
]  # fmt: skip

METADATA: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


def tenant_column() -> Column[str]:
    """The tenant, first part of every primary key: no look-up by key can leave it out."""
    return Column("tenant", String(64), primary_key=True)


def seal_column() -> Column[str]:
    """The keyed digest of what the row says; none of a job or an answer that is not done yet."""
    return Column("seal", String(64))


GROWING_INTEGER: Final = BigInteger().with_variant(Integer, "sqlite")
"""For numbers that grow with every verdict."""


def required_text(name: str, length: int | None = None) -> Column[str]:
    """A text column that is never null."""
    return Column(name, String(length) if length else Text, nullable=False)


tenants: Final = Table(
    "tenants",
    METADATA,
    tenant_column(),
    required_text("created_at", 32),
    # The head of the tenant's audit log. Appending locks this row, so that the chain cannot fork.
    Column("audit_entries", GROWING_INTEGER, nullable=False),
    required_text("audit_hash", 64),
)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    Column("key_id", String(16), primary_key=True),
    required_text("tenant", 64),
    required_text("name", 200),
    required_text("secret_sha256", 64),
    required_text("scopes", 100),
    Column("requests_per_minute", Integer),
    required_text("created_at", 32),
    Column("expires_at", String(32)),
    Column("revoked_at", String(32)),
    seal_column(),
)

verdicts: Final = Table(
    "verdicts",
    METADATA,
    tenant_column(),
    Column("verdict_id", String(32), primary_key=True),
    # Of the account's id, which may have characters that no database takes; for look-ups.
    required_text("account_sha256", 64),
    required_text("platform", 32),
    required_text("level", 200),
    required_text("made_at", 32),
    required_text("model_sha256", 64),
    required_text("catalogue", 32),
    # One float64 a feature, little-endian, in the catalogue's order, the very bits that were screened.
    Column("features", LargeBinary, nullable=False),
    required_text("document"),
    # Both repeat what the document and the decisions say: verdicts are found by them.
    required_text("label", 16),
    Column("decision", String(16), nullable=False, server_default="none"),
    Index(None, "made_at"),
    # A page of what is found is read from its index, the newest first, from after where the last one ended.
    Index("ix_verdicts_page", "tenant", "made_at", "verdict_id"),
    Index("ix_verdicts_account", "tenant", "account_sha256", "made_at", "verdict_id"),
    Index("ix_verdicts_label", "tenant", "label", "made_at", "verdict_id"),
    Index("ix_verdicts_decision", "tenant", "decision", "made_at", "verdict_id"),
    Index("ix_verdicts_model", "tenant", "model_sha256", "made_at", "verdict_id"),
)

observations: Final = Table(
    "observations",
    METADATA,
    tenant_column(),
    Column("account_sha256", String(64), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("observed_at", String(32), primary_key=True),
    Column("source", String(100), primary_key=True),
    Column("followers", BigInteger),
    Column("following", BigInteger),
    Column("posts", BigInteger),
    # JSON: a list for each post, for a post's name may have characters that no database takes.
    required_text("of_posts"),
    required_text("stored_at", 32),
    Index(None, "stored_at"),
)

decisions: Final = Table(
    "decisions",
    METADATA,
    tenant_column(),
    Column("decision_id", String(32), primary_key=True),
    required_text("verdict_id", 32),
    required_text("document"),
    ForeignKeyConstraint(
        ["tenant", "verdict_id"],
        ["verdicts.tenant", "verdicts.verdict_id"],
        name="fk_decisions_verdict",
        ondelete="CASCADE",
    ),
    Index(None, "tenant", "verdict_id"),
)

shadow_verdicts: Final = Table(
    "shadow_verdicts",
    METADATA,
    tenant_column(),
    # The verdict that was answered, and what another model said of the same account without being asked.
    Column("verdict_id", String(32), primary_key=True),
    Column("challenger_sha256", String(64), primary_key=True),
    required_text("made_at", 32),
    required_text("label", 16),
    Column("suspicion", Float),
    required_text("challenger_label", 16),
    Column("challenger_suspicion", Float),
    ForeignKeyConstraint(
        ["tenant", "verdict_id"],
        ["verdicts.tenant", "verdicts.verdict_id"],
        name="fk_shadow_verdicts_verdict",
        ondelete="CASCADE",
    ),
)

drift_reports: Final = Table(
    "drift_reports",
    METADATA,
    tenant_column(),
    Column("model_sha256", String(64), primary_key=True),
    required_text("made_at", 32),
    required_text("document"),  # numbers of many accounts, and the name of none
    Column("broken", Text),  # why what the model promises does not hold; none while nothing speaks against it
)

idempotency: Final = Table(
    "idempotency",
    METADATA,
    tenant_column(),
    Column("key_sha256", String(64), primary_key=True),
    required_text("request_sha256", 64),
    required_text("claimed_at", 32),
    Column("answer", LargeBinary),  # none while the first request is still being answered
    seal_column(),
    Index(None, "claimed_at"),
)

idempotency_accounts: Final = Table(
    "idempotency_accounts",
    METADATA,
    tenant_column(),
    Column("account_sha256", String(64), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    ForeignKeyConstraint(
        ["tenant", "key_sha256"],
        ["idempotency.tenant", "idempotency.key_sha256"],
        name="fk_idempotency_accounts_key",
        ondelete="CASCADE",
    ),
    Index(None, "tenant", "key_sha256"),
)

audit_entries: Final = Table(
    "audit_entries",
    METADATA,
    tenant_column(),
    Column("entry", GROWING_INTEGER, primary_key=True),
    Column("verdict_id", String(32)),  # in the document, too; here for look-ups
    required_text("document"),
    required_text("hash", 64),
    Index(None, "tenant", "verdict_id"),
)

jobs: Final = Table(
    "jobs",
    METADATA,
    tenant_column(),
    Column("job_id", String(32), primary_key=True),
    required_text("state", 16),
    required_text("created_at", 32),
    Column("started_at", String(32)),
    Column("ended_at", String(32)),
    Column("expires_at", String(32)),  # none until it has ended
    required_text("folder", 32),  # the id of the folder that its files lie in: other machines may have others
    required_text("form", 16),
    Column("bytes", BigInteger, nullable=False),
    required_text("sha256", 64),
    Column("piece_accounts", Integer, nullable=False),
    Column("total", Integer),  # none while a Parquet file has not been read
    Column("done", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("model", Text),
    # The worker that leases it, its renewals, and how many workers died on it since its last piece.
    Column("owner", String(64)),
    Column("beats", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    # How often a run failed at the job's own input, such as one that fills the disk; the second time ends it.
    Column("input_faults", Integer, nullable=False, server_default="0"),
    # Bytes of the input once it is unpacked; none where it came as it is.
    Column("unpacked", BigInteger),
    Column("stalled", Text),
    Column("problem", Text),
    Column("with_observed", Boolean, nullable=False, server_default=false()),
    seal_column(),
    Index(None, "tenant", "created_at"),
    Index(None, "state"),
)


def job_foreign_key(name: str) -> ForeignKeyConstraint:
    """A foreign key to the job: its rows are deleted with it."""
    return ForeignKeyConstraint(
        ["tenant", "job_id"], ["jobs.tenant", "jobs.job_id"], name=name, ondelete="CASCADE"
    )


job_pieces: Final = Table(
    "job_pieces",
    METADATA,
    tenant_column(),
    Column("job_id", String(32), primary_key=True),
    Column("piece", Integer, primary_key=True),
    required_text("file", 100),
    # Of the file as it is now: checked as its results are handed out; none of an older Assay's pieces.
    Column("bytes", BigInteger),
    Column("sha256", String(64)),
    # Where the next piece begins in the input: its byte, and its line.
    Column("next_byte", BigInteger, nullable=False),
    Column("next_line", GROWING_INTEGER, nullable=False),
    job_foreign_key("fk_job_pieces_job"),
)

job_verdict_counts: Final = Table(
    "job_verdict_counts",
    METADATA,
    tenant_column(),
    Column("label", String(16), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("evidence", String(64), primary_key=True),  # the blocks that were there
    Column("verdicts", GROWING_INTEGER, nullable=False),
)
"""Verdicts of all bulk jobs so far, also of those that were removed."""

job_erasures: Final = Table(
    "job_erasures",
    METADATA,
    tenant_column(),
    Column("job_id", String(32), primary_key=True),
    Column("account_sha256", String(64), primary_key=True),
    job_foreign_key("fk_job_erasures_job"),
)

job_folders: Final = Table(
    "job_folders",
    METADATA,
    Column("folder", String(32), primary_key=True),
    required_text("seen_at", 32),  # by the database's clock
)
"""When a service that has a folder of jobs or screenings last said so; rows of more than a day are gone."""

forgotten_jobs: Final = Table(
    "forgotten_jobs",
    METADATA,
    Column("folder", String(32), primary_key=True),
    Column("job_id", String(32), primary_key=True),
)
"""Jobs and screenings whose folder was said to be lost: should it come back, their files are removed."""

members: Final = Table(
    "members",
    METADATA,
    tenant_column(),
    Column("member_id", String(16), primary_key=True),
    required_text("name", 80),
    required_text("name_key", 80),  # the name as it is compared: two that look alike are one
    required_text("role", 16),
    required_text("password_hash", 200),  # argon2id, with its salt and parameters
    required_text("created_at", 32),
    Column("disabled_at", String(32)),
    seal_column(),
    Index(None, "tenant", "name_key", unique=True),
)

invitations: Final = Table(
    "invitations",
    METADATA,
    tenant_column(),
    Column("invitation_sha256", String(64), primary_key=True),
    required_text("name", 80),
    required_text("role", 16),
    required_text("created_at", 32),
    required_text("created_by", 80),
    required_text("expires_at", 32),
    seal_column(),
    Index(None, "invitation_sha256", unique=True),  # its holder has no other name for the tenant
)

sessions: Final = Table(
    "sessions",
    METADATA,
    tenant_column(),
    Column("session_sha256", String(64), primary_key=True),
    # Of a member, of an API key, or of nobody where the service asks nobody.
    Column("member_id", String(16)),
    Column("key_id", String(16)),
    required_text("created_at", 32),
    required_text("seen_at", 32),
    required_text("ends_at", 32),
    seal_column(),
    Index(None, "session_sha256", unique=True),
    Index(None, "ends_at"),
)

lists: Final = Table(
    "lists",
    METADATA,
    tenant_column(),
    Column("list_id", String(32), primary_key=True),
    required_text("name", 200),
    required_text("created_at", 32),
    required_text("created_by", 80),
)

evidence: Final = Table(
    "evidence",
    METADATA,
    tenant_column(),
    # SHA-256 of the account document, commenters' ids replaced by keyed digests, before it is compressed.
    Column("evidence_sha256", String(64), primary_key=True),
    required_text("account_sha256", 64),
    required_text("stored_at", 32),
    Column("bytes", BigInteger, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "tenant", "account_sha256"),
    Index(None, "stored_at"),
)


def list_foreign_key(name: str) -> ForeignKeyConstraint:
    """A foreign key to the list: its rows are deleted with it."""
    return ForeignKeyConstraint(
        ["tenant", "list_id"], ["lists.tenant", "lists.list_id"], name=name, ondelete="CASCADE"
    )


list_entries: Final = Table(
    "list_entries",
    METADATA,
    tenant_column(),
    Column("list_id", String(32), primary_key=True),
    Column("entry_id", String(32), primary_key=True),
    required_text("account_sha256", 64),
    required_text("account_id"),
    required_text("name"),  # how the creator is shown
    required_text("search"),  # what the queue's search looks through, in lower case
    required_text("platform", 32),
    required_text("tier", 16),  # empty where the followers are not known
    required_text("label", 16),
    Column("risk", Float, nullable=False),  # what the queue is sorted by
    Column("suspicion", Float),
    Column("threshold", Float),
    Column("score", Integer),
    required_text("level", 200),
    required_text("first_reason"),
    Column("followers", BigInteger),
    required_text("state", 16),
    required_text("assigned", 16),  # a member's id; empty: nobody's
    required_text("verdict_id", 32),
    required_text("evidence_sha256", 64),
    required_text("screened_at", 32),
    required_text("changed_at", 32),
    Column("comments", Integer, nullable=False),
    list_foreign_key("fk_list_entries_list"),
    Index("ix_list_entries_account", "tenant", "list_id", "account_sha256", unique=True),
    Index("ix_list_entries_risk", "tenant", "list_id", "risk", "entry_id"),
    Index("ix_list_entries_facets", "tenant", "list_id", "label", "platform", "tier", "state", "assigned"),
    Index("ix_list_entries_evidence", "tenant", "evidence_sha256"),
    Index("ix_list_entries_subject", "tenant", "account_sha256"),
)

entry_comments: Final = Table(
    "entry_comments",
    METADATA,
    tenant_column(),
    Column("comment_id", String(32), primary_key=True),
    required_text("list_id", 32),
    required_text("entry_id", 32),
    required_text("at", 32),
    required_text("by", 80),
    required_text("text"),
    ForeignKeyConstraint(
        ["tenant", "list_id", "entry_id"],
        ["list_entries.tenant", "list_entries.list_id", "list_entries.entry_id"],
        name="fk_entry_comments_entry",
        ondelete="CASCADE",
    ),
    Index(None, "tenant", "list_id", "entry_id"),
)

screenings: Final = Table(
    "screenings",
    METADATA,
    tenant_column(),
    Column("screening_id", String(32), primary_key=True),
    required_text("state", 16),
    required_text("folder", 32),  # the id of the folder that its files lie in; empty where it has none
    required_text("created_at", 32),
    required_text("created_by", 80),
    required_text("beat_at", 32),  # when whoever works on it last said so
    Column("list_id", String(32)),  # none before it is started
    Column("total", Integer),
    Column("done", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("problem", Text),
    # Of a list that is screened again: the entry behind which the work goes on. None of dropped files.
    Column("after_entry", String(32)),
    Index(None, "tenant", "created_at"),
    Index(None, "state"),
)

screening_erasures: Final = Table(
    "screening_erasures",
    METADATA,
    tenant_column(),
    Column("screening_id", String(32), primary_key=True),
    Column("account_sha256", String(64), primary_key=True),
    ForeignKeyConstraint(
        ["tenant", "screening_id"],
        ["screenings.tenant", "screenings.screening_id"],
        name="fk_screening_erasures_screening",
        ondelete="CASCADE",
    ),
)

pending_erasures: Final = Table(
    "pending_erasures",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    # Keyed digest of the account, as in the audit log; empty where more than an account was removed.
    required_text("tenant", 64),
    required_text("subject", 64),
    required_text("erased_at", 32),
    Index(None, "tenant", "subject"),
)
"""Erased rows that SQLite's write-ahead log may still hold."""

list_rules: Final = Table(
    "list_rules",
    METADATA,
    tenant_column(),
    Column("list_id", String(32), primary_key=True),
    Column("second_person", Integer, nullable=False),  # 1: a decision holds once a second person approves
    Column("watch_days", Integer, nullable=False),  # screened again every so many days; 0: not by itself
    required_text("watched_at", 32),
    list_foreign_key("fk_list_rules_list"),
)

contests: Final = Table(
    "contests",
    METADATA,
    tenant_column(),
    Column("contest_id", String(32), primary_key=True),
    required_text("list_id", 32),
    required_text("entry_id", 32),
    required_text("secret_sha256", 64),  # of the secret in the creator's link
    required_text("created_at", 32),
    required_text("created_by", 80),
    required_text("expires_at", 32),
    Column("seen_at", String(32)),
    seal_column(),
    ForeignKeyConstraint(
        ["tenant", "list_id", "entry_id"],
        ["list_entries.tenant", "list_entries.list_id", "list_entries.entry_id"],
        name="fk_contests_entry",
        ondelete="CASCADE",
    ),
    Index(None, "secret_sha256", unique=True),  # its holder has no other name for the tenant
    Index(None, "tenant", "list_id", "entry_id"),
)

contest_statements: Final = Table(
    "contest_statements",
    METADATA,
    tenant_column(),
    Column("contest_id", String(32), primary_key=True),
    Column("statement_id", String(32), primary_key=True),
    required_text("at", 32),
    required_text("document"),  # an answer, an event, or facts as text or CSV, as the creator wrote them
    ForeignKeyConstraint(
        ["tenant", "contest_id"],
        ["contests.tenant", "contests.contest_id"],
        name="fk_contest_statements_contest",
        ondelete="CASCADE",
    ),
)

webhooks: Final = Table(
    "webhooks",
    METADATA,
    tenant_column(),
    Column("webhook_id", String(32), primary_key=True),
    required_text("url"),
    required_text("events", 200),
    required_text("created_at", 32),
    Column("delivered_at", String(32)),
    Column("failed_at", String(32)),
    Column("failure", String(200)),
    Column("given_up", Integer, nullable=False),
    # The number of its newest event: receivers put deliveries into the order in which things happened.
    Column("sequence", GROWING_INTEGER, nullable=False, server_default="0"),
    # How often its secret was rotated, and when last; the secret before is valid for a day after.
    Column("secret_version", Integer, nullable=False, server_default="0"),
    Column("rotated_at", String(32)),
    Column("gone_at", String(32)),  # when its receiver said 410; none while it is told
)

webhook_deliveries: Final = Table(
    "webhook_deliveries",
    METADATA,
    tenant_column(),
    Column("delivery_id", String(40), primary_key=True),
    required_text("webhook_id", 32),
    required_text("account_sha256", 64),  # of the account that it is about; empty where it is about none
    required_text("body"),
    required_text("created_at", 32),
    required_text("due_at", 32),  # when it may be tried next, moved on by whoever tries it; or behind others
    Column("tries", Integer, nullable=False),
    ForeignKeyConstraint(
        ["tenant", "webhook_id"],
        ["webhooks.tenant", "webhooks.webhook_id"],
        name="fk_webhook_deliveries_webhook",
        ondelete="CASCADE",
    ),
    Index(None, "due_at"),
    Index(None, "tenant", "account_sha256"),
    Index(None, "tenant", "webhook_id", "due_at"),
)
"""The outbox: what is still to be sent."""
