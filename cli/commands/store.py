"""``assay store``: the database that the service keeps verdicts, keys and the audit log in."""

from __future__ import annotations

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="store", help="The service's database.", no_args_is_help=True)


@app.callback()
def store() -> None:
    """Keep `migrate` a command of its own, though it is the only one."""


@app.command()
def migrate() -> None:
    """Make the database, or bring it up to date; the service does so by itself when it starts."""
    work.store.migrate()
