"""A drift report as one HTML page that needs nothing else: no script, no address, all text escaped."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from detector.drift.report import DriftReport
from reporting.charts import chart_css
from reporting.charts.drift import capital_chart, suspicion_chart
from reporting.report.libraries import HTML, require_libraries

__all__ = ["drift_page"]

MOST_FEATURES: Final = 20
TESTS: Final = {
    "accusations": "Accounts accused and later confirmed authentic, of all that were judged",
    "exchangeability": "Suspicion of accounts confirmed authentic, against those confirmed before",
    "p-values": "P-values of accounts confirmed authentic, which the promise says are uniform or larger",
}
"""What each test martingale bets on."""


def drift_page(report: DriftReport) -> str:
    """The page.

    Raises
    ------
    MissingLibraries
        Without jinja2.
    """
    require_libraries(HTML)
    from jinja2 import Environment, PackageLoader, StrictUndefined  # here: an extra brings it

    pages = Environment(
        loader=PackageLoader("reporting"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters["per_cent"] = per_cent
    return pages.get_template("drift.html").render(
        report=report,
        features=report.features[:MOST_FEATURES],
        suspicion=Markup(suspicion_chart(*report.comparison.histograms)),
        capitals=[
            (TESTS[one.name], one, Markup(capital_chart(one)))
            for one in (report.promise.tests if report.promise else ())
        ],
        css=Markup(chart_css()),
    )


def per_cent(share: float) -> str:
    """A share with one digit.

    >>> per_cent(0.013)
    '1.3 %'
    """
    return f"{100 * share:.1f} %"
