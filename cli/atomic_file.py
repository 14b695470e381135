"""Files that appear whole or not at all, and never in place of what they were derived from."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.errors import WrongUsage
from cli.result_place import refuse_input

__all__ = ["atomic_file"]


@contextmanager
def atomic_file(path: Path, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    r"""A temporary file beside ``path``, renamed to it at the end, and removed if an error is raised.

    A symbolic link stays one: what it points to is replaced. What is no regular file, such as a
    pipe or a device, is never replaced: it is itself yielded, and gets what is written as it comes.

    Parameters
    ----------
    path
        Where the file is to appear.
    inputs
        What it is derived from; it may not lie in a folder of these either.

    Raises
    ------
    WrongUsage
        If nothing can be written there, or ``path`` is one of the inputs, or lies in one.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_file(Path(folder, "verdicts.csv")) as draft:
    ...         _ = draft.write_text("account_id,label\n")
    ...     os.listdir(folder)
    ['verdicts.csv']
    """
    if path.is_dir():
        raise WrongUsage(f"{path} is a folder; --out must be a file.")
    refuse_input(path, inputs)
    if path.exists() and not path.is_file():
        yield path
        return
    draft = draft_beside(target := target_of(path))
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def target_of(path: Path) -> Path:
    """The file that a path stands for, through all symbolic links."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # a loop is either, by the version of Python
        raise WrongUsage(f"{path} cannot be written: it is a symbolic link that leads to itself.") from error


def draft_beside(target: Path) -> Path:
    """An empty temporary file in the folder of ``target``."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise WrongUsage(f"{target} cannot be written: {error.strerror}.") from error
    os.close(handle)
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
