"""Pools are scored as the service would score them, and the promise's tables say what was drawn."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest

from accounts.simulation import simulate
from benchmarks.quality.measurements.promise import (
    evaluate_pools,
    evaluate_real_accounts,
    rates_by_group,
    rates_of,
)
from benchmarks.quality.parts.promise import PART
from benchmarks.quality.populations.simulated_pool import (
    P_VALUES,
    mask_evidence,
    run_in_processes,
    score_piece,
    scored_pool,
)
from detector.screening import Detector
from features.evidence import measure

MASKED_TO = "profile+posts5+comments15+history30"


@pytest.fixture(scope="module")
def pool(small_detector: Detector) -> pl.DataFrame:
    heard: list[float] = []
    found = scored_pool(
        500, 77, "train", lambda _, share: heard.append(share), doing="", masked=True, processes=1
    )
    assert heard == [1.0]
    return found


@pytest.fixture(scope="module")
def natural(pool: pl.DataFrame) -> pl.DataFrame:
    return pool.filter(pl.col("shown") == "as it came")


def test_a_pool_says_what_verdicts_say(small_detector: Detector, natural: pl.DataFrame) -> None:
    natural = natural.head(60)
    verdicts = small_detector.screen(simulate(60, 77).tables, explain="none")
    assert natural["account_id"].to_list() == [one.account_id for one in verdicts]
    assert natural["label"].to_list() == [one.label.value for one in verdicts]
    for row, one in zip(natural.iter_rows(named=True), verdicts, strict=True):
        assert row["suspicion"] == one.suspicion
        assert row["judged_by"] == one.guarantee.evidence_level
        known = {signal.name: signal.p_value for signal in one.signals}
        assert {name.removeprefix("p "): row[name] for name in P_VALUES if row[name] is not None} == known
        assert row["can_accuse"] == (one.guarantee.threshold is not None)


def test_an_account_stands_in_the_pool_once_as_it_came_and_once_thin(pool: pl.DataFrame) -> None:
    assert not pool.select("account_id", "shown").is_duplicated().any()
    assert pool["shown"].value_counts()["count"].to_list() == [500, 500]
    assert (pool.filter(pl.col("shown") == "thin")["level"] == MASKED_TO).sum() > 30


def test_thin_evidence_is_six_posts_fifteen_comments_and_thirty_days() -> None:
    tables = mask_evidence(simulate(60, 78).tables, 1)
    evidence = measure(tables)
    assert evidence["posts"].max() <= 6
    assert evidence["comments"].max() <= 15
    spans = tables.history.group_by("account_id").agg(pl.col("date").max() - pl.col("date").min())
    assert spans["date"].dt.total_days().max() == 30


@pytest.mark.usefixtures("small_detector")
def test_a_pool_is_the_same_again() -> None:
    assert score_piece(5, "test", False, size=20).equals(score_piece(5, "test", False, size=20))


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_come_in_the_order_of_the_jobs(processes: int) -> None:
    assert list(run_in_processes(math.sqrt, [(9.0,), (4.0,), (1.0,)], processes)) == [3.0, 2.0, 1.0]


def test_who_cannot_be_accused_is_not_counted_as_spared(natural: pl.DataFrame) -> None:
    found = rates_of(natural)["false_accusations"]
    assert found["n"] == natural.filter("authentic", "can_accuse").height < natural["authentic"].sum()
    assert found["k"] == natural.filter("authentic", pl.col("label").is_in(["inflated", "automated"])).height


def test_the_worst_group_stands_first_and_small_ones_last(natural: pl.DataFrame) -> None:
    doubled = natural.with_columns(
        label=pl.when(pl.col("platform") == "tiktok").then(pl.lit("inflated")).otherwise("label"),
        can_accuse=pl.lit(True),
    )
    many = pl.concat([doubled] * 8)
    found = rates_by_group(many, "platform")
    assert found[0]["group"] == "tiktok"
    assert found[0]["false_accusations"]["rate"] == 1.0
    assert [one["few"] for one in found] == sorted(one["few"] for one in found)


def test_the_page_shows_what_was_drawn(pool: pl.DataFrame, natural: pl.DataFrame) -> None:
    found = json.loads(json.dumps(evaluate_pools(pool, natural, draws=5, tested=50)))
    assert [one["alpha"] for one in found["promised"]] == [0.005, 0.005, 0.01, 0.01, 0.02, 0.02, 0.05, 0.05]
    assert found["thin"]["accounts"] > 20
    assert [one["hidden_cheats"] for one in found["contaminated"]] == [0.0, 0.01, 0.02, 0.05] * 2
    page = PART.page(
        {"tasks": {"simulated": found}, "sealed": {}, "refused": {"youtube_channels": "Missing."}}
    )
    assert "**youtube_channels**: not measured. Missing." in page
    assert page.count("| 0.5 % | 598 |") == 1
    assert all(line.count("|") > 3 for line in page.splitlines() if line.startswith("|"))


@pytest.mark.usefixtures("small_detector")
def test_real_accounts_are_judged_by_shipped_and_by_their_own_thresholds() -> None:
    population = simulate(400, 79)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))["account_id"]
    found = evaluate_real_accounts(population.tables.select(honest.to_list()), draws=20)
    assert found["accounts"] == len(honest)
    assert [(one["alpha"], one["calibration_accounts"]) for one in found["divided"]] == [
        (0.05, 60),
        (0.05, 150),
    ]
    assert {one["tested_on"] for one in found["by_size"]} == {"smaller", "larger"}
    assert np.isfinite(found["shipped"]["rate"])
    page = PART.page({"tasks": {"some_set": found}, "sealed": {}, "refused": {}})
    assert page.startswith("**some_set, development part**")
