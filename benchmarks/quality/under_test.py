"""The detector that is measured: the starter, or another one that ``--model`` names."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from detector.bundle import load, starter_path
from detector.screening import Detector

__all__ = ["MODEL", "detector", "detector_at", "measure_with", "model_folder"]

MODEL: Final = "ASSAY_BENCHMARK_MODEL"
"""Environment variable with the folder of the bundle, so that processes that are started know it too."""


def measure_with(model: Path | None) -> None:
    """From now on a bundle is measured; None: the starter."""
    if model is None:
        os.environ.pop(MODEL, None)
    else:
        os.environ[MODEL] = str(model.resolve())


def model_folder() -> Path:
    """Folder of the bundle that is measured."""
    return Path(os.environ.get(MODEL) or starter_path())


def detector() -> Detector:
    """The detector that is measured, read once in each process."""
    return _at(model_folder())


def detector_at(model: Path | None) -> Detector:
    """A detector from a folder; None: the starter.

    Raises
    ------
    NoUsableModel
        If there is none that can be used.
    """
    return _at(model or starter_path())


@cache
def _at(folder: Path) -> Detector:
    return Detector(load(folder))
