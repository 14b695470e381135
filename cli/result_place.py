"""Where a command may write its result: not over or into what it reads, a bundle or Assay's own files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from typer.core import TyperCommand

from accounts.errors import WrongUsage
from cli.environment import Environment
from cli.standard_streams import StandardOutputClosed

__all__ = ["Command", "refuse_input", "refuse_place"]

RESULT: Final = "out"
"""The parameter that says where a command's result is written."""

NAMES_OF_FILES: Final = frozenset({"bundle", "features", "file"})
"""Parameters that are text, and may be the path of what is read."""

WRITE_INSTEAD: Final = frozenset({"page", "screen"})
"""Commands that print nothing where ``--out`` is given."""

OWN_NAMES: Final = (
    "assay.db", "assay.db-journal", "assay.db-shm", "assay.db-wal", "assay.toml", "audit.key", "bentoml",
    "challenger.json", "champion", "champion-before", "champion.json", "desk", "jobs", "labels.csv",
    "labels.lock", "mlflow", "models",
)  # fmt: skip
"""What Assay keeps in its own folder, where other files may lie, too."""

PARTS_OF_BUNDLE: Final = ("manifest.json", "levels.parquet")
"""A folder that holds these is a bundle, which holds nothing else than its own files."""


class Command(TyperCommand):
    """A command that looks at the place for its result before it begins."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command.

        Raises
        ------
        WrongUsage
            If its result must not be written there, or standard output is closed and was to be written to.
        """
        if isinstance(out := ctx.params.get(RESULT), Path):
            environment = Environment.read()
            refuse_input(out, [*paths_read(ctx.params), *map(Path, environment.features)])
            refuse_place(out, environment.home)
        try:
            return super().invoke(ctx)
        except StandardOutputClosed as error:
            hint = "; name a file with --out" if self.name in WRITE_INSTEAD else ""
            raise WrongUsage(f"Standard output is closed{hint}.") from error


def paths_read(parameters: Mapping[str, Any]) -> list[Path]:
    """The paths among a command's parameters, but that of its result.

    >>> paths_read({"out": Path("a.csv"), "path": Path("b"), "features": ["c.py"], "name": "d"})
    [PosixPath('b'), PosixPath('c.py')]
    """
    found = []
    for name, value in parameters.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if name != RESULT and (
                isinstance(one, Path) or (name in NAMES_OF_FILES and isinstance(one, str))
            ):
                found.append(Path(one))
    return found


def refuse_input(out: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write over an input, or into the folder that it is, by whatever name or link it was given.

    Raises
    ------
    WrongUsage
        For the first such input.
    """
    for given in inputs:
        if given.exists() and lies_in(out, given):
            raise WrongUsage(
                f"--out {out} would replace what is read from {given}, or lie in it; choose another place."
            )


def refuse_place(out: Path, home: Path) -> None:
    """Refuse to write over or into what Assay keeps in its own folder, and into any bundle.

    Raises
    ------
    WrongUsage
        If the result would lie there.
    """
    if is_same(out, home) or any(lies_in(out, home / name) for name in OWN_NAMES):
        raise WrongUsage(f"--out {out} is a place of Assay's own, in {home}; choose another one.")
    for folder in without_links(out).parents:
        if all((folder / name).is_file() for name in PARTS_OF_BUNDLE):
            raise WrongUsage(f"--out {out} lies in the bundle {folder}, which would be none any more.")


def lies_in(path: Path, place: Path) -> bool:
    """Whether a path is a place, or would lie in it, once all symbolic links and ``..`` are followed."""
    return any(is_same(one, place) for one in (path, *without_links(path).parents))


def is_same(path: Path, place: Path) -> bool:
    """Whether two paths are the same file or folder, which need not exist."""
    try:
        return path.samefile(place)
    except OSError:  # one of them is not there, or a link that leads to itself
        return without_links(path) == without_links(place)


def without_links(path: Path) -> Path:
    """A path without symbolic links and ``..``; a link that leads to itself stays."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop is either, by the version of Python
        return path.absolute()
