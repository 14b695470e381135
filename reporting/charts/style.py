"""The charts' stylesheet: as it is for pages, and inside a chart for what does not read a page's."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["CHARTS_CSS", "chart_css", "self_styled"]

CHARTS_CSS: Final = Path(__file__).with_name("charts.css")


@cache
def chart_css() -> str:
    """The stylesheet: custom properties, light and dark, and the charts' classes."""
    return CHARTS_CSS.read_text(encoding="utf-8")


def self_styled(svg: str) -> str:
    """A chart with its own stylesheet in light colours, for WeasyPrint, which draws each chart by itself.

    >>> "var(" in self_styled('<svg class="chart"><title>a</title></svg>')
    False
    """
    head, tag, body = svg.partition(">")
    return f"{head}{tag}<style>{_resolved()}</style>{body}"


@cache
def _resolved() -> str:
    css = re.sub(r"/\*.*?\*/", "", chart_css(), flags=re.DOTALL)
    light = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", css.partition("@media")[0]))
    rules = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", css)
    rules = re.sub(r"(:root|\.chart) \{[^{}]*\}", "", rules)  # a chart's own size is its attributes'
    return re.sub(r"var\((--[\w-]+)\)", lambda found: light[found[1]], " ".join(rules.split()))
