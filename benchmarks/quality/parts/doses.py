"""The part on dose and response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from benchmarks.quality.handmade.real import SETS
from benchmarks.quality.handmade.ways import WAYS
from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.doses import SIZES, TOLERANCE, fall_of, measure
from benchmarks.quality.page.markdown import number, section, table

__all__ = ["PART", "page"]


def page(result: Result) -> str:
    """The section in Markdown: a row for each way and set of evidence, over platforms and tiers."""
    sections = [_section(name, one["series"]) for name, one in result["tasks"].items()]
    return section(sections, result["refused"])


def _section(name: str, series: Sequence[Mapping[str, Any]]) -> str:
    tiers = ", ".join(dict.fromkeys(one["tier"] for one in series))
    head = (
        f"**{name[0].upper()}{name[1:]}** ({tiers}), each inflated more and more in one way and seen through "
        f"one set of evidence: {len(series)} series. In {_falls(series)} of them the suspicion falls by more "
        f"than {TOLERANCE} from one dose to a higher one. In {sum(any(one['withheld']) for one in series)} a "
        f"check takes the likes of a dose for hidden or not collected; such a dose is no part of a fall. "
        f"At the highest dose: {_labels(series, -1)}."
    )
    titles = ("way", "evidence", "series", "fall", "mean suspicion by dose", "lowest dose", "highest dose")
    return f"{head}\n\n{table(titles, _rows(series))}"


def _rows(series: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[str]]:
    for way, evidence in dict.fromkeys((one["way"], one["evidence"]) for one in series):
        some = [one for one in series if (one["way"], one["evidence"]) == (way, evidence)]
        courses = zip(*(one["suspicion"] for one in some), strict=True)
        means = " ".join(_mean_suspicion(values) for values in courses)
        lowest, highest = (_labels(some, dose) for dose in (0, -1))
        yield (way, evidence, str(len(some)), str(_falls(some)), means, lowest, highest)


def _falls(series: Sequence[Mapping[str, Any]]) -> int:
    return sum(fall_of(one) > TOLERANCE for one in series)


def _labels(series: Sequence[Mapping[str, Any]], dose: int) -> str:
    counts = Counter(one["labels"][dose] for one in series)
    return ", ".join(f"{count} {label}" for label, count in counts.most_common())


def _mean_suspicion(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return number(sum(known) / len(known), 2) if known else "-"


def failures(result: Result) -> Iterable[str]:
    """One line for each series whose suspicion falls, or that is cleared at the highest dose."""
    for one in (one for task in result["tasks"].values() for one in task["series"]):
        fell, top = fall_of(one), one["labels"][-1]
        if fell > TOLERANCE or top == "authentic":
            doses = zip(one["doses"], one["suspicion"], strict=True)
            course = ", ".join(f"{dose:g}: {_mean_suspicion([value])}" for dose, value in doses)
            where = " | ".join(one[name] for name in ("way", "platform", "tier", "evidence"))
            yield f"{where} | falls {fell:.2f} | {top} | {course}"


PART: Final = Part(
    title="Dose and response",
    tasks={
        "accounts made by hand": Task(partial(measure, "accounts made by hand")),
        "real accounts": Task(partial(measure, "real accounts"), SETS),
    },
    page=page,
    settings={
        "sizes": SIZES,
        "tolerance": TOLERANCE,
        "ways": {way.name: list(way.doses) for way in WAYS},
    },
    details=failures,
)
