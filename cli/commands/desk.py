"""``assay desk``: who may sign in to the vetting desk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="desk", help="Members of the vetting desk.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option(help="Whose lists they see: lower-case letters, digits, '.', '_', '-'.")]


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="The name that they sign in with.")],
    role: Annotated[
        str, typer.Option(help="analyst, or lead: a lead runs the organisation, too.")
    ] = "analyst",
    tenant: Tenant = "default",
    address: Annotated[
        str | None,
        typer.Option(
            help="Where the desk is reached: public_address, else http://127.0.0.1:3000 is assumed."
        ),
    ] = None,
) -> None:
    """Print an address that works once, with which somebody chooses a password and signs in.

    For a member it is a way to choose a new password.
    """
    work.desk.invite(name, role, tenant, address)


@app.command()
def fill(
    path: Annotated[Path, typer.Argument(help="What `assay screen` takes.")],
    name: Annotated[str, typer.Option("--list", help="Name of the new list.")],
    tenant: Tenant = "default",
) -> None:
    """Screen accounts into a new list of the desk; bad ones are said and left out."""
    work.desk.fill(path, name, tenant)


@app.command(name="members")
def show_members(tenant: Tenant = "default") -> None:
    """List the members, the oldest first."""
    work.desk.show_members(tenant)
