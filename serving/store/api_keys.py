"""API keys: each belongs to a tenant, and has scopes, a rate limit and an expiry.

A key is ``assay_``, its id, and 256 random bits. Only their SHA-256 is stored: what was drawn
evenly from 2^256 cannot be found by trying, so a slow hash, which passwords need, would slow
down requests and nothing else.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from accounts.errors import WrongUsage
from serving.store.audit_log import Event, append, lock_tenants, sha256_of
from serving.store.audit_switch import api_key_sha256
from serving.store.row_seals import seal_rows, sealed_row
from serving.store.store import Store
from serving.store.tables import api_keys
from serving.store.timestamps import now

__all__ = [
    "ANYONE",
    "KEY_PREFIX",
    "Caller",
    "Scope",
    "any_valid_key",
    "caller_of_key",
    "create_key",
    "find_caller",
    "key_works",
    "list_keys",
    "new_key_id",
    "new_secret",
    "revoke_key",
    "whole_key",
]

KEY_PREFIX: Final = "assay"
COMMAND_LINE: Final = "command line"
DEFAULT_TENANT: Final = "default"


class Scope(StrEnum):
    """The rights of a key; none includes another."""

    READ = "read"
    SCORE = "score"
    DECIDE = "decide"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """The sender of a request, by its API key.

    Attributes
    ----------
    tenant
        Whose verdicts and jobs they see.
    actor
        Their name in the audit log: ``key:`` and the key's id.
    scopes
        The rights of the key.
    requests_per_minute
        Their rate limit; None: the setting's.
    expires_at
        When the key expires; None: never.
    """

    tenant: str
    actor: str
    scopes: frozenset[Scope]
    requests_per_minute: int | None = None
    expires_at: str | None = None

    @property
    def expired(self) -> bool:
        """Whether the key has expired."""
        return self.expires_at is not None and self.expires_at <= now()


ANYONE: Final = Caller(DEFAULT_TENANT, "anyone", frozenset(Scope))
"""The caller of every request without a key, where ``no_auth`` is on."""


def create_key(  # noqa: PLR0913
    store: Store,
    *,
    tenant: str,
    name: str,
    scopes: Iterable[Scope],
    requests_per_minute: int | None = None,
    expires_at: str | None = None,
    actor: str = COMMAND_LINE,
    key_id: str | None = None,
    secret: str | None = None,
) -> str:
    """Create a key.

    Parameters
    ----------
    key_id
        The id that it is to have, which no other key has; None: a new one.
    secret
        The secret part that it is to have, as hard to guess; None: a new one.

    Returns
    -------
    The key itself, which is stored nowhere.
    """
    key_id, secret = key_id or new_key_id(), secret or new_secret()
    wanted = sorted(set(scopes))
    row = {
        "key_id": key_id,
        "tenant": tenant,
        "name": name,
        "secret_sha256": sha256_of(secret),
        "scopes": ",".join(wanted),
        "requests_per_minute": requests_per_minute,
        "created_at": now(),
        "expires_at": expires_at,
    }
    details = {
        "key_id": key_id, "scopes": wanted, "expires_at": expires_at, "row_sha256": api_key_sha256(row),
    }  # fmt: skip
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        connection.execute(insert(api_keys), row)
        seal_rows(connection, api_keys, api_keys.c.key_id == key_id)
        append(connection, head, [Event("key.created", actor, details=details)])
    return whole_key(key_id, secret)


def new_key_id() -> str:
    """An id that no other key has: 48 random bits."""
    return secrets.token_hex(6)


def new_secret() -> str:
    """A secret part that cannot be guessed: 256 random bits."""
    return secrets.token_urlsafe(32)


def whole_key(key_id: str, secret: str) -> str:
    """A key as its owner sends it.

    >>> whole_key("a1", "s")
    'assay_a1_s'
    """
    return f"{KEY_PREFIX}_{key_id}_{secret}"


def key_id_of(key: str) -> str:
    """The id of a key.

    >>> key_id_of("assay_a1_s_")
    'a1'
    """
    return key.split("_", 2)[1]


def revoke_key(store: Store, key_id: str, *, tenant: str | None = None, actor: str = COMMAND_LINE) -> None:
    """Revoke a key, of that tenant where one is given; one that was revoked before stays so.

    Raises
    ------
    WrongUsage
        If there is no such key.
    """
    with store.database.writing() as connection:
        found = connection.execute(select(api_keys.c.tenant).where(api_keys.c.key_id == key_id)).scalar()
        if found is None or tenant not in (None, found):
            raise WrongUsage(f"There is no key with the id {key_id}.")
        head = lock_tenants(connection, [found])[found]
        own = api_keys.c.key_id == key_id
        good = update(api_keys).where(own, api_keys.c.revoked_at.is_(None))
        if connection.execute(good.values(revoked_at=now())).rowcount:
            seal_rows(connection, api_keys, own)
            append(connection, head, [Event("key.revoked", actor, details={"key_id": key_id})])


def list_keys(store: Store, tenant: str | None = None) -> list[dict[str, Any]]:
    """Every key's row without secret and seal, the oldest first; of one tenant where it is given."""
    columns = [column for column in api_keys.c if column.name not in ("secret_sha256", "seal")]
    with store.database.reading() as connection:
        wanted = select(*columns).order_by("created_at")
        own = wanted if tenant is None else wanted.where(api_keys.c.tenant == tenant)
        return [dict(row._mapping) for row in connection.execute(own)]


def any_valid_key(store: Store) -> bool:
    """Whether there is a key that is neither revoked nor expired."""
    good = select(api_keys.c.expires_at).where(api_keys.c.revoked_at.is_(None))
    with store.database.reading() as connection:
        return any(end is None or end > now() for end in connection.execute(good).scalars())


def find_caller(connection: Connection, key: str) -> Caller | None:
    """The caller with a key; None if it was never created, was revoked, or its row was changed."""
    mark, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    wanted = key_id if key_id.isascii() and key_id.isalnum() else ""  # some texts no database takes
    row = sealed_row(connection, api_keys, api_keys.c.key_id == wanted)
    given = sha256_of(secret)
    # Compared in the same time wherever they first differ, and also where there is no such id.
    same = hmac.compare_digest(given, row.secret_sha256 if row else sha256_of("nobody's"))
    if row is None or not same or mark != KEY_PREFIX or row.revoked_at:
        return None
    return caller_of_key(row)


def key_works(connection: Connection, key: str) -> bool:
    """Whether somebody with this key is let in: it is neither revoked nor expired."""
    caller = find_caller(connection, key)
    return caller is not None and not caller.expired


def caller_of_key(row: Row[Any]) -> Caller:
    """The caller with the key of a row."""
    scopes = frozenset(map(Scope, row.scopes.split(",")))
    return Caller(row.tenant, f"key:{row.key_id}", scopes, row.requests_per_minute, row.expires_at)
