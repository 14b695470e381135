"""How the detector judges real accounts that are organic or presumed so: whoever it accuses, it wrongs.

    .venv/bin/python -m benchmarks.quality.real_accounts

Three in ten accounts of each set are sealed: nothing may be chosen on them. Without ``--sealed``
only the others are screened; with it only they are, and the look is kept in the results.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from accounts.errors import AssayError
from accounts.tables import Tables
from benchmarks.quality.organic import MASKS, SETS, only
from detector.bundle import load, starter_path
from detector.decision import HEADS
from detector.screening import Detector, Judged
from detector.threshold import clopper_pearson
from detector.verdict import Reason, Verdict
from detector.words import Label
from features.catalogue import CATALOGUE_VERSION
from features.views import Views
from training.datasets.base import data_folder, development, sealed

__all__ = ["measure"]

KEPT: Final = Path(__file__).with_suffix(".json")
ACCUSATIONS: Final = (Label.INFLATED, Label.AUTOMATED)
QUANTILES: Final = (5, 25, 50, 75, 95, 99)
MOST_REASONS: Final = 8

Result = dict[str, Any]


def main(
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Where to keep the results; the starter's have a place.")
    ] = None,
    look: Annotated[
        bool, typer.Option("--sealed", help="Screen the sealed accounts instead, and log it.")
    ] = False,
) -> None:
    """Screen both sets and print what the detector says of them."""
    console = Console(width=130)
    try:
        detector = Detector(load(model or starter_path(), catalogue=CATALOGUE_VERSION))
        results = screened(detector, look)
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None
    for name, masks in results.items():
        for mask, result in masks.items():
            report(console, f"{name}: {mask}", result)
    path = output or (None if model else KEPT)
    if path:
        keep(path, detector, "sealed" if look else "development", results)


def screened(detector: Detector, look: bool) -> dict[str, dict[str, Result]]:
    """Results by set and by what of the accounts was shown."""
    folder, part = data_folder(), sealed if look else development
    chosen = {one.name: part(one.load(folder)) for one in SETS}
    return {
        name: {mask: measure(detector, only(tables, parts)) for mask, parts in MASKS.items()}
        for name, tables in chosen.items()
    }


def measure(detector: Detector, tables: Tables) -> Result:
    """What the detector says of organic accounts: counts and rates, and no account's name.

    Rates of accusation are among the accounts whose evidence level can accuse at all.

    Parameters
    ----------
    detector
        Judges them.
    tables
        The accounts.
    """
    judged, verdicts = detector.judge(Views(tables)), detector.screen(tables)
    judgeable = sum(verdict.guarantee.threshold is not None for verdict in verdicts)
    accused = [verdict for verdict in verdicts if verdict.label in ACCUSATIONS]
    reviewed = [verdict for verdict in verdicts if verdict.label is Label.REVIEW]
    return {
        "accounts": len(verdicts),
        "labels": counted(verdict.label.value for verdict in verdicts),
        "levels": by_level(verdicts),
        "false_accusations": rate(len(accused), judgeable),
        "accused_but_for_strangeness": rate(int(over(detector, judged).sum()), judgeable),
        "strange": {
            block: round(count / len(verdicts), 4)
            for block, count in counted(block for blocks in judged.strange for block in blocks).items()
        },
        "probabilities": {
            head.value: quantiles(judged.probabilities[:, at]) for at, head in enumerate(HEADS)
        },
        "first_reasons_of_accused": first_reasons(accused),
        "reviewed_for": counted(cause(verdict) for verdict in reviewed),
        "first_reasons_of_reviewed": first_reasons(reviewed),
    }


def counted(names: Iterable[str]) -> dict[str, int]:
    """How often each name occurs, the commonest first."""
    return dict(Counter(names).most_common())


def by_level(verdicts: Sequence[Verdict]) -> dict[str, dict[str, int]]:
    """Labels at every evidence level, the commonest level first."""
    levels = counted(verdict.guarantee.evidence_level for verdict in verdicts)
    return {
        level: counted(
            verdict.label.value for verdict in verdicts if verdict.guarantee.evidence_level == level
        )
        for level in levels
    }


def rate(count: int, of: int) -> Result:
    """A rate with its exact 95 % interval."""
    low, high = clopper_pearson(count, of)
    return {
        "count": count,
        "of": of,
        "rate": round(count / of, 4) if of else None,
        "interval": [round(low, 4), round(high, 4)],
    }


def over(detector: Detector, judged: Judged) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Accounts whose suspicion is over the threshold, also those that are too strange to be accused."""
    limits = detector.bundle.levels.limits(judged.levels)
    return np.asarray(judged.suspicion > limits.threshold)


