"""Weights of the signals in the suspicion: chosen by what tells copies from originals."""

import numpy as np
import pytest

from detector.decision import suspicion
from detector.signals import SIGNALS
from training.injection import COMMENTS, FOLLOWERS, LIKES
from training.metrics import two_sample_auc
from training.union_weights import CHOICES, KINDS, search_weights

NAMES = [signal.name for signal in SIGNALS]
ROWS = 400


@pytest.fixture
def crowd():
    """p-values of untouched accounts and of copies to which likes were added; three signals are heard."""
    random = np.random.default_rng(5)
    p_values = np.full((2 * ROWS, len(SIGNALS)), np.nan)
    for name in ("likes", "followers_stock", "fake_account"):
        p_values[:, NAMES.index(name)] = random.random(2 * ROWS)
    p_values[ROWS:, NAMES.index("likes")] **= 4
    return p_values, np.arange(2 * ROWS) < ROWS


def test_a_signal_that_shows_nothing_loses_weight_and_the_copies_stand_out_more(crowd):
    p_values, authentic = crowd
    weights = search_weights(p_values, authentic, [None] * ROWS + ["likes_flat"] * ROWS)
    assert weights["likes"] == 1.0 > max(weights["followers_stock"], weights["fake_account"])
    equal, weighted = (
        two_sample_auc(scores[authentic], scores[~authentic])
        for scores in (suspicion(p_values), suspicion(p_values, list(weights.values())))
    )
    assert weighted > equal + 0.05


def test_a_way_that_a_signal_alone_shows_keeps_its_weight(crowd):
    p_values, authentic = crowd
    automated = np.arange(len(p_values)) >= ROWS + ROWS // 2
    p_values[automated] = np.random.default_rng(6).random((int(automated.sum()), len(SIGNALS)))
    p_values[automated, NAMES.index("fake_account")] **= 4
    schemes = [None] * ROWS + ["likes_flat"] * (ROWS // 2) + ["content_bot"] * (ROWS // 2)
    weights = search_weights(p_values, authentic, schemes)
    assert weights["fake_account"] > weights["followers_stock"]


def test_signals_that_nothing_speaks_about_weigh_alike(crowd):
    p_values, authentic = crowd
    assert set(search_weights(p_values[:ROWS], authentic[:ROWS], [None] * ROWS).values()) == {CHOICES[0]}


def test_every_scheme_that_is_injected_is_of_one_way():
    named = [scheme for schemes in KINDS.values() for scheme in schemes]
    assert len(named) == len(set(named))
    assert set(named) == FOLLOWERS | LIKES | COMMENTS | {"views", "full_package", "random_inflation"}
