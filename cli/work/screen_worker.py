"""What a worker of ``assay screen`` does: open the bundle, and turn accounts into lines of JSON.

The detector is imported inside these functions: where several processes work, only they need it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from detector.labels import Explain

if TYPE_CHECKING:
    from accounts.tables import Tables
    from detector.screening import Detector

__all__ = ["IMPORTS", "OpenedBundle", "open_bundle", "screen_tables"]

IMPORTS: Final = ("detector.light_import", "detector.screening", "detector.locate")
"""What the work needs, in the order in which it must be loaded."""


class OpenedBundle(NamedTuple):
    """Which bundle screens: its folder, its sha256, and what it promises, in one sentence."""

    folder: Path
    sha256: str
    promise: str


def open_bundle(model: Path | None, home: Path) -> OpenedBundle:
    """Find and check the bundle that is named, else the champion, else the starter.

    Raises
    ------
    NoUsableModel
        If it cannot be used.
    """
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from cli.display.verdict_text import model_promise
    from detector.bundle import starter_path
    from detector.locate import find, open_detector

    bundle = open_detector(model, home).bundle
    folder = model or find(bundle.sha256, home) or starter_path()
    return OpenedBundle(folder, bundle.sha256, model_promise(bundle.facts))


def screen_tables(tables: Tables, folder: Path, sha256: str, explain: Explain) -> tuple[list[str], list[str]]:
    """The verdicts of some accounts, each a line of JSON, and their labels.

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
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from detector.bundle import load
    from detector.screening import Detector

    return Detector(load(folder, expected=sha256))
