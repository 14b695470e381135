"""The pages say what the kept figures say, and nothing else."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from benchmarks.quality.harness.registry import registered_parts
from benchmarks.quality.harness.stored_results import RESULTS, ModelId, StoredResults
from benchmarks.quality.page import writing as pages
from benchmarks.quality.page.breaches import breaches
from benchmarks.quality.page.readme import LABELLED, ORGANIC, with_figures
from benchmarks.quality.parts import zero_shot as zero_shot_part
from detector.bundle import load, starter_path
from training.datasets import organic as organic_sets

HINT = "run: python -m benchmarks.quality.parts --write-page"


@pytest.fixture(scope="module")
def parts():
    return registered_parts()


@pytest.fixture(scope="module")
def page(parts):
    return pages.quality_page(parts)


@pytest.fixture(scope="module")
def card(parts):
    return pages.model_card(parts)


def test_the_committed_pages_are_up_to_date(page, card, parts):
    assert pages.PAGE.read_text(encoding="utf-8") == page, HINT
    assert pages.CARD.read_text(encoding="utf-8") == card, HINT
    assert pages.README.read_text(encoding="utf-8") == pages.readme(parts), HINT


def test_the_readme_quotes_every_organic_and_labelled_set(parts):
    text = pages.readme(parts)
    assert set(ORGANIC) == set(organic_sets.ORGANIC)
    for title in (*ORGANIC.values(), *LABELLED.values()):
        assert f"| {title} |" in text
    assert with_figures("no marks", {}, {}) == "no marks"


def test_every_part_has_its_section(parts, page):
    for part in parts.values():
        assert f"## {part.title}\n" in page


def test_every_plot_is_there_and_small(page):
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page):
        assert (pages.PAGE.parent / name).stat().st_size < 150_000


def test_every_table_has_one_width(page, card):
    for text in (page, card):
        for above, line in pairwise(text.splitlines()):
            if above.startswith("|") and line.startswith("|"):
                assert above.replace(r"\|", "").count("|") == line.replace(r"\|", "").count("|"), line


def judged(auc: float) -> dict[str, object]:
    """What the part on public sets keeps of one set."""
    figure, half = {"value": auc, "low": 0.1, "high": 0.9}, {"k": 1, "n": 2, "rate": 0.5, "low": 0, "high": 1}
    scores = ("union", "signal", "directed rank", "one number")
    measures = [f"{who} {kind}" for who in scores for kind in ("auc", "average_precision")]
    labels = dict.fromkeys(("inflated", "automated", "authentic", "review", "insufficient"), 1)
    return {
        "signal": "rhythm", "accounts": 4, "judgeable": 4, "unfamiliar": 0.0, "number": "posts_total",
        "alpha": 0.01, "far": half, "recall": half, "labels": {"authentic": labels, "positives": labels},
        "figures": dict.fromkeys(measures, figure),
    }  # fmt: skip


def store_result(folder: Path, auc: float, sha256: str) -> None:
    results = StoredResults.read(folder / "zero_shot.json")
    results.store("gilani2017", "key", ModelId("2026-11-28", sha256), judged(auc), 1.0)


def test_a_changed_figure_changes_the_page(parts, tmp_path):
    for auc, shown in ((0.12345, ".123 ["), (0.23456, ".235 [")):
        store_result(tmp_path, auc, pages.starter_sha256())
        assert shown in pages.quality_page(parts, tmp_path)
        assert shown in pages.model_card(parts, tmp_path)


def test_a_set_that_no_signal_hears_has_no_figure(parts, tmp_path):
    results, even = StoredResults.read(tmp_path / "zero_shot.json"), {"value": 0.5, "low": 0.5, "high": 0.5}
    silent = judged(0.5)
    silent["figures"] = dict.fromkeys(silent["figures"], even)
    results.store("gilani2017", "key", ModelId("2026-11-28", pages.starter_sha256()), silent, 1.0)
    for text in (pages.quality_page(parts, tmp_path), pages.model_card(parts, tmp_path)):
        assert "| no signal is heard |" in text


def test_a_legend_lies_within_its_plot(parts, tmp_path):
    store_result(tmp_path, 0.5, pages.starter_sha256())
    drawn: list[Figure] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zero_shot_part, "save", lambda figure, path: drawn.append(figure))
        parts["zero_shot"].draw(pages.stored_figures("zero_shot", parts["zero_shot"], tmp_path), tmp_path)
    (figure,) = drawn
    figure.draw_without_rendering()
    (legend,) = figure.legends
    box = legend.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width
    assert box.y1 <= figure.bbox.height


def test_without_any_figure_the_pages_say_so(parts, tmp_path):
    text = pages.quality_page(parts, tmp_path)
    assert text.count("Not measured yet") == len(parts)
    assert "None so far." in text
    assert "## On real accounts" not in pages.model_card(parts, tmp_path)


def test_the_card_names_the_starter_that_is_shipped(card):
    bundle = load(starter_path())
    assert bundle.sha256 in card
    assert bundle.facts.version in card


@pytest.mark.parametrize("heading", ["Intended use", "Limits", "Fairness", "What is not known"])
def test_the_card_has_what_a_card_needs(card, heading):
    assert f"## {heading}\n" in card


def test_written_pages_are_the_rendered_ones(parts, tmp_path, page):
    pages.write_pages(parts, RESULTS, tmp_path)
    assert (tmp_path / "quality.md").read_text(encoding="utf-8") == page
    assert list(Path(tmp_path, "quality").glob("*.png"))


def test_figures_of_another_starter_are_marked_and_kept_off_the_card(parts, tmp_path):
    store_result(tmp_path, 0.5, "0" * 64)
    assert "not the one shipped" in pages.quality_page(parts, tmp_path)
    assert "## On real accounts" not in pages.model_card(parts, tmp_path)


def test_sets_accused_beyond_the_promise_are_named():
    figures = {
        "bad": {"alpha": 0.01, "far": {"k": 9, "n": 100, "rate": 0.09, "low": 0.042, "high": 0.164}},
        "good": {"alpha": 0.01, "far": {"k": 1, "n": 50, "rate": 0.02, "low": 0.0005, "high": 0.106}},
    }
    assert "On 1 of these sets" in breaches(figures)
    assert "`bad` (9.0 % [4.2, 16.4] (9 of 100))" in breaches(figures)
    assert breaches({"good": figures["good"]}) == ""
