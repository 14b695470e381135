"""The charts of one creator as the templates take them, each with the table that stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from markupsafe import Markup

from reporting import charts
from reporting.growth import GrowthPicture, Jump
from reporting.numbers import Numbers
from reporting.presentation import Presentation
from reporting.reasons import ReasonText

__all__ = ["among_peers", "chart_pictures"]

WIDTHS: Final[Mapping[str, float]] = {"wide": 960.0, "narrow": 340.0}
"""Of a chart over time, by the window that it is drawn for; its letters are as large in either."""


def chart_pictures(shown: Presentation) -> dict[str, Any]:
    """Each chart as SVG, with the table that stands beside it; those that cannot be drawn are left out."""
    numbers, found = shown.numbers, dict[str, Any]()
    found["scale"] = (
        charts.scale_chart(shown.scale, numbers, 440.0),
        charts.scale_table(shown.scale, numbers),
    )
    if (growth := shown.growth) is not None:
        drawn = at_both_widths(lambda width: linked_growth(growth, numbers, width))
        found["growth"] = (drawn, charts.growth_table(growth, numbers))
    if (posts := shown.posts) is not None:
        drawn = at_both_widths(lambda width: charts.posts_chart(posts, numbers, width))
        found["posts"] = (drawn, charts.posts_table(posts, numbers))
    if shown.clock and shown.clock.total:
        found["clock"] = (charts.clock_chart(shown.clock, numbers), charts.clock_table(shown.clock, numbers))
    if shown.audience:
        found["audience"] = (
            charts.audience_chart(shown.audience, numbers), charts.audience_table(shown.audience, numbers)
        )  # fmt: skip
    waterfalls = [
        (one, (charts.waterfall_chart(one, numbers), charts.waterfall_table(one, numbers)))
        for one in shown.waterfalls
    ]
    found["waterfalls"] = [(one.title, as_markup(pair)) for one, pair in waterfalls]
    return found | {name: as_markup(pair) for name, pair in found.items() if name != "waterfalls"}


def at_both_widths(draw: Callable[[float], str]) -> str:
    """A chart for a desk's window and one for a phone's; the style sheet shows the one that fits."""
    return "".join(
        f'<div class="for-{window}-window">{draw(width)}</div>' for window, width in WIDTHS.items()
    )


def linked_growth(picture: GrowthPicture, numbers: Numbers, width: float) -> str:
    """The follower curve, each jump a link to the form that explains it."""
    drawn = charts.growth_chart(picture, numbers, width, 280.0, jump_address)
    # With links in it a chart is a group of things, and no longer one picture.
    return drawn.replace(' role="img"', ' role="group"', 1)


def among_peers(reason: ReasonText) -> Markup:
    """A reason's number among its peers' as SVG; nothing where that cannot be drawn."""
    return Markup(charts.measured_chart(reason.measured) if reason.measured else "")


def as_markup(pair: tuple[str, charts.ChartTable]) -> tuple[Markup, charts.ChartTable]:
    """A chart as the template takes it: everything in it was escaped when it was drawn."""
    return Markup(pair[0]), pair[1]


def jump_address(place: int, _: Jump) -> str:
    """Where a click on a jump leads: to the form that explains it."""
    return f"#jump-{place}-form"
