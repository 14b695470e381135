"""The gate to WeasyPrint: HTML to PDF/A-3, tagged, with the verdict attached; the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any, Final, NoReturn

from reporting.numbers import DEFAULT_LOCALE
from reporting.report.contents import ReportCase
from reporting.report.html import render_batch, render_report
from reporting.report.libraries import MissingLibraries

try:
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher
except OSError as error:  # its own libraries are there, the system's are not
    raise MissingLibraries(
        "A PDF needs Pango. On Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0"
        " libharfbuzz-subset0 fonts-noto-core fonts-noto-color-emoji."
    ) from error


__all__ = ["batch_pdf", "report_pdf"]

VARIANT: Final = "pdf/a-3a"


class _NoFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Fetches nothing, whatever the address: a report is made of what is at hand."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:
        raise ValueError(f"a report fetches nothing, and so not {url}")


def report_pdf(case: ReportCase, locale: str = DEFAULT_LOCALE) -> bytes:
    """The report of one verdict as PDF/A-3a, the verdict's JSON attached.

    The same case and locale give the same bytes: all dates and ids come from the verdict.
    """
    return _pdf(render_report(case, locale, for_print=True), [case])


def batch_pdf(cases: Sequence[ReportCase], locale: str = DEFAULT_LOCALE, title: str = "") -> bytes:
    """A summary and one page for each verdict as PDF/A-3a, all verdicts' JSON attached."""
    return _pdf(render_batch(cases, locale, title=title, for_print=True), cases)


def _pdf(html: str, cases: Sequence[ReportCase]) -> bytes:
    names = [json.loads(case.verdict_text)["verdict_id"] for case in cases]
    observed = [datetime.fromisoformat(json.loads(case.verdict_text)["as_of"]) for case in cases]
    newest = max(observed, default=datetime(1970, 1, 1, tzinfo=UTC))
    attached = [
        weasyprint.Attachment(
            string=case.verdict_text, name=f"verdict-{name}.json", description=f"Verdict {name}",
            relationship="Source", created=when, modified=when,
        )
        for case, name, when in zip(cases, names, observed, strict=True)
    ]  # fmt: skip
    document = weasyprint.HTML(string=html, base_url=None, url_fetcher=_NoFetcher())
    rendered = document.render(font_config=FontConfiguration(), pdf_variant=VARIANT)
    rendered.metadata.attachments = attached
    rendered.metadata.created = rendered.metadata.modified = newest.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    target = BytesIO()
    identifier = sha256(html.encode()).digest()[:16]
    rendered.write_pdf(target, finisher=_conform, pdf_variant=VARIANT, pdf_identifier=identifier)
    return target.getvalue()


def _conform(_: object, pdf: Any) -> None:
    """Mend what WeasyPrint writes and PDF/A-3 does not have: interpolated images, files associated twice."""
    for one in pdf.objects:
        written = getattr(one, "extra", {})
        if written.get("Subtype") == "/Image":
            written["Interpolate"] = "false"
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
