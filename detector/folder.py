"""A bundle's folder: read once, written under another name and then given its own."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from accounts.errors import NoUsableModel, WrongUsage

__all__ = ["CREATED", "MANIFEST", "read", "write", "write_file"]

MANIFEST: Final = "manifest.json"
CREATED: Final = "created.json"
"""When the bundle was made; no digest covers it, so that the same training gives the same digest again."""


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


def write(files: Mapping[str, bytes], folder: str | Path) -> None:
    """Write the files to a temporary folder beside, then give it its name.

    Where the same files lie already, nothing is done.

    Parameters
    ----------
    files
        The content of every file, by name.
    folder
        Where; another bundle that lies there is replaced.

    Raises
    ------
    WrongUsage
        If the folder holds anything but files of these names.
    """
    target = Path(folder).absolute()
    if holds(target, files):
        return
    if target.exists() and not replaceable(target, set(files)):
        raise WrongUsage(f"{folder} holds something else than a bundle; give a new folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
        fresh = Path(temporary, "fresh")
        fresh.mkdir()
        for name, content in files.items():
            write_synced(fresh / name, content)
        sync_folder(fresh)
        if not give_name(fresh, target) and not holds(target, files):
            replace_folder(fresh, target)
    sync_folder(target.parent)


def holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a folder holds these files and nothing else."""
    try:
        return read(folder) == files
    except NoUsableModel:
        return False


def give_name(fresh: Path, target: Path) -> bool:
    """Rename a folder, unless another one that is not empty has the name; whether it was renamed."""
    try:
        fresh.rename(target)
    except OSError:
        if target.exists():
            return False
        raise
    return True


def replace_folder(fresh: Path, target: Path) -> None:
    """Put ``fresh`` in the place of ``target``, which is put back if that fails; it ends beside ``fresh``."""
    aside = fresh.with_name("replaced")
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise


def write_file(path: Path, content: bytes, *, replace: bool = True, mode: int = 0o666) -> None:
    """Write a file whole: a reader, or a start after a power cut, finds all of it or what was there before.

    ``mode`` says who may read and write it, as far as the umask allows.

    Raises
    ------
    FileExistsError
        If there is one already, and it is not to be replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        write_synced(draft, content, mode)
        (os.replace if replace else os.link)(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_synced(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file, and wait until it is on the disk."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk; nothing where a folder cannot be opened."""
    if os.name != "posix":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
    return {MANIFEST, CREATED, *files} if isinstance(files, dict) else set()
