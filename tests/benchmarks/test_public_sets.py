"""The parts on public sets, tried on sets that are made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality.measurements import in_domain, recalibrated, zero_shot
from benchmarks.quality.measurements.cross_validation import MODELS, cross_validated, fit_and_predict
from benchmarks.quality.parts import in_domain as in_domain_part
from benchmarks.quality.parts import recalibrated as recalibrated_part
from benchmarks.quality.parts import zero_shot as zero_shot_part
from benchmarks.quality.populations.labelled_sets import NAMES, PLATFORMS, SIGNAL_OF, facts_of
from detector.threshold import accusation_threshold
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.catalogue import LABELLED
from training.datasets.labelled import Labelled, padded

SET = PublicSet("tiny", {}, "made up", "none", "nowhere")
ACCOUNTS = 160


def quiet(*_: object) -> None:
    """Whatever is done."""


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    """Fakes follow more; every fourth account has a twin that shares its group."""
    rng = np.random.default_rng(2)
    truth = rng.random(ACCOUNTS) < 0.4
    following = rng.normal(2.3 + 0.8 * truth, 0.4)
    followers = rng.normal(2.5, 0.5, ACCOUNTS)
    names = [f"tiny:{row}" for row in range(ACCOUNTS)]
    columns = {
        "following_size": following,
        "followers_size": followers,
        "following_ratio": following - followers,
    }
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=padded(pd.DataFrame(columns, index=names)),
        levels=["profile"] * ACCOUNTS,
        classes=[("bot" if row % 3 else "other bot") if fake else "human" for row, fake in enumerate(truth)],
        truth=truth,
        groups=[names[row - 1 if row % 4 == 3 else row] for row in range(ACCOUNTS)],
        raw=pd.DataFrame({"noise": rng.random(ACCOUNTS), "following": following}, index=names),
    )


def test_every_labelled_set_has_its_line_and_its_platform():
    assert set(NAMES) == set(LABELLED) <= set(PLATFORMS) == set(SIGNAL_OF)
    assert {name for plan in in_domain.PLANS.values() for name in plan.sets} == set(PLATFORMS)
    assert all(facts_of(name).name == name for name in NAMES)


def test_no_model_is_tested_on_what_it_was_fitted_on(labelled):
    seen: list[tuple[set[str], set[str]]] = []

    def fit(numbers, truth, head):
        known = set(numbers.index)

        def score(others):
            seen.append((known, set(others.index)))
            return np.linspace(0, 1, len(others))

        return score

    cross_validated(labelled, replace(MODELS["assay"], fit=fit), repeats=2)
    group_of = dict(zip(labelled.features.index, labelled.groups, strict=True))
    for known, others in seen:
        assert not {group_of[name] for name in known} & {group_of[name] for name in others}


def test_thresholds_come_from_the_training_accounts_alone(labelled):
    known, unknown = labelled.pick(np.arange(ACCOUNTS) < 100), labelled.pick(np.arange(ACCOUNTS) >= 100)
    turned = replace(unknown, truth=~unknown.truth)
    one, other = (fit_and_predict(known, each, MODELS["assay"]) for each in (unknown, turned))
    assert (one.predicted == other.predicted).all()


def test_in_domain_tells_what_can_be_told(labelled):
    plan = in_domain.Plan(("tiny",), repeats=1, choosing=False, classes=True, alone=("noise",))
    result = in_domain.cross_validate(plan, labelled, quiet)
    assert result["accounts"] == ACCOUNTS
    assert result["groups"] == len(set(labelled.groups))
    assert result["assay"]["auc"]["value"] > 0.85
    assert result["alone"]["noise"]["value"] < 0.65
    assert result["assay"]["auc"]["low"] < result["assay"]["auc"]["value"] < result["assay"]["auc"]["high"]
    assert result["difference"]["auc"]["value"] == pytest.approx(
        result["assay"]["auc"]["value"] - result["raw"]["auc"]["value"]
    )
    results = {"tasks": {"purba2020": result}, "sealed": {}, "refused": {"gilani2017": "Gone."}}
    text = in_domain_part.page(results)
    assert "accuracy among all classes" in text
    assert "- `gilani2017` was not measured: Gone." in text
    assert "have not been opened" in text


def test_noise_is_worth_nothing_in_domain(labelled):
    shuffled = np.random.default_rng(0).permutation(labelled.truth)
    result = in_domain.cross_validate(
        in_domain.Plan(("tiny",), repeats=1, choosing=False), replace(labelled, truth=shuffled), quiet
    )
    assert result["assay"]["auc"]["low"] < 0.5 < result["assay"]["auc"]["high"]


def test_across_sets_only_the_second_is_tested(labelled):
    first, second = labelled.pick(~labelled.held_out), labelled.pick(labelled.held_out)
    result = in_domain.train_and_test(in_domain.Plan(("a", "b"), choosing=False), first, second)
    assert result["accounts"] == len(second)
    assert result["assay"]["auc"]["value"] > 0.8


@pytest.mark.usefixtures("small_detector")
def test_zero_shot_counts_as_the_detector_decides(labelled):
    result = zero_shot.evaluate("instafake_fake", labelled, zero_shot.best_single_number(labelled), quiet)
    assert (result["signal"], result["alpha"]) == ("fake_account", 0.2)
    assert result["figures"]["signal auc"]["value"] == result["figures"]["union auc"]["value"]
    assert result["number"] in ("following_size", "raw following")
    authentic = result["labels"]["authentic"]
    assert result["far"]["k"] == authentic["automated"] + authentic["inflated"]
    assert result["far"]["n"] == (~labelled.truth).sum() == sum(authentic.values())
    assert result["recall"]["n"] == labelled.truth.sum()
    found = {"instafake_fake": result}
    text = zero_shot_part.page({"tasks": found, "sealed": found, "refused": {}})
    assert "### Sealed accounts" in text
    assert "| no |" in text


def test_a_number_in_the_other_direction_is_turned(labelled):
    turned = replace(labelled, truth=~labelled.truth)
    name, sign = zero_shot.best_single_number(turned)
    assert sign == -1
    assert zero_shot.auc_above_half(turned.truth, sign * zero_shot.filled_with_median(turned, name)) > 0.3


@pytest.mark.parametrize(
    ("size", "alpha", "expected"), [(60, 0.05, 0.0164), (150, 0.05, 0.0199), (300, 0.01, 0.0033)]
)
def test_recalibrated_costs_what_the_bound_expects(size, alpha, expected):
    rng = np.random.default_rng(1)
    line = recalibrated.calibrate_on(rng.random(3000), None, 0.5 + rng.random(500) / 2, size, alpha)
    assert line["expected"] == pytest.approx(expected, abs=5e-5)
    assert line["far"]["mean"] == pytest.approx(line["expected"], rel=0.25)
    assert line["over"] < 0.1
    assert line["recall"]["low"] <= line["recall"]["mean"] <= line["recall"]["high"]


def test_recalibration_is_the_detectors_own_threshold():
    honest = np.arange(61) / 100
    line = recalibrated.calibrate_on(honest, np.array([2.0] * 20), np.array([0.9]), 61, 0.05)
    assert accusation_threshold(honest, 0.05) == 0.6
    assert (line["far"]["mean"], line["recall"]["mean"]) == (1.0, 1.0)


def test_too_few_authentic_accounts_are_said_with_the_number_missing():
    line = recalibrated.calibrate_on(np.zeros(100), None, np.ones(5), 150, 0.05)
    assert line == {"size": 150, "alpha": 0.05, "missing": 70}
    one = {"level": "profile", "starter_far": 0.0, "starter_recall": 0.1, "sizes": [line]}
    assert "too few authentic accounts: 70 more" in recalibrated_part.rates_table({"tiny": one})


def test_one_account_of_a_group_is_calibrated_on(labelled):
    honest, fakes = recalibrated.split_by_truth(labelled, np.arange(ACCOUNTS, dtype=float))
    first = {group: row for row, group in reversed(list(enumerate(labelled.groups)))}
    assert honest.tolist() == [row for row in sorted(first.values()) if not labelled.truth[row]]
    assert len(fakes) == labelled.truth.sum()
