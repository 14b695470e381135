"""What ``assay features`` does."""

from __future__ import annotations

from pathlib import Path

import typer

from cli import work
from cli.atomic_file import atomic_file
from detector.outside_check import check_file, readers_of
from features.page import render_features

__all__ = ["check", "page"]


def check(given: str) -> None:
    """Say of each feature which signals read it, once all checks have passed.

    Raises
    ------
    WrongUsage, BadInput
        If the file cannot be run, or one of its features breaks a rule.
    """
    (file,) = work.outside.use([given])
    check_file(file)
    for one in file.features:
        typer.echo(f"{one.name} version {one.version}: good, read by {', '.join(readers_of(one))}.")
    typer.echo(f"A bundle that reads them names {file.path.name} by its sha256 {file.sha256}.")


def page(given: str, out: Path | None) -> None:
    """Print or write the page of a file's features."""
    (file,) = work.outside.use([given])
    twins = {twin.name for one in file.features for twin in one.twins}
    text = render_features(file.path.name, (one for one in file.features if one.name not in twins))
    if out is None:
        typer.echo(text, nl=False)
        return
    with atomic_file(out, [file.path]) as draft:
        draft.write_text(text, encoding="utf-8")
