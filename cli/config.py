"""``assay config``: the settings that hold for the service."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(name="config", help="The settings of the service.", no_args_is_help=True)


@app.callback()
def config() -> None:
    """Keep `show` a command of its own, though it is the only one."""


@app.command()
def show() -> None:
    """Show every setting, where its value comes from, and no secret."""
    from rich.table import Table

    from cli.terminal import console, text
    from serving.settings import Settings, origins

    settings = Settings.read()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("setting", "value", "from"):
        table.add_column(title, overflow="fold")
    for name, origin in origins().items():
        value = getattr(settings, name)
        table.add_row(text(name), text("none" if value is None else value), text(origin))
    console().print(table)
