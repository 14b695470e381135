"""The starter detector can be made again: its recorded configuration gives its scores."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from accounts.simulation import simulate_numbers
from detector.bundle import load, starter_path
from detector.comments.model import TRAINED_ON
from training.config import read_config
from training.labelled_rows import labelled_rows
from training.starter import CONFIG, CREATED_AT, make_heads, recorded_train_split

THOROUGH = settings.get_current_profile_name() == "thorough"


def test_golden_accounts_are_simulated_again_to_the_last_bit() -> None:
    """Simulator and features are those that the shipped detector was trained with."""
    shipped, config = load(starter_path()).manifest, read_config(CONFIG)
    others = np.setdiff1d(np.arange(500), recorded_train_split())
    rows = labelled_rows(simulate_numbers(others.tolist(), config.seed))
    values = rows.features[list(shipped.features)].astype(object).where(rows.features.notna(), None)
    again = set(zip(rows.levels, rows.platforms, map(tuple, values.to_numpy()), strict=True))
    assert {(one.level, one.platform, one.values) for one in shipped.golden} <= again


@pytest.mark.skipif(not THOROUGH, reason="fits the heads for minutes: HYPOTHESIS_PROFILE=thorough")
@pytest.mark.skipif(not os.environ.get("ASSAY_DATA"), reason="the real accounts that train it are not there")
def test_the_configuration_gives_the_shipped_scores() -> None:
    shipped, heads = load(starter_path()), make_heads()
    golden = shipped.manifest.golden
    rows = pd.DataFrame(
        [one.values for one in golden], columns=list(shipped.manifest.features), dtype=np.float64
    )
    assert set(heads) == set(shipped.scorers)
    for name, head in heads.items():
        np.testing.assert_allclose(head.score(rows), shipped.scorers[name].score(rows), atol=1e-9)


def test_the_bundle_says_where_it_comes_from() -> None:
    facts = load(starter_path()).facts
    assert facts.training == read_config(CONFIG).as_dict()
    organic = read_config(CONFIG).organic
    assert facts.trained_on == ("simulated", *organic, *TRAINED_ON)
    assert facts.calibrated_on == "simulated"
    assert facts.created_at == CREATED_AT


def test_the_bundle_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in starter_path().iterdir()) < 6_000_000