def quantiles(chances: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, float]:
    """Quantiles of a probability, in per cent of the accounts."""
    return {f"{q} %": round(float(np.percentile(chances, q)), 4) for q in QUANTILES}


def cause(verdict: Verdict) -> str:
    """Why an account was sent to a person."""
    return (
        f"strange: {' + '.join(verdict.evidence.strange)}"
        if verdict.evidence.strange
        else "suspicion under the threshold"
    )


def first_reasons(verdicts: Sequence[Verdict]) -> list[Result]:
    """The commonest weightiest reasons, with the medians of their values and of what is typical."""
    firsts = [verdict.reasons[0] for verdict in verdicts if verdict.reasons]
    named = counted(f"{reason.head.value} {reason.feature}" for reason in firsts)
    return [
        summary([reason for reason in firsts if f"{reason.head.value} {reason.feature}" == name])
        for name in list(named)[:MOST_REASONS]
    ]


def summary(reasons: Sequence[Reason]) -> Result:
    """One line for a reason that several accounts share."""
    typical = [reason.typical for reason in reasons if reason.typical is not None]
    return {
        "feature": reasons[0].feature,
        "head": reasons[0].head.value,
        "accounts": len(reasons),
        "value": round(float(np.median([reason.value for reason in reasons])), 4),
        "typical": [round(float(value), 4) for value in np.median(typical, axis=0)] if typical else None,
    }


def report(console: Console, title: str, result: Result) -> None:
    """Print one set as one mask shows it."""
    wrong, more = result["false_accusations"], result["accused_but_for_strangeness"]
    console.rule(f"{title}, {result['accounts']} accounts")
    console.print(
        f"falsely accused {shown(wrong)}; but for strangeness {shown(more)}\n"
        f"labels {words(result['labels'])}; strange {words(result['strange'])}\n"
        f"reviewed for {words(result['reviewed_for'])}"
    )
    console.print(levels_table(result["levels"]), chances_table(result["probabilities"]))
    for heading in ("first_reasons_of_accused", "first_reasons_of_reviewed"):
        if result[heading]:
            console.print(reasons_table(heading.replace("_", " "), result[heading]))


def shown(one: Mapping[str, Any]) -> str:
    """A rate in words."""
    low, high = one["interval"]
    if not one["of"]:
        return "none of 0"
    return f"{one['count']} of {one['of']}: {one['rate']:.1%} [{low:.1%}, {high:.1%}]"


def words(counts: Mapping[str, float]) -> str:
    """Names with their numbers in one line."""
    return (
        ", ".join(
            f"{name} {number:.1%}" if isinstance(number, float) else f"{name} {number}"
            for name, number in counts.items()
        )
        or "none"
    )


def levels_table(levels: Mapping[str, Mapping[str, int]]) -> Table:
    """Labels by evidence level."""
    table = Table("evidence level", *(label.value for label in Label))
    for level, labels in levels.items():
        table.add_row(level, *(str(labels.get(label.value, "")) for label in Label))
    return table


def chances_table(chances: Mapping[str, Mapping[str, float]]) -> Table:
    """How each head's probability is spread."""
    table = Table("probability", *(f"{q} %" for q in QUANTILES))
    for head, spread in chances.items():
        table.add_row(head, *(f"{value:.3f}" for value in spread.values()))
    return table


def reasons_table(title: str, reasons: Sequence[Result]) -> Table:
    """Reasons with their typical values."""
    table = Table("accounts", "head", "feature", "median value", "typical", title=title, title_justify="left")
    for one in reasons:
        typical = (
            "unknown" if one["typical"] is None else " to ".join(f"{value:.3g}" for value in one["typical"])
        )
        table.add_row(str(one["accounts"]), one["head"], one["feature"], f"{one['value']:.3g}", typical)
    return table


def keep(path: Path, detector: Detector, part: str, results: Mapping[str, Any]) -> None:
    """Write one part's results beside the other's; a look at the sealed part is logged for good."""
    kept = json.loads(path.read_text()) if path.is_file() else {"sealed_looks": []}
    facts = detector.bundle.facts
    name = {"version": facts.version, "sha256": detector.bundle.sha256, "trained_on": list(facts.trained_on)}
    kept[part] = {"model": name, "alpha": facts.alpha, "sets": results}
    if part == "sealed":
        kept["sealed_looks"].append(name)
    path.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
