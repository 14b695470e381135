"""``assay import``: account documents from files of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import given_path

__all__ = ["app"]

app = typer.Typer()


@app.command("import")
def import_files(
    source: Annotated[str, typer.Argument(help="Where the files come from; auto: each by its content.")],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files or folders.", parser=given_path)
    ],
    *,
    out: Annotated[Path, typer.Option(help="File to write, one account document a line (.jsonl).")],
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="When they were collected; else each file's own time.")
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="What the columns of tables or the paths of JSON mean."),
    ] = None,
) -> None:
    """Import files of other programs as account documents, and say what found no place in them."""
    work.imports.run(work.imports.ImportOptions(source, tuple(paths), out, as_of, columns))
