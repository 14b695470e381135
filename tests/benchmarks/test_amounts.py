"""Whether the interval of what was added holds it: the measurement, tried on simulated accounts."""

import numpy as np
import polars as pl
import pytest

from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.measurements import amounts
from benchmarks.quality.measurements.amounts import AMOUNT_CELLS, COUNT_OF_WAY, evaluate, shares_added
from benchmarks.quality.measurements.injection_cells import Cell
from benchmarks.quality.parts.amounts import PART, coverages, too_narrow
from detector.amounts import COUNTS
from training.datasets.organic import ORGANIC
from training.fixed_dose import DOSED_WAYS, add_dose


@pytest.fixture(scope="module")
def tables() -> Tables:
    population = simulate(150, 6)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))
    return population.tables.select(honest["account_id"])


def test_every_way_that_adds_to_one_count_is_measured_on_every_set_that_can_show_it():
    assert set(AMOUNT_CELLS) <= set(ORGANIC)
    assert set(COUNT_OF_WAY) == set(DOSED_WAYS) - {"package"}
    assert set(COUNT_OF_WAY.values()) <= set(COUNTS)
    assert all(cells for cells in AMOUNT_CELLS.values())
    assert {cell.way for cells in AMOUNT_CELLS.values() for cell in cells} == set(COUNT_OF_WAY)


@pytest.mark.parametrize(("way", "dose"), [("likes in proportion", 3.0), ("views in proportion", 1.0)])
def test_a_share_is_of_what_is_there_afterwards(tables, way, dose):
    names = add_dose(tables, way, dose).accounts["account_id"]
    untouched = tables.select(names)
    added = shares_added(untouched, add_dose(untouched, way, dose), COUNT_OF_WAY[way])
    assert np.median(added) == pytest.approx(dose / (1 + dose), abs=0.02)


def test_only_accounts_with_an_estimate_are_counted_and_no_share_lies_outside_of_its_range(
    detector, tables, monkeypatch
):
    cells = (Cell("followers", 10), Cell("followers", 0.01), Cell("views", 3))
    monkeypatch.setattr(amounts, "AMOUNT_CELLS", {"made up": cells})
    found = evaluate(detector, "made up", tables, lambda *_: None)["injected"]
    assert {COUNT_OF_WAY[one["way"]] for one in found} <= set(detector.bundle.amounts.by_count)
    strong, weak = found[:2]
    assert 0 < strong["covered"]["n"] <= strong["accounts"] == strong["covered_of_all"]["n"]
    assert strong["covered"]["n"] / strong["accounts"] > weak["covered"]["n"] / weak["accounts"]
    assert 0.8 < strong["added"] < 1 and 0 < strong["estimate"] <= 1 and 0 <= strong["width"] <= 1


def figure(way, covered, of):
    rate = {"k": covered, "n": of, "rate": covered / of if of else None, "low": 0.1, "high": 0.6}
    median = 0.5 if of else None
    return {
        "way": way, "dose": 1, "days": 1, "accounts": 150, "covered": rate,
        "covered_of_all": {"k": 75, "n": 150, "rate": 0.5, "low": 0.4, "high": 0.6},
        "added": median, "estimate": median, "width": median,
    }  # fmt: skip


def test_the_page_names_intervals_that_are_too_narrow_and_leaves_out_what_nobody_got():
    found = {"made up": {"injected": [figure("followers", 40, 100), figure("likes", 0, 0)]}}
    assert too_narrow(found) == (
        "**Under 80 % beyond chance**: `made up`, followers x1 in 1 d: 40.0 % [10.0, 60.0] (40 of 100)."
    )
    assert len(coverages(found).splitlines()) == 2 + 2
    page = PART.page({"tasks": found, "sealed": {}, "refused": {"other": "Gone."}})
    assert coverages(found) in page and page.endswith("- `other` was not measured: Gone.")
