"""``assay audit``: whether the audit log is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="audit", help="The log of who did what.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@app.command()
def verify(
    since: Annotated[
        list[Path] | None,
        typer.Option(help="The service's log: every end that it notes (audit_end) must be in its chain."),
    ] = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(help="An end noted elsewhere, TENANT:ENTRIES:HASH; it must be in its chain."),
    ] = None,
) -> None:
    """Find what was changed, removed or reordered; the end of each log is shown, to be noted elsewhere."""
    work.audit.verify(since or [], expect or [])
