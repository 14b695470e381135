"""How many simulated authentic accounts would be accused where a signal abstains: ``python -m`` this.

The abstentions that rest on simulated accounts, or on accounts made by hand, say these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.reading import read_documents
from benchmarks.quality.distortions import DISTORTIONS
from benchmarks.quality.handmade.honest_ways import honest_creators
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.measurements.distortions import simulated
from detector.abstention import ABSTENTIONS
from detector.signals import SIGNALS

__all__ = ["ACCOUNTS", "counts", "main", "young"]

ACCOUNTS: Final = 1_800

WHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "views": "likes: 0 on the newest half",
        "likes": "views: 0 on all",
    }
)
"""Signals that abstain on simulated accounts, and the distortion that brings it about."""


def counts(signal: str, accounts: int = ACCOUNTS) -> tuple[int, int]:
    """Accounts on which a signal abstains under its distortion, and for how many it exceeds the threshold.

    Returns
    -------
    over, covered
        How many would be accused, of how many for which the signal is heard and abstains.
    """
    (distortion,) = [one for one in DISTORTIONS if one.name == WHERE[signal]]
    abstention = next(one for one in ABSTENTIONS if one.signal == signal)
    tables = distortion.apply(simulated(honest=True, most=accounts, of=6 * accounts))
    platforms = dict(tables.accounts.select("account_id", "platform").iter_rows())
    predictions = benchmarked_detector().predict(tables)
    features, levels = predictions.features, predictions.levels
    at = [one.name for one in SIGNALS].index(signal)
    covered = abstention.covers(features, levels, [platforms[name] for name in features.index])
    heard = ~np.isnan(predictions.signals.p_values[:, at])
    over = int(np.count_nonzero(predictions.decisions.abstained[:, at]))
    return over, int(np.count_nonzero(covered & heard))


def young() -> tuple[int, int]:
    """On how many accounts made by hand, opened 28 days before, the curve abstains, and of how many."""
    documents = [document for _, document in honest_creators(["opened 28 days ago"])]
    predictions = benchmarked_detector().predict(read_documents(documents).tables)
    at = [one.name for one in SIGNALS].index("followers_flow")
    return int(np.count_nonzero(predictions.decisions.abstained[:, at])), len(documents)


def main() -> None:
    """Print the counts of each signal."""
    print("followers_flow: {} of {} accounts made by hand, opened 28 days before".format(*young()))
    for signal, distortion in WHERE.items():
        over, covered = counts(signal)
        print(f"{signal}: {over} of {covered} simulated authentic accounts, {distortion}")


if __name__ == "__main__":
    main()
