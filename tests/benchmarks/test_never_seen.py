"""What is left out is left out everywhere, and the kind is judged on its own accounts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from accounts.simulation import simulate
from benchmarks.quality.never_seen import KINDS, compared, page
from benchmarks.quality.refit import Judged, Material, holds, prepared, refitted, sample
from detector.heads import ScorerParams
from detector.words import Label
from training.config import TrainingConfig
from training.fit import Stage, stage

CONFIG = TrainingConfig(
    accounts=600, seed=3, train_share=0.5, threshold_share=0.48, test_share=0.02, copies=2, folds=2,
    alpha=0.2, most_cleared=0.3, scorer=ScorerParams(trees=20, leaves=7, least_accounts=15, l2=3.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def material() -> Material:
    return prepared(simulate(CONFIG.accounts, CONFIG.seed), CONFIG, {"profile", "profile+posts30"})


@pytest.fixture(scope="module")
def test() -> Stage:
    return stage(simulate(300, 8, regime="test"))


@pytest.fixture(scope="module")
def seen(material: Material, test: Stage) -> Judged:
    return refitted(material, (), test)


def test_every_kind_is_one_of_the_simulator_and_is_found_among_its_accounts(test: Stage) -> None:
    for name, kind in KINDS.items():
        who = kind.among(test.labels)
        assert not (who & ~holds(test.labels, kind.tested)).any(), name
        assert test.authentic[who].all() if kind.honest else not test.authentic[who].any(), name
    assert {"giveaway", "brand", "burst", "content_bot", "mass_fake"} <= set(KINDS)


def test_only_levels_asked_for_and_pooled_ones_get_thresholds(material: Material) -> None:
    levels = {one.level for one in material.at_levels}
    assert {"profile", "profile+posts30", "profile+posts"} <= levels
    assert "profile+posts12" not in levels


def test_no_account_of_a_kind_that_is_left_out_sets_a_threshold(material: Material) -> None:
    kind = {"random_event"}
    absent = set(material.threshold["account_id"].filter(pl.Series(holds(material.threshold, kind))))
    assert absent

    def judged(numbers, keys):
        assert not absent & set(numbers.index)
        return np.full((len(keys), 2), 0.5), np.zeros(len(keys), dtype=bool)

    found = pl.from_pandas(next(sample(material, kind, judged)))
    assert found["suspicion"].is_not_null().any()


def test_leaving_a_kind_out_changes_the_verdicts_and_leaving_none_out_repeats_them(
    material: Material, test: Stage, seen: Judged
) -> None:
    without = KINDS["fake_follower"].without
    unseen = refitted(material, without, test)
    assert (unseen.labels != seen.labels).any()
    assert refitted(material, (), test).labels.tolist() == seen.labels.tolist()


def test_seen_and_unseen_are_compared_on_the_same_accounts(test: Stage, seen: Judged) -> None:
    accused = np.full(len(seen.labels), Label.AUTOMATED.value)
    kind = KINDS["random_event"]
    found = compared(kind, test, seen, Judged(accused, seen.can_accuse))
    n = int((kind.among(test.labels) & seen.can_accuse).sum())
    assert (
        found["unseen"]["accused"]["k"]
        == found["unseen"]["accused"]["n"]
        == found["seen"]["accused"]["n"]
        == n
    )
    assert found["more"]["accused"]["value"] == pytest.approx(1 - found["seen"]["accused"]["rate"], abs=1e-4)
    text = page({"tasks": {"random_event": found}})
    assert "1 of 1 miss the aim: `random_event`" in text
    assert "100.0 %" in text
