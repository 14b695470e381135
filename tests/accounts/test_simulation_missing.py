"""What is missing tells nothing: bought and honest accounts come through the same exports."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from accounts.simulation import Population, simulate
from benchmarks.quality.gates import mask


@pytest.fixture(scope="module")
def population() -> Population:
    return simulate(1_500, seed=11)


@pytest.mark.parametrize("head", ["inflated", "automated"])
def test_the_missingness_mask_predicts_nothing(population: Population, head: str) -> None:
    pattern = mask(population)
    varying = pattern.select(
        column for column in pattern.columns if pattern[column].n_unique() > 1
    ).to_numpy()
    assert varying.shape[1] > 25
    truth = population.labels[head].to_numpy()
    model = LogisticRegression(C=0.05, max_iter=500)
    scores = cross_val_predict(model, varying, truth, cv=4, method="predict_proba")[:, 1]
    assert abs(roc_auc_score(truth, scores) - 0.5) < 0.06


def test_the_mask_would_give_a_leak_away(population: Population) -> None:
    pattern, truth = mask(population).to_numpy(), population.labels["inflated"].to_numpy()
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
