"""The models that gave earlier verdicts, loaded for replays; the last few stay in memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Final

from accounts.errors import NoUsableModel
from detector.bundle import load
from detector.locate import find
from detector.screening import Detector
from serving.http.problems import RequestProblem

__all__ = ["MOST_LOADED", "ModelNotFound", "OldModels"]

MOST_LOADED: Final = 2
"""So many stay loaded, the last that were asked for: about 20 MiB each."""


class ModelNotFound(RequestProblem):
    """409: the model that gave a verdict is not on this machine."""

    status = 409


class OldModels:
    """Detectors other than the one in use, by their sha256. One thread at a time may ask.

    A model whose folder is gone is not found, though it may still be loaded.
    """

    def __init__(self, home: Path, in_use: str) -> None:
        self.home = home
        self.in_use = in_use
        self.loaded: OrderedDict[str, Detector] = OrderedDict()

    def get(self, sha256: str, verdict_id: str) -> Detector:
        """The detector with this sha256, which gave a verdict.

        Raises
        ------
        ModelNotFound
            If it is neither among the models of the home nor the starter, or cannot be used any more.
        """
        given = f"Verdict {verdict_id} was given by the model with sha256 {sha256}, which"
        folder = find(sha256, self.home)
        if folder is None:
            raise ModelNotFound(f"{given} is not here; the one in use is {self.in_use}.")
        if sha256 not in self.loaded:
            try:
                self.loaded[sha256] = Detector(load(folder, expected=sha256))
            except NoUsableModel as error:
                raise ModelNotFound(f"{given} this version of Assay cannot use: {error}") from error
        self.loaded.move_to_end(sha256)
        while len(self.loaded) > MOST_LOADED:
            self.loaded.popitem(last=False)
        return self.loaded[sha256]
