"""The report as one HTML file, which fetches nothing: styles inside, charts as SVG, tables beside them."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from detector.labels import Label
from detector.verdict import AnnotationReading
from reporting import charts
from reporting.first_reason import first_reason
from reporting.growth import GrowthPicture
from reporting.numbers import DEFAULT_LOCALE, Numbers
from reporting.presentation import Presentation
from reporting.reasons import ReasonText
from reporting.reasons.growth import jump_sentence
from reporting.report.contents import ReportCase, ReportDecision
from reporting.report.texts import isolate, plain
from reporting.wording import LABEL_NAMES, TONES, as_sentence

__all__ = ["render_batch", "render_report", "style_source"]

TEMPLATES: Final = Path(__file__).resolve().parents[1] / "templates"
GROWTH_WIDTH, CLOCK_WIDTH = 640.0, 640.0
IN_ORDER: Final = (Label.INFLATED, Label.AUTOMATED, Label.REVIEW, Label.INSUFFICIENT, Label.AUTHENTIC)
CITED_COUNTS: Final = "Follower counts that reasons and yardsticks name; of other days nothing is known here"
CITED_POSTS: Final = "Posts that reasons and yardsticks name: not all of them, and no sample"


def render_report(case: ReportCase, locale: str = DEFAULT_LOCALE, *, for_print: bool = False) -> str:
    """The report of one verdict.

    Parameters
    ----------
    case
        The verdict and its case.
    locale
        Of the reader.
    for_print
        Whether it becomes a PDF: then charts bring their own styles, and long tables stay out.
    """
    presentation = case.presentation(locale)
    page = _environment().get_template("report.html")
    return page.render(
        p=presentation,
        case=case,
        facts=facts_of(case, presentation),
        draw=Drawings(presentation, for_print),
        css=stylesheet(for_print),
        for_print=for_print,
        cited=(CITED_COUNTS, CITED_POSTS),
        decisions=[_decision(one, presentation) for one in case.decisions],
    )


def render_batch(
    cases: Sequence[ReportCase], locale: str = DEFAULT_LOCALE, *, title: str = "", for_print: bool = False
) -> str:
    """A summary page and one page for each verdict, the lowest score first."""
    pairs = [(case, case.presentation(locale)) for case in cases]
    pairs.sort(key=lambda pair: (_place(pair[1]), pair[1].account_id))
    return _environment().get_template("batch.html").render(
        pairs=[(case, one, facts_of(case, one), Drawings(one, for_print)) for case, one in pairs],
        title=title, css=stylesheet(for_print), for_print=for_print,
        counts=_counts([one for _, one in pairs]),
        numbers=pairs[0][1].numbers if pairs else None,
    )  # fmt: skip


def _place(presentation: Presentation) -> float:
    score = presentation.scale.score
    return 101.0 if score is None else float(score)


def _counts(shown_: Sequence[Presentation]) -> list[tuple[str, str, int]]:
    """How many verdicts have each label, with its tone; those that need a person first."""
    found = Counter(one.label for one in shown_)
    return [(LABEL_NAMES[label], TONES[label], found[label]) for label in IN_ORDER if found[label]]


class Drawings:
    """The charts of one presentation, as markup.

    Parameters
    ----------
    presentation
        What is drawn.
    for_print
        Whether each chart brings its own styles.
    """

    def __init__(self, presentation: Presentation, for_print: bool) -> None:
        self.p, self.for_print = presentation, for_print

    def _markup(self, svg: str) -> Markup:
        # Drawn here from numbers, with every text escaped.
        return Markup(charts.self_styled(svg) if self.for_print and svg else svg)

    def scale(self, width: float = 640.0) -> Markup:
        """The one scale."""
        return self._markup(charts.scale_chart(self.p.scale, self.p.numbers, width))

    def growth(self, height: float = 200.0) -> Markup:
        """The follower curve."""
        return self._growth(self.p.growth, height)

    def cited_growth(self) -> Markup:
        """The follower counts that the verdict's rows name."""
        return self._growth(self.p.cited_growth, 160.0)

    def _growth(self, picture: GrowthPicture | None, height: float) -> Markup:
        drawn = charts.growth_chart(picture, self.p.numbers, GROWTH_WIDTH, height) if picture else ""
        return self._markup(drawn)

    def jumps(self) -> list[str]:
        """The curve's numbered jumps, in words."""
        jumps = self.p.growth.jumps if self.p.growth else ()
        return [jump_sentence(one, self.p.numbers) for one in jumps]

    def posts(self) -> Markup:
        """Posts over time."""
        return self._markup(charts.posts_chart(self.p.posts, self.p.numbers) if self.p.posts else "")

    def cited_posts(self) -> Markup:
        """The posts that the verdict's rows name."""
        picture = self.p.cited_posts
        return self._markup(charts.posts_chart(picture, self.p.numbers) if picture else "")

    def clock(self) -> Markup:
        """The posting clock."""
        return self._markup(
            charts.clock_chart(self.p.clock, self.p.numbers, CLOCK_WIDTH) if self.p.clock else ""
        )

    def audience(self) -> Markup:
        """The sampled followers."""
        return self._markup(charts.audience_chart(self.p.audience, self.p.numbers) if self.p.audience else "")

    def range(self, yardstick: Any) -> Markup:
        """One yardstick."""
        return self._markup(charts.range_chart(yardstick, self.p.numbers))

    def peer_chart(self, reason: ReasonText) -> Markup:
        """A reason's number among its peers'."""
        return self._markup(charts.measured_chart(reason.measured) if reason.measured else "")

    def waterfalls(self) -> list[tuple[str, Markup]]:
        """How each explained signal adds up, with its title."""
        numbers = self.p.numbers
        return [(one.title, self._markup(charts.waterfall_chart(one, numbers))) for one in self.p.waterfalls]

    def tables(self) -> list[charts.ChartTable]:
        """The same as the charts, as tables."""
        p, numbers = self.p, self.p.numbers
        found = [charts.scale_table(p.scale, numbers)]
        found += [charts.growth_table(p.growth, numbers)] if p.growth else []
        found += [charts.posts_table(p.posts, numbers)] if p.posts else []
        found += [charts.clock_table(p.clock, numbers)] if p.clock else []
        found += [charts.audience_table(p.audience, numbers)] if p.audience else []
        if p.cited_growth:
            found.append(replace(charts.growth_table(p.cited_growth, numbers), caption=CITED_COUNTS))
        if p.cited_posts:
            found.append(replace(charts.posts_table(p.cited_posts, numbers), caption=CITED_POSTS))
        return found


