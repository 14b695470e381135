"""Each gate holds for a detector against itself, and fails for one that was spoiled in the way it guards."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from accounts.errors import BadInput
from accounts.simulation import simulate
from detector.bundle import load, starter_path
from detector.levels import LevelTable
from detector.predictions import Predictions
from detector.screening import Detector
from training.gates import cases, costs, errors
from training.gates.compare import compare, failed, known_cases
from training.gates.limits import GateLimits, read_limits
from training.gates.trial import Opinion, Trial
from training.recalibrate import with_thresholds

LIMITS = GateLimits(accounts=80, dosed_accounts=12)


@pytest.fixture(scope="module")
def starter():
    return Detector(load(starter_path()))


@pytest.fixture(scope="module")
def trial(starter):
    return Trial.of(simulate(160, seed=5, regime="test"), starter, starter)


def with_levels(detector, **changes):
    """The detector with other thresholds at every level."""
    rows = {row.level: replace(row, **changes) for row in detector.bundle.levels}
    return Detector(with_thresholds(detector.bundle, LevelTable(rows)))


def spoiled(trial, **changes):
    """The trial with other suspicions or probabilities said by the challenger."""
    predictions = trial.challenger.predictions
    signals = replace(predictions.signals, **changes)
    fields = {name: getattr(predictions, name) for name in Predictions.__dataclass_fields__}
    return replace(trial, challenger=Opinion(Predictions(**{**fields, "signals": signals})))


def test_a_detector_passes_against_itself(starter, tmp_path):
    found = compare(starter, starter, limits=LIMITS, data=tmp_path, own=simulate(60, seed=9))
    assert not failed(found)
    assert {gate.name for gate in found if gate.passed is None} >= {"public set github_stars"}
    assert "recall, your accounts" in {gate.name for gate in found}


def test_a_detector_that_accuses_or_clears_nobody_is_unfit(starter):
    assert errors.fitness(starter.bundle).passed
    assert not errors.fitness(with_levels(starter, accuse_above=None).bundle).passed
    assert not errors.fitness(with_levels(starter, clear_at_or_below=None).bundle).passed


def test_a_detector_that_accuses_everybody_breaks_the_promise(starter, trial):
    assert errors.promise(trial, 0.01).passed
    everybody = with_levels(starter, accuse_above=0.0)
    gate = errors.promise(Trial.of(trial.population, everybody, starter), 0.01)
    assert not gate.passed
    assert "profile" in gate.found


def test_a_coin_loses_recall_log_loss_and_calibration(trial):
    coin = np.random.default_rng(0).uniform(0, 1, len(trial.rows.levels))
    p_values = np.tile(1 - coin[:, None], (1, trial.challenger.predictions.signals.p_values.shape[1]))
    guessing = spoiled(trial, p_values=p_values, probabilities=np.tile(1 - coin[:, None], (1, 2)))
    assert not errors.recall(guessing, 0.01, LIMITS).passed
    assert not errors.log_loss(guessing, LIMITS).passed
    assert not errors.calibration(guessing, LIMITS).passed


@pytest.mark.parametrize(
    ("low", "high", "simulated", "own"),
    [
        (-0.05, 0.02, True, True),
        (0.01, 0.02, True, True),  # worse beyond chance, and within the limit
        (-0.10, 0.10, False, None),  # what equal detectors look like on few accounts
        (-0.01, 0.04, False, None),
        (0.01, 0.04, False, False),
        (0.05, 0.09, False, False),
    ],
)
def test_on_few_own_accounts_chance_decides_nothing(low, high, simulated, own):
    assert errors.loss_holds(low, high, 0.03, own=False) is simulated
    assert errors.loss_holds(low, high, 0.03, own=True) is own


def test_a_coin_loses_on_own_accounts_too_and_a_shade_less_is_left_undecided(trial):
    coin = np.random.default_rng(0).uniform(0, 1, len(trial.rows.levels))
    wide = trial.challenger.predictions.signals.p_values.shape[1]
    guessing = spoiled(
        trial, p_values=np.tile(1 - coin[:, None], (1, wide)), probabilities=np.tile(coin[:, None], (1, 2))
    )
    assert errors.recall(guessing, 0.01, LIMITS, own=True).passed is False
    assert errors.log_loss(guessing, LIMITS, own=True).passed is False
    signals = trial.challenger.predictions.signals
    noise = np.exp(np.random.default_rng(1).normal(0, 0.7, signals.p_values.shape))
    gate = errors.recall(spoiled(trial, p_values=signals.p_values * noise), 0.05, LIMITS, own=True)
    assert gate.passed is None
    assert gate.found.endswith("; too few accounts to tell")
    assert not failed([gate])


def test_a_detector_that_accuses_nobody_falls_in_slices(starter, trial):
    nobody = with_levels(starter, accuse_above=1.0)
    gate = errors.slices(Trial.of(trial.population, nobody, starter), LIMITS)
    assert gate.passed is False
    assert "tier nano: 0.0 (champion" in gate.found
    assert errors.slices(trial, LIMITS).passed


@pytest.mark.parametrize(
    ("lost", "regained", "passes"), [(8, 0, False), (5, 1, True), (3, 0, True), (12, 7, True)]
)
def test_a_slice_falls_where_chance_does_not_explain_it(lost, regained, passes):
    """Of forty fakes on one platform; where some are lost and nearly as many won, it may be chance."""
    old = np.arange(40) < 25
    new = old.copy()
    new[:lost], new[25 : 25 + regained] = False, True
    made_up = SimpleNamespace(
        fake=np.ones(40, dtype=bool),
        slices=lambda: {"platform x": np.ones(40, dtype=bool)},
        campaigns=lambda rows: [str(at) for at in range(40)],
        challenger=SimpleNamespace(accused=new),
        champion=SimpleNamespace(accused=old),
    )
    gate = errors.slices(made_up, LIMITS)
    assert gate.passed is passes
    if not passes:
        assert gate.found.startswith("platform x: 42.5 (champion 62.5, -20.0 [-")


def test_known_cases_hold_for_the_starter_and_not_for_extremes(starter):
    assert not failed(known_cases(starter))
    everybody, nobody = (failed(known_cases(with_levels(starter, accuse_above=at))) for at in (0.0, 1.0))
    assert [gate.name for gate in everybody] == ["examples", "expert's cases"]
    assert [gate.name for gate in nobody] == ["examples"]


def test_suspicion_that_falls_with_the_dose_is_seen(starter, trial):
    assert cases.dose_response(trial, starter, LIMITS).passed

    class Backwards:
        """Says the opposite."""

        def predict(self, tables):
            found = starter.predict(tables)
            return SimpleNamespace(suspicion=1 - found.suspicion)

    assert not cases.dose_response(trial, Backwards(), LIMITS).passed


def test_other_reasons_are_seen(starter, trial):
    assert costs.same_reasons(trial, starter, starter, LIMITS).passed

    class Mute:
        """Gives no reasons."""

        def screen(self, tables, *, explain):
            return [replace(verdict, reasons=()) for verdict in starter.screen(tables, explain=explain)]

    assert not costs.same_reasons(trial, Mute(), starter, LIMITS).passed


def test_a_large_bundle_is_refused(starter):
    assert costs.size(starter.bundle, LIMITS).passed
    assert not costs.size(starter.bundle, replace(LIMITS, size_bytes=1_000)).passed


def test_the_file_of_the_repository_holds_the_defaults(pytestconfig):
    assert read_limits(pytestconfig.rootpath / "mlflow" / "gates.toml") == GateLimits()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("recall = 1", "gates.toml: recall is no limit of a gate; did you mean recall_loss?"),
        ("accounts = -1", "gates.toml: accounts must be a number >= 0. Got -1."),
        ("dose_falls = 'x'", 'gates.toml: dose_falls must be a number >= 0. Got "x".'),
        ("accounts = 1.5", "gates.toml: accounts must be a number >= 0. Got 1.5."),
        ("=", "gates.toml: must be TOML in UTF-8."),
    ],
)
def test_a_wrong_limit_is_refused(tmp_path, text, message):
    path = tmp_path / "gates.toml"
    path.write_text(text)
    with pytest.raises(BadInput) as refused:
        read_limits(path)
    assert str(refused.value) == message
