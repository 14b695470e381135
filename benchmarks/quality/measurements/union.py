"""The union of the signals against each signal alone, and against the union without it.

Nothing is fitted again: the suspicion is taken of some of the p-values, on simulated accounts of the regime
that nothing was trained on. What a signal costs the others is seen in the threshold: every further one is
another chance to be accused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import polars as pl

from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.measurements.natural import EVIDENCE, with_evidence
from benchmarks.quality.populations.simulated_pool import P_VALUES, natural_pools
from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.signals import SIGNALS
from training.metrics import auc, rate, with_intervals

__all__ = ["ALL", "ALPHAS", "STRONG", "evaluate", "measure", "suspicion_variants"]

ALPHAS: Final = (0.01, 0.05)
STRONG: Final = 0.5
FEWEST: Final = 40
ALL: Final = "all signals"
NAMES: Final = tuple(signal.name for signal in SIGNALS)
KINDS: Final[Mapping[str, str]] = {
    "followers": "added_followers", "likes": "added_likes", "views": "added_views",
    "comments": "added_comments",
}  # fmt: skip


def measure(progress: Progress) -> Result:
    """The other regime's accounts."""
    _, other = natural_pools(progress)
    progress("comparing", 1.0)
    return {
        name: evaluate(with_evidence(other, EVIDENCE[name])) for name in ("any", "with posts and history")
    }


def suspicion_variants(p_values: Floats) -> Iterator[tuple[str, Floats]]:
    """The suspicion of accounts with all signals, without each, and with each alone; -1 where none is heard.

    Parameters
    ----------
    p_values
        p-values, accounts x signals.
    """
    everyone = np.arange(len(NAMES))
    yield ALL, suspicion_by(p_values, everyone)
    for at, name in enumerate(NAMES):
        yield f"without {name}", suspicion_by(p_values, everyone[everyone != at])
    for at, name in enumerate(NAMES):
        yield f"{name} alone", suspicion_by(p_values, everyone[[at]])


def suspicion_by(p_values: Floats, columns: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The suspicion by some of the signals."""
    return np.nan_to_num(suspicion(p_values[:, columns]), nan=-1.0)


def evaluate(accounts: pl.DataFrame) -> Result:
    """Every variant on strong fakes by kind, at thresholds that 1 and 5 % of honest accounts exceed.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.populations.simulated_pool.score_population` gives them.
    """
    p_values = accounts.select(P_VALUES).cast(pl.Float64).fill_null(np.nan).to_numpy()
    honest = accounts["authentic"].to_numpy()
    groups = {name: rows for name, rows in fakes_by_kind(accounts).items() if rows.sum() >= FEWEST}
    scores = dict(suspicion_variants(p_values))
    found = {kind: compare(scores, honest, rows) for kind, rows in groups.items()}
    return {
        "honest": int(honest.sum()),
        "kinds": {name: int(rows.sum()) for name, rows in groups.items()},
        "variants": {name: {kind: one[name] for kind, one in found.items()} for name in scores},
    }


def fakes_by_kind(accounts: pl.DataFrame) -> dict[str, Bools]:
    """Accounts by what was added to them, half as much as there was or more, and those that programs run."""
    strong = {
        name: (accounts[column].fill_null(0.0) >= STRONG).to_numpy() & ~accounts["authentic"].to_numpy()
        for name, column in KINDS.items()
    }
    programs = accounts["is_automated"].to_numpy().astype(bool)
    either = programs | np.logical_or.reduce(list(strong.values()))
    return {"any": np.asarray(either, dtype=bool), **strong, "programs": programs}


def compare(scores: Mapping[str, Floats], honest: Bools, guilty: Bools) -> Result:
    """By variant: AUC of some fakes against honest accounts, and recall at two false-accusation rates."""
    rows = honest | guilty
    measures = {name: auc(guilty[rows], values[rows]) for name, values in scores.items()}
    areas = with_intervals(measures, range(int(rows.sum())))
    return {
        name: {"auc": areas[name]}
        | {
            f"recall at {alpha:.0%}": rate(values[guilty] > threshold_exceeded_by(values[honest], alpha))
            for alpha in ALPHAS
        }
        for name, values in scores.items()
    }


def threshold_exceeded_by(honest: Floats, alpha: float) -> float:
    """Above it lies at most that share of honest accounts.

    >>> threshold_exceeded_by(np.arange(100.0), 0.05)
    95.0
    """
    return float(np.quantile(honest, 1 - alpha, method="higher"))
