"""Measures a part by its own command: the starter's figures are kept, another detector's are only shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.quality.at_sight import detector_at
from benchmarks.quality.kept import Model
from benchmarks.quality.part import Part, Result
from benchmarks.quality.parts import measure
from detector.bundle import load, starter_path
from detector.screening import Detector

__all__ = ["measured"]


def measured(name: str, part: Part, model: Path | None, of: Callable[[Detector], Result]) -> Result:
    """A part's figures, measured anew.

    Parameters
    ----------
    name, part
        Which part.
    model
        Folder of a bundle; None: the starter, whose figures are kept.
    of
        Measures any detector, in the form that the page is written from.
    """
    if model is not None:
        return of(detector_at(model))
    bundle = load(starter_path())
    kept = measure(name, part, Model(bundle.facts.version, bundle.sha256), again=True)
    figures = kept.for_page(in_one_piece=part.in_one_piece)
    assert figures is not None
    return figures
