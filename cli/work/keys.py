"""What ``assay keys`` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import typer

from accounts.errors import WrongUsage
from cli.display.plain_table import plain_table
from cli.display.terminal import console, shown_once, text
from serving.settings import Settings
from serving.store import api_keys, members
from serving.store.store import Store, open_store
from serving.store.timestamps import now

__all__ = ["any_keys", "anybody_may_sign_in", "create", "revoke", "show_all"]

TENANT_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
FIELDS: Final = ("key_id", "tenant", "name", "scopes", "requests_per_minute", "created_at", "expires_at")
TITLES: Final = ("id", "tenant", "name", "scopes", "per minute", "created", "expires", "state")


def create(name: str, tenant: str, scopes: str, requests_per_minute: int | None, days: int | None) -> None:
    """Print a key, then store it: none is good that nobody could read.

    Raises
    ------
    WrongUsage
        If the name, the tenant or a scope cannot be meant like that.
    """
    if not TENANT_NAME.fullmatch(tenant):
        raise WrongUsage(f"--tenant must be a short name of a-z, 0-9, '.', '_', '-'. Got {tenant!r}.")
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise WrongUsage("--name must be printable text of 1 to 200 characters.")
    wanted = parse_scopes(scopes)  # before a store is made for nothing
    store = service_store()
    key_id, secret = api_keys.new_key_id(), api_keys.new_secret()
    typer.echo("The key, which is shown this once:", err=True)
    with shown_once(api_keys.whole_key(key_id, secret)):
        api_keys.create_key(
            store,
            tenant=tenant,
            name=name,
            scopes=wanted,
            requests_per_minute=requests_per_minute,
            expires_at=None if days is None else now(plus=timedelta(days=days)),
            key_id=key_id,
            secret=secret,
        )


def parse_scopes(scopes: str) -> Sequence[api_keys.Scope]:
    """The scopes of a list with commas.

    >>> [scope.value for scope in parse_scopes("read,score")]
    ['read', 'score']
    """
    known = {scope.value: scope for scope in api_keys.Scope}
    names = scopes.split(",")
    if unknown := [name for name in names if name not in known]:
        raise WrongUsage(f"--scopes must be of {', '.join(known)}. Got {unknown[0]!r}.")
    return [known[name] for name in names]


def revoke(key_id: str) -> None:
    """Revoke a key: every worker of the service refuses it within two seconds."""
    api_keys.revoke_key(service_store(), key_id)


def show_all() -> None:
    """Show every key in a row of a table, the oldest first."""
    table = plain_table(TITLES)
    rows = api_keys.list_keys(service_store())
    for row in rows:
        table.add_row(*(text(cell(row[name])) for name in FIELDS), text(state(row)))
    console().print(table if rows else text("There is no key."))


def any_keys(settings: Settings) -> bool:
    """Whether the service's store holds any key.

    Raises
    ------
    NoUsableStore
        If the store does not work.
    """
    store = open_store(settings)
    try:
        return api_keys.any_valid_key(store)
    finally:
        store.database.close()


def anybody_may_sign_in(settings: Settings) -> bool:
    """Whether anybody may sign in to the service's desk; raises as :func:`any_keys` does."""
    store = open_store(settings)
    try:
        return members.anybody_may_sign_in(store)
    finally:
        store.database.close()


def service_store() -> Store:
    """The store that the service uses."""
    return open_store(Settings.read())


def cell(value: Any) -> str:
    """A value of a key's row; times without their seconds, nothing for None.

    >>> cell("2026-11-25T22:00:00.123456Z"), cell(None)
    ('2026-11-25 22:00', '')
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", str(value)):
        return str(value)[:16].replace("T", " ")
    return "" if value is None else str(value)


def state(row: dict[str, Any]) -> str:
    """Whether a key is good, expired or revoked.

    >>> state({"revoked_at": None, "expires_at": "2020-01-01T00:00:00.000000Z"})
    'expired'
    """
    if row["revoked_at"]:
        return "revoked"
    end = row["expires_at"]
    return "expired" if end and datetime.fromisoformat(end) <= datetime.now(UTC) else "good"
