"""Which bundle screens: the one that was named, else the champion, else the starter."""

from __future__ import annotations

from pathlib import Path

from detector.bundle import load, starter_path, try_in_child, verify
from detector.manifest import MANIFEST
from detector.manifest import sha256 as digest
from detector.screening import Detector

__all__ = ["champion_path", "find", "locate", "open_detector", "previous_path"]


def locate(model: Path | None, home: Path) -> Path:
    """The bundle's folder.

    Parameters
    ----------
    model
        A bundle named by whoever asks; None: whichever is in use.
    home
        Assay's own folder; promotion puts the champion there.

    Examples
    --------
    >>> locate(Path("mine"), Path("home")).name, locate(None, Path("home")).name
    ('mine', 'starter')
    """
    champion = champion_path(home)
    if model is not None:
        return model
    return champion if champion.exists() else starter_path()


def champion_path(home: Path) -> Path:
    """Where promotion puts the champion."""
    return home / "champion"


def previous_path(home: Path) -> Path:
    """Where promotion keeps the champion before this one."""
    return home / "champion-before"


def find(sha256: str, home: Path) -> Path | None:
    """Where a certain bundle lies: as the champion, the one before it or the starter; None if nowhere there.

    >>> find("0" * 64, Path("home")) is None
    True
    """
    for folder in (champion_path(home), previous_path(home), starter_path()):
        try:
            if digest((folder / MANIFEST).read_bytes()) == sha256:
                return folder
        except OSError:
            continue
    return None


def open_detector(model: Path | None, home: Path) -> Detector:
    """Load the bundle of :func:`locate`.

    A bundle that was named may come from anywhere, and a damaged one can end the process that
    parses it; so it is tried in a child process first. The champion was tried when it was promoted.

    Raises
    ------
    NoUsableModel
        If it is missing or changed, reads a feature that is gone or has another meaning, or no longer
        answers as it did.
    """
    folder = locate(model, home)
    foreign = model is not None and folder.resolve() != starter_path().resolve()
    if foreign:
        verify(folder)  # says at once what a child would take seconds to find
    expected = try_in_child(folder) if foreign else None
    return Detector(load(folder, expected=expected))
