"""The starter detector can be made again: its recorded configuration gives its scores."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from detector.bundle import load, starter_path
from detector.comments.model import TRAINED_ON
from training.config import read_config
from training.starter import CONFIG, CREATED_AT, make_heads


@pytest.mark.skipif(not os.environ.get("ASSAY_DATA"), reason="the real accounts that train it are not there")
def test_the_configuration_gives_the_shipped_scores() -> None:
    shipped, made = load(starter_path()), make_heads()
    golden = shipped.manifest.golden
    rows = pd.DataFrame(
        [one.values for one in golden], columns=list(shipped.manifest.features), dtype=np.float64
    )
    assert set(made) == set(shipped.scorers)
    for name, head in made.items():
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
