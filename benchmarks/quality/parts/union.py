"""The part on the union of the signals, beside each of them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.union import ALL, ALPHAS, STRONG, measure
from benchmarks.quality.page.markdown import interval, rate_interval, share, table
from benchmarks.quality.populations.simulated_pool import OTHER_REGIME

__all__ = ["PART", "page"]


def page(result: Result) -> str:
    """The section in Markdown."""
    about = (
        "Strong fakes (half as much added as there was, or more; and all programs) against honest accounts, "
        "simulated in the regime that nothing was trained on. A variant is the suspicion by some of the "
        "signals, with its own thresholds: those that 1 % and 5 % of these honest accounts exceed (chosen on "
        "them, so that variants are compared at one rate; not the shipped ones)."
    )
    return "\n\n".join([about, *(evidence_section(name, one) for name, one in result.items())])


def evidence_section(evidence: str, one: Mapping[str, Any]) -> str:
    """One kind of evidence."""
    kinds = ", ".join(f"{count:,} {name}" for name, count in one["kinds"].items())
    head = f"**Evidence: {evidence}**, {one['honest']:,} honest accounts; strong fakes: {kinds}."
    return "\n\n".join([head, auc_table(one), *(recall_table(one, alpha) for alpha in ALPHAS)])


def auc_table(one: Mapping[str, Any]) -> str:
    """AUC by variant and kind."""
    rows = [
        (name, *(interval(found[kind]["auc"]) for kind in one["kinds"]))
        for name, found in one["variants"].items()
    ]
    return table(("AUC", *one["kinds"]), rows)


def recall_table(one: Mapping[str, Any], alpha: float) -> str:
    """Recall by variant and kind: with all signals its interval, of the others the share."""
    key = f"recall at {alpha:.0%}"
    rows = [
        (name, *(
            rate_interval(found[kind][key]) if name == ALL else share(found[kind][key]["rate"])
            for kind in one["kinds"]
        ))
        for name, found in one["variants"].items()
    ]  # fmt: skip
    return table((key, *one["kinds"]), rows)


PART: Final = Part(
    title="The union of the signals, and each alone",
    tasks={"": Task(measure)},
    page=page,
    settings={"accounts": OTHER_REGIME, "alphas": ALPHAS, "strong": STRONG, "version": 1},
)
