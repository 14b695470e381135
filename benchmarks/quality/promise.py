"""The promise: how often the false-accusation rate exceeds alpha, on simulated and on real accounts.

Thresholds are set on many calibration sets drawn from one pool of simulated accounts, scored once.
The pool is finite and stands for everybody: calibration sets and tests are drawn from it with
replacement, so that its own share above a threshold is that threshold's true rate. Tests without
replacement from a finite pool would share no account with the calibration set and so lie against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from benchmarks.quality.draws import DRAWS, TESTED, drawn, rate, smallest, split_in_two
from benchmarks.quality.organic import SETS, Organic
from benchmarks.quality.part import Part, Progress, Result, Task
from benchmarks.quality.pool import ACCOUNTS, OTHER_REGIME, natural_pools, scored_tables
from benchmarks.quality.promise_page import page
from benchmarks.quality.under_test import detector
from detector.arrays import Floats
from detector.threshold import accusation_threshold
from features.evidence import Level
from training.datasets.base import data_folder, development, sealed

__all__ = ["PART", "measured", "of_real_accounts"]

DRAWING_SEED: Final = 6
ALPHAS: Final = (0.005, 0.01, 0.02, 0.05)
CALIBRATION: Final = 2_000
HIDDEN: Final = (0.0, 0.01, 0.02, 0.05)
CUSTOMERS: Final = ((0.05, 60), (0.05, 150), (0.01, 300))
KINDS_OF_EVIDENCE: Final = 6
FEW: Final = 200
LEAST_TESTED: Final = 10
GROUPS: Final = ("platform", "tier", "language", "event", "person", "level")


def simulated(progress: Progress) -> Result:
    """Make the pools, and draw from them."""
    pool, other = natural_pools(progress)
    progress("drawing calibration sets", 1.0)
    return measured(pool, other)


def measured(pool: pl.DataFrame, other: pl.DataFrame, *, draws: int = DRAWS, tested: int = TESTED) -> Result:
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
    authentic, fakes = suspicions(natural)
    size: Result = {"draws": draws, "tested": tested}
    return {
        "pool": {
            "accounts": len(natural),
            "authentic": int(natural["authentic"].sum()),
            "authentic_judged": len(authentic),
            "drawn": "with replacement",
        },
        "promised": [
            drawn(authentic, fakes, alpha, n, rng, **size)
            for alpha in ALPHAS
            for n in (smallest(alpha), CALIBRATION)
        ],
        "by_evidence": [
            {"evidence": name} | drawn(*suspicions(part), alpha, CALIBRATION, rng, **size)
            for name, part in commonest_evidence(natural)
            for alpha in ALPHAS
        ],
        "contaminated": [
            drawn(authentic, fakes, alpha, CALIBRATION, rng, hidden=hidden, **size)
            for alpha in (0.01, 0.05)
            for hidden in HIDDEN
        ],
        "thin": thin_results(pool, rng, size),
        "shipped": {"train": shipped(natural), "test": shipped(other)},
    }


def suspicions(pool: pl.DataFrame) -> tuple[Floats, Floats]:
    """What thresholds are set on: of the authentic accounts, and of the fakes."""
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


def thin_results(pool: pl.DataFrame, rng: np.random.Generator, size: Result) -> Result:
    """Six posts, fifteen comments and thirty days, and what happens when nobody thought of it.

    The same accounts are judged as they came and on thin evidence. Thresholds are those shipped for
    the level, set on as thin evidence, or set on what the accounts came with.
    """
    level = "profile+posts5+comments15+history30"
    thin = pool.filter((pl.col("shown") == "thin") & (pl.col("level") == level))
    rich = pool.filter((pl.col("shown") == "as it came") & pl.col("suspicion").is_not_null())
    both = thin.join(rich.select("account_id", came_with="suspicion"), on="account_id")
    authentic, fakes = suspicions(both)
    deep = both.filter("authentic")["came_with"].to_numpy()
    return {
        "level": level,
        "accounts": len(both),
        "shipped": rates_of(both),
        "set_on_as_thin": [drawn(authentic, fakes, alpha, CALIBRATION, rng, **size) for alpha in ALPHAS],
        "set_on_what_they_came_with": [
            drawn(deep, fakes, alpha, CALIBRATION, rng, judged=authentic, **size) for alpha in ALPHAS
        ],
    }


def shipped(pool: pl.DataFrame) -> Result:
    """The starter's own thresholds on accounts as they came: all, and by group, the worst first."""
    return {
        "accounts": len(pool),
        "all": rates_of(pool),
        "hard_negatives": rates_of(pool.filter(~pl.col("authentic") | pl.col("hard_negative"))),
        "groups": {column: by_group(pool, column) for column in GROUPS},
    }


