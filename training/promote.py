"""From the registry to where screening and serving read: a champion is checked, exported, then named."""

from __future__ import annotations

import tempfile
from pathlib import Path

from detector.bundle import load, save, try_in_child
from detector.locate import champion_path
from training.tracking import Store, Version

__all__ = ["promote"]


def promote(store: Store, which: str, home: Path) -> Version:
    """Make a registered version the champion that screens and serves.

    The bundle is first loaded in a process of its own, then written under ``home`` in one
    rename; only then does the registry call it champion.

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
        save(load(Path(folder, "bundle"), expected=checked), champion_path(home))
    store.crown(version)
    return store.find(str(version.number))
