"""``assay features``: files of features from outside, checked and described."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work

__all__ = ["app"]

app = typer.Typer(
    name="features",
    help="Features of your own, in a Python file or an entry point of the group assay.features.",
    no_args_is_help=True,
)

File = Annotated[str, typer.Argument(metavar="FILE.py", help="The file, which is run.")]


@app.command()
def check(file: File) -> None:
    """Check a file as training does: every rule that Assay's own features keep, and who reads each."""
    work.features.check(file)


@app.command()
def page(
    file: File,
    out: Annotated[Path | None, typer.Option(metavar="FILE.md", help="Write to a file.")] = None,
) -> None:
    """Describe a file's features in Markdown, as docs/features.md describes Assay's own."""
    work.features.page(file, out)
