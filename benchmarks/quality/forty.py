"""Forty accounts made by hand: the expert's label and first reason against a detector's.

    .venv/bin/python -m benchmarks.quality.forty [--model FOLDER]

The expert's side stands in :mod:`benchmarks.quality.handmade.cases`. By this command the figures are only
shown; as a part they are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markdown import Markdown

from accounts.errors import AssayError
from benchmarks.quality.at_sight import AtSight, at_sight, screened
from benchmarks.quality.handmade.cases import CASES, Case
from benchmarks.quality.part import Progress, Result, whole
from benchmarks.quality.under_test import detector, measure_with
from benchmarks.quality.writing import table
from detector.screening import Detector
from detector.words import Label

__all__ = ["PART", "compare", "measure", "page"]

ACCUSED: Final = frozenset({Label.INFLATED, Label.AUTOMATED})
EXPERT: Final = hashlib.sha256(
    json.dumps([(case.document, case.label, case.family, case.says) for case in CASES]).encode()
).hexdigest()[:16]
SETTINGS: Final[Mapping[str, Any]] = MappingProxyType({"expert": EXPERT})


def compare(expert: Label, label: Label) -> str:
    """How a label stands to the expert's.

    "agrees"; "wrong" where an honest account is accused, a fake one cleared, or anything said of an account
    that nothing can be said of; else "holds back".

    >>> compare(Label.INFLATED, Label.REVIEW), compare(Label.AUTHENTIC, Label.INFLATED)
    ('holds back', 'wrong')
    >>> compare(Label.INFLATED, Label.AUTOMATED), compare(Label.INFLATED, Label.AUTHENTIC)
    ('wrong', 'wrong')
    """
    if label == expert:
        return "agrees"
    said = label in ACCUSED or label is Label.AUTHENTIC
    return "wrong" if said else "holds back"


def run(progress: Progress) -> Result:
    """What the starter says of the forty."""
    progress("forty accounts", 0.0)
    return measure(detector())


def measure(asked: Detector) -> Result:
    """What a detector says of the forty, beside the expert.

    Returns
    -------
    ``accounts``: for each the expert's ``says``, ``expert`` and ``expert_family``, the comparison, and the
    verdict's first words.
    """
    verdicts = screened(asked, [case.document for case in CASES])
    return {
        "accounts": [_beside(case, at_sight(verdict)) for case, verdict in zip(CASES, verdicts, strict=True)]
    }


def _beside(case: Case, seen: AtSight) -> dict[str, Any]:
    return {
        "expert": case.label.value,
        "expert_family": case.family,
        "says": case.says,
        "compared": compare(case.label, Label(seen.label)),
        **asdict(seen),
    }


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
    return f"{text}\n\n{table(titles, map(_line, rows))}"


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


PART: Final = whole("Forty accounts, judged by hand", run, page, settings=SETTINGS)


def disagreements(result: Result) -> Iterable[str]:
    """One line for each account that the detector is wrong about or holds back on."""
    for row in result["accounts"]:
        if row["compared"] != "agrees":
            yield f"{row['compared']:10} | {row['account_id']} | {row['expert']} | {row['label']}"


def main(
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
) -> None:
    """Screen the forty and print them beside the expert."""
    console = Console(width=190)
    measure_with(model)
    try:
        result = measure(detector())
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None
    console.print(Markdown(page(result)))
    for line in disagreements(result):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
