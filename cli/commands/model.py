"""``assay model``: what the champion is, promises and rests on; a copy of it; and which version it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Model, Name, Tracking

__all__ = ["app"]

app = typer.Typer(name="model", help="The model in use: what it is, and a copy of it.", no_args_is_help=True)


@app.command()
def show(model: Model = None) -> None:
    """Show what the model is, promises and rests on."""
    work.model.show(model)


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="New folder, or one that holds a bundle.")], model: Model = None
) -> None:
    """Copy the model's bundle, checked, into a folder."""
    work.model.export(out, model)


@app.command(name="list")
def list_versions(tracking: Tracking = None, name: Name = "assay") -> None:
    """List the registered versions, the newest first, with their aliases."""
    work.model_versions.show_versions(tracking, name)


@app.command()
def promote(
    version: Annotated[str, typer.Argument(help="Number or alias of a registered version.")],
    tracking: Tracking = None,
    name: Name = "assay",
) -> None:
    """Make a registered version the champion that screens and serves."""
    work.model_versions.promote(version, tracking, name)


@app.command()
def shadow(
    version: Annotated[
        str, typer.Argument(help="A bundle's folder, or number or alias of a registered version.")
    ] = "challenger",
    off: Annotated[bool, typer.Option("--off", help="No challenger any more.")] = False,
    tracking: Tracking = None,
    name: Name = "assay",
) -> None:
    """Let a challenger judge live requests beside the champion, where the service's setting shadow is on."""
    if off:
        work.shadow.stop_challenger()
    else:
        work.shadow.name_challenger(version, tracking, name)


@app.command()
def rollback(tracking: Tracking = None, name: Name = "assay") -> None:
    """Bring back the champion before this one; a second time brings back this one."""
    work.model_versions.roll_back(tracking, name)
