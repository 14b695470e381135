"""The store of a service or a command: its database, and the key of the audit log's digests."""

from __future__ import annotations

import hmac
import os
import secrets
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from accounts.errors import AssayError
from serving.settings import SHORTEST_KEY, Settings
from serving.store.audit_log import Event, append, check_last_entries, lock_tenants
from serving.store.audit_switch import LAST_PLAIN_REVISION, switch_to_keyed
from serving.store.engine import AuditKey, Database, NoUsableStore, open_database
from serving.store.migrate import migrate, revision_of
from serving.store.seal_switch import seal_older_rows
from serving.store.tables import audit_entries

__all__ = ["Store", "open_store", "record_event"]


@dataclass(frozen=True)
class Store:
    """An open store at the newest revision.

    Attributes
    ----------
    database
        With all tables.
    key
        Of the audit log's hashes, and of the digests that stand for account ids in it.
    """

    database: Database
    key: bytes = field(repr=False)

    def subject(self, tenant: str, account_id: str) -> str:
        """An account's keyed digest (HMAC-SHA-256) for its tenant's audit log."""
        named = f"{tenant}\0{account_id}".encode(errors="surrogatepass")
        return hmac.new(self.key, named, sha256).hexdigest()


def open_store(settings: Settings, *, check_key: bool = True) -> Store:
    """Open the store that the settings name; it is created, or migrated, where need be.

    Parameters
    ----------
    check_key
        Whether the audit log must be keyed with the key of these settings.

    Raises
    ------
    NoUsableStore
        If it cannot be reached, was written by a newer Assay, or by one with another audit key, or if its
        log is keyed and the key's file is missing.
    """
    database = open_database(settings.database_url if settings.database else settings.home / "assay.db")
    try:
        key = audit_key(settings, database)
        keyed = database.keyed(AuditKey(key))
        migrate(keyed, also=prove_older_rows)
        if check_key:
            with keyed.reading() as connection:
                check_last_entries(connection)
        return Store(keyed, key)
    except AssayError:
        database.close()
        raise


def prove_older_rows(connection: Connection, before: str) -> None:
    """Bring an older Assay's logs and rows, at a revision of before, under the key."""
    switch_to_keyed(connection, before)
    seal_older_rows(connection, before)


def record_event(store: Store, tenant: str, event: Event) -> None:
    """Append one event to a tenant's audit log, in a transaction of its own."""
    with store.database.writing() as connection:
        append(connection, lock_tenants(connection, [tenant])[tenant], [event])


def audit_key(settings: Settings, database: Database) -> bytes:
    """The key from the settings, else from ``audit.key`` in Assay's own folder.

    The file is made where it is missing, but not for a database whose log has a key already.

    Raises
    ------
    NoUsableStore
        If the file cannot be read or written, is missing beside a log with a key, or holds a short key.
    """
    if settings.audit_key:
        return settings.audit_key.get_secret_value().encode()
    path = settings.home / "audit.key"
    try:
        if not path.exists():
            # Looked for again: another process may just have made the key, and then written the first entry.
            if has_keyed_log(database) and not path.exists():
                raise NoUsableStore(
                    f"The audit key at {path} is missing, and the audit log of the database at "
                    f"{database.place} is keyed: put the key back (or set audit_key)."
                )
            make_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise NoUsableStore(f"The audit key at {path} cannot be used: {error.strerror}.") from error
    if len(key) < SHORTEST_KEY:
        raise NoUsableStore(
            f"The audit key at {path} is none: it has fewer than {SHORTEST_KEY} characters. Put the key back."
        )
    return key


def has_keyed_log(database: Database) -> bool:
    """Whether a database, of any revision, has an audit log whose entries have a key."""
    with database.reading() as connection:
        if (revision_of(connection) or "") <= LAST_PLAIN_REVISION:
            return False
        return connection.execute(select(audit_entries.c.entry).limit(1)).first() is not None


def make_key(path: Path) -> None:
    """Write a new key that only its owner can read; of several processes at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".audit-")  # of mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)
