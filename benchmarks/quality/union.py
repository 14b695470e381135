"""What the union of the signals gains and costs: against each alone, and without each of them.

Nothing is fitted again: the suspicion is taken of some of the p-values, on simulated accounts of the regime
that nothing was trained on. What a signal costs the others is seen in the threshold: every further one is
another chance to be accused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from benchmarks.quality.draws import rate
from benchmarks.quality.figures import auc, figures
from benchmarks.quality.natural import EVIDENCE, with_evidence
from benchmarks.quality.part import Progress, Result
from benchmarks.quality.pool import OTHER_REGIME, P_VALUES, natural_pools
from benchmarks.quality.writing import interval, share, table
from benchmarks.quality.writing import rate as written
from detector.arrays import Bools, Floats
from detector.decision import suspicion
from detector.signals import SIGNALS

__all__ = ["SETTINGS", "measured", "page", "run", "variants"]

ALPHAS: Final = (0.01, 0.05)
STRONG: Final = 0.5
FEWEST: Final = 40
ALL: Final = "all signals"
SETTINGS: Final = {"accounts": OTHER_REGIME, "alphas": ALPHAS, "strong": STRONG, "version": 1}
NAMES: Final = tuple(signal.name for signal in SIGNALS)
KINDS: Final[Mapping[str, str]] = {
    "followers": "added_followers", "likes": "added_likes", "views": "added_views",
    "comments": "added_comments",
}  # fmt: skip


def run(progress: Progress) -> Result:
    """The other regime's accounts."""
    _, other = natural_pools(progress)
    progress("comparing", 1.0)
    return {
        name: measured(with_evidence(other, EVIDENCE[name])) for name in ("any", "with posts and history")
    }


def variants(rarity: Floats) -> Iterator[tuple[str, Floats]]:
    """The suspicion of accounts with all signals, without each, and with each alone; -1 where none is heard.

    Parameters
    ----------
    rarity
        p-values, accounts x signals.
    """
    everyone = np.arange(len(NAMES))
    yield ALL, of(rarity, everyone)
    for at, name in enumerate(NAMES):
        yield f"without {name}", of(rarity, everyone[everyone != at])
    for at, name in enumerate(NAMES):
        yield f"{name} alone", of(rarity, everyone[[at]])


def of(rarity: Floats, columns: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The suspicion by some of the signals."""
    return np.nan_to_num(suspicion(rarity[:, columns]), nan=-1.0)


def measured(accounts: pl.DataFrame) -> Result:
    """Every variant on strong fakes by kind, at thresholds that 1 and 5 % of honest accounts exceed.

    Parameters
    ----------
    accounts
        As :func:`benchmarks.quality.pool.scored` gives them.
    """
    rarity = accounts.select(P_VALUES).cast(pl.Float64).fill_null(np.nan).to_numpy()
    honest = accounts["authentic"].to_numpy()
    groups = {name: rows for name, rows in fakes(accounts).items() if rows.sum() >= FEWEST}
    scores = dict(variants(rarity))
    found = {kind: against(scores, honest, rows) for kind, rows in groups.items()}
    return {
        "honest": int(honest.sum()),
        "kinds": {name: int(rows.sum()) for name, rows in groups.items()},
        "variants": {name: {kind: one[name] for kind, one in found.items()} for name in scores},
    }


def fakes(accounts: pl.DataFrame) -> dict[str, Bools]:
    """Accounts by what was added to them, half as much as there was or more, and those that programs run."""
    strong = {
        name: (accounts[column].fill_null(0.0) >= STRONG).to_numpy() & ~accounts["authentic"].to_numpy()
        for name, column in KINDS.items()
    }
    programs = accounts["is_automated"].to_numpy().astype(bool)
    either = programs | np.logical_or.reduce(list(strong.values()))
    return {"any": np.asarray(either, dtype=bool), **strong, "programs": programs}


def against(scores: Mapping[str, Floats], honest: Bools, guilty: Bools) -> Result:
    """By variant: AUC of some fakes against honest accounts, and recall at two false-accusation rates."""
    rows = honest | guilty
    measures = {name: auc(guilty[rows], values[rows]) for name, values in scores.items()}
    areas = figures(measures, range(int(rows.sum())))
    return {
        name: {"auc": areas[name]}
        | {f"recall at {alpha:.0%}": rate(values[guilty] > limit(values[honest], alpha)) for alpha in ALPHAS}
        for name, values in scores.items()
    }


def limit(honest: Floats, alpha: float) -> float:
    """Above it lies at most that share of honest accounts.

    >>> limit(np.arange(100.0), 0.05)
    95.0
    """
    return float(np.quantile(honest, 1 - alpha, method="higher"))


def page(result: Result) -> str:
    """The section in Markdown."""
    about = (
        "Strong fakes (half as much added as there was, or more; and all programs) against honest accounts, "
        "simulated in the regime that nothing was trained on. A variant is the suspicion by some of the "
        "signals, with its own thresholds: those that 1 % and 5 % of these honest accounts exceed (chosen on "
        "them, so that variants are compared at one rate; not the shipped ones)."
    )
    return "\n\n".join([about, *(section(name, one) for name, one in result.items())])


def section(evidence: str, one: Mapping[str, Any]) -> str:
    """One kind of evidence."""
    kinds = ", ".join(f"{count:,} {name}" for name, count in one["kinds"].items())
    head = f"**Evidence: {evidence}**, {one['honest']:,} honest accounts; strong fakes: {kinds}."
    return "\n\n".join([head, areas(one), *(recalls(one, alpha) for alpha in ALPHAS)])


def areas(one: Mapping[str, Any]) -> str:
    """AUC by variant and kind."""
    rows = [
        (name, *(interval(found[kind]["auc"]) for kind in one["kinds"]))
        for name, found in one["variants"].items()
    ]
    return table(("AUC", *one["kinds"]), rows)


def recalls(one: Mapping[str, Any], alpha: float) -> str:
    """Recall by variant and kind: with all signals its interval, of the others the share."""
    key = f"recall at {alpha:.0%}"
    rows = [
        (name, *(
            written(found[kind][key], counts=False) if name == ALL else share(found[kind][key]["rate"])
            for kind in one["kinds"]
        ))
        for name, found in one["variants"].items()
    ]  # fmt: skip
    return table((key, *one["kinds"]), rows)
