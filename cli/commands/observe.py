"""``assay observe`` and ``assay observed``: what was seen of accounts, stored and shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Tenant, given_path

__all__ = ["app"]

app = typer.Typer()


@app.command()
def observe(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Account documents, or files of a known source.", parser=given_path
        ),
    ],
    *,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was seen; else when each was collected.")
    ] = None,
    tenant: Tenant = "default",
    columns: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="What the columns of tables or the paths of JSON mean."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Report bad accounts and go on, instead of stopping.")
    ] = False,
) -> None:
    """Store what files show of accounts at their time; nothing is fetched, and the same twice is once.

    Exit codes: 0 done, 2 usage, 3 bad input, 5 no usable database, 6 rows held by others.
    """
    if not work.observe.run(work.observe.ObserveOptions(tuple(paths), at, tenant, columns, keep_going)):
        raise typer.Exit(3)


@app.command()
def observed(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")],
    *,
    tenant: Tenant = "default",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each platform.")] = False,
) -> None:
    """Show what was observed of an account: its followers, gaps, sources, and how likes came to its posts."""
    work.observed.run(account, tenant, as_json=as_json)
