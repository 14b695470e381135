"""API keys: who may do what for which tenant.

A key is ``assay_``, its id, and 256 random bits. Only their SHA-256 is kept: what was drawn
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
from serving.store.audit_log import Event, append, hold, sha256_of
from serving.store.store import Store
from serving.store.tables import api_keys
from serving.store.timestamps import now

__all__ = ["ANYONE", "Caller", "Scope", "any_key", "create", "find", "list_keys", "revoke"]

MARK: Final = "assay"
COMMAND_LINE: Final = "command line"
DEFAULT_TENANT: Final = "default"


class Scope(StrEnum):
    """What a key may be good for; none includes another."""

    READ = "read"
    SCORE = "score"
    DECIDE = "decide"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    tenant
        Whose verdicts they see, and nobody else's.
    actor
        What the audit log calls them.
    scopes
        What they may do.
    requests_per_minute
        How often; None: as often as the settings say.
    expires_at
        Until when; None: for ever.
    """

    tenant: str
    actor: str
    scopes: frozenset[Scope]
    requests_per_minute: int | None = None
    expires_at: str | None = None

    @property
    def expired(self) -> bool:
        """Whether their time is over."""
        return self.expires_at is not None and self.expires_at <= now()


ANYONE: Final = Caller(DEFAULT_TENANT, "anyone", frozenset(Scope))
"""Whoever asks where no keys are wanted."""


def create(  # noqa: PLR0913
    store: Store,
    *,
    tenant: str,
    name: str,
    scopes: Iterable[Scope],
    requests_per_minute: int | None = None,
    expires_at: str | None = None,
) -> str:
    """Make a key.

    Returns
    -------
    The key; it can never be shown again.
    """
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
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
    details = {"key_id": key_id, "scopes": wanted, "expires_at": expires_at}
    with store.database.writing() as connection:
        head = hold(connection, [tenant])[tenant]
        connection.execute(insert(api_keys), row)
        append(connection, head, [Event("key.created", COMMAND_LINE, details=details)])
    return f"{MARK}_{key_id}_{secret}"


def revoke(store: Store, key_id: str) -> None:
    """Make a key worthless.

    Raises
    ------
    WrongUsage
        If there is no such key.
    """
    with store.database.writing() as connection:
        found = connection.execute(select(api_keys.c.tenant).where(api_keys.c.key_id == key_id)).scalar()
        if found is None:
            raise WrongUsage(f"There is no key with the id {key_id}.")
        head = hold(connection, [found])[found]
        good = update(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
        if connection.execute(good.values(revoked_at=now())).rowcount:
            append(connection, head, [Event("key.revoked", COMMAND_LINE, details={"key_id": key_id})])


def list_keys(store: Store) -> list[dict[str, Any]]:
    """All that is known of every key, the oldest first; of its secret nothing."""
    columns = [column for column in api_keys.c if column is not api_keys.c.secret_sha256]
    with store.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(*columns).order_by("created_at"))]


def any_key(store: Store) -> bool:
    """Whether anybody could get in."""
    good = select(api_keys.c.expires_at).where(api_keys.c.revoked_at.is_(None))
    with store.database.reading() as connection:
        return any(end is None or end > now() for end in connection.execute(good).scalars())


def find(connection: Connection, key: str) -> Caller | None:
    """Whose key it is; None for one that was made up, or revoked."""
    mark, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    wanted = key_id if key_id.isascii() and key_id.isalnum() else ""  # some texts no database takes
    row = connection.execute(select(api_keys).where(api_keys.c.key_id == wanted)).first()
    given = sha256_of(secret)
    # Compared in the same time wherever they first differ, and also where there is no such id.
    same = hmac.compare_digest(given, row.secret_sha256 if row else sha256_of("nobody's"))
    if row is None or not same or mark != MARK or row.revoked_at:
        return None
    return _caller(row)


def _caller(row: Row[Any]) -> Caller:
    scopes = frozenset(map(Scope, row.scopes.split(",")))
    return Caller(row.tenant, f"key:{row.key_id}", scopes, row.requests_per_minute, row.expires_at)
