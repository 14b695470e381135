"""The part on forty accounts judged by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.quality.handmade.honest_ways import HONEST_WAYS
from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.forty import ACCUSED, EXPERT, measure
from benchmarks.quality.page.markdown import table

__all__ = ["PART", "page"]


def page(result: Result) -> str:
    """The forty as a Markdown table, with the counts before it."""
    rows = result["accounts"]
    honest, fakes = (
        [row for row in rows if (row["expert"] in ACCUSED) == accused] for accused in (False, True)
    )
    reasons = sum(row["family"] == row["expert_family"] for row in fakes)
    text = (
        "Forty accounts made by hand, from published figures and outside the simulator; the expert's label "
        "and first reason were written down before Assay was run (after the first run all ordinary comments "
        "were made as uneven in length as real ones). "
        f"Of {len(honest)} honest ones: {_counted(honest)}. Of {len(fakes)} that are not: {_counted(fakes)}; "
        f"the first reason is of the expert's family in {reasons}."
    )
    titles = ("account", "expert", "expert's reason", "Assay", "first reason", "far out", "compared")
    return f"{text}\n\n{table(titles, map(_line, rows))}\n\n{_of_many_honest(result['honest'])}"


def _of_many_honest(counts: Mapping[str, Mapping[str, int]]) -> str:
    """How many honest creators of each kind get which label."""
    every = sum(sum(labels.values()) for labels in counts.values())
    accused = sum(labels.get(label, 0) for labels in counts.values() for label in ACCUSED)
    text = (
        f"Honest creators of {len(counts)} kinds, each on four platforms, of four sizes, with four seeds, "
        f"all evidence there: {accused} of {every:,} are accused."
    )
    columns = ("authentic", "insufficient", "review")
    lines = [
        (
            kind,
            str(sum(labels.get(label, 0) for label in ACCUSED)),
            *(str(labels.get(name, 0)) for name in columns),
        )
        for kind, labels in counts.items()
    ]
    return f"{text}\n\n{table(('kind', 'accused', *columns), lines)}"


def _counted(rows: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(row["compared"] for row in rows)
    return ", ".join(f"{counts[name]} {name}" for name in ("agrees", "holds back", "wrong"))


def _line(row: Mapping[str, Any]) -> Sequence[str]:
    suspicion = "" if row["suspicion"] is None else f" ({row['suspicion']:.2f})"
    return (
        row["account_id"],
        row["expert"],
        row["says"],
        row["label"] + suspicion,
        row["sentence"] or "",
        ", ".join(row["far_out"]),
        row["compared"],
    )


def disagreements(result: Result) -> Iterable[str]:
    """One line for each account that the detector is wrong about or holds back on."""
    for row in result["accounts"]:
        if row["compared"] != "agrees":
            yield f"{row['compared']:10} | {row['account_id']} | {row['expert']} | {row['label']}"


PART: Final = Part(
    title="Forty accounts, judged by hand",
    tasks={"": Task(measure)},
    page=page,
    settings={"expert": EXPERT, "honest": [*HONEST_WAYS]},
    details=disagreements,
)
