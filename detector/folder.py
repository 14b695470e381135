"""A bundle's folder: read once, written under another name and then given its own."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from accounts.errors import NoUsableModel, WrongUsage
from detector.exchange import exchange

__all__ = ["MANIFEST", "read", "write"]

MANIFEST: Final = "manifest.json"


def read(folder: str | Path) -> dict[str, bytes]:
    """The content of every file in a folder, each read once.

    Raises
    ------
    NoUsableModel
        If there is no such folder, or it holds anything but plain files.
    """
    try:
        return {path.name: content(path) for path in sorted(Path(folder).iterdir())}
    except FileNotFoundError as error:
        raise NoUsableModel(f"There is no bundle at {folder}.") from error
    except OSError as error:
        raise NoUsableModel(f"The bundle at {folder} cannot be read: {error.strerror}.") from error


def content(path: Path) -> bytes:
    """The content of a plain file; what a link leads to may lie anywhere, and a pipe never ends."""
    if not S_ISREG(path.lstat().st_mode):
        raise NoUsableModel(f"The bundle at {path.parent} holds {path.name}, which is no plain file.")
    return path.read_bytes()


def write(files: Mapping[str, bytes], folder: str | Path, *, keep: Path | None = None) -> None:
    """Write the files to a temporary folder beside, then give it its name.

    Parameters
    ----------
    files
        The content of every file, by name.
    folder
        Where; a bundle that lies there is replaced.
    keep
        Name, in the same folder as ``folder``, for the bundle that was replaced; None: it is removed.

    Raises
    ------
    WrongUsage
        If the folder holds anything but files of these names.
    """
    target = Path(folder).absolute()
    if target.exists() and not replaceable(target, set(files)):
        raise WrongUsage(f"{folder} holds something else than a bundle; give a new folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
        fresh = Path(temporary, "fresh")
        fresh.mkdir()
        for name, content in files.items():
            with (fresh / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        replaced = give_name(fresh, target)
        if replaced and keep is not None:
            give_name(fresh, keep)


def give_name(fresh: Path, target: Path) -> bool:
    """Give ``fresh`` the name ``target``; what bore it, if anything did, is called ``fresh`` then."""
    if not target.exists():
        fresh.rename(target)
        return False
    exchange(fresh, target)
    return True


def replaceable(folder: Path, names: set[str]) -> bool:
    """Whether a folder holds nothing but files of these names, or nothing, or a bundle of another format.

    A bundle lists its own files, so that a newer Assay replaces what an older one wrote.
    """
    return folder.is_dir() and {path.name for path in folder.iterdir()} <= names | listed(folder)


def listed(folder: Path) -> set[str]:
    """The files that the manifest in a folder lists, itself included; none where there is no readable one."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {MANIFEST, *files} if isinstance(files, dict) else set()
