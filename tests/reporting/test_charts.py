from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from accounts.tables import Tables
from reporting import charts
from reporting.charts.svg import element, svg
from reporting.evidence import Point
from reporting.growth import Explained, GrowthPicture
from reporting.numbers import Numbers
from reporting.presentation import Presentation, present

Documents = Mapping[str, dict[str, Any]]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def presentation(documents: Documents, tables: Tables) -> Presentation:
    return present(documents["burst-of-followers"], tables)


def drawn(presentation: Presentation) -> dict[str, str]:
    numbers = presentation.numbers
    assert presentation.growth and presentation.posts and presentation.clock and presentation.audience
    return {
        "scale": charts.scale_chart(presentation.scale, numbers),
        "growth": charts.growth_chart(presentation.growth, numbers),
        "posts": charts.posts_chart(presentation.posts, numbers),
        "clock": charts.clock_chart(presentation.clock, numbers),
        "audience": charts.audience_chart(presentation.audience, numbers),
        "range": charts.range_chart(presentation.part("growth").yardsticks[0], numbers),
        "waterfall": charts.waterfall_chart(presentation.waterfalls[0], numbers),
    }


def test_every_chart_is_well_formed_named_and_within_its_frame(presentation: Presentation) -> None:
    for name, chart in drawn(presentation).items():
        root = ElementTree.fromstring(chart)
        assert root.tag == f"{SVG}svg" and root.get("role") == "img", name
        assert root[0].tag == f"{SVG}title" and root[1].tag == f"{SVG}desc" and root[1].text, name
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        for one in root.iter(f"{SVG}rect"):
            x, y, wide, high = (float(one.get(key, -1)) for key in ("x", "y", "width", "height"))
            assert -0.1 <= x <= x + wide <= width + 0.1 and 0 <= y <= y + high <= height + 0.1, (
                name,
                one.attrib,
            )
        assert " style=" not in chart and "<style" not in chart, name


def test_every_class_is_in_the_stylesheet(presentation: Presentation) -> None:
    css = charts.chart_css()
    for chart in drawn(presentation).values():
        used = {one for found in re.findall(r'class="([^"]*)"', chart) for one in found.split()}
        assert not {one for one in used - {"label"} if not one.startswith("chart-") and f".{one}" not in css}


def test_the_same_twice(presentation: Presentation) -> None:
    assert drawn(presentation) == drawn(presentation)


def test_text_is_escaped_and_what_xml_cannot_hold_is_replaced() -> None:
    chart = svg("x", '<b title="x">&\x00', "a\ud800", (9, 9), [element("text", text="<script>\x0b")])
    root = ElementTree.fromstring(chart)
    assert root[0].text == '<b title="x">&\ufffd' and root[2].text == "<script>\ufffd"


def test_a_gap_is_dotted_and_never_a_line() -> None:
    days = [date(2026, 1, 1) + timedelta(place) for place in (*range(10), *range(60, 70))]
    points = tuple(Point(day, 100 + place) for place, day in enumerate(days))
    chart = charts.growth_chart(GrowthPicture(points, (), 2.5), Numbers())
    assert chart.count('class="gap"') == 1 and chart.count('class="line"') == 2


@pytest.mark.parametrize("starts", [(5, 7), (5, 40, 44), (100, 104), (70, 72, 74), (1, 113)])
def test_words_of_explained_stretches_stand_apart(starts: tuple[int, ...]) -> None:
    first = date(2026, 1, 1)
    points = tuple(Point(first + timedelta(place), 100 + place) for place in range(120))
    explained = tuple(
        Explained(first + timedelta(at), first + timedelta(at + 1), "viral_post") for at in starts
    )
    chart = charts.growth_chart(GrowthPicture(points, (), 2.5, explained), Numbers())
    spans = []
    for one in ElementTree.fromstring(chart).iter(f"{SVG}text"):
        if (words := one.text or "").startswith("explained"):
            at, wide = float(one.get("x", 0)), 5.8 * len(words)
            low, high = (at - wide, at) if one.get("text-anchor") == "end" else (at, at + wide)
            assert 0 <= low < high <= 640
            spans.append((float(one.get("y", 0)), low, high))
    assert len(spans) == len(starts)
    for place, (y, low, high) in enumerate(spans):
        assert all(
            abs(y - other) >= 12 or high <= left or right <= low for other, left, right in spans[:place]
        )


