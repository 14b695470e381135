"""What training makes of accounts is the same however they are divided: in memory, in a folder, in pieces."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from polars.testing import assert_frame_equal

from accounts.population import write_population
from accounts.simulation import simulate_chunks
from accounts.stored_population import StoredPopulation, open_population
from training import evaluate, fit_thresholds, labelled_rows, training_rows
from training.assemble import data_digest
from training.config import TrainingConfig
from training.split import groups, split_population

CONFIG = TrainingConfig(seed=3, masked_copies=3)


@pytest.fixture(scope="module")
def in_folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("pieces") / "population"
    write_population(simulate_chunks(24, 8, size=9), place)
    found = open_population(place, 1)
    assert isinstance(found, StoredPopulation)
    return found


@pytest.fixture(scope="module")
def in_memory(in_folder):
    return in_folder.load()


@pytest.fixture
def small_pieces(monkeypatch):
    for module in (evaluate, fit_thresholds, labelled_rows, training_rows):
        monkeypatch.setattr(module, "CHUNK", 7)


def test_groups_splits_and_digest(in_folder, in_memory):
    assert groups(in_folder).tolist() == groups(in_memory).tolist()
    assert data_digest(in_folder) == data_digest(in_memory)
    one, two = (split_population(some, (0.5, 0.3, 0.1), 1) for some in (in_folder, in_memory))
    assert_frame_equal(one.split_of, two.split_of)
    for part, other in ((one.train, two.train), (one.calibration, two.calibration), (one.test, two.test)):
        assert_frame_equal(part.labels, other.labels)
    assert data_digest(one.train) == data_digest(two.train)


def test_training_rows_are_the_same_bits_in_the_same_order(in_folder, in_memory, small_pieces, monkeypatch):
    small = training_rows.derive_training_rows(in_folder, [], CONFIG)
    monkeypatch.setattr(training_rows, "CHUNK", 1_000)
    large = training_rows.derive_training_rows(in_memory, [], CONFIG)
    pd.testing.assert_frame_equal(small.rows.features, large.rows.features, check_exact=True)
    assert small.rows.levels == large.rows.levels and len(small.rows.levels) == 3 * 24
    assert_frame_equal(small.rows.labels, large.rows.labels)
    np.testing.assert_array_equal(small.fold, large.fold)
    assert small.rows.features.index[:24].tolist() == in_memory.labels["account_id"].to_list()


@pytest.mark.parametrize(("masked", "pieces"), [(7, 1), (8, 2), (100, 4)])
@pytest.mark.usefixtures("small_pieces")
def test_the_first_pieces_alone_are_masked_to_every_level(in_folder, in_memory, monkeypatch, masked, pieces):
    """Each piece is judged once, in order, wherever it lies."""
    judged, heard = [], []

    def sample(piece, models, seed):
        judged.append((piece.labels["account_id"].to_list(), models, seed))
        return [pd.DataFrame({"account_id": judged[-1][0]})]

    monkeypatch.setattr(fit_thresholds, "piece_sample", sample)
    config = dataclasses.replace(CONFIG, masked_accounts=masked)
    for some in (in_folder, in_memory):
        found = fit_thresholds.suspicion_sample(some, "models", config, lambda _, share: heard.append(share))
        assert found["account_id"].to_list() == in_memory.labels["account_id"].to_list()
    assert judged[:4] == judged[4:]
    assert [seed for *_, seed in judged[:4]] == [CONFIG.seed] * pieces + [None] * (4 - pieces)
    assert heard[3] == heard[7] == pytest.approx(0.95)
