"""Two small made-up worlds: six numbers where no catalogue is known, and a detector on the catalogue's."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from detector.amounts import COUNTS, QUANTILES, Amount, Amounts, features_of
from detector.bundle import Bundle, build
from detector.calibration import Calibrations
from detector.comments.model import shipped
from detector.decision import HEADS
from detector.heads import ScorerParams, fit_scorer
from detector.levels import LevelTable
from detector.manifest import Facts
from detector.novelty import Novelty
from detector.peers import Peers
from detector.signal_models import SignalModels, largest_by_label
from detector.signals import SIGNALS, cells_of, signals_heard
from detector.tails import Tails, log_odds
from features.catalogue import CATALOGUE, catalogue_digest
from features.evidence import BLOCKS as ALL_BLOCKS
from features.evidence import Level
from features.outside import drop_features, use_features

BLOCKS = {"profile": ("age", "ratio"), "posts": ("burst", "spread", "share", "noise")}
LEVELS = ("profile", "profile+posts5", "profile+posts30")
PARAMS = ScorerParams(trees=20, leaves=7, least_accounts=20)


def make_accounts(count, seed):
    """Features, labels and levels; one column never varies, and every level lacks what it should."""
    random = np.random.default_rng(seed)
    inflated, automated = random.random(count) < 0.3, random.random(count) < 0.3
    frame = pd.DataFrame(
        {
            "age": random.exponential(3, count),
            "ratio": random.normal(automated * 1.5, 1),
            "burst": random.normal(inflated * 2.0, 1),
            "spread": random.normal(-1.0 * inflated, 1) ** 3,
            "share": np.round(random.random(count), 1),
            "noise": np.zeros(count),
        },
        index=pd.Index([f"account {seed}:{row}" for row in range(count)], name="account_id"),
    )
    levels = random.choice(LEVELS, count)
    frame.loc[levels == "profile", list(BLOCKS["posts"])] = np.nan
    frame.loc[random.random(count) < 0.1, "age"] = np.nan
    labels = pd.DataFrame({"inflated": inflated, "automated": automated}, index=frame.index)
    return frame, labels, levels.tolist()


@pytest.fixture(scope="session")
def accounts():
    return make_accounts(1500, seed=1)


@pytest.fixture(scope="session")
def more_accounts():
    return make_accounts(700, seed=2)


class Crowd(NamedTuple):
    """Accounts with a value for every feature of the catalogue that their evidence shows.

    Attributes
    ----------
    features
        Accounts x catalogue.
    levels, platforms
        Evidence level and platform of each.
    kinds
        Name of the signal whose kind each account shows, or "authentic".
    """

    features: pd.DataFrame
    levels: list[str]
    platforms: list[str]
    kinds: np.ndarray

    @property
    def authentic(self):
        return self.kinds == "authentic"


CROWD_LEVELS = (
    "none", "profile", "profile+posts30", "profile+posts12+audience30", "posts5", "history90",
    "profile+posts30+comments50", "profile+posts30+history90", "profile+posts30+comments50+history90",
)  # fmt: skip


def make_crowd(count, seed):
    """Half the accounts are authentic; the others are moved the way that speaks for one of the signals."""
    random = np.random.default_rng(seed)
    names = [one.name for one in CATALOGUE]
    index = pd.Index([f"account {seed}:{row}" for row in range(count)], name="account_id", dtype=object)
    features = pd.DataFrame(random.normal(size=(count, len(names))), index, pd.Index(names, dtype=object))
    features["followers_size"] = random.uniform(2.0, 6.0, count)
    kinds = np.where(
        random.random(count) < 0.5, "authentic", random.choice([one.name for one in SIGNALS], count)
    )
    for signal in SIGNALS:
        push = (
            1.5 * np.array(signal.constraints)
            if any(signal.constraints)
            else np.full(len(signal.features), 1.5)
        )
        features.loc[kinds == signal.name, list(signal.features)] += push
    levels = random.choice(CROWD_LEVELS, count)
    levels[0] = "none"  # whatever the catalogue's size makes of the draws, one account shows nothing
    for level in CROWD_LEVELS:
        hidden = [one.name for one in CATALOGUE if not Level.of(level).sees(one)]
        features.loc[levels == level, hidden] = np.nan
    platforms = random.choice(["instagram", "youtube"], count).tolist()
    return Crowd(features, levels.tolist(), platforms, kinds)


def make_facts():
    return Facts(
        name="test",
        version="1",
        created_at="2026-11-01T00:00:00Z",
        catalogue=catalogue_digest(),
        training={"seed": 1, "heads": {"trees": 20}},
        data_sha256="0" * 64,
        trained_on=("made up",),
        calibrated_on="made up",
        alpha=0.01,
        confidence=0.95,
        libraries={"lightgbm": "4.7.0"},
    )


def make_weights(crowd):
    """A head for each signal, its calibration and its tails, all in sample: enough to be read and written."""
    heard, scorers, calibrations, tails = signals_heard(crowd.features, crowd.levels), {}, {}, {}
    signal_probabilities = np.empty(heard.shape)
    for at, signal in enumerate(SIGNALS):
        shows, cells = crowd.kinds == signal.name, cells_of(signal, crowd.levels)
        rows = heard[:, at] & (shows | crowd.authentic)
        scorers[signal.name] = fit_scorer(
            crowd.features.loc[rows, list(signal.features)], shows[rows],
            constraints=signal.constraints, params=PARAMS,
        )  # fmt: skip
        scores = scorers[signal.name].score(crowd.features)
        own = Calibrations.fit(scores[rows], shows[rows], list(np.array(cells)[rows]), at_least=150)
        calibrations[signal.name], signal_probabilities[:, at] = own, own.apply(scores, cells)
        honest = heard[:, at] & crowd.authentic
        tails |= Tails.fit(
            signal.name, log_odds(scores[honest]), crowd.features.index[honest].to_list(),
            list(np.array(crowd.platforms)[honest]), list(np.array(cells)[honest]),
        )  # fmt: skip
    labels = {signal.name: signal.label for signal in SIGNALS}
    truth = {head: np.array([labels.get(kind) == head for kind in crowd.kinds]) for head in HEADS}
    largest = largest_by_label(signal_probabilities, heard)
    of_label = {
        head: Calibrations.fit(largest[:, at], truth[head], crowd.levels) for at, head in enumerate(HEADS)
    }
    return SignalModels(scorers, calibrations, Tails(tails), of_label)


def make_amounts(crowd):
    """Of every count, from a share that one of its features carries."""
    found = {}
    for count in COUNTS:
        names = list(features_of(count))
        rows = ~crowd.features[names].isna().all(axis=1).to_numpy()
        carried = crowd.features[names[-1]].fillna(0.0).to_numpy()
        share = 1 / (1 + np.exp(-carried))
        low, middle, high = (
            fit_scorer(
                crowd.features.loc[rows, names], share[rows], constraints=[0] * len(names), params=PARAMS,
                quantile=quantile,
            )
            for quantile in QUANTILES
        )  # fmt: skip
        found[count] = Amount((low, middle, high), 0.03)
    return Amounts(found)


def make_bundle(accounts: int = 4_000) -> Bundle:
    crowd = make_crowd(accounts, seed=1)
    signal_models = make_weights(crowd)
    sample = pd.DataFrame({
        "account_id": crowd.features.index,
        "level": crowd.levels,
        "suspicion": signal_models.suspicion(crowd.features, crowd.levels, crowd.platforms),
        "authentic": crowd.authentic,
        "strong": ~crowd.authentic,
        "natural": True,
    })  # fmt: skip
    columns = {block: [one.name for one in CATALOGUE if one.blocks == (block,)] for block in ALL_BLOCKS}
    return build(
        make_facts(),
        signal_models=signal_models,
        amounts=make_amounts(crowd),
        comments=shipped(),
        levels=LevelTable.fit(sample, alpha=0.05),
        peers=Peers.fit(crowd.features, crowd.platforms, ["nano"] * len(crowd.levels), crowd.authentic),
        novelty=Novelty.fit(crowd.features, crowd.levels, crowd.authentic, columns, seed=1),
        golden=crowd.features.iloc[:12],
        golden_levels=crowd.levels[:12],
        golden_platforms=crowd.platforms[:12],
    )


@pytest.fixture(scope="session")
def crowd():
    """The accounts that the small bundle was fitted on."""
    return make_crowd(4_000, seed=1)


@pytest.fixture(scope="session")
def more_crowd():
    """Others of the same kinds."""
    return make_crowd(700, seed=2)


@pytest.fixture(scope="session")
def bundle():
    return make_bundle()


@pytest.fixture(scope="session")
def outside_bundle(my_features):
    """A small bundle that reads a feature from outside, and the file, which is no longer in use."""
    used = use_features([my_features])
    try:
        return make_bundle(2_000), my_features
    finally:
        drop_features(used)
