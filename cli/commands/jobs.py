"""``assay jobs``: bulk jobs of the service, for who runs it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(name="jobs", help="Bulk jobs of the service.", no_args_is_help=True)


@app.callback()
def jobs() -> None:
    """Keep `forget-folder` a command of its own, though it is the only one."""


@app.command()
def forget_folder(
    folder_id: Annotated[str, typer.Argument(help="The folder's id, as the service's answer 409 names it.")],
) -> None:
    """Say that a folder of jobs or screenings is lost with its files: they hold up no erasure any more."""
    work.jobs.forget_folder(folder_id)
