"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.errors import WrongUsage

__all__ = ["atomic_file"]


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    r"""A temporary file beside ``path``, renamed to it at the end, and removed if an error is raised.

    Raises
    ------
    WrongUsage
        If nothing can be written there.

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
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {error.strerror}.") from error
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o666 & ~_umask())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
