"""Levels are judged by the one rule, and what is asked for next is what verdicts ask for."""

from __future__ import annotations

import json

import polars as pl
import pytest

from accounts.simulation import simulate
from benchmarks.quality.harness.part import Result
from benchmarks.quality.measurements import evidence_levels
from benchmarks.quality.measurements.evidence_levels import (
    compare_blocks,
    evaluate,
    evaluate_level,
    next_block,
    screen_at_level,
    screen_at_levels,
)
from benchmarks.quality.parts import evidence_levels as section
from detector.screening import Detector
from features.derive import derive
from features.evidence import Level, measure


@pytest.fixture(scope="module")
def judged(small_detector: Detector) -> pl.DataFrame:
    return screen_at_levels(51, "test", size=12)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_levels, "AT_LEAST", 1)
    monkeypatch.setattr(section, "FEW", 1)


def test_an_account_stands_once_at_each_level(judged: pl.DataFrame) -> None:
    assert not judged.select("account_id", "level").is_duplicated().any()
    assert judged["level"].n_unique() > 50
    assert set(judged["label"]) <= {"inflated", "automated", "authentic", "review", "insufficient"}


def test_a_level_gives_the_labels_that_verdicts_give(small_detector: Detector) -> None:
    tables = simulate(60, 52).tables
    numbers, levels = derive(tables), measure(tables)["level"]
    verdicts = {one.account_id: one.label.value for one in small_detector.screen(tables, explain="none")}
    common = levels.value_counts().index[0]
    platforms = dict(tables.accounts.select("account_id", "platform").iter_rows())
    found = screen_at_level(Level.of(common), numbers[levels == common], platforms)
    assert len(found) > 3
    assert dict(zip(found["account_id"], found["label"], strict=True)).items() <= verdicts.items()


def test_what_is_asked_for_is_what_verdicts_ask_for(small_detector: Detector) -> None:
    tables = simulate(60, 53).tables
    verdicts = small_detector.screen(tables, explain="none")
    levels = measure(tables)["level"]
    wanted = {
        (level, one.platform): one.evidence.send_next for level, one in zip(levels, verdicts, strict=True)
    }
    assert len(wanted) > 10
    assert {at: next_block(Level.of(at[0]), small_detector.bundle, at[1]) for at in wanted} == wanted


def test_rates_count_the_right_accounts(small_detector: Detector) -> None:
    level = Level.of("profile+posts30")
    labels = ["inflated", "authentic", "automated", "authentic", "review", "insufficient"]
    part = pl.DataFrame({
        "label": labels, "authentic": [True, True, False, False, False, False],
        "strong": [False, False, True, True, False, False],
    })  # fmt: skip
    found = evaluate_level(level, part, small_detector.bundle)
    assert (found["far"]["k"], found["far"]["n"]) == (1, 2)
    assert (found["recall"]["k"], found["recall"]["n"]) == (1, 4)
    assert (found["recall_strong"]["k"], found["strong_cleared"]["k"]) == (1, 1)
    assert found["authentic"] == {
        "inflated": 0.5, "automated": 0.0, "authentic": 0.5, "review": 0.0, "insufficient": 0.0
    }  # fmt: skip


def test_the_block_asked_for_is_held_against_the_others() -> None:
    gains: list[Result] = [
        {"block": "posts", "recall": [0.1, 0.4]},
        {"block": "history", "recall": [0.1, 0.2]},
        {"block": "audience", "recall": [0.1, 0.1]},
    ]
    found = compare_blocks({"asked": "posts", "gains": gains}, "recall")
    assert found == pytest.approx({"asked": 0.3, "others": 0.05, "best": 0.3, "asked_is_best": 1.0})


@pytest.mark.usefixtures("few")
def test_the_page_shows_every_level_it_can(small_detector: Detector, judged: pl.DataFrame) -> None:
    found = evaluate(judged, small_detector.bundle) | {"accounts": 12, "regime": "test"}
    found = json.loads(json.dumps(found))
    assert found["send_next"]["levels"] >= 1
    shown = section.page(found)
    assert "| profile |" in shown
    assert "asked for the best" in shown
    assert "Shares of the five labels" in shown
