"""Verdicts as they are answered and kept, and the same again from what was kept."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import pandas as pd
from polars.exceptions import PanicException

from accounts.tables import Tables
from detector.arrays import matrix
from detector.screening import Detector, Screened
from detector.words import Explain
from serving.http.problems import INSIDE, problem
from serving.observe.log import tell_error
from serving.store.verdict_rows import Kept, Made

__all__ = ["judged", "made_of", "raisable", "replay", "unjudged"]

FLOAT64: Final = np.dtype("<f8")


def made_of(screened: Screened) -> list[Made]:
    """Each verdict with its numbers, bit for bit."""
    judged = screened.judged
    if judged is None:
        return []
    numbers, levels = matrix(judged.numbers).astype(FLOAT64), judged.levels
    return [
        Made(
            verdict_id=verdict.verdict_id,
            account_id=verdict.account_id,
            platform=verdict.platform,
            label=verdict.label,
            level=level,
            model_sha256=verdict.model.sha256,
            catalogue=verdict.model.catalogue,
            features=row.tobytes(),
            document=verdict.to_json(),
        )
        for verdict, row, level in zip(screened.verdicts, numbers, levels, strict=True)
    ]


def judged(detector: Detector, tables: Tables, explain: Explain = Explain.FLAGGED) -> list[Made | Exception]:
    """A verdict on each account, in order; what cannot be judged fails alone, and not what stands beside it.

    Whatever is wrong there is wrong with Assay, for the reader let the account through.
    """
    try:
        return list(made_of(detector.screen_all(tables, explain=explain)))
    except (Exception, PanicException) as error:
        names = tables.accounts["account_id"].to_list()
        if len(names) == 1:
            return [raisable(error)]
        half = len(names) // 2
        parts = (tables.select(names[:half]), tables.select(names[half:]))
        return [one for part in parts for one in judged(detector, part, explain)]


def raisable(error: BaseException) -> Exception:
    """The same as an exception that can be handed on; where Polars panics it raises none.

    >>> raisable(ValueError("x")), raisable(KeyboardInterrupt())
    (ValueError('x'), RuntimeError('KeyboardInterrupt'))
    """
    return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)


def unjudged(account_id: str, error: Exception) -> dict[str, Any]:
    """What stands in the place of a verdict that could not be made; the log says why."""
    tell_error("account_not_judged", error)
    return {"account_id": account_id, "problem": problem(500, INSIDE)}


def replay(detector: Detector, kept: Kept) -> dict[str, Any]:
    """What the model that spoke says of the same numbers, beside what it said."""
    features = detector.bundle.manifest.features
    numbers = pd.DataFrame([np.frombuffer(kept.features, FLOAT64)], columns=list(features), dtype=np.float64)
    judged = detector.judge_numbers(numbers, [kept.level], [kept.platform])
    suspicion = float(judged.suspicion[0])
    decision = judged.decisions[0]
    again = {
        "label": decision.label.value,
        "labels_over_threshold": [label.value for label in decision.labels_over_threshold],
        "probabilities": {head.value: chance for head, chance in judged.probabilities_of(0).items()},
        "suspicion": None if np.isnan(suspicion) else suspicion,
    }
    document = json.loads(kept.document)
    before = {name: document[name] for name in again}
    return {
        "verdict_id": kept.verdict_id,
        # Their texts, for two floats have one text only if they are the same bits.
        "same": json.dumps(again) == json.dumps(before),
        "replayed": again,
        "kept": before,
        "model": document["model"],
    }
