"""The benchmark of adapting: who is left out, what is put into copies, and how recall is counted."""

import numpy as np
import pytest

from accounts.simulation import simulate
from benchmarks.quality.measurements.adapted import DetectorScores, figures_of, inflated_copies, with_posts
from benchmarks.quality.parts.adapted import page
from detector.signals import SIGNALS
from training.adapt_trial import WAYS
from training.metrics import rate, recall_at


@pytest.fixture(scope="module")
def tables():
    return simulate(40, seed=6).tables


def test_accounts_with_few_posts_are_left_out(tables):
    selected = set(with_posts(tables).accounts["account_id"])
    counts = dict(tables.posts.group_by("account_id").len().iter_rows())
    assert selected == {name for name, count in counts.items() if count >= 5}
    assert selected < set(tables.accounts["account_id"])


def test_only_one_way_is_put_into_copies_and_never_a_program(tables):
    population = inflated_copies(tables, "likes", (0.9, 1.1), seed=0)
    assert len(population)
    assert set(population.labels["scheme"]) <= WAYS["likes"]
    assert not population.labels["automated"].any()


def test_recall_is_counted_over_what_so_many_honest_accounts_exceed():
    honest = np.arange(200.0)
    assert recall_at(honest, np.array([197.0, 197.5, 300.0]), 0.01) == pytest.approx(2 / 3)
    assert recall_at(honest, np.array([189.0, 189.5, 300.0]), 0.05) == pytest.approx(2 / 3)


def test_the_way_s_own_signal_is_measured_beside_the_whole():
    signal_scores = np.zeros((4, len(SIGNALS)))
    better = signal_scores.copy()
    better[:, [signal.name for signal in SIGNALS].index("likes")] = 1.0
    honest = DetectorScores(np.array([0.1, 0.2, 0.3, 0.4]), signal_scores, np.zeros(4, dtype=bool))
    fakes = DetectorScores(np.array([0.1, 0.2, 0.3, 0.4]), better, np.array([True, False, False, False]))
    found = figures_of(honest, fakes, "likes")
    assert (found["auc"], found["auc_of_own_signal"], found["accused"]) == (0.5, 1.0, 0.25)
    assert "auc_of_own_signal" not in figures_of(honest, fakes, "whole package")


def test_the_table_has_a_row_for_each_way_and_size():
    one = {"mean": 0.5, "low": 0.4, "high": 0.6}
    ways = {"likes +100 %": {"auc": one, "recall_at_1": one, "recall_at_5": one, "accused": one}}
    far = rate(np.array([True, False]))
    found = {size: {"far": far, "ways": ways} for size in ("300 accounts", "100 accounts")}
    text = page({"tasks": found, "refused": {}})
    assert [line.split(" | ")[0] for line in text.splitlines()[-2:]] == [f"| {size}" for size in found]
    assert text.count("| .50 [.40, .60] |  | .50 [.40, .60] |") == len(found)
