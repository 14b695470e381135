"""From the registry to where screening and serving read: a champion is checked, exported, then named."""

from __future__ import annotations

import tempfile
from pathlib import Path

from accounts.errors import NoUsableModel
from detector.bundle import load, save, try_in_child
from detector.exchange import exchange
from detector.locate import champion_path, previous_path
from detector.manifest import MANIFEST, sha256
from training.tracking import ModelRegistry, ModelVersion

__all__ = ["promote", "roll_back"]


def promote(store: ModelRegistry, which: str, home: Path) -> ModelVersion:
    """Make a registered version the champion that screens and serves.

    The bundle is first loaded in a process of its own, then written under ``home`` in one
    rename; only then does the registry call it champion. The champion before it is kept.

    Parameters
    ----------
    store
        The registry.
    which
        Number or alias of the version.
    home
        Assay's own folder.

    Raises
    ------
    NoUsableModel
        If there is no such version, or its bundle does not hold.
    """
    version = store.find(which)
    bundle = store.fetch(version)
    with tempfile.TemporaryDirectory() as folder:
        save(bundle, Path(folder, "bundle"))
        checked = try_in_child(Path(folder, "bundle"))
        again = sha256_of(champion_path(home)) == checked
        # The champion once more is no change: the one before it stays the one before it.
        keep = None if again else previous_path(home)
        save(load(Path(folder, "bundle"), expected=checked), champion_path(home), keep=keep)
    store.make_champion(version)
    return store.find(str(version.number))


def roll_back(store: ModelRegistry, home: Path) -> tuple[str, ModelVersion | None]:
    """Bring back the champion before this one; the two change places, so that a second time undoes it.

    Parameters
    ----------
    store
        The registry, which calls its version champion again if it knows it.
    home
        Assay's own folder.

    Returns
    -------
    sha256 of the champion, and its version; None where the registry does not know it.

    Raises
    ------
    NoUsableModel
        If none was kept, or it no longer holds.
    """
    before = previous_path(home)
    if not before.exists():
        raise NoUsableModel(f"There is no champion before this one in {home}.")
    checked = try_in_child(before)
    exchange(before, champion_path(home))
    version = next((one for one in store.versions() if one.sha256 == checked), None)
    if version is None:
        return checked, None
    store.make_champion(version)
    return checked, store.find(str(version.number))


def sha256_of(folder: Path) -> str | None:
    """sha256 of the bundle in a folder, as far as it can be told."""
    try:
        return sha256((folder / MANIFEST).read_bytes())
    except OSError:
        return None
