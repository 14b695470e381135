"""Dose and response: whether the suspicion ever falls while an account is inflated more and more.

    .venv/bin/python -m benchmarks.quality.doses [--model FOLDER]

Accounts made by hand (``benchmarks/quality/handmade/``), each at every dose of one way of inflating, seen
through each set of evidence that can show it; then real organic accounts, where posts can show it. Without
``--model`` the starter is measured, and the figures are kept in ``benchmarks/quality/results/doses.json``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markdown import Markdown

from accounts.errors import AssayError
from benchmarks.quality.at_sight import detector_at, screened
from benchmarks.quality.handmade.real import SETS, real_series
from benchmarks.quality.handmade.ways import WAYS, Series, all_series
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.writing import refusals, table
from detector.screening import Detector
from detector.verdict import Verdict
from detector.words import Explain

__all__ = ["PART", "TOLERANCE", "fall", "measure", "page"]

TOLERANCE: Final = 0.02
"""How far the suspicion may fall from one dose to a higher one."""
SIZES: Final = ("nano", "micro", "mid")
SETTINGS: Final[Mapping[str, Any]] = MappingProxyType(
    {"sizes": SIZES, "tolerance": TOLERANCE, "ways": {way.name: list(way.doses) for way in WAYS}}
)


SERIES: Final[Mapping[str, Callable[[], list[Series]]]] = MappingProxyType(
    {"accounts made by hand": lambda: all_series(SIZES), "real accounts": real_series}
)


def run(name: str, progress: Progress) -> Result:
    """The starter's response to every way of inflating, on some accounts."""
    return measure(detector_at(None), SERIES[name](), progress)


def measure(detector: Detector, series: Sequence[Series], progress: Progress) -> Result:
    """Suspicion and label at each dose of each series, screened way by way.

    Returns
    -------
    ``series``: by way, platform, tier and evidence the doses, the suspicion and the labels.
    """
    ways = {one.way.name: one.way for one in series}
    found: list[dict[str, Any]] = []
    for number, name in enumerate(ways):
        progress(name, number / len(ways))
        found.extend(_of_way(detector, [one for one in series if one.way.name == name]))
    return {"series": found}


def _of_way(detector: Detector, series: Sequence[Series]) -> Iterable[dict[str, Any]]:
    documents = [document for one in series for document in one.documents()]
    verdicts = iter(screened(detector, documents, Explain.NONE))
    for one in series:
        yield _response(one, [next(verdicts) for _ in one.way.doses])


def _response(series: Series, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "way": series.way.name,
        "platform": series.platform,
        "tier": series.tier,
        "evidence": series.evidence,
        "doses": list(series.way.doses),
        "suspicion": [None if one.suspicion is None else round(one.suspicion, 4) for one in verdicts],
        "labels": [verdict.label.value for verdict in verdicts],
    }


def fall(suspicion: Sequence[float | None]) -> float:
    """The farthest that the suspicion falls from one dose to any higher one; none counts as 0.

    >>> round(fall([0.2, 0.6, 0.55, 0.9]), 2)
    0.05
    >>> fall([None, 0.1])
    0.0
    """
    highest, most = 0.0, 0.0
    for value in suspicion:
        highest = max(highest, value or 0.0)
        most = max(most, highest - (value or 0.0))
    return most


def page(result: Result) -> str:
    """What was measured, as Markdown: a row for each way and set of evidence, over platforms and tiers."""
    sections = [_section(name, one["series"]) for name, one in result["tasks"].items()]
    return "\n\n".join([*sections, *([refusals(result["refused"])] if result["refused"] else [])])


def _section(name: str, series: Sequence[Mapping[str, Any]]) -> str:
    tiers = ", ".join(dict.fromkeys(one["tier"] for one in series))
    head = (
        f"**{name[0].upper()}{name[1:]}** ({tiers}), each inflated more and more in one way and seen through "
        f"one set of evidence: {len(series)} series. In {_falls(series)} of them the suspicion falls by more "
        f"than {TOLERANCE} from one dose to a higher one. At the highest dose: {_labels(series, -1)}."
    )
    titles = ("way", "evidence", "series", "fall", "mean suspicion by dose", "lowest dose", "highest dose")
    return f"{head}\n\n{table(titles, _rows(series))}"


def _rows(series: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[str]]:
    for way, evidence in dict.fromkeys((one["way"], one["evidence"]) for one in series):
        some = [one for one in series if (one["way"], one["evidence"]) == (way, evidence)]
        courses = zip(*(one["suspicion"] for one in some), strict=True)
        means = " ".join(_written(values) for values in courses)
        lowest, highest = (_labels(some, dose) for dose in (0, -1))
        yield (way, evidence, str(len(some)), str(_falls(some)), means, lowest, highest)


def _falls(series: Sequence[Mapping[str, Any]]) -> int:
    return sum(fall(one["suspicion"]) > TOLERANCE for one in series)


def _labels(series: Sequence[Mapping[str, Any]], dose: int) -> str:
    counts = Counter(one["labels"][dose] for one in series)
    return ", ".join(f"{count} {label}" for label, count in counts.most_common())


def _written(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known) / len(known):.2f}".removeprefix("0") if known else "-"


PART: Final = Part(
    "Dose and response",
    {
        "accounts made by hand": Task(partial(run, "accounts made by hand")),
        "real accounts": Task(partial(run, "real accounts"), SETS),
    },
    page,
    SETTINGS,
)


def failures(result: Result) -> Iterable[str]:
    """One line for each series whose suspicion falls, or that is cleared at the highest dose."""
    for one in (one for task in result["tasks"].values() for one in task["series"]):
        fell, top = fall(one["suspicion"]), one["labels"][-1]
        if fell > TOLERANCE or top == "authentic":
            doses = zip(one["doses"], one["suspicion"], strict=True)
            course = ", ".join(f"{dose:g}: {_written([value])}" for dose, value in doses)
            where = " | ".join(one[name] for name in ("way", "platform", "tier", "evidence"))
            yield f"{where} | falls {fell:.2f} | {top} | {course}"


def main(
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
    every: Annotated[bool, typer.Option("--every", help="Print each series that fails.")] = False,
) -> None:
    """Measure every way of inflating, and print and keep what came."""
    from benchmarks.quality.measured import measured

    console = Console(width=160)
    try:
        result = measured("doses", PART, model, of_detector)
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None
    console.print(Markdown(page(result)))
    for line in failures(result) if every else ():
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def of_detector(detector: Detector) -> Result:
    """What any detector answers, in the form that the page is written from."""
    result: Result = {"tasks": {}, "refused": {}}
    for name, series in SERIES.items():
        try:
            result["tasks"][name] = measure(detector, series(), _quiet)
        except AssayError as error:
            result["refused"][name] = str(error).splitlines()[0]
    return result


def _quiet(doing: str, share: float) -> None:
    """No bar."""


if __name__ == "__main__":
    typer.run(main)
