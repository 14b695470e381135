"""The promise: how often the false-accusation rate exceeds alpha, on simulated and on real accounts.

Thresholds are set on many calibration sets drawn from one pool of simulated accounts, scored once.
The pool is finite and stands for everybody: calibration sets and tests are drawn from it with
replacement, so that its own share above a threshold is that threshold's true rate. Tests without
replacement from a finite pool would share no account with the calibration set and so lie against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.calibration_sets import (
    DRAWS,
    TESTED,
    divide_repeatedly,
    draw_calibration_sets,
    fewest_accounts,
)
from benchmarks.quality.populations.organic_sets import set_named
from benchmarks.quality.populations.simulated_pool import natural_pools, score_tables
from detector.arrays import Floats
from detector.threshold import accusation_threshold
from features.evidence import Level
from training.datasets.base import data_folder, development, hold_out
from training.metrics import ACCUSING, rate

__all__ = [
    "evaluate_pools",
    "evaluate_real_accounts",
    "measure_development",
    "measure_hold_out",
    "measure_simulated",
    "rates_by_group",
    "rates_of",
]

DRAWING_SEED: Final = 6
ALPHAS: Final = (0.005, 0.01, 0.02, 0.05)
CALIBRATION: Final = 2_000
HIDDEN: Final = (0.0, 0.01, 0.02, 0.05)
CUSTOMERS: Final = ((0.05, 60), (0.05, 150), (0.01, 300))
KINDS_OF_EVIDENCE: Final = 6
FEW: Final = 200
LEAST_TESTED: Final = 10
GROUPS: Final = ("platform", "tier", "language", "event", "person", "level")


def measure_simulated(progress: Progress) -> Result:
    """Make the pools, and draw from them."""
    pool, other = natural_pools(progress)
    progress("drawing calibration sets", 1.0)
    return evaluate_pools(pool, other)


def evaluate_pools(
    pool: pl.DataFrame, other: pl.DataFrame, *, draws: int = DRAWS, tested: int = TESTED
) -> Result:
    """Everything that the pools can tell.

    Parameters
    ----------
    pool
        Accounts of the regime that the starter was trained on, as they came and on thin evidence.
    other
        Accounts of the other regime.
    draws, tested
        How many calibration sets, and how many accounts each is tested on.
    """
    rng = np.random.default_rng(DRAWING_SEED)
    natural = pool.filter(pl.col("shown") == "as it came")
    authentic, fakes = suspicions_by_truth(natural)
    size: Result = {"draws": draws, "tested": tested}
    return {
        "pool": {
            "accounts": len(natural),
            "authentic": int(natural["authentic"].sum()),
            "authentic_judged": len(authentic),
            "drawn": "with replacement",
        },
        "promised": [
            draw_calibration_sets(authentic, fakes, alpha, n, rng, **size)
            for alpha in ALPHAS
            for n in (fewest_accounts(alpha), CALIBRATION)
        ],
        "by_evidence": [
            {"evidence": name}
            | draw_calibration_sets(*suspicions_by_truth(part), alpha, CALIBRATION, rng, **size)
            for name, part in commonest_evidence(natural)
            for alpha in ALPHAS
        ],
        "contaminated": [
            draw_calibration_sets(authentic, fakes, alpha, CALIBRATION, rng, hidden=hidden, **size)
            for alpha in (0.01, 0.05)
            for hidden in HIDDEN
        ],
        "thin": evaluate_thin_evidence(pool, rng, size),
        "shipped": {
            "train": evaluate_shipped_thresholds(natural),
            "test": evaluate_shipped_thresholds(other),
        },
    }


def suspicions_by_truth(pool: pl.DataFrame) -> tuple[Floats, Floats]:
    """Suspicion of the authentic accounts, and of the fakes; accounts without suspicion are left out."""
    known = pool.filter(pl.col("suspicion").is_not_null())
    honest = known["authentic"]
    suspected = known["suspicion"]
    return suspected.filter(honest).to_numpy(), suspected.filter(~honest).to_numpy()


def commonest_evidence(natural: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Accounts by the blocks that they came with, the commonest ones that may be accused by."""
    known = natural.filter(pl.col("suspicion").is_not_null())
    keys = {level: Level.of(level).pooled for level in known["level"].unique()}
    known = known.with_columns(blocks=pl.col("level").replace_strict(keys, return_dtype=pl.String))
    for name in known["blocks"].value_counts(sort=True)["blocks"].head(KINDS_OF_EVIDENCE).to_list():
        yield name, known.filter(pl.col("blocks") == name)


