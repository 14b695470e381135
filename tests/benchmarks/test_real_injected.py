"""What is measured on real accounts, tried on simulated ones with whatever detector."""

import numpy as np
import polars as pl
import pytest

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.measurements import injection_cells, real_injected
from benchmarks.quality.measurements.injection_cells import (
    CELLS,
    SIGNAL_OF,
    Cell,
    DetectorOutput,
    evaluate_cell,
    evaluate_untouched,
    masked_variants,
    sample_accounts,
)
from benchmarks.quality.measurements.real_injected import evaluate
from benchmarks.quality.parts import real_injected as real_injected_part
from benchmarks.quality.parts.real_injected import false_accusations, injections
from training.datasets.base import data_folder, development
from training.datasets.organic import ORGANIC
from training.fixed_dose import DOSED_WAYS


@pytest.fixture(scope="module")
def tables() -> Tables:
    population = simulate(150, 6)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))
    return population.tables.select(honest["account_id"])


def test_every_cell_is_of_a_known_set_and_way():
    assert set(CELLS) <= set(ORGANIC)
    assert {cell.way for cells in CELLS.values() for cell in cells} <= set(DOSED_WAYS) == set(SIGNAL_OF)


def test_what_the_issue_asks_for_is_measured():
    doses = {(cell.dose, cell.days) for cell in CELLS["github_stars"] if cell.way == "followers"}
    assert doses == {(dose, days) for dose in (1, 3, 10) for days in (1, 3, 7, 30)}
    for name in ("instafake_posts", "influencers_br", "youtube_channels", "youtube_trending"):
        assert {Cell("likes", 1), Cell("likes", 3)} <= set(CELLS[name])
    assert Cell("views", 3) in CELLS["youtube_trending"]
    assert Cell("package", 3, 3) in CELLS["youtube_channels"]


def test_a_sample_is_even_and_the_same_every_time(tables):
    some = sample_accounts(tables, 10)
    assert len(some) == 10
    assert some.accounts.equals(sample_accounts(tables, 10).accounts)
    assert len(sample_accounts(tables, 10**6)) == len(tables)
    assert len(sample_accounts(tables.select([]), 10)) == 0


def test_accounts_are_shown_in_every_smaller_part_that_they_have(tables):
    assert set(masked_variants(tables)) == {"everything", *injection_cells.MASKS}
    bare = Tables.of(accounts=tables.accounts.select("account_id", "platform", "as_of"), posts=tables.posts)
    assert set(masked_variants(bare)) == {"everything"}
    shown = masked_variants(tables)["profile and posts"]
    assert shown.history.is_empty() and shown.comments.is_empty() and shown.posts.equals(tables.posts)


def test_untouched_accounts_are_counted_once_at_each_level(detector, tables):
    found = evaluate_untouched(detector, tables)
    assert found["accused"]["n"] == len(tables) == sum(one["n"] for one in found["levels"].values())
    assert sum(one["k"] for one in found["levels"].values()) == found["accused"]["k"]
    labels = sum(found[name]["k"] for name in ("accused", "authentic", "review", "insufficient"))
    assert labels == len(tables)


def test_an_injection_is_held_against_the_same_accounts(detector, tables):
    untouched_sizes = []

    def ask(untouched):
        untouched_sizes.append(len(untouched))
        return DetectorOutput.of(detector, untouched)

    weak, strong = (evaluate_cell(detector, tables, Cell("followers", dose, 3), ask) for dose in (0.001, 10))
    assert untouched_sizes == [strong["accounts"]] * 2
    assert 10 < strong["accounts"] < len(tables)
    assert abs(weak["auc"]["value"] - 0.5) < 0.1 < strong["auc"]["value"] - 0.5
    assert strong["auc"]["low"] <= strong["auc"]["value"] <= strong["auc"]["high"]
    assert strong["recall_at_5_percent"]["rate"] > weak["recall_at_5_percent"]["rate"]
    assert weak["recall_at_5_percent"]["rate"] <= 0.1


def test_where_nothing_can_be_accused_by_suspicion_is_lowest(detector, tables):
    nothing = Tables.of(accounts=tables.accounts.select("account_id", "platform", "as_of"))
    output = DetectorOutput.of(detector, nothing)
    assert output.suspicion.tolist() == [-1.0] * len(tables)
    assert output.share("insufficient")["k"] == len(tables)
    assert not np.isnan(DetectorOutput.of(detector, tables).suspicion).any()


def test_the_page_holds_every_figure(detector, tables, monkeypatch):
    monkeypatch.setattr(real_injected, "CELLS", {"made up": (Cell("likes", 3), Cell("package", 3, 30))})
    found = {"made up": evaluate(detector, "made up", tables, lambda *_: None)}
    assert len(false_accusations(found).splitlines()) == 2 + len(masked_variants(tables))
    rows = injections(found).splitlines()
    assert len(rows) == 2 + 2
    assert all(SIGNAL_OF[cell] in row for cell, row in zip(("likes", "package"), rows[2:], strict=True))
    page = real_injected_part.page({"tasks": found, "sealed": found, "refused": {"other": "Gone."}})
    assert page.count(rows[2]) == 2
    assert page.endswith("- `other` was not measured: Gone.")


def test_real_channels_are_measured(detector):
    one = ORGANIC["youtube_channels"]
    if not all((data_folder() / file).is_file() for file in one.about.files):
        pytest.skip("needs youtube_channels in ASSAY_DATA: see docs/data.md")
    some = sample_accounts(development(one.load(data_folder())), 12)
    result = evaluate_cell(
        detector, some, Cell("package", 3, 3), lambda untouched: DetectorOutput.of(detector, untouched)
    )
    assert 6 < result["accounts"] <= 12
