"""What ``assay desk`` does."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import typer

from accounts.errors import WrongUsage
from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from cli.work.keys import TENANT_NAME, cell
from serving.settings import Settings
from serving.store import members
from serving.store.members import Invitee, Role
from serving.store.store import open_store

__all__ = ["invite", "show_members"]

COMMAND_LINE = "command line"


def invite(name: str, role: str, tenant: str, address: str) -> None:
    """Print a one-time address for somebody.

    Raises
    ------
    WrongUsage
        If the name, the role, the tenant or the address cannot be meant like that.
    """
    check_tenant(tenant)
    if role not in tuple(Role):
        raise WrongUsage(f"--role must be {' or '.join(Role)}. Got {role!r}.")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise WrongUsage(f"--address must begin with http:// or https://. Got {address!r}.")
    settings = Settings.read()
    lifetime = timedelta(hours=settings.invitation_hours)
    store = open_store(settings)
    secret = members.invite(store, Invitee(tenant, name, Role(role)), lifetime, COMMAND_LINE)
    hours = f"{settings.invitation_hours:g}"
    typer.echo(f"The address for {name.strip()}, which works once and within {hours} hours:", err=True)
    typer.echo(f"{address.rstrip('/')}/invitations/{secret}")


def check_tenant(tenant: str) -> None:
    """Refuse what can be no tenant's name."""
    if not TENANT_NAME.fullmatch(tenant):
        raise WrongUsage(f"--tenant must be a short name of a-z, 0-9, '.', '_', '-'. Got {tenant!r}.")


def show_members(tenant: str) -> None:
    """Show every member in a row of a table, the oldest first."""
    check_tenant(tenant)
    table = plain_table(("id", "name", "role", "joined", "state"))
    store = open_store(Settings.read())
    with store.database.reading() as connection:
        found = members.list_members(connection, tenant)
    for member in found:
        state = "disabled" if member.disabled_at else "good"
        row = (member.member_id, member.name, member.role.value, cell(member.created_at), state)
        table.add_row(*map(text, row))
    console().print(table if found else text("There is no member."))
