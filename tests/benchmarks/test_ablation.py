"""Variants of the heads lack what they are said to lack, and are compared on the same accounts."""

from __future__ import annotations

import numpy as np
import pytest

from accounts.simulation import simulate
from benchmarks.quality.ablation import PART, compared
from benchmarks.quality.strange import on_rows
from benchmarks.quality.variants import BLENDS, EVERYTHING, FAMILIES, Fits, blended, fits
from detector.heads import ScorerParams
from features.catalogue import CATALOGUE
from features.declaration import Head
from training.config import TrainingConfig
from training.fit import Stage, fit_head, peers_of, training_rows

CONFIG = TrainingConfig(copies=1, scorer=ScorerParams(trees=12, leaves=5, least_accounts=15, l2=3.0))


@pytest.fixture(scope="module")
def rows() -> Stage:
    return training_rows(simulate(400, 41), CONFIG)


@pytest.fixture(scope="module")
def made(rows: Stage) -> Fits:
    return fits(rows, CONFIG)


def test_everything_is_what_training_fits(made: Fits, rows: Stage) -> None:
    for head in Head:
        own = fit_head(rows, head, CONFIG, np.ones(len(rows.levels), dtype=bool))
        assert own.text == made.heads[EVERYTHING][head].text


@pytest.mark.parametrize("family", FAMILIES)
def test_a_head_without_a_family_never_reads_it(made: Fits, family: str) -> None:
    for head in Head:
        read = made.heads[f"without {family}"][head].booster.feature_importance("split")
        used = {feature.name for feature, splits in zip(CATALOGUE, read, strict=True) if splits}
        assert used
        assert not used & {feature.name for feature in CATALOGUE if feature.family == family}


def test_constraints_are_taken_away_and_added(made: Fits) -> None:
    def bound(variant: str) -> set[str]:
        text = made.heads[variant][Head.AUTOMATED].text
        line = next(one for one in text.splitlines() if one.startswith("[monotone_constraints:"))
        signs = line.strip("[]").split(": ")[1].split(",")
        return {feature.name for feature, sign in zip(CATALOGUE, signs, strict=True) if sign != "0"}

    posting = {feature.name for feature in CATALOGUE if feature.family == "posting"}
    assert not bound(EVERYTHING) & posting
    assert bound("posting constrained too") - bound(EVERYTHING) <= posting
    assert bound("posting constrained too") & posting


def test_without_constraints_the_trees_are_others(made: Fits) -> None:
    text = made.heads["without constraints"][Head.INFLATED].text
    (line,) = [one for one in text.splitlines() if one.startswith("[monotone_constraints:")]
    assert not set(line) & {"1", "2"}
    assert text != made.heads[EVERYTHING][Head.INFLATED].text


def test_a_blend_lies_between_its_parts_and_does_without_the_untrained_one() -> None:
    usual = (np.linspace(0, 1, 101), np.linspace(0, 1, 101))
    trained, untrained = np.array([0.2, 0.8, 0.5]), np.array([0.9, 0.1, np.nan])
    alone, half, other = (blended(trained, untrained, usual, weight) for weight in (0.0, 0.5, 1.0))
    assert alone.argsort().tolist() == [0, 2, 1]
    assert other[:2].argsort().tolist() == [1, 0]
    assert half[:2] == pytest.approx((alone + other)[:2] / 2)
    assert alone[2] == half[2] == other[2]


def test_scores_of_all_variants_are_compared_with_everything(made: Fits, rows: Stage) -> None:
    platforms, tiers = peers_of(rows)
    head = Head.INFLATED
    untrained = made.untrained(rows.numbers, head, platforms, tiers)
    scores = made.scores(rows.numbers, head, untrained)
    assert set(scores) == set(made.heads) | set(BLENDS.values())
    found = compared(rows.truth(head), scores, rows.numbers.index.tolist())
    assert found[EVERYTHING]["lead"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    for one in found.values():
        assert one["auc"]["low"] <= one["auc"]["value"] <= one["auc"]["high"]
        lead = one["auc"]["value"] - found[EVERYTHING]["auc"]["value"]
        assert one["lead"]["value"] == pytest.approx(lead)
    task = {"heads": {head.value: found}, "strangeness": on_rows(rows)}
    page = PART.page({"tasks": {"simulated": task}, "sealed": {}, "refused": {"gilani2017": "Missing."}})
    assert "| another seed |" in page
    assert page.endswith("**gilani2017**: not measured. Missing.")


def test_strangeness_only_spares(rows: Stage) -> None:
    found = on_rows(rows)
    for kind in ("far", "recall"):
        assert found[kind]["with"]["k"] <= found[kind]["without"]["k"]
    assert set(found["set_anew"]) == {"with", "without"}
