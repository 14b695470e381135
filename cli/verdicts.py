"""Verdicts as the lines of JSON that every form of output is made from, in whichever process.

The detector is imported only where it works: a command whose other processes do so never loads it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from detector.words import Explain

if TYPE_CHECKING:
    from accounts.tables import Tables
    from detector.screening import Detector

__all__ = ["IMPORTS", "opened", "told"]

IMPORTS: Final = ("detector.lean", "detector.screening", "detector.locate")
"""What the work needs, in the order in which it must be loaded."""


def opened(model: Path | None, home: Path) -> tuple[Path, str, str]:
    """Where the bundle that speaks lies, its sha256, and what it promises.

    Raises
    ------
    NoUsableModel
        If it cannot be used.
    """
    from detector import lean  # noqa: F401 - before the detector  # isort: skip
    from cli.wording import promise
    from detector.locate import locate, open_detector

    bundle = open_detector(model, home).bundle
    return locate(model, home), bundle.sha256, promise(bundle.facts)


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
    from detector import lean  # noqa: F401 - before the detector  # isort: skip
    from detector.bundle import load
    from detector.screening import Detector

    return Detector(load(folder, expected=sha256))
