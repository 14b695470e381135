"""What the signals say together: who is heard, what is rare, and which probability speaks for a label."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.decision import HEADS, suspicion
from detector.signals import SIGNALS, cells_of, served
from detector.tails import log_odds
from detector.weighing import Weighed, by_label

LABEL = np.array([HEADS.index(signal.label) for signal in SIGNALS])


@pytest.fixture(scope="module")
def weighed(bundle, more_crowd):
    return bundle.weigh(more_crowd.numbers, more_crowd.levels, more_crowd.platforms)


def test_only_what_is_served_has_a_p_value(weighed, more_crowd):
    heard = served(more_crowd.numbers, more_crowd.levels)
    assert (~np.isnan(weighed.p_values) == heard).all()
    assert heard.any(axis=0).all() and not heard.all(axis=0).any()
    known = weighed.p_values[heard]
    assert ((known > 0) & (known <= 1)).all()
    for chances in (weighed.chances, weighed.probabilities):
        assert ((chances > 0) & (chances < 1)).all()


def test_a_p_value_is_that_of_the_score_in_its_own_cell(weighed, bundle, more_crowd):
    weights = bundle.weights
    for at, signal in enumerate(SIGNALS):
        scores = log_odds(weights.scorers[signal.name].score(more_crowd.numbers))
        cells = cells_of(signal, more_crowd.levels)
        for row in np.flatnonzero(~np.isnan(weighed.p_values[:, at]))[:25]:
            tail = weights.tails.at(signal.name, more_crowd.platforms[row], cells[row])
            assert weighed.p_values[row, at] == tail.p_values(scores[row])


def test_a_kind_is_rarer_to_its_own_signal_than_authentic_accounts_are(weighed, more_crowd):
    for at, signal in enumerate(SIGNALS):
        own = np.nanmedian(weighed.p_values[more_crowd.kinds == signal.name, at])
        assert own < 0.6 * np.nanmedian(weighed.p_values[more_crowd.authentic, at])


def test_suspicion_alone_is_that_of_the_whole(weighed, bundle, more_crowd):
    alone = bundle.weights.suspicion(more_crowd.numbers, more_crowd.levels, more_crowd.platforms)
    assert np.array_equal(alone, weighed.suspicion, equal_nan=True)
    assert np.array_equal(alone, suspicion(weighed.p_values), equal_nan=True)
    assert np.isnan(alone).any() and not np.isnan(alone).all()


def test_alone_as_in_the_batch(weighed, bundle, more_crowd):
    for row in range(60):
        one = bundle.weigh(
            more_crowd.numbers.iloc[[row]], [more_crowd.levels[row]], [more_crowd.platforms[row]]
        )
        for name in ("chances", "p_values", "probabilities"):
            ours, whole = getattr(one, name)[0], getattr(weighed, name)[row]
            assert np.array_equal(ours, whole, equal_nan=True), name


def test_nobody_weighs_nothing(bundle, more_crowd):
    nothing = bundle.weigh(more_crowd.numbers.iloc[:0], [], [])
    assert nothing.p_values.shape == (0, len(SIGNALS))
    assert nothing.probabilities.shape == (0, len(HEADS))
    assert nothing.suspicion.shape == (0,)


def test_without_platforms_everybody_is_held_against_all(bundle, more_crowd):
    unknown = bundle.weigh(more_crowd.numbers, more_crowd.levels)
    nowhere = bundle.weigh(more_crowd.numbers, more_crowd.levels, ["github"] * len(more_crowd.levels))
    assert np.array_equal(unknown.p_values, nowhere.p_values, equal_nan=True)


def test_followers_are_judged_as_bare_profiles(bundle, more_crowd):
    rows = [row for row, level in enumerate(more_crowd.levels) if level == "profile"]
    numbers, platforms = more_crowd.numbers.iloc[rows], [more_crowd.platforms[row] for row in rows]
    small = numbers["followers_size"].to_numpy() < 4.0
    found = bundle.weights.automated_profiles(numbers, platforms)
    at = [signal.name for signal in SIGNALS].index("fake_account")
    weighed = bundle.weigh(numbers, ["profile"] * len(rows), platforms)
    assert small.any()
    assert (found[small] == weighed.p_values[small, at]).all()


def test_the_label_s_probability_is_calibrated_from_its_largest_signal(weighed, bundle, more_crowd):
    heard = served(more_crowd.numbers, more_crowd.levels)
    for at, head in enumerate(HEADS):
        own = np.where(heard & (at == LABEL), weighed.chances, -1.0).max(axis=1)
        rows = own >= 0
        levels = [level for level, chosen in zip(more_crowd.levels, rows, strict=True) if chosen]
        wanted = bundle.weights.label_calibrations[head].apply(own[rows], levels)
        assert (weighed.probabilities[rows, at] == wanted).all()


chances = st.lists(st.floats(0.001, 0.999), min_size=len(SIGNALS), max_size=len(SIGNALS))
flags = st.lists(st.booleans(), min_size=len(SIGNALS), max_size=len(SIGNALS))


@given(chances, flags)
def test_a_label_s_largest_probability_is_of_its_own_signals_that_are_heard(given_chances, heard):
    found = by_label(np.array([given_chances]), np.array([heard]))[0]
    for at in range(len(HEADS)):
        own = [(chance, on) for chance, on, of in zip(given_chances, heard, LABEL, strict=True) if of == at]
        audible = [chance for chance, on in own if on]
        assert found[at] == max(audible or [chance for chance, _ in own])


def test_a_rarer_score_makes_no_account_less_suspicious(weighed):
    rarer = replace(weighed, p_values=weighed.p_values / 3)
    assert isinstance(rarer, Weighed)
    known = ~np.isnan(weighed.suspicion)
    assert (rarer.suspicion[known] > weighed.suspicion[known]).all()
