"""What is left out is left out everywhere, and the kind is judged on its own accounts."""

from __future__ import annotations

import numpy as np
import pytest

from accounts.population import Population
from accounts.simulation import simulate
from benchmarks.quality.measurements import never_seen
from benchmarks.quality.measurements.never_seen import (
    HANDS,
    KINDS,
    Verdicts,
    compare,
    holds,
    train_without,
    verdicts_on,
)
from benchmarks.quality.parts.never_seen import page
from detector.labels import Label
from training.config import TrainingConfig
from training.fit import Fitted, fit
from training.labelled_rows import LabelledRows, labelled_rows


@pytest.fixture(scope="module")
def test() -> LabelledRows:
    return labelled_rows(simulate(300, 8, regime="test", events="many"))


@pytest.fixture(scope="module")
def verdicts(fitted: Fitted, test: LabelledRows) -> Verdicts:
    return verdicts_on(fitted.bundle, test)


def test_every_kind_is_one_of_the_simulator_and_is_found_among_its_accounts(test: LabelledRows) -> None:
    for name, kind in KINDS.items():
        who = kind.among(test.labels)
        assert not (who & ~holds(test.labels, kind.tested)).any(), name
        assert test.authentic[who].all() if kind.honest else not test.authentic[who].any(), name
    assert {"giveaway", "brand", "burst", "content_bot", "mass_fake"} <= set(KINDS)


def test_every_kind_is_in_one_hand_and_never_beside_its_twin() -> None:
    tested = [name for hand in HANDS.values() for name in hand.tested]
    assert sorted(tested) == sorted(KINDS)
    for hand in HANDS.values():
        assert set().union(*(KINDS[name].tested for name in hand.tested)) <= hand.without
        for twins in ({"giveaway", "loop_giveaway"}, {"likes_flat", "likes_proportional"}, {"burst", "drip"}):
            assert len(hand.without & twins) < 2 or hand.tested[0] in {*list(KINDS)[-2:]}


def test_no_account_of_a_kind_that_is_left_out_is_trained_on(monkeypatch: pytest.MonkeyPatch) -> None:
    population, given = simulate(200, 9, events="many"), list[Population]()

    def noted(own: Population, config: TrainingConfig, created_at: str) -> Fitted:
        given.append(own)
        raise InterruptedError

    monkeypatch.setattr(never_seen, "fit", noted)
    with pytest.raises(InterruptedError):
        train_without(population, {"random_event", "burst"}, never_seen.CONFIG)
    assert fit is not never_seen.fit
    assert 0 < len(given[0]) < 200
    assert not holds(given[0].labels, {"random_event", "burst"}).any()
    assert holds(population.labels, {"random_event"}).any()


def test_seen_and_unseen_are_compared_on_the_same_accounts(test: LabelledRows, verdicts: Verdicts) -> None:
    accused = np.full(len(verdicts.labels), Label.AUTOMATED.value)
    kind = KINDS["random_event"]
    found = compare(kind, test, verdicts, Verdicts(accused, verdicts.can_accuse))
    n = int((kind.among(test.labels) & verdicts.can_accuse).sum())
    unseen = found["unseen"]["accused"]
    assert unseen["k"] == unseen["n"] == found["seen"]["accused"]["n"] == n > 0
    assert found["more"]["accused"]["value"] == pytest.approx(1 - found["seen"]["accused"]["rate"], abs=1e-4)
    text = page({"tasks": {"hand 1": {"random_event": found}}})
    assert "1 of 1 miss the aim: `random_event`" in text
    assert "100.0 %" in text
