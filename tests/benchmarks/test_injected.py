"""The ceiling never judges what it was fitted on, and the page tells what came."""

from __future__ import annotations

import polars as pl
import pytest

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.measurements import injected
from benchmarks.quality.measurements.injected import Ceiling, evaluate, fit_ceiling, folds_of
from benchmarks.quality.parts.injected import PART
from detector.screening import Detector
from training.datasets.base import owner_of
from training.injection import authentic
from training.labelled_rows import labelled_rows


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Honest Instagram accounts with posts."""
    population = simulate(400, 5)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))["account_id"]
    every = population.tables.select(honest.to_list())
    shown = every.accounts.filter(pl.col("platform") == "instagram")
    bare = Tables.of(accounts=shown, posts=every.posts.filter(pl.col("likes").is_not_null()))
    return bare.select(shown["account_id"].to_list()[:60])


@pytest.fixture(scope="module")
def best(tables: Tables) -> Ceiling:
    return fit_ceiling(tables)


def test_an_owner_is_in_one_fold_with_all_copies(tables: Tables, best: Ceiling) -> None:
    rows = labelled_rows(authentic(tables))
    assert set(best.fold_of) == {owner_of(str(name)) for name in rows.features.index}
    assert set(best.fold_of.values()) == set(range(injected.FOLDS))
    copies = rows.features.rename(index=lambda name: f"{name}#i0")
    again = injected.LabelledRows(copies, rows.levels, rows.labels)
    assert folds_of(again, best.fold_of).tolist() == folds_of(rows, best.fold_of).tolist()


def test_each_signal_has_a_head_for_each_fold_fitted_on_others(best: Ceiling) -> None:
    names = {name for name, _ in best.heads}
    assert {"likes", "rhythm"} <= names
    for name in names:
        assert len({best.heads[name, held].text for held in range(injected.FOLDS)}) == injected.FOLDS


def test_altered_accounts_stand_out_most_to_heads_of_their_own_set(
    small_detector: Detector, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(injected, "STRENGTHS", {"about +300 %": (2.0, 4.5)})
    result = evaluate(tables, lambda *_: None)
    everything = result["cells"][0]
    assert (everything["scheme"], everything["strength"]) == (injected.ANY, "about +300 %")
    assert everything["auc"]["ceiling"]["value"] > max(0.6, everything["auc"]["directed rank"]["value"])
    assert sum(cell["copies"] for cell in result["cells"][1:]) <= everything["copies"]
    page = PART.page({"tasks": {"instafake_posts": result}, "sealed": {}, "refused": {"other": "Gone."}})
    assert "| any | about +300 % |" in page
    assert "`other` was not measured: Gone." in page
