"""How many simulated authentic accounts would be accused where a signal abstains: ``python -m`` this.

The abstentions that rest on simulated accounts, or on accounts made by hand, say these numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.reading import read_documents
from benchmarks.quality.distortions import DISTORTIONS
from benchmarks.quality.handmade.creator import AS_OF, Creator, Document, creator, stamp
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.honest_ways import FOLLOWERS, honest_creators
from benchmarks.quality.handmade.typical import PLATFORMS
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector
from benchmarks.quality.measurements.distortions import simulated
from detector.abstention import ABSTENTIONS
from detector.signals import SIGNALS
from training.datasets import instafake_fake, kaggle_instagram, purba2020
from training.datasets.base import data_folder, is_held_out

__all__ = [
    "ACCOUNTS",
    "by_hand",
    "counts",
    "in_thousands",
    "main",
    "of_one_count",
    "onlookers",
    "three_numbers",
    "weeks_of_sales",
]

ACCOUNTS: Final = 1_800

WHERE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "views": "likes: 0 on the newest half",
        "likes": "views: 0 on all",
        "followers_stock": "followers: a thousandfold, where they are 1,000 or more",
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
    over = int(np.count_nonzero(predictions.decisions.abstained[:, at] & covered))
    return over, int(np.count_nonzero(covered & heard))


def by_hand(signal: str, kind: str, followers: Sequence[int] = FOLLOWERS) -> tuple[int, int]:
    """On how many honest accounts of a kind, made by hand, a signal abstains, and of how many."""
    documents = [document for _, document in honest_creators([kind], followers)]
    return abstained_on(signal, documents), len(documents)


def abstained_on(signal: str, documents: Sequence[Document]) -> int:
    """On how many documents a signal is over the threshold and abstains; of several, any of them."""
    decisions = benchmarked_detector().predict(read_documents(documents).tables).decisions
    at = [place for place, one in enumerate(SIGNALS) if one.name in signal.split()]
    return int(np.count_nonzero(decisions.abstained[:, at].any(axis=1)))


def of_one_count(name: str, count: int = 100) -> tuple[int, int]:
    """On how many ordinary creators, whose posts all say one count, the signals of counts abstain."""
    documents = [
        document | {"posts": [post | {name: count} for post in document["posts"]]}
        for _, document in honest_creators(["ordinary"])
        if name in document["posts"][0]
    ]
    return abstained_on("followers_stock likes views inflation", documents), len(documents)


def in_thousands() -> tuple[int, int]:
    """The same of ordinary creators with 900,000 followers, whose posts' counts lost their thousands."""
    counted = ("likes", "comments", "views", "shares")
    documents = [
        document
        | {"posts": [post | {name: post[name] // 1_000 for name in counted if name in post}
                     for post in document["posts"]]}
        for _, document in honest_creators(["ordinary"], [900_000])
    ]  # fmt: skip
    return abstained_on("followers_stock", [with_evidence(one, "posts") for one in documents]), len(documents)


_SALE: Final = (0.04, 0.05, 0.05, 0.04, 0.02, 0.02, 0.01)
_RAFFLE: Final = (0.03, 0.02, -0.012, -0.008)
"""What each day of a sale, and of a raffle, brings of the followers at the history's beginning."""


def weeks_of_sales() -> tuple[int, int]:
    """On how many histories of honest shops ``followers_flow`` abstains: a sale a month, a raffle a week."""
    documents = [
        _with_events(Creator(account_id=f"{platform} {followers} {every}", platform=platform,
                             followers=followers, seed=followers, days=150), every, gains)
        for platform in PLATFORMS
        for followers in (3_100, 6_400, 21_000)
        for every, gains in ((30, _SALE), (7, _RAFFLE))
    ]  # fmt: skip
    return abstained_on("followers_flow", documents), len(documents)


def _with_events(about: Creator, every: int, gains: Sequence[float]) -> Document:
    document = with_evidence(creator(about), "history")
    base, steps = document["history"][0]["followers"], np.zeros(about.days)
    for begin in range(5, about.days - len(gains), every):
        steps[begin : begin + len(gains)] = base * np.array(gains)
    history = [
        day | {"followers": day["followers"] + round(more)}
        for day, more in zip(document["history"], np.cumsum(steps).tolist(), strict=True)
    ]
    profile = document["profile"] | {"followers": history[-1]["followers"]}
    return document | {"history": history, "profile": profile}


def three_numbers() -> tuple[int, int]:
    """On how many people who look on, of whom three numbers are known, ``fake_account`` abstains."""
    documents = [
        {
            "schema": 1, "account_id": f"{platform} {followers} {following}", "platform": platform,
            "as_of": stamp(AS_OF), "profile": {"followers": followers, "following": following, "posts": 90},
        }
        for platform in PLATFORMS
        for followers in (3, 8, 15, 40)
        for following in (150, 380, 700)
    ]  # fmt: skip
    return abstained_on("fake_account", documents), len(documents)


def onlookers() -> tuple[int, int]:
    """On how many real people ``fake_account`` abstains, of how many that its abstention covers."""
    abstention = next(one for one in ABSTENTIONS if one.signal == "fake_account")
    at, abstained, covered = [one.name for one in SIGNALS].index("fake_account"), 0, 0
    for known in (one.load(data_folder()) for one in (instafake_fake, kaggle_instagram, purba2020)):
        open_to_all = np.array([not is_held_out(name) for name in known.features.index])
        rows = np.flatnonzero(open_to_all & ~known.truth)
        people = (
            known.features.iloc[rows],
            [known.levels[row] for row in rows.tolist()],
            ["instagram"] * len(rows),
        )
        decisions = benchmarked_detector().predict_features(*people).decisions
        abstained += int(np.count_nonzero(decisions.abstained[:, at]))
        covered += int(np.count_nonzero(abstention.covers(*people)))
    return abstained, covered


def main() -> None:
    """Print the counts of each signal."""
    young, friends = (
        by_hand("followers_flow", "opened 28 days ago"),
        by_hand("comments", "six friends write first", (310, 900)),
    )
    print("followers_flow: {} of {} accounts made by hand, opened 28 days before".format(*young))
    print("comments: {} of {} accounts made by hand, with six friends each".format(*friends))
    print("fake_account: {} of {} real people with a picture".format(*onlookers()))
    print("followers_flow: {} of {} histories made by hand, sales or raffles".format(*weeks_of_sales()))
    print("fake_account: {} of {} who look on, of whom three numbers are known".format(*three_numbers()))
    print("followers_stock: {} of {} accounts made by hand in thousands".format(*in_thousands()))
    for name in ("likes", "views"):
        print(
            "{}: {} of {} accounts made by hand with one count on all posts".format(name, *of_one_count(name))
        )
    for signal, distortion in WHERE.items():
        over, covered = counts(signal)
        print(f"{signal}: {over} of {covered} simulated authentic accounts, {distortion}")


if __name__ == "__main__":
    main()
