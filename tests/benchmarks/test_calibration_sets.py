"""Draws of calibration sets obey the law that promises them, and what bends it bends them as it should."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.measurements.calibration_sets import (
    divide_repeatedly,
    draw_calibration_sets,
    expected_rates,
    fewest_accounts,
)

HONEST = np.linspace(0.0, 0.5, 4_001)
FAKES = np.linspace(0.1, 1.0, 2_001)


def rng() -> np.random.Generator:
    return np.random.default_rng(8)


@pytest.mark.parametrize(
    ("n", "alpha", "rate"), [(60, 0.05, 0.0164), (150, 0.05, 0.0199), (300, 0.01, 0.0033)]
)
def test_the_expectation_is_what_the_design_says(n: int, alpha: float, rate: float) -> None:
    assert expected_rates(n, alpha, 1_000)["rate"] == pytest.approx(rate, abs=5e-5)


def test_too_few_accounts_promise_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        expected_rates(fewest_accounts(0.01) - 1, 0.01, 100)


@pytest.mark.parametrize("alpha", [0.005, 0.05])
def test_alpha_is_exceeded_as_often_as_theory_expects(alpha: float) -> None:
    found = draw_calibration_sets(HONEST, FAKES, alpha, 1_000, rng(), draws=1_000, tested=2_000)
    theory = found["expected"]
    assert found["far"] == pytest.approx(theory["rate"], rel=0.1)
    assert found["exceeded"]["rate"] == pytest.approx(theory["exceeded"], abs=0.02)
    assert found["exceeded_when_tested"]["rate"] == pytest.approx(theory["exceeded_when_tested"], abs=0.03)
    assert theory["exceeded"] <= 0.05 < theory["exceeded_when_tested"] + 0.03


def test_a_small_test_set_inflates_the_share() -> None:
    assert (
        expected_rates(2_000, 0.01, 100)["exceeded_when_tested"]
        > 2 * expected_rates(2_000, 0.01, 20_000)["exceeded"]
    )


def test_hidden_cheats_cost_recall_and_accuse_nobody() -> None:
    clean, bent = (
        draw_calibration_sets(HONEST, FAKES, 0.05, 1_000, rng(), hidden=hidden, draws=40)
        for hidden in (0.0, 0.05)
    )
    assert bent["far"] < 0.5 * clean["far"]
    assert bent["recall"] < clean["recall"]
    assert bent["hidden_cheats"] == pytest.approx(0.05)


def test_thresholds_of_other_accounts_promise_nothing() -> None:
    found = draw_calibration_sets(HONEST, FAKES, 0.01, 1_000, rng(), judged=HONEST + 0.1, draws=20)
    assert found["far"] > 0.1
    assert found["exceeded"]["rate"] == 1.0


def test_ties_only_make_it_safer() -> None:
    strange = np.where(HONEST > 0.4, -1.0, np.round(HONEST, 1))
    found = draw_calibration_sets(strange, FAKES, 0.05, 1_000, rng(), draws=200)
    assert found["far"] <= found["expected"]["rate"]
    assert found["exceeded"]["k"] == 0


def test_divisions_of_one_set_obey_the_beta_binomial_law() -> None:
    found = divide_repeatedly(HONEST[:400], 0.05, 60, rng(), draws=2_000)
    assert found["tested"] == 340
    assert found["far"] == pytest.approx(1 / 61, rel=0.1)
    assert found["exceeded_when_tested"]["rate"] == pytest.approx(
        found["expected"]["exceeded_when_tested"], abs=0.015
    )
