"""What ``assay desk`` does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import typer

from accounts.document import to_documents
from accounts.errors import BadInput, Fault, WrongUsage
from accounts.importing.reading import read_any
from cli.display.plain_table import plain_table
from cli.display.terminal import console, counting, printable, say, shown_once, text
from cli.work.keys import TENANT_NAME, cell
from detector.locate import open_detector
from features.outside import use_features
from serving.desk.screened_pieces import Destination, screen_piece, store_screened_in
from serving.desk.unavailable import why_unavailable
from serving.screening.kept_models import keep_model
from serving.settings import Settings
from serving.store import members
from serving.store.api_keys import new_secret
from serving.store.audit_log import lock_tenants, subjects_erased_after
from serving.store.lists import LONGEST_NAME, ListRemoved, check_list_name, create_list, get_list, rename_list
from serving.store.members import Invitee, Role
from serving.store.pseudonyms import pseudonymiser
from serving.store.store import open_store

__all__ = ["fill", "invite", "show_members"]

COMMAND_LINE: Final = "command line"
ACCOUNTS_AT_ONCE: Final = 50
NOT_WHOLE: Final = " (not whole)"

ASSUMED: Final = "http://127.0.0.1:3000"
"""Where `assay serve` answers unless it is told otherwise."""


def invite(name: str, role: str, tenant: str, address: str | None) -> None:
    """Print a one-time address for somebody, at ``address``, ``public_address`` or an assumed one.

    The invitation is stored once its address was written: none is good that nobody could read.

    Raises
    ------
    WrongUsage
        If the name, the role, the tenant or the address cannot be meant like that.
    """
    check_tenant(tenant)
    if role not in tuple(Role):
        raise WrongUsage(f"--role must be {' or '.join(Role)}. Got {role!r}.")
    settings = Settings.read()
    desk = address or settings.public_address or ASSUMED
    parts = urlsplit(desk)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise WrongUsage(f"--address must begin with http:// or https://. Got {address!r}.")
    invitee = Invitee(tenant, members.check_name(name), Role(role))
    store, secret = open_store(settings), new_secret()
    hours = f"{settings.invitation_hours:g}"
    typer.echo(f"The address for {invitee.name}, which works once and within {hours} hours:", err=True)
    with shown_once(f"{desk.rstrip('/')}/invitations/{secret}"):
        lifetime = timedelta(hours=settings.invitation_hours)
        members.invite(store, invitee, lifetime, COMMAND_LINE, secret)
    if no_desk := why_unavailable(settings):
        typer.echo(no_desk, err=True)
    if desk == ASSUMED and not address:
        typer.echo(f"That the desk is at {ASSUMED} is an assumption; --address says where it is.", err=True)


def fill(path: Path, name: str, tenant: str) -> None:
    """Screen the accounts at a path into a new list, whose name says so until all of them are in it.

    Raises
    ------
    BadInput
        If the input as a whole is unreadable, or holds no account.
    ListRemoved
        If somebody removes the list meanwhile. Accounts that are erased meanwhile are left out.
    """
    check_tenant(tenant)
    settings = Settings.read()
    use_features(settings.features)
    detector = keep_model(open_detector(settings.model, settings.home), settings.home)
    store = open_store(settings)
    list_id, unfinished = "", unfinished_name(name)
    with store.database.writing() as connection:
        begun = lock_tenants(connection, [tenant])[tenant].entries
    try:
        with counting("screened") as advance:
            for chunk in read_any(path, keep_going=True, note=say):
                for fault in chunk.faults:
                    typer.echo(printable(str(fault)), err=True)
                documents = [pseudonymiser(store.key, tenant)(one) for one in to_documents(chunk.tables)]
                for start in range(0, len(documents), ACCOUNTS_AT_ONCE):
                    piece = screen_piece(detector, documents[start : start + ACCOUNTS_AT_ONCE])
                    list_id = list_id or create_list(store, tenant, unfinished, COMMAND_LINE)
                    with store.database.writing() as connection:
                        place = Destination(tenant, list_id, COMMAND_LINE)
                        lock_tenants(connection, [tenant])
                        erased = subjects_erased_after(connection, tenant, begun)
                        wanted = [
                            one
                            for one in piece.verdicts
                            if store.subject(tenant, one[0].account_id) not in erased
                        ]
                        store_screened_in(connection, store, place, wanted)
                    advance(len(piece.verdicts))
    except BaseException as end:
        if list_id and not isinstance(end, ListRemoved):
            typer.echo(
                f"The list is not whole, and is called {unfinished!r}; remove it at the desk.", err=True
            )
        raise
    if not list_id:
        raise BadInput(Fault(str(path), "", "holds no account that could be screened."))
    with store.database.reading() as connection:
        filled = get_list(connection, tenant, list_id)
    if filled is not None and filled.name == unfinished:  # nobody gave it another one meanwhile
        rename_list(store, tenant, list_id, name, COMMAND_LINE)


def unfinished_name(name: str) -> str:
    """The name of a list while it is filled, and for good where that was interrupted.

    >>> unfinished_name("Spring ")
    'Spring (not whole)'

    Raises
    ------
    WrongUsage
        If no list can be called so.
    """
    return check_list_name(name)[: LONGEST_NAME - len(NOT_WHOLE)] + NOT_WHOLE


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
