"""A small made-up world: accounts with six numbers, two heads, and a detector trained on them."""

import numpy as np
import pandas as pd
import pytest

from detector.bundle import Bundle, build
from detector.calibration import Calibrations
from detector.decision import suspicion
from detector.heads import ScorerParams, fit_scorer
from detector.levels import LevelTable
from detector.manifest import Facts
from detector.peers import Peers
from detector.strangeness import Strangeness
from features.catalogue import CATALOGUE_VERSION
from features.declaration import Head

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


def make_facts():
    return Facts(
        name="test",
        version="1",
        created_at="2026-11-01T00:00:00Z",
        catalogue=CATALOGUE_VERSION,
        training={"seed": 1, "heads": {"trees": 20}},
        data_sha256="0" * 64,
        trained_on=("made up",),
        calibrated_on="made up",
        alpha=0.01,
        confidence=0.95,
        libraries={"lightgbm": "4.7.0"},
    )


def make_bundle() -> Bundle:
    frame, labels, levels = make_accounts(1500, seed=1)
    authentic = ~labels.any(axis=1).to_numpy()
    constraints = [0, 0, 1, 0, 0, 0]
    scorers = {
        head: fit_scorer(frame, labels[head.value], constraints=constraints, params=PARAMS) for head in Head
    }
    calibrations = {
        head: Calibrations.fit(scorers[head].score(frame), labels[head.value], levels, at_least=400)
        for head in Head
    }
    chances = np.stack(
        [calibrations[head].apply(scorers[head].score(frame), levels) for head in Head], axis=1
    )
    sample = pd.DataFrame(
        {
            "account_id": frame.index,
            "level": levels,
            "suspicion": suspicion(chances, [True, True]),
            "authentic": authentic,
            "strong": ~authentic,
            "natural": True,
        }
    )
    return build(
        make_facts(),
        scorers=scorers,
        calibrations=calibrations,
        levels=LevelTable.fit(sample, alpha=0.05),
        peers=Peers.fit(frame, ["tiktok"] * len(frame), ["nano"] * len(frame), authentic),
        strangeness=Strangeness.fit(frame, levels, authentic, BLOCKS, seed=1),
        golden=frame.iloc[:8],
        golden_levels=levels[:8],
    )


@pytest.fixture(scope="session")
def accounts():
    return make_accounts(1500, seed=1)


@pytest.fixture(scope="session")
def more_accounts():
    return make_accounts(700, seed=2)


@pytest.fixture(scope="session")
def bundle():
    return make_bundle()
