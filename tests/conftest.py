"""One small training run that the tests of training, detector and notebooks look at from all sides."""

from typing import NamedTuple

import pytest
from hypothesis import settings

from accounts.population import Population
from accounts.simulation import simulate
from detector.heads import ScorerParams
from detector.screening import Detector
from training.config import TrainingConfig
from training.fit import Fitted, fit

# No test fails for the time it takes, nor for what it happens to draw today.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

CREATED_AT = "2026-11-23T00:00:00Z"
# The promise is a loose one, so that a few hundred accounts are enough for somebody to be accused.
CONFIG = TrainingConfig(
    accounts=900,
    seed=3,
    train_share=0.38,
    calibration_share=0.25,
    test_share=0.33,
    masked_copies=2,
    folds=2,
    alpha=0.2,
    max_cleared_share=0.3,
    scorer=ScorerParams(trees=40, leaves=7, least_accounts=15, l2=3.0),
)


class Run(NamedTuple):
    """What a run was given, what it made, and what it said meanwhile."""

    population: Population
    config: TrainingConfig
    fitted: Fitted
    heard: list[tuple[str, float]]


@pytest.fixture(scope="session")
def run() -> Run:
    population = simulate(CONFIG.accounts, CONFIG.seed)
    heard: list[tuple[str, float]] = []
    fitted = fit(population, CONFIG, CREATED_AT, lambda doing, share: heard.append((doing, share)))
    return Run(population, CONFIG, fitted, heard)


@pytest.fixture(scope="session")
def fitted(run: Run) -> Fitted:
    return run.fitted


@pytest.fixture(scope="session")
def detector(fitted: Fitted) -> Detector:
    return Detector(fitted.bundle)


@pytest.fixture(scope="session")
def creators(fitted: Fitted):
    """Tables of the test split."""
    return fitted.test_population.tables
