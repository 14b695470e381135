"""Figures at each evidence level, and the gain from the evidence that verdicts ask for next.

Accounts of the regime that the starter was not trained on are masked down to every level that they can
reach, and judged there by the one rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.simulation import simulate
from accounts.simulation.simulator import RegimeName
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.populations.simulated_pool import run_in_processes
from detector.bundle import Bundle
from detector.labels import Label
from features.evidence import LEVELS, Level
from training.masking import MaskedToLevels
from training.metrics import ACCUSING, rate

__all__ = [
    "ACCOUNTS",
    "REGIME",
    "compare_blocks",
    "evaluate",
    "evaluate_level",
    "measure",
    "next_block",
    "screen_at_level",
    "screen_at_levels",
]

ACCOUNTS: Final = 4_000
SIZE: Final = 500
SEED: Final = 34_000_000
REGIME: Final[RegimeName] = "test"
STRONG: Final = 0.5
AT_LEAST: Final = 100


def measure(progress: Progress) -> Result:
    """Judge fresh accounts at every level."""
    jobs = [(SEED + number, REGIME) for number in range(ACCOUNTS // SIZE)]
    found = []
    for frame in run_in_processes(screen_at_levels, jobs):
        found.append(frame)
        progress("judging accounts at every level", len(found) / len(jobs))
    return evaluate(pl.concat(found), benchmarked_detector().bundle) | {
        "accounts": ACCOUNTS,
        "regime": REGIME,
    }


def screen_at_levels(seed: int, regime: RegimeName, size: int = SIZE) -> pl.DataFrame:
    """One row for each account and level that it can be masked down to: what it is, and its label."""
    population = simulate(size, seed, regime=regime)
    guilty = pl.col("inflated") | pl.col("automated")
    truth = population.labels.select(
        "account_id",
        authentic=~guilty,
        strong=guilty & ~(pl.col("strength").fill_null(np.inf) < STRONG),
    )
    platforms = dict(population.tables.accounts.select("account_id", "platform").iter_rows())
    found = [
        screen_at_level(level, numbers, platforms)
        for level, numbers in MaskedToLevels(population.tables, seed)
    ]
    return pl.concat(found).join(truth, on="account_id")


def screen_at_level(level: Level, numbers: pd.DataFrame, platforms: Mapping[str, str]) -> pl.DataFrame:
    """The labels of accounts at one level, by the thresholds of their platforms."""
    own = [platforms[name] for name in numbers.index]
    judged = benchmarked_detector().predict_features(numbers, [level.key] * len(numbers), own)
    labels = [label.value for label in judged.decisions.labels]
    return pl.DataFrame({"account_id": list(numbers.index), "level": level.key, "label": labels})


def evaluate(judged: pl.DataFrame, bundle: Bundle) -> Result:
    """Figures by level, and the worth of what is asked for next.

    Parameters
    ----------
    judged
        As :func:`screen_at_levels` gives it.
    bundle
        The detector that judged.
    """
    parts = {str(key): part for (key,), part in judged.group_by("level")}
    return {
        "levels": [
            evaluate_level(level, parts[level.key], bundle) for level in LEVELS if level.key in parts
        ],
        "send_next": worth_of_next_block(parts, bundle),
    }  # fmt: skip


def evaluate_level(level: Level, part: pl.DataFrame, bundle: Bundle) -> Result:
    """False accusations, recall and the shares of the five labels at one level."""
    row = bundle.levels.row_for(level.key)
    accused = part["label"].is_in(ACCUSING)
    honest = part["authentic"]
    return {
        "level": level.key,
        "judged_by": row.level,
        "can_accuse": row.accuse_above is not None,
        "masked_only": row.masked_only,
        "far": rate(accused.filter(honest).to_numpy()),
        "recall": rate(accused.filter(~honest).to_numpy()),
        "recall_strong": rate(accused.filter(part["strong"]).to_numpy()),
        "strong_cleared": rate((part["label"] == Label.AUTHENTIC).filter(part["strong"]).to_numpy()),
        "expected_recall": row.expected_recall,
        "authentic": label_shares(part["label"].filter(honest)),
        "fakes": label_shares(part["label"].filter(~honest)),
        "send_next": next_block(level, bundle),
    }


def label_shares(labels: pl.Series) -> dict[str, float | None]:
    """How often each of the five labels occurs."""
    return {
        label.value: round(float((labels == label.value).mean()), 4) if len(labels) else None  # type: ignore[arg-type]
        for label in Label
    }


def next_block(level: Level, bundle: Bundle, platform: str | None = None) -> str | None:
    """The block that verdicts at a level ask for (a test holds that they do), on all platforms or on one."""

    def recall(key: str) -> float:
        return bundle.levels.row_for(key, platform).expected_recall or 0.0

    gains = {block: recall(more.key) - recall(level.key) for block, more in level.extended()}
    best = max(gains, key=gains.__getitem__, default=None)
    return best if best is not None and gains[best] > 0 else None


def worth_of_next_block(parts: dict[str, pl.DataFrame], bundle: Bundle) -> Result:
    """The gain from the block asked for, against that from the other absent blocks, on accounts that have it.

    For each level and absent block the same accounts are judged with and without the block at its
    deepest. Given are the levels where the detector asks for a block and two at least can be compared.
    """
    found = []
    for level in LEVELS:
        gains = {one["block"]: one for one in gains_by_block(level, parts)}
        asked = next_block(level, bundle)
        if asked in gains and len(gains) > 1:
            found.append({"level": level.key, "asked": asked, "gains": list(gains.values())})
    return {"levels": len(found), "mean": mean_gains(found)}


def gains_by_block(level: Level, parts: dict[str, pl.DataFrame]) -> Iterator[Result]:
    """Recall and clearing of the same accounts before and after each absent block is added."""
    for block, more in level.extended():
        if level.key in parts and more.key in parts:
            both = parts[level.key].join(parts[more.key].select("account_id", after="label"), on="account_id")
            honest, fakes = both.filter("authentic"), both.filter(~pl.col("authentic"))
            if min(len(honest), len(fakes)) >= AT_LEAST:
                yield {
                    "block": block,
                    "fakes": len(fakes),
                    "recall": before_and_after(fakes, ACCUSING),
                    "cleared": before_and_after(honest, (Label.AUTHENTIC.value,)),
                }


def before_and_after(both: pl.DataFrame, labels: tuple[str, ...]) -> list[float]:
    """Share of accounts with one of these labels, before and after."""
    return [round(float(both[name].is_in(labels).mean()), 4) for name in ("label", "after")]  # type: ignore[arg-type]


def mean_gains(found: list[Result]) -> Result:
    """The gain of what was asked for, of the other blocks, and of the best in hindsight, over levels."""
    return {
        kind: {
            name: rounded_mean([compare_blocks(level, kind)[name] for level in found])
            for name in ("asked", "others", "best", "asked_is_best")
        }
        for kind in ("recall", "cleared")
    }


def compare_blocks(level: Result, kind: str) -> dict[str, float]:
    """The block asked for beside the others, at one level."""
    gains = {one["block"]: one[kind][1] - one[kind][0] for one in level["gains"]}
    best, asked = max(gains.values()), gains.pop(level["asked"])
    others = float(np.mean(list(gains.values())))
    return {"asked": asked, "others": others, "best": best, "asked_is_best": float(asked == best)}


def rounded_mean(values: list[float]) -> float | None:
    """Their mean; None of none."""
    return round(float(np.mean(values)), 4) if values else None
