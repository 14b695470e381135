"""The benchmark of comments: folds by group, figures of a made-up set, and a page from what is kept."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from benchmarks.quality.handmade.comment_spellings import SPELLINGS
from benchmarks.quality.handmade.ordinary_comments import ORDINARY_COMMENTS
from benchmarks.quality.harness.stored_results import RESULTS, StoredResults
from benchmarks.quality.measurements.comments import evaluate, fold_of, shipped_model
from benchmarks.quality.parts.comments import page, tasks
from training.comment_phrases import ORDINARY, PROMOTIONS


def test_a_group_is_in_one_fold() -> None:
    groups = [f"scamspot:{n}" for n in range(10)] + ["youtube_spam:Psy", "youtube_spam:KatyPerry"]
    assert [fold_of(group) for group in groups] == [0, 1] * 6


def test_figures_of_a_set() -> None:
    rows = pl.DataFrame({"promotion": [1.0, 0.0, 1.0, 0.0] * 10, "group": [f"s:{n}" for n in range(40)]})
    probabilities = np.tile([0.9, 0.1, 0.8, 0.85], 10)
    found = evaluate(
        rows,
        {"written": probabilities, "folded": probabilities, "counted": (probabilities > 0.82).astype(float)},
    )
    assert found["auc"]["written"]["value"] == pytest.approx(0.75)
    assert (found["false_positives"]["k"], found["recall"]["k"]) == (10, 10)


def test_what_is_measured_was_not_trained_on() -> None:
    trained = {
        line.casefold() for part in (ORDINARY, PROMOTIONS) for lines in part.values() for line in lines
    }
    measured = [line for lines in ORDINARY_COMMENTS.values() for line in lines]
    assert not trained & {line.casefold() for line in (*measured, *SPELLINGS)}
    assert {len(lines) for lines in ORDINARY_COMMENTS.values()} == {40}


def test_what_is_kept_is_of_the_shipped_model_and_makes_a_page() -> None:
    results = StoredResults.read(RESULTS / "comments.json")
    assert {one["model"]["sha256"] for one in results.content["tasks"].values()} == {shipped_model().sha256}
    assert list(results.content["tasks"]) == list(tasks())
    # The hold-out is opened once: its figures are of the model that is named there.
    assert {name: one["model"] for name, one in results.content["sealed"].items()} == {
        look["task"]: look["model"] for look in results.content["looks"]
    }
    text = page(results.for_page(in_one_piece=False) or {})
    assert "| youtube_spam, sealed | 435 |" in text
    assert f"in {len(SPELLINGS)} of {len(SPELLINGS)} spellings" in text
