"""``assay serve``: the service on this machine, until it is stopped."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work
from cli.options import FeatureFiles, Model

__all__ = ["app"]

app = typer.Typer()


@app.command()
def serve(  # noqa: PLR0913, PLR0917
    host: Annotated[
        str, typer.Option(help="Address to listen at; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 3000,
    model: Model = None,
    workers: Annotated[int, typer.Option(help="Processes that answer.", min=1)] = 1,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Ask nobody on this machine for an API key.")
    ] = False,
    features: FeatureFiles = None,
) -> None:
    """Serve verdicts over HTTP until Ctrl-C."""
    work.serve.run(host, port, model, workers, no_auth, features or ())
