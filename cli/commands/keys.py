"""``assay keys``: who may ask the service what, and for which tenant."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work

__all__ = ["app"]

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
    work.keys.create(name, tenant, scopes, requests_per_minute, days)


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]) -> None:
    """Make a key worthless, in every worker within two seconds."""
    work.keys.revoke(key_id)


@app.command(name="list")
def list_keys() -> None:
    """List the keys, the oldest first; of their secrets nothing is known."""
    work.keys.show_all()
