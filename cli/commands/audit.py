"""``assay audit``: whether the audit log is as it was written."""

from __future__ import annotations

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="audit", help="The log of who did what.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@app.command()
def verify() -> None:
    """Find what was changed, removed or reordered; the end of each log is shown, to be noted elsewhere."""
    work.audit.verify()
