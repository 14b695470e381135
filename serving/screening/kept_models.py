"""The models of stored verdicts, kept in the home: without its model a verdict cannot be replayed."""

from __future__ import annotations

from pathlib import Path

from detector.model_store import ModelStore
from detector.screening import Detector

__all__ = ["keep_model"]


def keep_model(detector: Detector, home: Path) -> Detector:
    """Keep a detector among the models of the home before its verdicts are stored; the detector.

    The champion lies there already; a bundle that was named, or the starter, may be another one later.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    ModelStore(home).add(detector.bundle)
    return detector
