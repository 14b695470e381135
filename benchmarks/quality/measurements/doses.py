"""Dose and response: whether the suspicion ever falls while an account is inflated more and more.

    .venv/bin/python -m benchmarks.quality.measurements.doses [--model FOLDER]

Accounts made by hand (``benchmarks/quality/handmade/``), each at every dose of one way of inflating, seen
through each set of evidence that can show it; then real organic accounts, where posts can show it. By this
command the figures are only shown, with ``--every`` each series that fails; as a part they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from benchmarks.quality.handmade.real import real_series
from benchmarks.quality.handmade.verdict_summary import screen_documents
from benchmarks.quality.handmade.ways import Series, all_series
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from detector.labels import Explain
from detector.screening import Detector
from detector.verdict import Verdict

__all__ = ["SIZES", "TOLERANCE", "evaluate", "fall_of", "largest_fall", "measure"]

TOLERANCE: Final = 0.02
"""How far the suspicion may fall from one dose to a higher one."""
SIZES: Final = ("nano", "micro", "mid")


SERIES: Final[Mapping[str, Callable[[], list[Series]]]] = MappingProxyType(
    {"accounts made by hand": lambda: all_series(SIZES), "real accounts": real_series}
)


def measure(name: str, progress: Progress) -> Result:
    """The starter's response to every way of inflating, on some accounts."""
    return evaluate(benchmarked_detector(), SERIES[name](), progress)


def evaluate(detector: Detector, series: Sequence[Series], progress: Progress) -> Result:
    """Suspicion and label at each dose of each series, screened way by way.

    Returns
    -------
    ``series``: by way, platform, tier and evidence the doses, the suspicion, the labels, and whether the
    checks withheld the likes.
    """
    ways = {one.way.name: one.way for one in series}
    found: list[dict[str, Any]] = []
    for number, name in enumerate(ways):
        progress(name, number / len(ways))
        found.extend(_responses_to(detector, [one for one in series if one.way.name == name]))
    return {"series": found}


def _responses_to(detector: Detector, series: Sequence[Series]) -> Iterable[dict[str, Any]]:
    documents = [document for one in series for document in one.documents()]
    verdicts = iter(screen_documents(detector, documents, Explain.NONE))
    for one in series:
        yield _response_of(one, [next(verdicts) for _ in one.way.doses])


def _response_of(series: Series, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "way": series.way.name,
        "platform": series.platform,
        "tier": series.tier,
        "evidence": series.evidence,
        "doses": list(series.way.doses),
        "suspicion": [None if one.suspicion is None else round(one.suspicion, 4) for one in verdicts],
        "labels": [verdict.label.value for verdict in verdicts],
        "withheld": [_withheld(verdict) for verdict in verdicts],
    }


def _withheld(verdict: Verdict) -> bool:
    """Whether a check took the likes of that dose for hidden or not collected."""
    return any("posts.likes" in one.left_out for one in verdict.evidence.findings)


def fall_of(series: Mapping[str, Any]) -> float:
    """The farthest fall among the doses whose likes the checks let stand.

    >>> round(fall_of({"suspicion": [0.5, 0.8, 0.2], "withheld": [False, False, True]}), 2)
    0.0
    """
    pairs = zip(series["suspicion"], series["withheld"], strict=True)
    return largest_fall([suspicion for suspicion, withheld in pairs if not withheld])


def largest_fall(suspicion: Sequence[float | None]) -> float:
    """The farthest that the suspicion falls from one dose to any higher one; none counts as 0.

    >>> round(largest_fall([0.2, 0.6, 0.55, 0.9]), 2)
    0.05
    >>> largest_fall([None, 0.1])
    0.0
    """
    highest, most = 0.0, 0.0
    for value in suspicion:
        highest = max(highest, value or 0.0)
        most = max(most, highest - (value or 0.0))
    return most
