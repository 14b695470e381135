"""What ``assay config`` does."""

from __future__ import annotations

from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from serving.settings import Settings, origins

__all__ = ["show"]


def show() -> None:
    """Show every setting of the service with its origin; secrets are masked."""
    settings = Settings.read()
    table = plain_table(["setting", "value", "from"])
    for name, origin in origins().items():
        value = getattr(settings, name)
        table.add_row(text(name), text("none" if value is None else value), text(origin))
    console().print(table)
