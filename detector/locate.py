"""Which bundle screens: the one that was named, else the champion, else the starter."""

from __future__ import annotations

from pathlib import Path

from detector.bundle import load, starter_path, try_in_child, verify
from detector.manifest import MANIFEST
from detector.manifest import sha256 as digest
from detector.model_store import ModelStore
from detector.screening import Detector

__all__ = ["find", "locate", "open_detector"]


def locate(model: Path | None, home: Path) -> Path:
    """The bundle's folder.

    Parameters
    ----------
    model
        A bundle that the user named; None: whichever is in use.
    home
        Assay's own folder, whose ``champion.json`` names the champion.

    Raises
    ------
    NoUsableModel
        If a champion is named that is not there.

    Examples
    --------
    >>> locate(Path("mine"), Path("home")).name, locate(None, Path("home")).name
    ('mine', 'starter')
    """
    if model is not None:
        return model
    return ModelStore(home).champion_folder() or starter_path()


def find(sha256: str, home: Path) -> Path | None:
    """Where a certain bundle lies: among the models of the home, or as the starter; None if nowhere there.

    >>> find("0" * 64, Path("home")) is None
    True
    """
    if folder := ModelStore(home).find(sha256):
        return folder
    starter = starter_path()
    return starter if digest((starter / MANIFEST).read_bytes()) == sha256 else None


def open_detector(model: Path | None, home: Path) -> Detector:
    """Load the bundle of :func:`locate`.

    A bundle that was named may come from anywhere, and a damaged one can end the process that
    parses it; so it is tried in a child process first. The champion was tried when it was promoted, and
    must have the sha256 by which it was named.

    Raises
    ------
    NoUsableModel
        If it is missing or changed, reads a feature that is gone or has another meaning, or no longer
        answers as it did.
    """
    folder = locate(model, home)
    if folder.resolve() == starter_path().resolve():
        return Detector(load(folder))
    if model is None:
        return Detector(load(folder, expected=folder.name))
    verify(folder)  # says at once what a child would take seconds to find
    return Detector(load(folder, expected=try_in_child(folder)))
