"""Verdicts as the lines of JSON that every form of output is made from, in whichever process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from detector import lean  # noqa: F401 - before the detector  # isort: skip
from accounts.tables import Tables
from detector.bundle import load
from detector.screening import Detector, Explain

__all__ = ["told"]


def told(tables: Tables, folder: Path, sha256: str, explain: Explain) -> tuple[list[str], list[str]]:
    """The verdicts of some accounts, a line each, and their labels.

    Parameters
    ----------
    tables
        The accounts.
    folder, sha256
        Where the bundle lies, and which one it must be.
    explain
        Which verdicts get reasons.
    """
    verdicts = _detector(folder, sha256).screen(tables, explain=explain)
    return [verdict.to_json() for verdict in verdicts], [verdict.label.value for verdict in verdicts]


@cache
def _detector(folder: Path, sha256: str) -> Detector:
    return Detector(load(folder, expected=sha256))