def rates_of(part: pl.DataFrame) -> Result:
    """False accusations among authentic accounts that can be accused at all, and recall among the fakes."""
    accused = part["label"].is_in(["inflated", "automated"])
    honest = part["authentic"] & part["can_accuse"]
    return {
        "false_accusations": rate(accused.filter(honest).to_numpy()),
        "recall": rate(accused.filter(~part["authentic"]).to_numpy()),
    }


def by_group(pool: pl.DataFrame, column: str) -> list[Result]:
    """Rates of each value of a column, the worst first; those of few accounts last."""
    named = pool.with_columns(pl.col(column).fill_null("none"))
    found: list[Result] = [
        {"group": str(value)} | rates_of(part) for (value,), part in named.group_by(column)
    ]
    for one in found:
        one["few"] = one["false_accusations"]["n"] < FEW
    return sorted(found, key=lambda one: (one["few"], -(one["false_accusations"]["rate"] or 0), one["group"]))


def on(organic: Organic, part: Callable[[Tables], Tables]) -> Callable[[Progress], Result]:
    """How one part of a real set is measured."""

    def measure(progress: Progress) -> Result:
        progress("judging real accounts", 0.0)
        return of_real_accounts(part(organic.load(data_folder())))

    return measure


def of_real_accounts(tables: Tables, *, draws: int = DRAWS) -> Result:
    """The shipped thresholds on real accounts, and thresholds set on some of them and tested on the others.

    Divisions at random obey the beta-binomial law whatever the accounts are. Where the larger
    accounts are tested by thresholds set on the smaller ones, nothing promises anything.
    """
    rng = np.random.default_rng(DRAWING_SEED)
    scored = scored_tables(detector(), tables).with_columns(authentic=pl.lit(True))
    sized = scored.with_columns(followers=tables.accounts["followers"])
    sized = sized.filter(pl.col("suspicion").is_not_null())
    suspected = sized["suspicion"].to_numpy()
    return {
        "accounts": len(tables),
        "judged": len(suspected),
        "shipped": rates_of(scored)["false_accusations"],
        "divided": [
            split_in_two(suspected, alpha, n, rng, draws=draws)
            for alpha, n in CUSTOMERS
            if n + LEAST_TESTED <= len(suspected)
        ],
        "by_size": by_size(sized.drop_nulls("followers").sort("followers", "account_id")),
    }


def by_size(sized: pl.DataFrame) -> list[Result]:
    """Thresholds set on one half of the accounts by size, and tested on the other half."""
    alpha, half = 0.05, len(sized) // 2
    halves = {"smaller": sized["suspicion"][:half].to_numpy(), "larger": sized["suspicion"][half:].to_numpy()}
    found = []
    for given, judged in (("smaller", "larger"), ("larger", "smaller")):
        limit = accusation_threshold(halves[given], alpha)
        wrong = halves[judged] > (np.inf if limit is None else limit)
        found.append({"set_on": given, "tested_on": judged, "alpha": alpha, "far": rate(wrong)})
    return found


PART: Final = Part(
    "The promise",
    {"simulated": Task(simulated)}
    | {
        one.name: Task(on(one, development), (one.about,), look=on(one, sealed))
        for one in SETS
        if one.name == one.about.name
    },
    page,
    {"pools": [ACCOUNTS, OTHER_REGIME], "draws": DRAWS, "tested": TESTED, "version": 2},
)
