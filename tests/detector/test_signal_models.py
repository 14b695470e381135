"""What the signals say together: who is heard, what is rare, and which probability speaks for a label."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.decision import HEADS, suspicion
from detector.signal_models import SignalScores, largest_by_label
from detector.signals import SIGNALS, cells_of, signals_heard
from detector.tails import log_odds

LABEL = np.array([HEADS.index(signal.label) for signal in SIGNALS])


@pytest.fixture(scope="module")
def scores(bundle, more_crowd):
    return bundle.predict_proba(more_crowd.features, more_crowd.levels, more_crowd.platforms)


def test_only_what_is_served_has_a_p_value(scores, more_crowd):
    heard = signals_heard(more_crowd.features, more_crowd.levels)
    assert (~np.isnan(scores.p_values) == heard).all()
    assert heard.any(axis=0).all() and not heard.all(axis=0).any()
    known = scores.p_values[heard]
    assert ((known > 0) & (known <= 1)).all()
    for signal_probabilities in (scores.signal_probabilities, scores.probabilities):
        assert ((signal_probabilities > 0) & (signal_probabilities < 1)).all()


def test_a_p_value_is_that_of_the_score_in_its_own_cell(scores, bundle, more_crowd):
    signal_models = bundle.signal_models
    for at, signal in enumerate(SIGNALS):
        raw = log_odds(signal_models.scorers[signal.name].score(more_crowd.features))
        cells = cells_of(signal, more_crowd.levels)
        for row in np.flatnonzero(~np.isnan(scores.p_values[:, at]))[:25]:
            tail = signal_models.tails.at(signal.name, more_crowd.platforms[row], cells[row])
            assert scores.p_values[row, at] == tail.p_values(raw[row])


def test_a_kind_is_rarer_to_its_own_signal_than_authentic_accounts_are(scores, more_crowd):
    for at, signal in enumerate(SIGNALS):
        own = np.nanmedian(scores.p_values[more_crowd.kinds == signal.name, at])
        assert own < 0.6 * np.nanmedian(scores.p_values[more_crowd.authentic, at])


def test_suspicion_alone_is_that_of_the_whole(scores, bundle, more_crowd):
    alone = bundle.signal_models.suspicion(more_crowd.features, more_crowd.levels, more_crowd.platforms)
    assert np.array_equal(alone, scores.suspicion, equal_nan=True)
    assert np.array_equal(alone, suspicion(scores.p_values), equal_nan=True)
    assert np.isnan(alone).any() and not np.isnan(alone).all()


def test_alone_as_in_the_batch(scores, bundle, more_crowd):
    for row in range(60):
        one = bundle.predict_proba(
            more_crowd.features.iloc[[row]], [more_crowd.levels[row]], [more_crowd.platforms[row]]
        )
        for name in ("signal_probabilities", "p_values", "probabilities"):
            ours, whole = getattr(one, name)[0], getattr(scores, name)[row]
            assert np.array_equal(ours, whole, equal_nan=True), name


def test_nobody_weighs_nothing(bundle, more_crowd):
    nothing = bundle.predict_proba(more_crowd.features.iloc[:0], [], [])
    assert nothing.p_values.shape == (0, len(SIGNALS))
    assert nothing.probabilities.shape == (0, len(HEADS))
    assert nothing.suspicion.shape == (0,)


def test_without_platforms_everybody_is_held_against_all(bundle, more_crowd):
    unknown = bundle.predict_proba(more_crowd.features, more_crowd.levels)
    nowhere = bundle.predict_proba(
        more_crowd.features, more_crowd.levels, ["github"] * len(more_crowd.levels)
    )
    assert np.array_equal(unknown.p_values, nowhere.p_values, equal_nan=True)


def test_followers_are_judged_as_bare_profiles(bundle, more_crowd):
    rows = [row for row, level in enumerate(more_crowd.levels) if level == "profile"]
    features, platforms = more_crowd.features.iloc[rows], [more_crowd.platforms[row] for row in rows]
    small = features["followers_size"].to_numpy() < 4.0
    found = bundle.signal_models.automated_profiles(features, platforms)
    at = [signal.name for signal in SIGNALS].index("fake_account")
    scores = bundle.predict_proba(features, ["profile"] * len(rows), platforms)
    assert small.any()
    assert (found[small] == scores.p_values[small, at]).all()


def test_the_label_s_probability_is_calibrated_from_its_largest_signal(scores, bundle, more_crowd):
    heard = signals_heard(more_crowd.features, more_crowd.levels)
    for at, head in enumerate(HEADS):
        own = np.where(heard & (at == LABEL), scores.signal_probabilities, -1.0).max(axis=1)
        rows = own >= 0
        levels = [level for level, chosen in zip(more_crowd.levels, rows, strict=True) if chosen]
        wanted = bundle.signal_models.label_calibrations[head].apply(own[rows], levels)
        assert (scores.probabilities[rows, at] == wanted).all()


signal_probabilities = st.lists(st.floats(0.001, 0.999), min_size=len(SIGNALS), max_size=len(SIGNALS))
flags = st.lists(st.booleans(), min_size=len(SIGNALS), max_size=len(SIGNALS))


@given(signal_probabilities, flags)
def test_a_label_s_largest_probability_is_of_its_own_signals_that_are_heard(given_chances, heard):
    found = largest_by_label(np.array([given_chances]), np.array([heard]))[0]
    for at in range(len(HEADS)):
        own = [(chance, on) for chance, on, of in zip(given_chances, heard, LABEL, strict=True) if of == at]
        audible = [chance for chance, on in own if on]
        assert found[at] == max(audible or [chance for chance, _ in own])


def test_a_rarer_score_makes_no_account_less_suspicious(scores):
    rarer = replace(scores, p_values=scores.p_values / 3)
    assert isinstance(rarer, SignalScores)
    known = ~np.isnan(scores.suspicion)
    assert (rarer.suspicion[known] > scores.suspicion[known]).all()