def test_an_explained_stretch_begins_where_its_step_does() -> None:
    first = date(2026, 1, 1)
    points = tuple(Point(first + timedelta(7 * place), 100 + place) for place in range(12))
    stretch = Explained(first + timedelta(15), first + timedelta(21), "press")
    root = ElementTree.fromstring(charts.growth_chart(GrowthPicture(points, (), 9.0, (stretch,)), Numbers()))
    (band,) = (one for one in root.iter(f"{SVG}rect") if one.get("class") == "explained")
    assert float(band.get("width", 0)) == pytest.approx((640 - 64) / 11, abs=0.1)


@pytest.mark.parametrize("step", [0, 1, 40, 9_000])
@pytest.mark.parametrize("low", [3, 970, 4_870, 1_234_560])
def test_no_two_lines_of_a_curve_bear_the_same_count(low: int, step: int) -> None:
    days = [date(2026, 1, 1) + timedelta(place) for place in range(10)]
    points = tuple(Point(day, low + step * place) for place, day in enumerate(days))
    chart = ElementTree.fromstring(charts.growth_chart(GrowthPicture(points, (), 2.5), Numbers()))
    counts = [one.text for one in chart.iter() if one.get("text-anchor") == "end"]
    assert len(counts) >= 4 and len(set(counts)) == len(counts)


def test_a_jump_may_be_a_link(presentation: Presentation) -> None:
    assert presentation.growth is not None
    chart = charts.growth_chart(
        presentation.growth, presentation.numbers, href=lambda place, jump: f"?a={place}&d={jump.start}"
    )
    assert 'href="?a=1&amp;d=2025-10-04"' in chart


def test_a_chart_with_its_own_styles_needs_no_custom_property(presentation: Presentation) -> None:
    styled = charts.self_styled(drawn(presentation)["growth"])
    ElementTree.fromstring(styled)
    assert "var(" not in styled and "@media" not in styled and "#23527c" in styled


def test_tables_say_the_same(presentation: Presentation) -> None:
    assert presentation.growth is not None and presentation.audience is not None
    growth = charts.growth_table(presentation.growth, presentation.numbers)
    assert growth.rows[-1][1].text == "177,719"
    assert charts.audience_table(presentation.audience, presentation.numbers).rows[0][1].text == "72\xa0%"


def test_one_post_one_count_and_nothing_are_drawn(documents: Documents) -> None:
    empty = documents["everyday-creator"] | {"suspicion": None, "signals": [], "audience": None}
    presentation = present(empty)
    assert presentation.scale.score is None and "no place" in charts.scale_chart(
        presentation.scale, presentation.numbers
    )
    assert presentation.audience is None and presentation.growth is None


@pytest.mark.parametrize("limits", [(17.0, 70.0), (29.0, 94.4), (14.0, 87.0), (30.0, 56.0), (2.0, 99.0)])
@pytest.mark.parametrize("width", [440.0, 640.0])
def test_the_words_of_the_limits_stay_on_the_scale_and_apart(
    presentation: Presentation, limits: tuple[float, float], width: float
) -> None:
    scale = replace(presentation.scale, flagged_below=limits[0], cleared_from=limits[1])
    root = ElementTree.fromstring(charts.scale_chart(scale, presentation.numbers, width))
    spans = []
    for one in root.iter(f"{SVG}text"):
        words, at = one.text or "", float(one.get("x", 0))
        if words.startswith(("flagged", "cleared")):
            wide = 5.8 * len(words)  # of 11 px of the fonts that charts.css names, as a browser measured it
            spans.append((at - wide, at) if one.get("text-anchor") == "end" else (at, at + wide))
    (_, flagged_ends), (cleared_starts, _) = spans
    assert all(low >= 0 and high <= width for low, high in spans)
    assert flagged_ends <= cleared_starts


@pytest.mark.parametrize(
    ("score", "alone"),
    [(49, 53.0), (49, 50.2), (49, 99.0), (49, 76.0), (50, 44.0), (50, 2.0), (80, 95.0), (20, 8.0)],
)
def test_the_words_of_the_dot_do_not_cover_the_score(
    presentation: Presentation, score: int, alone: float
) -> None:
    scale = replace(presentation.scale, score=score, signal_place=alone, limited="held")
    root = ElementTree.fromstring(charts.scale_chart(scale, presentation.numbers, 440.0))
    texts = {one.text: one for one in root.iter(f"{SVG}text")}
    words, number = texts["by its signals alone"], float(texts[str(score)].get("x", 0))
    at, wide = float(words.get("x", 0)), 5.8 * len("by its signals alone")
    low, high = (at - wide, at) if words.get("text-anchor") == "end" else (at, at + wide)
    assert low >= 0 and high <= 440
    assert high <= number - 12 or low >= number + 12
