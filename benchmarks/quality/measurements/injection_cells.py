"""False accusations of real accounts as they are, and detection of fraud that was injected into them.

Only :meth:`Detector.predict` is asked, so that it measures any detector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from accounts.tables import Tables
from benchmarks.quality.harness.part import Result
from benchmarks.quality.populations.organic_sets import only_parts
from detector.arrays import Bools, Floats
from detector.labels import Label
from detector.screening import Detector
from detector.signals import SIGNALS
from training.datasets.base import owner_of
from training.fixed_dose import DOSED_WAYS, add_dose
from training.metrics import ACCUSING, auc, rate, threshold_at, with_intervals
from training.real_drafts import originals_of

__all__ = [
    "CELLS",
    "FAR",
    "MASKS",
    "MOST_ACCOUNTS",
    "SIGNAL_OF",
    "Cell",
    "DetectorOutput",
    "cell_settings",
    "evaluate_cell",
    "evaluate_untouched",
    "masked_variants",
    "sample_accounts",
]

MOST_ACCOUNTS: Final = 150
FAR: Final = 0.05


@dataclass(frozen=True)
class Cell:
    """One injection: a way of :mod:`training.fixed_dose`, its dose, and the days in which it is delivered."""

    way: str
    dose: float
    days: int = 1


def cell_settings(cells: Iterable[Cell]) -> dict[str, Any]:
    """The injections as settings of a task, which its stored figures must be of.

    >>> cell_settings([Cell("views", 3)])
    {'cells': [['views', 3, 1]]}
    """
    return {"cells": [[cell.way, cell.dose, cell.days] for cell in cells]}


FOLLOWERS: Final = tuple(Cell("followers", dose, days) for dose, days in product((1, 3, 10), (1, 3, 7, 30)))
LIKES: Final = tuple(Cell(way, dose) for way, dose in product(("likes", "likes in proportion"), (1, 3)))
VIEWS: Final = (Cell("views", 3), Cell("views in proportion", 3))
PACKAGE: Final = tuple(Cell("package", 3, days) for days in (3, 30))

CELLS: Final[Mapping[str, tuple[Cell, ...]]] = MappingProxyType(
    {
        "github_followers_top": FOLLOWERS,
        "github_followers_spain": FOLLOWERS,
        "github_stars": FOLLOWERS,
        "vtuber_tw_twitch": FOLLOWERS,
        "vtuber_tw_youtube": FOLLOWERS,
        "youtube_channels": (*FOLLOWERS, *LIKES, *VIEWS, *PACKAGE),
        "youtube_trending": (*LIKES, *VIEWS),
        "instafake_posts": LIKES,
        "influencers_br": LIKES,
    }
)
"""The injections by set; into other sets nothing is injected, as they have too little to inject it into."""

MASKS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "profile only": frozenset({"accounts"}),
        "posts only": frozenset({"posts"}),
        "history only": frozenset({"history"}),
        "profile and posts": frozenset({"accounts", "posts"}),
        "profile and history": frozenset({"accounts", "history"}),
    }
)


SIGNAL_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "followers": "followers_flow",
        "likes": "likes",
        "likes in proportion": "likes",
        "views": "views",
        "views in proportion": "views",
        "package": "inflation",
    }
)
"""The signal that each way is about."""


@dataclass(frozen=True)
class DetectorOutput:
    """A detector's scores and labels of accounts.

    Attributes
    ----------
    names, labels, levels
        One of each account.
    suspicion
        -1 where no signal is heard.
    p_values
        p-value of each signal, accounts x signals, 1 where it is not heard.
    """

    names: Sequence[str]
    suspicion: Floats
    labels: Sequence[str]
    levels: Sequence[str]
    p_values: Floats

    @classmethod
    def of(cls, detector: Detector, tables: Tables) -> DetectorOutput:
        """Ask the detector."""
        judged = detector.predict(tables)
        labels = [Label(label).value for label in judged.decisions.labels]
        suspicion = np.nan_to_num(judged.suspicion, nan=-1.0)
        p_values = np.nan_to_num(judged.signals.p_values, nan=1.0)
        return cls(tables.accounts["account_id"].to_list(), suspicion, labels, list(judged.levels), p_values)

    def of_signal(self, name: str) -> Floats:
        """Minus the p-value of one signal: higher for more suspicion."""
        return -self.p_values[:, [signal.name for signal in SIGNALS].index(name)]

    def share(self, *labels: str) -> Result:
        """How many have one of these labels, with the exact 95 % interval."""
        return rate(np.isin(np.array(self.labels, dtype=str), labels))


def sample_accounts(tables: Tables, most: int = MOST_ACCOUNTS) -> Tables:
    """At most so many accounts, at even strides over their names."""
    names = sorted(tables.accounts["account_id"])
    chosen = np.unique(np.linspace(0, len(names) - 1, min(most, len(names))).round().astype(int))
    return tables.select([names[at] for at in chosen.tolist()])


def masked_variants(tables: Tables) -> dict[str, Tables]:
    """The accounts as a user may have them: with everything, and with each smaller part that they have."""
    parts = {name for name in ("posts", "history") if tables[name].height}
    if not tables.accounts["followers"].is_null().all():
        parts.add("accounts")
    found = {"everything": tables}
    return found | {name: only_parts(tables, shown) for name, shown in MASKS.items() if shown < parts}


def evaluate_untouched(detector: Detector, tables: Tables) -> Result:
    """Untouched accounts: every accusation is false.

    Returns
    -------
    dict
        Rates with intervals of each outcome, and the false accusations at every evidence level.
    """
    output = DetectorOutput.of(detector, tables)
    levels = np.array(output.levels, dtype=str)
    accused = np.isin(np.array(output.labels, dtype=str), ACCUSING)
    return {
        "accused": rate(accused),
        **{name: output.share(name) for name in ("authentic", "review", "insufficient")},
        "levels": {
            level: rate(accused[levels == level]) for level, _ in Counter(output.levels).most_common()
        },
    }


def evaluate_cell(
    detector: Detector, tables: Tables, cell: Cell, ask: Callable[[Tables], DetectorOutput]
) -> Result:
    """Accounts after an injection, against the same accounts untouched.

    Parameters
    ----------
    detector
        Judges the altered accounts.
    tables
        Untouched accounts.
    cell
        What is injected.
    ask
        What the detector says of untouched accounts.

    Returns
    -------
    dict
        ``auc`` of the suspicion and ``signal_auc`` of the signal that the way is about, with intervals by
        bootstrap over accounts; shares of altered accounts that are accused, cleared and sent to review, with
        exact intervals; and the recall at the threshold that 5 % of the untouched exceed.
    """
    possible = DOSED_WAYS[cell.way].possible
    names = [str(one.row["account_id"]) for one in originals_of(tables) if possible(one)]
    untouched = tables.select(names)
    before = ask(untouched)
    after = DetectorOutput.of(detector, add_dose(untouched, cell.way, cell.dose, days=cell.days))
    truth: Bools = np.repeat([False, True], len(names))
    owners = [owner_of(name) for name in (*before.names, *after.names)]
    signal = SIGNAL_OF[cell.way]
    areas = with_intervals({
        "union": auc(truth, np.concatenate([before.suspicion, after.suspicion])),
        "signal": auc(truth, np.concatenate([before.of_signal(signal), after.of_signal(signal)])),
    }, owners)  # fmt: skip
    return {
        "way": cell.way, "dose": cell.dose, "days": cell.days, "accounts": len(names),
        "auc": areas["union"], "signal": signal, "signal_auc": areas["signal"],
        "accused": after.share(*ACCUSING), "cleared": after.share("authentic"),
        "review": after.share("review"),
        "recall_at_5_percent": rate(after.suspicion > threshold_at(before.suspicion, FAR)),
    }  # fmt: skip
