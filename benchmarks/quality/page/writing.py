"""Writes docs/quality.md, docs/model-card.md and the figures of README.md from the stored results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result
from benchmarks.quality.harness.stored_results import RESULTS, StoredResults
from benchmarks.quality.page.markdown import table
from benchmarks.quality.page.model_card import card
from benchmarks.quality.page.readme import with_figures
from benchmarks.quality.page.targets import targets_section
from detector.bundle import starter_path, verify
from detector.manifest import MANIFEST, sha256

__all__ = [
    "CARD", "PAGE", "README", "model_card", "quality_page", "readme", "starter_sha256", "stored_figures",
    "write_pages",
]  # fmt: skip

ROOT: Final = Path(__file__).resolve().parents[3]
PAGE: Final = ROOT / "docs" / "quality.md"
CARD: Final = ROOT / "docs" / "model-card.md"
README: Final = ROOT / "README.md"
PLOTS: Final = ROOT / "docs" / "quality"
STARTER: Final = ROOT / "benchmarks" / "quality" / "starter.json"

INTRODUCTION: Final = """\
# Quality

Generated from `benchmarks/quality/results/` by `python -m benchmarks.quality.parts --write-page`; run
`make bench-quality` to measure what is not kept there, and change neither by hand. The public sets, their
licences and what their labels mean: [data](data.md). Every figure but the gates' is on accounts that nothing
was fitted on (the gates' are of the accounts that the simulator's medians were set by); three in ten accounts
of each set are sealed (`--look-sealed` opens them, and logs it). The starter is the
detector that comes with Assay, trained on simulated accounts and on half of the open accounts of three sets
of real ones ([which](data.md)): of these sets only the other half is measured on. `--model FOLDER` measures
another detector."""


def write_pages(parts: Mapping[str, Part], results: Path = RESULTS, folder: Path | None = None) -> None:
    """Write the pages, and draw the plots, from stored results.

    Parameters
    ----------
    parts
        By name.
    results
        Folder of the stored results.
    folder
        Where to write; None: the project's docs, and README.md.
    """
    docs = folder or PAGE.parent
    docs.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        found = stored_figures(name, part, results)
        if found and part.draw:
            part.draw(found, docs / PLOTS.name)
    (docs / PAGE.name).write_text(quality_page(parts, results), encoding="utf-8")
    (docs / CARD.name).write_text(model_card(parts, results), encoding="utf-8")
    if folder is None:
        README.write_text(readme(parts, results), encoding="utf-8")


def stored_figures(name: str, part: Part, results: Path) -> Result | None:
    """The stored figures of a part; None where nothing was measured."""
    return StoredResults.read(results / f"{name}.json").for_page(in_one_piece=part.in_one_piece)


def quality_page(parts: Mapping[str, Part], results: Path = RESULTS) -> str:
    """The page with every part as Markdown."""
    figures = {name: stored_figures(name, part, results) for name, part in parts.items()}
    sections = [INTRODUCTION, models_measured(parts, results), targets_section(figures)]
    for name, part in parts.items():
        found = figures[name]
        text = part.page(found).strip() if found else "Not measured yet: `make bench-quality` does."
        sections.append(f"## {part.title}\n\n{text}")
    return "\n\n".join([*sections, looks_at_hold_out(parts, results)]) + "\n"


def models_measured(parts: Mapping[str, Part], results: Path) -> str:
    """A table of the parts: the detector whose figures they are, and how long measuring took."""
    rows = []
    for name, part in parts.items():
        stored_results = StoredResults.read(results / f"{name}.json")
        entries = list(stored_results.content["tasks"].values())
        models = sorted({f"{one['model']['version']} (`{one['model']['sha256'][:12]}`)" for one in entries})
        old = ", **not the one shipped: measure again**" if outdated(part, stored_results) else ""
        starter = ", ".join(models) + old if part.uses_starter else "its own models"
        seconds = sum(one["seconds"] for one in entries)
        rows.append((part.title, starter if entries else "", f"{seconds / 60:.1f} min" if entries else ""))
    return table(("part", "starter", "measured in"), rows)


def outdated(part: Part, results: StoredResults) -> bool:
    """Whether the figures are of another starter than the one that is shipped."""
    return part.uses_starter and not results.models <= {starter_sha256()}


@cache
def starter_sha256() -> str:
    """The sha256 of the starter."""
    return sha256((starter_path() / MANIFEST).read_bytes())


def looks_at_hold_out(parts: Mapping[str, Part], results: Path) -> str:
    """A table of every measurement of a hold-out (sealed accounts)."""
    rows = [
        (part.title, one["task"], f"{one['model']['version']} (`{one['model']['sha256'][:12]}`)")
        for name, part in parts.items()
        for one in StoredResults.read(results / f"{name}.json").content["looks"]
    ]
    text = table(("part", "set", "starter at that time"), rows) if rows else "None so far."
    return f"## Looks at sealed accounts\n\n{text}"


def model_card(parts: Mapping[str, Part], results: Path = RESULTS) -> str:
    """The card of the starter as Markdown, from figures of that starter alone."""
    return card(verify(starter_path()), own_test_report(), current_figures(parts, results))


def readme(parts: Mapping[str, Part], results: Path = RESULTS) -> str:
    """README.md with the figures of the starter that is shipped."""
    return with_figures(
        README.read_text(encoding="utf-8"), current_figures(parts, results), own_test_report()
    )


def current_figures(parts: Mapping[str, Part], results: Path) -> dict[str, Result | None]:
    """Stored figures by part; None of parts that were measured with another starter."""
    return {
        name: None
        if outdated(part, StoredResults.read(results / f"{name}.json"))
        else stored_figures(name, part, results)
        for name, part in parts.items()
    }


def own_test_report() -> dict[str, Any]:
    """The starter on the test part of the accounts that it was trained with."""
    report: dict[str, Any] = json.loads(STARTER.read_text(encoding="utf-8"))
    return report
