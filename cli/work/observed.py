"""What ``assay observed`` does: read an account's observations, and show them."""

from __future__ import annotations

import json

import typer

from accounts.errors import WrongUsage
from cli.display.observed_page import as_document, observed_page
from cli.display.terminal import console
from cli.observation_store import ObservationStore

__all__ = ["run"]

WIDEST = 120


def run(account: str, tenant: str, *, as_json: bool) -> None:
    """Show an account's observations, those of each platform apart.

    Raises
    ------
    WrongUsage
        If there are none.
    """
    seen = ObservationStore(tenant).about(account)
    if not seen:
        raise WrongUsage(f"There is no observation of {account} in the tenant {tenant}.")
    shown = console()
    shown.width = min(shown.width, WIDEST)
    for platform in sorted({one.platform for one in seen}):
        own = [one for one in seen if one.platform == platform]
        if as_json:
            typer.echo(json.dumps(as_document(own)))
        else:
            for part in observed_page(own, shown.width):
                shown.print(part)
