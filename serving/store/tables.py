"""The tables, as the newest migration leaves them.

Moments are texts such as ``2026-11-25T22:00:00.123456Z``: the same on every database, sorted as
they stand, and hashed as they stand. Verdicts are texts too, so that they come back byte for byte.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

__all__ = [
    "METADATA", "api_keys", "audit_entries", "decisions", "idempotency", "idempotency_accounts",
    "job_erasures", "job_pieces", "jobs", "tenants", "verdicts",
]  # fmt: skip

METADATA: Final = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


def tenant() -> Column[str]:
    """Whose row it is: the first part of every key, so that no lookup can leave it out."""
    return Column("tenant", String(64), primary_key=True)


COUNT: Final = BigInteger().with_variant(Integer, "sqlite")
"""A number that grows with every verdict."""


def needed(name: str, length: int | None = None) -> Column[str]:
    """A text that every row has."""
    return Column(name, String(length) if length else Text, nullable=False)


tenants: Final = Table(
    "tenants",
    METADATA,
    tenant(),
    needed("created_at", 32),
    # The end of the tenant's audit log. Whoever appends holds this row, so that the log cannot fork.
    Column("audit_entries", COUNT, nullable=False),
    needed("audit_hash", 64),
)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    Column("key_id", String(16), primary_key=True),
    needed("tenant", 64),
    needed("name", 200),
    needed("secret_sha256", 64),
    needed("scopes", 100),
    Column("requests_per_minute", Integer),
    needed("created_at", 32),
    Column("expires_at", String(32)),
    Column("revoked_at", String(32)),
)

verdicts: Final = Table(
    "verdicts",
    METADATA,
    tenant(),
    Column("verdict_id", String(32), primary_key=True),
    # Of the account's id, which may hold what a database's text may not; here to be found by.
    needed("account_sha256", 64),
    needed("platform", 32),
    needed("level", 200),
    needed("made_at", 32),
    needed("model_sha256", 64),
    needed("catalogue", 32),
    # One float64 a feature, little-endian, in the catalogue's order, the very bits that were judged.
    Column("features", LargeBinary, nullable=False),
    needed("document"),
    Index(None, "tenant", "account_sha256"),
    Index(None, "made_at"),
)

decisions: Final = Table(
    "decisions",
    METADATA,
    tenant(),
    Column("decision_id", String(32), primary_key=True),
    needed("verdict_id", 32),
    needed("document"),
    ForeignKeyConstraint(
        ["tenant", "verdict_id"],
        ["verdicts.tenant", "verdicts.verdict_id"],
        name="fk_decisions_verdict",
        ondelete="CASCADE",
    ),
    Index(None, "tenant", "verdict_id"),
)

idempotency: Final = Table(
    "idempotency",
    METADATA,
    tenant(),
    Column("key_sha256", String(64), primary_key=True),
    needed("request_sha256", 64),
    needed("claimed_at", 32),
    Column("answer", LargeBinary),  # none while the first request is still being answered
    Index(None, "claimed_at"),
)

idempotency_accounts: Final = Table(
    "idempotency_accounts",
    METADATA,
    tenant(),
    Column("account_sha256", String(64), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    ForeignKeyConstraint(
        ["tenant", "key_sha256"],
        ["idempotency.tenant", "idempotency.key_sha256"],
        name="fk_idempotency_accounts_key",
        ondelete="CASCADE",
    ),
)

audit_entries: Final = Table(
    "audit_entries",
    METADATA,
    tenant(),
    Column("entry", COUNT, primary_key=True),
    Column("verdict_id", String(32)),  # also inside the document; here to be found by
    needed("document"),
    needed("hash", 64),
    Index(None, "tenant", "verdict_id"),
)

jobs: Final = Table(
    "jobs",
    METADATA,
    tenant(),
    Column("job_id", String(32), primary_key=True),
    needed("state", 16),
    needed("created_at", 32),
    Column("started_at", String(32)),
    Column("ended_at", String(32)),
    Column("expires_at", String(32)),  # none until it has ended
    needed("folder", 32),  # the id of the folder that its files lie in: other machines may have others
    needed("form", 16),
    Column("bytes", BigInteger, nullable=False),
    needed("sha256", 64),
    Column("piece_accounts", Integer, nullable=False),
    Column("total", Integer),  # none while a Parquet file has not been read
    Column("done", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("model", Text),
    # Whoever works on it, how often they said so, and how many died of it since its last piece.
    Column("owner", String(64)),
    Column("beats", Integer, nullable=False),
    Column("deaths", Integer, nullable=False),
    Column("stalled", Text),
    Column("problem", Text),
    Index(None, "tenant", "created_at"),
    Index(None, "state"),
)


def of_job(name: str) -> ForeignKeyConstraint:
    """Rows that go with their job."""
    return ForeignKeyConstraint(
        ["tenant", "job_id"], ["jobs.tenant", "jobs.job_id"], name=name, ondelete="CASCADE"
    )


job_pieces: Final = Table(
    "job_pieces",
    METADATA,
    tenant(),
    Column("job_id", String(32), primary_key=True),
    Column("piece", Integer, primary_key=True),
    needed("file", 100),
    # Where the next piece begins in the input: its byte, and its line.
    Column("next_byte", BigInteger, nullable=False),
    Column("next_line", COUNT, nullable=False),
    of_job("fk_job_pieces_job"),
)

job_erasures: Final = Table(
    "job_erasures",
    METADATA,
    tenant(),
    Column("job_id", String(32), primary_key=True),
    Column("account_sha256", String(64), primary_key=True),
    of_job("fk_job_erasures_job"),
)
