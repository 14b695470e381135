"""The comment model's training: rows, weights, folds, and a refit on a small sample."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from detector.comments.encoding import BUCKETS
from detector.comments.model import KINDS, CommentModel
from training.comment_phrases import ORDINARY, PROMOTIONS
from training.comment_rows import labelled_rows, respelt_rows, rows_of, simulated_rows, written_rows
from training.datasets.comment_texts import SCAMSPOT, LabelledComments
from training.fit_comment_model import (
    CommentSettings,
    design,
    fit_comments,
    fit_kind,
    fit_platt,
    rarity_of,
    row_weights,
    training_rows,
)
from training.respelling import SPELLINGS, respelt

SMALL = CommentSettings(simulated_each=2, written_each=20, inverse_penalty=0.3, folds=2)


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return training_rows([], SMALL)


@pytest.fixture(scope="module")
def model(rows: pl.DataFrame) -> CommentModel:
    return fit_comments(rows, SMALL, ("written",))


def test_a_fit_gives_the_same_weights_again(rows: pl.DataFrame, model: CommentModel) -> None:
    again = fit_kind("promotion", rows, SMALL)
    assert np.array_equal(again.weights, model.kinds[0].weights)
    assert (again.scale, again.intercept) == (model.kinds[0].scale, model.kinds[0].intercept)


def test_a_small_model_finds_what_it_saw(model: CommentModel) -> None:
    probabilities = model.probabilities(
        pl.Series(["check out my page please", "nice pic", "where did you buy that jacket?"])
    )
    assert probabilities.argmax(axis=0).tolist()[:2] == [0, 1]
    assert probabilities[2].max() < 0.5


def test_rows_are_the_same_for_a_seed_and_others_for_another() -> None:
    first, again = (written_rows(np.random.default_rng(1), 5) for _ in range(2))
    assert first.equals(again)
    assert not first.equals(written_rows(np.random.default_rng(2), 5))


def test_every_language_has_advertisements_and_ordinary_comments_alike() -> None:
    assert list(PROMOTIONS) == list(ORDINARY)
    assert [len(lines) for lines in PROMOTIONS.values()] == [len(lines) for lines in ORDINARY.values()]


def test_made_rows_have_no_slot_left_open() -> None:
    rng = np.random.default_rng(0)
    texts = pl.concat([written_rows(rng, 40), simulated_rows(rng, 5)])["text"]
    assert not texts.str.contains(r"\{\w+\}").any()


def test_a_public_set_says_what_is_known() -> None:
    texts = ["nice pic", "dm me now please", "where did you buy that", "hm okay", "🔥"]
    truth = np.array([False, True, False, False, False])
    rows = labelled_rows(LabelledComments(SCAMSPOT, texts, truth, list("abcde")))
    assert rows["promotion"].to_list() == [0, 1, 0, 0, 0]
    assert rows["generic"].to_list() == [1, 0, 0, None, 0]
    assert rows["template"].to_list() == [None, None, 0, 0, None]


def test_copies_in_other_spellings_are_of_every_kind_alike() -> None:
    rows = rows_of([f"text {n}" for n in range(2_000)], "written", promotion=1.0)
    copies = respelt_rows(np.random.default_rng(0), rows, 0.2)
    assert copies.height == pytest.approx(400, abs=80)
    assert set(copies["source"]) == {"written respelt"}
    assert set(copies["group"]) <= set(rows["group"])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_changes_the_text_and_is_repeatable(spelling) -> None:
    text = "check out my profile please"
    assert spelling(text, np.random.default_rng(3)) == spelling(text, np.random.default_rng(3)) != text


def test_any_text_can_be_respelt() -> None:
    rng = np.random.default_rng(0)
    assert all(isinstance(respelt(text, rng), str) for text in ("", "🔥", "что", "a b") for _ in range(8))


def test_every_source_has_its_weight_whatever_its_size() -> None:
    sources = np.array(["written"] * 3 + ["simulated"] * 90 + ["written respelt"] * 6, dtype=object)
    weights = row_weights(sources, SMALL)
    assert weights[:3].sum() == pytest.approx(SMALL.weight["written"])
    assert weights[3:93].sum() == pytest.approx(SMALL.weight["simulated"])
    assert weights[93:].sum() == pytest.approx(SMALL.weight["written"] * SMALL.respelt_weight)


def test_the_design_is_what_the_model_weighs(model: CommentModel) -> None:
    texts = pl.Series(["check out my page", "what a day", "🔥"])
    for at, name in enumerate(KINDS):
        kind = model.kinds[at]
        weights = np.concatenate([kind.weights * kind.scale, kind.numbers])
        expected = design(texts) @ weights + kind.intercept
        odds = model.probabilities(texts)[:, at]
        assert np.log(odds / (1 - odds)) == pytest.approx(expected, abs=1e-4), name


def test_rare_n_grams_count_more_and_numbers_as_they_are() -> None:
    values = design(pl.Series(["check this", "check that", "check it", "what a day"]))
    rarity, having = rarity_of(values), np.asarray((values[:, :BUCKETS] > 0).sum(axis=0)).ravel()
    assert rarity[:BUCKETS][having == 1].min() > rarity[:BUCKETS][having == 3].max() > 0
    assert np.average(rarity[:BUCKETS], weights=having) == pytest.approx(1.0, abs=1e-5)
    assert set(rarity[BUCKETS:].tolist()) == {1.0}


def test_few_ordinary_comments_lie_above_the_threshold() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(4_000) < 1_000
    odds = rng.normal(np.where(truth, 4.0, -1.0), 2.0)
    line = fit_platt(odds, truth, np.ones(4_000), SMALL)
    probabilities = 1 / (1 + np.exp(-odds * line.slope - line.shift))
    assert (probabilities[~truth] > line.threshold).mean() <= SMALL.most_false
    assert probabilities.mean() == pytest.approx(truth.mean(), abs=0.01)
