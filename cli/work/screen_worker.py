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
    """Which bundle screens: its folder, its sha256, its promise in a sentence, and files of features."""

    folder: Path
    sha256: str
    promise: str
    features: tuple[str, ...] = ()


def open_bundle(model: Path | None, home: Path, features: tuple[str, ...] = ()) -> OpenedBundle:
    """Find and check the bundle that is named, else the champion, else the starter.

    Raises
    ------
    NoUsableModel
        If it cannot be used.
    WrongUsage, BadInput
        If a file of features cannot be run.
    """
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from cli.display.verdict_text import model_promise
    from detector.bundle import starter_path
    from detector.locate import find, open_detector
    from features.outside import use_features

    use_features(features)
    bundle = open_detector(model, home).bundle
    folder = model or find(bundle.sha256, home) or starter_path()
    return OpenedBundle(folder, bundle.sha256, model_promise(bundle.facts), features)


def screen_tables(tables: Tables, bundle: OpenedBundle, explain: Explain) -> tuple[list[str], list[str]]:
    """The verdicts of some accounts, each a line of JSON, and their labels.

    Parameters
    ----------
    tables
        The accounts.
    bundle
        Where the bundle lies, which one it must be, and the features that it reads from outside.
    explain
        Which verdicts get reasons.
    """
    verdicts = _detector(bundle).screen(tables, explain=explain)
    return [verdict.to_json() for verdict in verdicts], [verdict.label.value for verdict in verdicts]


@cache
def _detector(bundle: OpenedBundle) -> Detector:
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from detector.bundle import load
    from detector.screening import Detector
    from features.outside import use_features

    use_features(bundle.features)
    return Detector(load(bundle.folder, expected=bundle.sha256))
