"""The detector that is measured: the starter, or another one that ``--model`` names."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

from detector.bundle import load, starter_path
from detector.screening import Detector

__all__ = ["benchmarked_detector", "load_detector", "model_folder", "use_model"]

MODEL: Final = "ASSAY_BENCHMARK_MODEL"
"""Environment variable with the folder of the bundle, so that processes that are started know it too."""


def use_model(model: Path | None) -> None:
    """Measure the bundle in this folder from now on; None: the starter."""
    if model is None:
        os.environ.pop(MODEL, None)
    else:
        os.environ[MODEL] = str(model.resolve())


def model_folder() -> Path:
    """Folder of the bundle that is measured."""
    return Path(os.environ.get(MODEL) or starter_path())


def benchmarked_detector() -> Detector:
    """The detector that is measured, loaded once in each process."""
    return _load(model_folder())


def load_detector(model: Path | None) -> Detector:
    """The detector in a folder; None: the starter.

    Raises
    ------
    NoUsableModel
        If the folder holds no bundle that can be used.
    """
    return _load(model or starter_path())


@cache
def _load(folder: Path) -> Detector:
    return Detector(load(folder))
