"""What training makes of accounts is the same however they are divided: in memory, in a folder, in pieces."""

import numpy as np
import pandas as pd
import pytest
from polars.testing import assert_frame_equal

from accounts.population import write_population
from accounts.simulation import simulate_chunks
from accounts.stored_population import StoredPopulation, open_population
from detector.bundle import load, starter_path
from training import evaluate, fit_thresholds, labelled_rows, training_rows
from training.assemble import data_digest
from training.config import TrainingConfig
from training.split import groups, split_population

CONFIG = TrainingConfig(seed=3, masked_copies=3, masked_accounts=7)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    place = tmp_path_factory.mktemp("pieces") / "population"
    write_population(simulate_chunks(24, 8, size=9), place)
    found = open_population(place, 1)
    assert isinstance(found, StoredPopulation)
    return found


@pytest.fixture(scope="module")
def whole(stored):
    return stored.whole()


@pytest.fixture
def small_pieces(monkeypatch):
    for module in (evaluate, fit_thresholds, labelled_rows, training_rows):
        monkeypatch.setattr(module, "CHUNK", 7)


def test_groups_splits_and_digest(stored, whole):
    assert groups(stored).tolist() == groups(whole).tolist()
    assert data_digest(stored) == data_digest(whole)
    one, two = (split_population(some, (0.5, 0.3, 0.1), 1) for some in (stored, whole))
    assert_frame_equal(one.split_of, two.split_of)
    for part, other in ((one.train, two.train), (one.calibration, two.calibration), (one.test, two.test)):
        assert_frame_equal(part.labels, other.labels)
    assert data_digest(one.train) == data_digest(two.train)


def test_training_rows_are_the_same_bits_in_the_same_order(stored, whole, small_pieces, monkeypatch):
    small = training_rows.derive_training_rows(stored, [], CONFIG)
    monkeypatch.setattr(training_rows, "CHUNK", 1_000)
    large = training_rows.derive_training_rows(whole, [], CONFIG)
    pd.testing.assert_frame_equal(small.rows.features, large.rows.features, check_exact=True)
    assert small.rows.levels == large.rows.levels and len(small.rows.levels) == 3 * 24
    assert_frame_equal(small.rows.labels, large.rows.labels)
    np.testing.assert_array_equal(small.fold, large.fold)
    assert small.rows.features.index[:24].tolist() == whole.labels["account_id"].to_list()


def test_the_sample_of_thresholds_masks_the_first_accounts_alone(stored, whole, small_pieces):
    models, heard = load(starter_path()).signal_models, []
    found = fit_thresholds.suspicion_sample(stored, models, CONFIG, lambda _, share: heard.append(share))
    pd.testing.assert_frame_equal(
        found, fit_thresholds.suspicion_sample(whole, models, CONFIG), check_exact=True
    )
    rows, first = found["account_id"].value_counts(), whole.labels["account_id"][:7].to_list()
    masked = rows.index.isin(first)
    assert rows[masked].max() > 30 and rows[~masked].max() <= 2
    assert len(heard) == 4 and heard[-1] == pytest.approx(0.95)
