"""New detectors into the registry: what MLflow records of each, and which becomes champion by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from detector.bundle import Bundle
from detector.model_store import ModelStore
from detector.screening import Detector
from training.adapt import Adapted
from training.evaluate import Report
from training.fit import Fitted
from training.fitness import fit_to_judge
from training.gates.compare import failed, known_cases
from training.gather import GatheredAccounts
from training.label_checks import Contamination, Suspect
from training.promote import promote
from training.run_notes import NO_NOTES, RunNotes
from training.tracking import ModelRegistry, ModelVersion

__all__ = [
    "TrainedRun", "adaptation_metrics", "adaptation_notes", "recalibration_metrics",
    "recalibration_notes", "register_trained",
    "why_not_first",
]  # fmt: skip


class TrainedRun(NamedTuple):
    """A training run, and what else is recorded of it."""

    fitted: Fitted
    report: Report
    notes: RunNotes = NO_NOTES


def register_trained(
    store: ModelRegistry, run: TrainedRun, home: Path, *, to_champion: bool = False
) -> ModelVersion:
    """Track a training run and register its bundle; the first one that is worth it becomes champion.

    Parameters
    ----------
    store
        The registry.
    run
        What is registered.
    home
        Assay's own folder, where a champion is exported to.
    to_champion
        Promote it whatever is there. Otherwise it is promoted only if neither the registry nor ``home`` has a
        champion, and it can judge and is right about the cases that come with Assay.

    Raises
    ------
    NoUsableModel
        If it shall be promoted and is not fit to judge; it is registered all the same.
    """
    version = store.record(*run).version
    first = not store.has_champion and not ModelStore(home).has_champion
    if to_champion or (first and is_right_about_known_cases(run.fitted.bundle)):
        return promote(store, str(version.number), home)
    return version


def is_right_about_known_cases(bundle: Bundle) -> bool:
    """Whether the detector can judge, and passes the gates that need no other accounts."""
    return fit_to_judge(bundle) and not failed(known_cases(Detector(bundle)))


def why_not_first(bundle: Bundle) -> list[str]:
    """Why a detector does not become the first champion by itself; empty if it does."""
    if not fit_to_judge(bundle):
        return ["no evidence level has enough accounts to accuse, or to clear"]
    return [f"{gate.name}: {gate.found}; {gate.why}" for gate in failed(known_cases(Detector(bundle)))]


def threshold_metrics(bundle: Bundle) -> dict[str, float]:
    """The threshold of every level that has one, and the number of authentic accounts it rests on."""
    found: dict[str, float] = {}
    for row in bundle.levels:
        if row.accuse_above is not None:
            found |= {f"threshold.{row.level}": row.accuse_above, f"n0.{row.level}": row.authentic_accounts}
    return found


def recalibration_metrics(after: Bundle, gathered: GatheredAccounts, seen: Contamination) -> dict[str, float]:
    """Metrics of a recalibration: how many accounts, how many far out, and the thresholds."""
    counts = {"accounts": len(gathered.verified), "far_out": seen.far_out, "counted": seen.of}
    return counts | threshold_metrics(after)


def recalibration_notes(
    gathered: GatheredAccounts, seen: Contamination, to_check: Sequence[Suspect]
) -> dict[str, Any]:
    """``recalibration.json`` of the run."""
    return {
        "data_sha256": gathered.digest,
        "contamination": asdict(seen),
        "look_again": list(map(asdict, to_check)),
    }


def adaptation_metrics(adapted: Adapted) -> dict[str, float]:
    """Metrics of an adaptation: recall by way and strength with its interval, and the thresholds."""
    found: dict[str, float] = {"outlying": len(adapted.outlying)}
    for (way, band), rate in adapted.trial.recall.items():
        facts = rate.as_dict()
        name = ".".join(filter(None, ("recall", way, band.strip("+ %"))))
        found |= {name: facts["rate"], f"{name}.low": facts["low"], f"{name}.high": facts["high"]}
    return found | threshold_metrics(adapted.bundle)


def adaptation_notes(adapted: Adapted, digest: str) -> dict[str, Any]:
    """``adaptation.json`` of the run; ``digest`` is that of the accounts adapted to."""
    return {
        "data_sha256": digest,
        "outlying": list(map(asdict, adapted.outlying)),
        "unheard": list(adapted.trial.unheard),
        "known_inflated": adapted.known_inflated,
    }
