"""Verdicts as records: a verdict with the features it was computed from, and its replay from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from polars.exceptions import PanicException

from accounts.tables import Tables
from detector.arrays import matrix
from detector.labels import Explain
from detector.predictions import EvidenceDoubts
from detector.screening import Detector, ScreenedBatch
from serving.http.problems import INTERNAL_ERROR, problem
from serving.observe.log import log_error
from serving.store.verdict_rows import NewVerdict, StoredVerdict, read_features

__all__ = [
    "as_exception",
    "failed_entry",
    "log_unjudged",
    "new_verdicts",
    "replay_verdict",
    "screen_each",
]

FLOAT64: Final = np.dtype("<f8")


def new_verdicts(screened: ScreenedBatch) -> list[NewVerdict]:
    """The verdicts of a screening as records, each with its features bit for bit."""
    predictions = screened.predictions
    if predictions is None:
        return []
    numbers, levels = matrix(predictions.features).astype(FLOAT64), predictions.levels
    return [
        NewVerdict(
            verdict_id=verdict.verdict_id,
            account_id=verdict.account_id,
            platform=verdict.platform,
            label=verdict.label,
            level=level,
            model_sha256=verdict.model.sha256,
            catalogue=verdict.model.catalogue,
            features=row.tobytes(),
            document=verdict.to_json(),
            suspicion=verdict.suspicion,
            findings=tuple(one.check for one in verdict.evidence.findings),
        )
        for verdict, row, level in zip(screened.verdicts, numbers, levels, strict=True)
    ]


def screen_each(
    detector: Detector, tables: Tables, explain: Explain = Explain.FLAGGED
) -> list[NewVerdict | Exception]:
    """A verdict for each account, in order, or the error that screening it raised.

    An account that raises is found by halving, so that it fails alone. The fault is then Assay's:
    the reader accepted the account.
    """
    try:
        return list(new_verdicts(detector.screen_batch(tables, explain=explain)))
    except (Exception, PanicException) as error:
        names = tables.accounts["account_id"].to_list()
        if len(names) == 1:
            return [as_exception(error)]
    half = len(names) // 2
    parts = (tables.select(names[:half]), tables.select(names[half:]))
    return [one for part in parts for one in screen_each(detector, part, explain)]


def as_exception(error: BaseException) -> Exception:
    """An error as an exception that a future can hold; what Polars panics with is none.

    >>> as_exception(ValueError("x")), as_exception(KeyboardInterrupt())
    (ValueError('x'), RuntimeError('KeyboardInterrupt'))
    """
    return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)


def log_unjudged(error: Exception) -> None:
    """Log an error that screening an account raised, and let go of its frames.

    They hold all accounts that were screened with it, whose errors hold them: a cycle, which would wait for
    the garbage collector.
    """
    log_error("account_not_judged", error)
    error.__traceback__ = error.__context__ = error.__cause__ = None


def failed_entry(account_id: str, error: Exception) -> dict[str, Any]:
    """The entry of an account whose screening raised: its id and a problem; the error is logged."""
    log_unjudged(error)
    return {"account_id": account_id, "problem": problem(500, INTERNAL_ERROR)}


def doubts_of_document(document: Mapping[str, Any]) -> EvidenceDoubts:
    """What the checks of the evidence had found when a stored verdict was given."""
    findings = document["evidence"].get("findings", ())
    contradictions = [one for one in findings if one["contradiction"]]
    barred = any(one.get("bars_clearing", False) for one in findings)
    return EvidenceDoubts(bool(contradictions) or barred, any(not one["left_out"] for one in contradictions))


def replay_verdict(detector: Detector, stored: StoredVerdict) -> dict[str, Any]:
    """Compute a verdict again from its stored features, and compare it with the stored document.

    ``detector`` must hold the model that gave the verdict. ``same`` is true if all labels and
    numbers are, to the last bit.

    Raises
    ------
    DocumentDamaged
        If its document or its features were changed in the database.
    """
    features = detector.bundle.manifest.features
    row = read_features(stored.features, stored.verdict_id, len(features))
    numbers = pd.DataFrame([row], columns=list(features), dtype=np.float64)
    document = stored.read()
    doubts = doubts_of_document(document)
    predictions = detector.predict_features(numbers, [stored.level], [stored.platform], doubts)
    suspicion = float(predictions.suspicion[0])
    decision = predictions.decisions[0]
    again = {
        "label": decision.label.value,
        "labels_over_threshold": [label.value for label in decision.labels_over_threshold],
        "probabilities": {head.value: chance for head, chance in predictions.probabilities_of(0).items()},
        "suspicion": None if np.isnan(suspicion) else suspicion,
    }
    before = {name: document[name] for name in again}
    return {
        "verdict_id": stored.verdict_id,
        # As texts: two floats have the same text only if they are the same bits.
        "same": json.dumps(again) == json.dumps(before),
        "replayed": again,
        "kept": before,
        "model": document["model"],
    }
