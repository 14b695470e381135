"""``assay store``: the database that the service keeps verdicts, keys and the audit log in."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(name="store", help="The service's database.", no_args_is_help=True)


@app.callback()
def store() -> None:
    """Keep `migrate` a command of its own, though it is the only one."""


@app.command()
def migrate() -> None:
    """Make the database, or bring it up to date; the service does so by itself when it starts."""
    from cli.terminal import console, text
    from serving.settings import Settings
    from serving.store.store import open_store

    database = open_store(Settings.read()).database
    console().print(text(f"The database is up to date: {database.place}"))
    database.close()
