"""``assay keys``: who may ask the service what, and for which tenant."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accounts.errors import WrongUsage

if TYPE_CHECKING:
    from serving.store.store import Store

__all__ = ["app"]

NAMES: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
COLUMNS: Final = ("key_id", "tenant", "name", "scopes", "requests_per_minute", "created_at", "expires_at")

app = typer.Typer(name="keys", help="API keys of the service.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for, for people.")],
    tenant: Annotated[
        str, typer.Option(help="Whose verdicts it sees: lower-case letters, digits, '.', '_', '-'.")
    ] = "default",
    scopes: Annotated[
        str, typer.Option(metavar="SCOPE,...", help="Of read, score, decide and admin.")
    ] = "read,score",
    requests_per_minute: Annotated[
        int | None, typer.Option(min=1, max=10_000_000, help="Otherwise as often as the settings say.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires.")] = None,
) -> None:
    """Make a key and print it: it is kept as a hash, and cannot be shown again."""
    if not NAMES.fullmatch(tenant):
        raise WrongUsage(f"--tenant must be a short name of a-z, 0-9, '.', '_', '-'. Got {tenant!r}.")
    if not name.strip() or len(name) > 200 or not name.isprintable():
        raise WrongUsage("--name must be printable text of 1 to 200 characters.")
    from serving.store.api_keys import Scope
    from serving.store.api_keys import create as make
    from serving.store.timestamps import now

    known = {scope.value: scope for scope in Scope}
    wanted = scopes.split(",")
    if unknown := [one for one in wanted if one not in known]:
        raise WrongUsage(f"--scopes must be of {', '.join(known)}. Got {unknown[0]!r}.")
    key = make(
        opened(),
        tenant=tenant,
        name=name,
        scopes=[known[one] for one in wanted],
        requests_per_minute=requests_per_minute,
        expires_at=None if days is None else now(plus=timedelta(days=days)),
    )
    typer.echo("The key, which is shown this once:", err=True)
    typer.echo(key)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]) -> None:
    """Make a key worthless, in every worker within two seconds."""
    from serving.store.api_keys import revoke as end

    end(opened(), key_id)


@app.command(name="list")
def list_keys() -> None:
    """List the keys, the oldest first; of their secrets nothing is known."""
    from rich.table import Table

    from cli.terminal import console, text
    from serving.store.api_keys import list_keys as listed

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("id", "tenant", "name", "scopes", "per minute", "created", "expires", "state"):
        table.add_column(title, overflow="fold")
    rows = listed(opened())
    for row in rows:
        table.add_row(*(text(shown(row[name])) for name in COLUMNS), text(state(row)))
    console().print(table if rows else text("There is no key."))


def opened() -> Store:
    """The store that the service uses."""
    from serving.settings import Settings
    from serving.store.store import open_store

    return open_store(Settings.read())


def shown(value: Any) -> str:
    """A cell; moments by the minute.

    >>> shown("2026-11-25T22:00:00.123456Z"), shown(None)
    ('2026-11-25 22:00', '')
    """
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", str(value)):
        return str(value)[:16].replace("T", " ")
    return "" if value is None else str(value)


def state(row: dict[str, Any]) -> str:
    """Whether a key is good.

    >>> state({"revoked_at": None, "expires_at": "2020-01-01T00:00:00.000000Z"})
    'expired'
    """
    if row["revoked_at"]:
        return "revoked"
    end = row["expires_at"]
    return "expired" if end and datetime.fromisoformat(end) <= datetime.now(UTC) else "good"
