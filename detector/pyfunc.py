"""The detector as MLflow loads it: documents in, verdicts out, and nothing unpickled.

MLflow's generic model names this module as its loader; it imports no mlflow itself.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import pandas as pd

from accounts.errors import BadInput
from accounts.reading import read_documents
from detector.bundle import load
from detector.decision import HEADS
from detector.screening import Detector
from features.outside import use_features

__all__ = ["MlflowDetector"]


@dataclass(frozen=True)
class MlflowDetector:
    """A detector behind MLflow's ``predict``."""

    detector: Detector

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Screen account documents.

        Parameters
        ----------
        model_input
            One column ``document``: account documents, version 1, as JSON text.
        params
            None are known.

        Returns
        -------
        One row per document, in order: ``account_id``, ``label``, ``suspicion``, the
        probabilities, and the whole ``verdict`` as JSON text.

        Raises
        ------
        BadInput
            If a document breaks a rule; names its row.
        """
        if params:
            raise ValueError(f"there are no parameters, but {', '.join(params)} was given")
        read = read_documents([str(text).encode() for text in model_input["document"]], "document")
        if read.faults:
            raise BadInput(*read.faults)
        verdicts = self.detector.screen(read.tables)
        return pd.DataFrame(
            {
                "account_id": [verdict.account_id for verdict in verdicts],
                "label": [verdict.label.value for verdict in verdicts],
                "suspicion": [verdict.suspicion for verdict in verdicts],
                **{head.value: [verdict.probabilities[head] for verdict in verdicts] for head in HEADS},
                "verdict": [json.dumps(verdict.to_dict(), ensure_ascii=False) for verdict in verdicts],
            }
        )


def _load_pyfunc(path: str) -> MlflowDetector:
    """What MLflow calls with the folder that the model was logged from."""
    given = map(str.strip, os.environ.get("ASSAY_FEATURES", "").split(","))
    use_features(filter(None, given))
    return MlflowDetector(Detector(load(path)))
