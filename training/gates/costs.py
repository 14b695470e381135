"""Gates on what else changes for users: reasons, time and size."""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from accounts.tables import Tables
from detector.bundle import Bundle
from detector.labels import Explain
from detector.screening import Detector
from training.gates.gate import Gate
from training.gates.limits import GateLimits
from training.gates.trial import Trial

__all__ = ["latency", "same_reasons", "size"]

EXPLAINED: Final = 60
TURNS: Final = 9


def same_reasons(trial: Trial, challenger: Detector, champion: Detector, limits: GateLimits) -> Gate:
    """How often both name the same family of features first, among accounts that both accuse."""
    both = trial.rows.labels.filter(trial.challenger.accused & trial.champion.accused)["account_id"].to_list()
    tables = trial.population.tables.select(both[:EXPLAINED])
    first = [
        [
            verdict.reasons[0].family if verdict.reasons else ""
            for verdict in one.screen(tables, explain=Explain.ALL)
        ]
        for one in (challenger, champion)
    ]
    same = float(np.mean([new == old for new, old in zip(*first, strict=True)])) if both else 0.0
    return Gate(
        "same reasons",
        same >= limits.same_first_cause if both else None,
        f"{100 * same:.0f} % of {len(first[0])} accounts accused by both",
        f"the first reason is of the same family for at least {100 * limits.same_first_cause:g} %",
    )


def latency(trial: Trial, challenger: Detector, champion: Detector, limits: GateLimits) -> Gate:
    """Processor time of one explained verdict, in turns with the champion's; the median of the ratios."""
    ids = trial.rows.labels["account_id"].to_list()[:TURNS]
    ratios = []
    for account in ids:
        one = trial.population.tables.select([account])
        ratios.append(seconds(challenger, one) / seconds(champion, one))
    ratio = float(np.median(ratios))
    return Gate(
        "latency",
        ratio <= limits.latency_ratio,
        f"{ratio:.2f} times the champion's",
        f"at most {limits.latency_ratio:g} times, in processor time",
    )


def seconds(detector: Detector, tables: Tables) -> float:
    """Processor time of the faster of two screenings of one account."""
    durations = []
    for _ in range(2):
        begin = time.process_time()
        detector.screen(tables, explain=Explain.ALL)
        durations.append(time.process_time() - begin)
    return min(durations)


def size(bundle: Bundle, limits: GateLimits) -> Gate:
    """Bytes of the bundle."""
    total = sum(len(content) for content in bundle.files.values())
    return Gate(
        "size",
        total <= limits.size_bytes,
        f"{total / 1e6:.1f} MB",
        f"at most {limits.size_bytes / 1e6:g} MB",
    )