def facts_of(case: ReportCase, presentation: Presentation) -> list[tuple[str, str]]:
    """Who, when and on what data, name by name."""
    verdict, numbers = presentation.verdict, presentation.numbers
    blocks = [
        f"{part.seen}" for part in presentation.parts if part.seen and part.name not in ("posting", "profile")
    ]
    found = [
        ("Account", verdict.account_id),
        ("Platform", presentation.platform),
        ("Observed", presentation.as_of),
        ("Evidence", "; ".join(blocks) or "the profile alone"),
        ("Newest evidence", _newest(presentation)),
        (
            "SHA-256 of the evidence",
            case.evidence_digest(verdict.account_id) or "not known: it is not at hand",
        ),
        ("Evidence level", verdict.guarantee.evidence_level),
        ("Verdict", verdict.verdict_id),
        ("Model", verdict.model.version),
        ("SHA-256 of the model", verdict.model.sha256),
        ("Features", verdict.model.catalogue),
        ("Trained on", ", ".join(verdict.model.trained_on)),
        ("Accounts measured on", numbers.count(verdict.guarantee.calibration_accounts)),
    ]
    return [(name, value) for name, value in found if value]


def _newest(presentation: Presentation) -> str:
    """How old the newest post and the newest count of followers were when the account was observed."""
    observed = datetime.fromisoformat(presentation.verdict.as_of).date()
    numbers, ages = presentation.numbers, []
    if presentation.posts and (day := presentation.posts.posts[-1].day):
        ages.append(f"post of {numbers.day(day)} ({_age((observed - day).days, numbers.count)})")
    if presentation.growth:
        day = presentation.growth.points[-1].day
        ages.append(f"follower count of {numbers.day(day)} ({_age((observed - day).days, numbers.count)})")
    return "; ".join(ages)


def _age(days: int, count: Any) -> str:
    return "the same day" if days <= 0 else "1 day old" if days == 1 else f"{count(days)} days old"


def _decision(one: ReportDecision, presentation: Presentation) -> dict[str, Any]:
    when = ""
    if one.at:
        try:
            when = presentation.numbers.moment(datetime.fromisoformat(one.at))
        except ValueError:  # somebody else's way of writing a time: shown as it is
            when = one.at
    return {
        "outcome": one.outcome, "by": one.by, "reason": one.reason, "at": when, "waits": one.waits,
        "superseded": one.superseded,
    }  # fmt: skip


def _annotated_days(one: AnnotationReading, numbers: Numbers) -> str:
    """The days of an annotation in words."""
    return numbers.days(date.fromisoformat(one.from_), date.fromisoformat(one.to))


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    found.globals |= {"first_reason": first_reason, "days": _annotated_days, "label_names": LABEL_NAMES}
    found.filters |= {"plain": plain, "isolate": isolate, "sentence": as_sentence}
    return found


@cache
def style_source() -> str:
    """The source of the HTML report's styles, as a Content-Security-Policy names it: by its hash.

    >>> style_source()[:8]
    "'sha256-"
    """
    digest = sha256(stylesheet(False).encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


@cache
def stylesheet(for_print: bool) -> Markup:
    """The report's own styles; on a screen the charts' classes and the reader's light or dark, too."""
    own = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    if for_print:
        return Markup(own)
    return Markup(charts.chart_css() + own + (TEMPLATES / "screen.css").read_text(encoding="utf-8"))