def evaluate_thin_evidence(pool: pl.DataFrame, rng: np.random.Generator, size: Result) -> Result:
    """Six posts, fifteen comments and thirty days, and what happens when nobody thought of it.

    The same accounts are judged as they came and on thin evidence. Thresholds are those shipped for
    the level, set on as thin evidence, or set on what the accounts came with.
    """
    level = "profile+posts5+comments15+history30"
    thin = pool.filter((pl.col("shown") == "thin") & (pl.col("level") == level))
    rich = pool.filter((pl.col("shown") == "as it came") & pl.col("suspicion").is_not_null())
    both = thin.join(rich.select("account_id", came_with="suspicion"), on="account_id")
    authentic, fakes = suspicions_by_truth(both)
    deep = both.filter("authentic")["came_with"].to_numpy()
    return {
        "level": level,
        "accounts": len(both),
        "shipped": rates_of(both),
        "set_on_as_thin": [
            draw_calibration_sets(authentic, fakes, alpha, CALIBRATION, rng, **size) for alpha in ALPHAS
        ],
        "set_on_what_they_came_with": [
            draw_calibration_sets(deep, fakes, alpha, CALIBRATION, rng, judged=authentic, **size)
            for alpha in ALPHAS
        ],
    }


def evaluate_shipped_thresholds(pool: pl.DataFrame) -> Result:
    """The starter's own thresholds on accounts as they came: all, and by group, the worst first."""
    return {
        "accounts": len(pool),
        "all": rates_of(pool),
        "hard_negatives": rates_of(pool.filter(~pl.col("authentic") | pl.col("hard_negative"))),
        "groups": {column: rates_by_group(pool, column) for column in GROUPS},
    }


def rates_of(part: pl.DataFrame) -> Result:
    """False accusations among authentic accounts that can be accused at all, and recall among the fakes."""
    accused = part["label"].is_in(ACCUSING)
    honest = part["authentic"] & part["can_accuse"]
    return {
        "false_accusations": rate(accused.filter(honest).to_numpy()),
        "recall": rate(accused.filter(~part["authentic"]).to_numpy()),
    }


def rates_by_group(pool: pl.DataFrame, column: str) -> list[Result]:
    """Rates of each value of a column, the worst first; those of few accounts last."""
    named = pool.with_columns(pl.col(column).fill_null("none"))
    found: list[Result] = [
        {"group": str(value)} | rates_of(part) for (value,), part in named.group_by(column)
    ]
    for one in found:
        one["few"] = one["false_accusations"]["n"] < FEW
    return sorted(found, key=lambda one: (one["few"], -(one["false_accusations"]["rate"] or 0), one["group"]))


def measure_development(name: str, progress: Progress) -> Result:
    """Figures of the development accounts of a set."""
    progress("judging real accounts", 0.0)
    return evaluate_real_accounts(development(set_named(name).load(data_folder())))


def measure_hold_out(name: str, progress: Progress) -> Result:
    """Figures of its sealed accounts."""
    progress("judging real accounts", 0.0)
    return evaluate_real_accounts(hold_out(set_named(name).load(data_folder())))


def evaluate_real_accounts(tables: Tables, *, draws: int = DRAWS) -> Result:
    """The shipped thresholds on real accounts, and thresholds set on some of them and tested on the others.

    Divisions at random obey the beta-binomial law whatever the accounts are. Where the larger
    accounts are tested by thresholds set on the smaller ones, nothing promises anything.
    """
    rng = np.random.default_rng(DRAWING_SEED)
    scored = score_tables(benchmarked_detector(), tables).with_columns(authentic=pl.lit(True))
    sized = scored.with_columns(followers=tables.accounts["followers"])
    sized = sized.filter(pl.col("suspicion").is_not_null())
    suspected = sized["suspicion"].to_numpy()
    return {
        "accounts": len(tables),
        "judged": len(suspected),
        "shipped": rates_of(scored)["false_accusations"],
        "divided": [
            divide_repeatedly(suspected, alpha, n, rng, draws=draws)
            for alpha, n in CUSTOMERS
            if n + LEAST_TESTED <= len(suspected)
        ],
        "by_size": rates_by_size(sized.drop_nulls("followers").sort("followers", "account_id")),
    }


def rates_by_size(sized: pl.DataFrame) -> list[Result]:
    """Thresholds set on one half of the accounts by size, and tested on the other half."""
    alpha, half = 0.05, len(sized) // 2
    halves = {"smaller": sized["suspicion"][:half].to_numpy(), "larger": sized["suspicion"][half:].to_numpy()}
    found = []
    for given, judged in (("smaller", "larger"), ("larger", "smaller")):
        limit = accusation_threshold(halves[given], alpha)
        wrong = halves[judged] > (np.inf if limit is None else limit)
        found.append({"set_on": given, "tested_on": judged, "alpha": alpha, "far": rate(wrong)})
    return found
