"""The switch of an older Assay's audit logs, whose hashes had no key, to keyed ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from serving.store.audit_log import Event, append, canonical, lock_tenants, sha256_of
from serving.store.engine import audit_key_of
from serving.store.tables import api_keys, tenants

__all__ = ["KEYED", "LAST_PLAIN_REVISION", "api_key_sha256", "switch_to_keyed"]

KEYED: Final = "audit.keyed"
"""The action of the entry that ends the entries without a key."""

LAST_PLAIN_REVISION: Final = "0006"
"""The last revision of the database whose entries have hashes without a key."""

HASHED_COLUMNS: Final = (
    "key_id", "tenant", "name", "secret_sha256", "scopes", "requests_per_minute", "created_at", "expires_at",
)  # fmt: skip
"""What never changes of an API key's row."""


def switch_to_keyed(connection: Connection, before: str) -> None:
    """Append to every log of an older Assay the entry from which on hashes are keyed.

    It is itself keyed, and holds the hash of the entry before: no earlier one can be exchanged any more.
    It notes the API keys, whose rows earlier entries describe in part.
    """
    if before > LAST_PLAIN_REVISION:
        return
    names = connection.execute(select(tenants.c.tenant).where(tenants.c.audit_entries > 0)).scalars().all()
    audit_key_of(connection).continued.update(names)  # their last entries are of no key
    for tenant, head in lock_tenants(connection, names).items():
        own = connection.execute(select(api_keys).where(api_keys.c.tenant == tenant))
        keys = {row.key_id: api_key_sha256(row._mapping) for row in own}
        append(connection, head, [Event(KEYED, "service", details={"api_keys": keys})])


def api_key_sha256(row: Mapping[Any, Any]) -> str:
    """SHA-256 of what never changes of an API key's row; the audit log holds it."""
    return sha256_of(canonical({name: row[name] for name in HASHED_COLUMNS}))
