import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.calibration import BetaCalibration, Calibrations

scores = st.floats(0, 1)
slopes = st.floats(0, 20)


def drawn(count, a, b, c, seed=0):
    random = np.random.default_rng(seed)
    s = random.uniform(0.02, 0.98, count)
    chance = 1 / (1 + np.exp(-(a * np.log(s) - b * np.log(1 - s) + c)))
    return s, random.random(count) < chance


@given(st.lists(scores, min_size=2, max_size=20), slopes, slopes, st.floats(-30, 30))
def test_never_falls_and_never_leaves_the_open_interval(values, a, b, c):
    ordered = BetaCalibration(a, b, c).apply(sorted(values))
    assert ((ordered > 0) & (ordered < 1)).all()
    # One spacing of the float is the logarithm's own error.
    assert (np.diff(ordered) >= -1e-15).all()


@given(st.lists(scores, min_size=1, max_size=40), slopes, slopes, st.floats(-5, 5))
def test_alone_as_in_the_batch(values, a, b, c):
    calibration = BetaCalibration(a, b, c)
    assert calibration.apply(values).tolist() == [calibration.apply([value])[0] for value in values]


def test_the_parameters_come_back():
    fitted = BetaCalibration.fit(*drawn(60_000, 1.6, 0.7, -0.4))
    assert (fitted.a, fitted.b, fitted.c) == pytest.approx((1.6, 0.7, -0.4), abs=0.1)


def test_slopes_are_never_negative():
    s, yes = drawn(4_000, 1.0, 1.0, 0.0)
    fitted = BetaCalibration.fit(s, ~yes)
    assert (fitted.a, fitted.b) == (0, 0)


def test_separated_classes_stay_finite_and_ordered():
    fitted = BetaCalibration.fit([0.1, 0.2, 0.8, 0.9] * 50, [False, False, True, True] * 50)
    low, high = fitted.apply([0.2, 0.8])
    assert 0 < low < 0.05
    assert 0.95 < high < 1


def test_a_weight_is_as_many_rows():
    s, yes = drawn(500, 1.3, 0.9, 0.2)
    sample_weight = np.where(np.arange(500) % 2, 3.0, 1.0)
    repeated = BetaCalibration.fit(
        np.repeat(s, sample_weight.astype(int)), np.repeat(yes, sample_weight.astype(int))
    )
    # Softening counts rows, so the two differ by as much as that matters.
    weighted = BetaCalibration.fit(s, yes, sample_weight)
    assert weighted.apply(s) == pytest.approx(repeated.apply(s), abs=5e-3)


def test_calibrated_probabilities_are_frequencies():
    s, yes = drawn(30_000, 2.5, 0.4, 1.0)
    chance = BetaCalibration.fit(s, yes).apply(s)
    for low in np.arange(0.1, 0.9, 0.1):
        inside = (chance >= low) & (chance < low + 0.1)
        assert yes[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.03)


def test_the_same_rows_give_the_same_bits():
    assert BetaCalibration.fit(*drawn(2_000, 1.0, 1.0, 0.0)) == BetaCalibration.fit(
        *drawn(2_000, 1.0, 1.0, 0.0)
    )


def test_a_level_gets_its_own_only_with_accounts_enough():
    many, yes_many = drawn(1_000, 1.0, 1.0, 2.0, seed=1)
    few, yes_few = drawn(999, 1.0, 1.0, -2.0, seed=2)
    levels = ["posts30"] * 1_000 + ["posts5"] * 999
    fitted = Calibrations.fit(np.r_[many, few], np.r_[yes_many, yes_few], levels)
    assert list(fitted.by_level) == ["posts30"]
    assert fitted.at("posts5") == fitted.at("never seen") == fitted.pooled
    assert fitted.at("posts30") == BetaCalibration.fit(many, yes_many)


def test_a_level_with_one_class_only_uses_the_pooled_one():
    s, yes = drawn(2_000, 1.0, 1.0, 0.0)
    levels = np.where(yes, "yes", "no").tolist()
    assert not Calibrations.fit(s, yes, levels).by_level


def test_rows_are_calibrated_by_their_level():
    own = BetaCalibration(2.0, 0.5, 1.0)
    calibrations = Calibrations(BetaCalibration(1.0, 1.0, 0.0), {"posts30": own})
    mixed = calibrations.apply([0.3, 0.3], ["posts30", "posts5"])
    assert mixed.tolist() == [own.apply([0.3])[0], pytest.approx(0.3)]
    assert calibrations.apply([], []).shape == (0,)
