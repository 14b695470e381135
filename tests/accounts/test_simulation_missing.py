"""What is missing tells nothing: bought and honest accounts come through the same exports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from accounts.population import Population
from accounts.simulation import simulate
from accounts.simulation.draw_account import draw_account
from accounts.simulation.export import abbreviate_counts
from accounts.simulation.parameters import Regime
from accounts.simulation.regimes.test import TEST
from accounts.simulation.regimes.train import TRAIN
from benchmarks.quality.measurements.gates import missingness_mask


@pytest.fixture(scope="module")
def population() -> Population:
    return simulate(1_500, seed=11)


@pytest.mark.parametrize("head", ["inflated", "automated"])
def test_the_missingness_mask_predicts_nothing(population: Population, head: str) -> None:
    pattern = missingness_mask(population)
    varying = pattern.select(
        column for column in pattern.columns if pattern[column].n_unique() > 1
    ).to_numpy()
    assert varying.shape[1] > 25
    truth = population.labels[head].to_numpy()
    model = LogisticRegression(C=0.05, max_iter=500)
    scores = cross_val_predict(model, varying, truth, cv=4, method="predict_proba")[:, 1]
    assert abs(roc_auc_score(truth, scores) - 0.5) < 0.06


def test_the_mask_would_give_a_leak_away(population: Population) -> None:
    pattern, truth = missingness_mask(population).to_numpy(), population.labels["inflated"].to_numpy()
    leaking = np.column_stack([pattern, truth & (np.arange(len(truth)) % 2 == 0)])
    model = LogisticRegression(C=0.05, max_iter=500)
    scores = cross_val_predict(model, leaking, truth, cv=4, method="predict_proba")[:, 1]
    assert roc_auc_score(truth, scores) > 0.58


def test_most_accounts_are_deep(population: Population) -> None:
    tables = population.tables
    wanted = {"posts": (30, 0.5), "comments": (60, 0.4), "history": (100, 0.45), "audience": (60, 0.7)}
    for name, (rows, share) in wanted.items():
        sizes = tables[name].group_by("account_id").len()["len"]
        assert (sizes >= rows).mean() > share, name
    assert tables.posts.group_by("account_id").len()["len"].min() < 10


@pytest.mark.parametrize("regime", [TRAIN, TEST], ids=["train", "test"])
def test_how_an_account_reaches_a_user_is_drawn_before_what_is_true_of_it(regime: Regime) -> None:
    shares = ({"authentic": 1.0}, {"inflated": 1.0}, {"automated": 1.0})
    ways = [
        [
            (draft.export.name, depth)
            for draft, depth, _ in (
                draw_account(replace(regime, mixture=mixture), 3, index, frozenset()) for index in range(40)
            )
        ]
        for mixture in shares
    ]
    assert ways[0] == ways[1] == ways[2]
    assert {depth.abbreviated for _, depth in ways[0]} == {True, False}


def test_counts_as_pages_show_them_tell_nothing(population: Population) -> None:
    """Three figures or fewer in every large count: as many of the bought as of the honest."""
    large = population.tables.posts.filter(pl.col("views") >= 10_000)
    short = large.group_by("account_id").agg((pl.col("views") % 100 == 0).all().alias("short"), pl.len())
    known = short.filter(pl.col("len") >= 3).join(population.labels, on="account_id")
    truth = known["inflated"] | known["automated"]
    honest, rest = known.filter(~truth)["short"], known.filter(truth)["short"]
    assert min(len(honest), len(rest)) > 50
    spread = np.sqrt(0.25 / len(honest) + 0.25 / len(rest))
    assert 0.1 < honest.mean() < 0.6
    assert abs(honest.mean() - rest.mean()) < 3 * spread


@pytest.mark.parametrize(
    ("platform", "counted", "stands"),
    [
        ("instagram", [9_999, 12_345, 123_456, 1_234_567], [9_999, 12_300, 123_000, 1_200_000]),
        ("tiktok", [9_999, 12_345, 123_456, 12_345_678], [9_999, 12_300, 123_400, 12_300_000]),
        ("youtube", [999, 1_234, 12_345, 1_234_567], [999, 1_200, 12_000, 1_200_000]),
        ("x", [0, 999_999, 1_000_000, 2_345_678_901], [0, 999_900, 1_000_000, 2_300_000_000]),
    ],
)
def test_large_counts_stand_as_the_platforms_page_has_them(
    platform: str, counted: list[int], stands: list[int]
) -> None:
    for regime in (TRAIN, TEST):
        display = regime.platforms[platform].display
        assert abbreviate_counts(np.array(counted, dtype=np.float64), display).tolist() == stands
