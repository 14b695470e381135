"""The table of targets and ceilings: from stored figures, never from memory."""

import json

import pytest

from benchmarks.quality.harness.registry import registered_parts
from benchmarks.quality.harness.stored_results import RESULTS
from benchmarks.quality.page.targets import TARGETS, figure_of, row, targets_section
from benchmarks.quality.page.writing import stored_figures


@pytest.fixture(scope="module")
def results():
    return {name: stored_figures(name, part, RESULTS) for name, part in registered_parts().items()}


@pytest.mark.parametrize("one", TARGETS, ids=lambda one: one.name)
def test_every_target_has_a_figure_and_every_ceiling_that_is_a_figure_is_there(one, results):
    reached = figure_of(one.reached, results)
    assert reached and 0 <= reached["low"] <= reached["value"] <= reached["high"] <= 1
    if not isinstance(one.ceiling, str):
        assert figure_of(one.ceiling, results) is not None
    if not one.met(reached["value"]):
        assert one.why, "what is missed has a reason"


def test_a_figure_is_the_stored_one(results):
    stored = json.loads((RESULTS / "zero_shot.json").read_text())["tasks"]["purba2020"]["result"]["figures"]
    target = next(one for one in TARGETS if one.name.startswith("purba2020"))
    assert figure_of(target.reached, results)["value"] == stored["union auc"]["value"]


def test_missed_and_reached_ones_stand_in_the_section_once(results):
    text = targets_section(results)
    missed, reached = text.split("**Reached")
    for one in TARGETS:
        met = one.met(figure_of(one.reached, results)["value"])
        assert (f"| {one.name} |" in reached) is met
        assert (f"| {one.name} |" in missed) is not met


def test_what_was_not_measured_is_left_out():
    assert "Missed: 0 of 0" in targets_section(dict.fromkeys(registered_parts()))


def test_an_upper_bound_is_missed_from_above():
    bound = next(one for one in TARGETS if one.name == "falsely accused, giveaway")
    assert bound.met(bound.aim) and not bound.met(bound.aim + 0.01)
    line = row(bound, {"value": bound.aim + 0.02, "low": 0.0, "high": 1.0}, {})
    assert line[1] == "at most .10" and line[3] == ".020"
