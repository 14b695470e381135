"""A challenger against a champion, by every gate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from accounts.population import Population
from accounts.simulation import simulate
from detector.arrays import Bools
from detector.manifest import SIMULATED
from detector.screening import Detector
from training.gates import cases, costs, errors
from training.gates.gate import Gate
from training.gates.limits import GateLimits
from training.gates.trial import Trial
from training.progress import Progress, silent

__all__ = ["compare", "failed", "known_cases"]


def compare(  # noqa: PLR0913
    challenger: Detector,
    champion: Detector,
    *,
    limits: GateLimits,
    data: Path,
    own: Population | None = None,
    progress: Progress = silent,
) -> list[Gate]:
    """Try every gate.

    Parameters
    ----------
    challenger, champion
        The detectors; a loaded bundle has answered its golden accounts as it did when it was written.
    limits
        How far the challenger may fall behind.
    data
        The folder of public sets.
    own
        Labelled accounts that trained neither, such as a hold-out.
    progress
        Called with what is being done and how much of the whole is done, 0 to 1.
    """
    progress("simulating accounts", 0.0)
    half = limits.accounts // 2
    usual = simulate(half, limits.seed, regime="train")
    other = simulate(half, limits.seed + 1, regime="test")
    progress("judging simulated accounts", 0.2)
    trial = Trial.of(Population.concat([usual, other]), challenger, champion)
    is_usual = np.arange(len(trial.fake)) < len(usual)
    found = [errors.fitness(challenger.bundle), promise(trial, is_usual, challenger)]
    found += paired(trial, challenger, limits)
    if own is not None and len(own):
        progress("judging your own accounts", 0.5)
        mine = Trial.of(own, challenger, champion)
        alpha = challenger.bundle.facts.alpha
        gates = (errors.promise(mine, alpha), *paired(mine, challenger, limits, own=True))
        found += [on_own(gate) for gate in gates]
    progress("judging known cases", 0.6)
    found += known_cases(challenger)
    found.append(cases.dose_response(trial, challenger, limits))
    progress("judging public sets", 0.8)
    found += cases.public_sets(challenger, champion, data, limits)
    progress("reasons, time and size", 0.9)
    found.append(costs.same_reasons(trial, challenger, champion, limits))
    found += [costs.latency(trial, challenger, champion, limits), costs.size(challenger.bundle, limits)]
    return found


def known_cases(detector: Detector) -> list[Gate]:
    """The gates that need nothing but the detector, and a second or two."""
    return [cases.examples(detector), cases.expert_cases(detector)]


def promise(trial: Trial, usual: Bools, challenger: Detector) -> Gate:
    """The promise on simulated accounts with usual habits, where it was made for such."""
    facts = challenger.bundle.facts
    if facts.calibrated_on == SIMULATED:
        return errors.promise(trial, facts.alpha, usual)
    return Gate("promise", None, f"it was made for {facts.calibrated_on}", "measured on accounts of yours")


def paired(trial: Trial, challenger: Detector, limits: GateLimits, *, own: bool = False) -> list[Gate]:
    """The gates that hold both against each other on one set of accounts, simulated or somebody's own."""
    return [
        errors.recall(trial, challenger.bundle.facts.alpha, limits, own=own),
        errors.log_loss(trial, limits, own=own),
        errors.calibration(trial, limits, own=own),
        errors.slices(trial, limits),
    ]


def on_own(gate: Gate) -> Gate:
    """The gate, named as measured on one's own accounts."""
    return replace(gate, name=f"{gate.name}, your accounts")


def failed(gates: list[Gate]) -> list[Gate]:
    """Those that did not hold; one that could not be measured is none of them.

    >>> failed([Gate("a", None, "", ""), Gate("b", False, "", "")])
    [Gate(name='b', passed=False, found='', why='')]
    """
    return [gate for gate in gates if gate.passed is False]
