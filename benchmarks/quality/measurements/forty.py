"""Forty accounts made by hand: the expert's label and first reason against a detector's.

    .venv/bin/python -m benchmarks.quality.measurements.forty [--model FOLDER]

The expert's side stands in :mod:`benchmarks.quality.handmade.cases`. By this command the figures are only
shown; as a part they are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from benchmarks.quality.handmade.cases import CASES, Case
from benchmarks.quality.handmade.honest_ways import HONEST_WAYS, honest_creators
from benchmarks.quality.handmade.verdict_summary import VerdictSummary, screen_documents, summarise
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from detector.labels import Label
from detector.screening import Detector

__all__ = ["ACCUSED", "EXPERT", "compare", "evaluate", "labels_of_kind", "measure"]

ACCUSED: Final = frozenset({Label.INFLATED, Label.AUTOMATED})
EXPERT: Final = hashlib.sha256(
    json.dumps([(case.document, case.label, case.family, case.says) for case in CASES]).encode()
).hexdigest()[:16]


def compare(expert: Label, label: Label) -> str:
    """A label compared with the expert's.

    "agrees"; "wrong" where an honest account is accused, a fake one cleared, or anything said of an account
    that nothing can be said of; else "holds back".

    >>> compare(Label.INFLATED, Label.REVIEW), compare(Label.AUTHENTIC, Label.INFLATED)
    ('holds back', 'wrong')
    >>> compare(Label.INFLATED, Label.AUTOMATED), compare(Label.INFLATED, Label.AUTHENTIC)
    ('wrong', 'wrong')
    """
    if label == expert:
        return "agrees"
    decided = label in ACCUSED or label is Label.AUTHENTIC
    return "wrong" if decided else "holds back"


def measure(progress: Progress) -> Result:
    """The detector's verdicts on the forty accounts."""
    progress("forty accounts", 0.0)
    return evaluate(benchmarked_detector())


def evaluate(detector: Detector) -> Result:
    """A detector's verdicts on the forty accounts, beside the expert's, and on many honest creators.

    Returns
    -------
    ``accounts``: for each the expert's ``says``, ``expert`` and ``expert_family``, the comparison, and the
    verdict's first words. ``honest``: for each kind of honest creator how many got which label.
    """
    verdicts = screen_documents(detector, [case.document for case in CASES])
    return {
        "accounts": [
            _compare_with_expert(case, summarise(verdict))
            for case, verdict in zip(CASES, verdicts, strict=True)
        ],
        "honest": {kind: labels_of_kind(detector, kind) for kind in HONEST_WAYS},
    }


def labels_of_kind(detector: Detector, kind: str) -> dict[str, int]:
    """How many honest creators of a kind get which label."""
    documents = [document for _, document in honest_creators([kind])]
    return dict(Counter(verdict.label.value for verdict in screen_documents(detector, documents)))


def _compare_with_expert(case: Case, seen: VerdictSummary) -> dict[str, Any]:
    return {
        "expert": case.label.value,
        "expert_family": case.family,
        "says": case.says,
        "compared": compare(case.label, Label(seen.label)),
        **asdict(seen),
    }
