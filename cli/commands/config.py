"""``assay config``: the settings that hold for the service."""

from __future__ import annotations

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="config", help="The settings of the service.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Keep `show` a command of its own, though it is the only one."""


@app.command()
def show() -> None:
    """Show every setting, where its value comes from, and no secret."""
    work.config.show()
