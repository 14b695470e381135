"""Charts as SVG, drawn here: text with a title, and a table of the same beside each.

Every function is pure, takes what :mod:`reporting.pictures` and the presentation hold, and returns one
``<svg>`` whose looks are the classes of ``charts.css``; nothing is styled inline, so that a strict
Content-Security-Policy holds. Text is escaped. Colour is never the only sign.
"""

from reporting.charts.audience import audience_chart
from reporting.charts.clock import clock_chart
from reporting.charts.growth import growth_chart
from reporting.charts.posts import posts_chart
from reporting.charts.ranges import measured_chart, range_chart
from reporting.charts.scale import scale_chart
from reporting.charts.style import CHARTS_CSS, chart_css, self_styled
from reporting.charts.tables import (
    ChartTable,
    audience_table,
    clock_table,
    growth_table,
    posts_table,
    scale_table,
    waterfall_table,
)
from reporting.charts.waterfall import waterfall_chart

__all__ = [
    "CHARTS_CSS",
    "ChartTable",
    "audience_chart",
    "audience_table",
    "chart_css",
    "clock_chart",
    "clock_table",
    "growth_chart",
    "growth_table",
    "measured_chart",
    "posts_chart",
    "posts_table",
    "range_chart",
    "scale_chart",
    "scale_table",
    "self_styled",
    "waterfall_chart",
    "waterfall_table",
]
