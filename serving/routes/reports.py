"""The reports of stored verdicts: HTML, PDF/A-3, and the PDF's detached signature."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from anyio import move_on_after, run_process
from starlette.requests import Request
from starlette.responses import Response

from accounts.digest import account_digests
from accounts.errors import WrongUsage
from accounts.reading import read_document
from accounts.reading.bounds import Bounds
from accounts.reading.quoting import escape
from detector.screening import verdict_id_of
from reporting.numbers import DEFAULT_LOCALE, Numbers
from reporting.report.child import case_from_json, case_to_json
from reporting.report.libraries import HTML, PDF, SIGNING, require_libraries
from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.bodies import read_body
from serving.http.problems import NotFound, RequestProblem, ServiceUnavailable
from serving.http.query import InvalidParameter, query_values
from serving.http.waiting import seconds_left, waiting_for_turn, while_client_waits
from serving.observe.child_processes import lasting_command
from serving.routes.dependencies import screening_service, store_access
from serving.routes.rendering_turns import render_in_turn
from serving.routes.verdicts import VERDICT_PATH, stored_verdict
from serving.screening.fair_turns import BASE_COST, FairTurns
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.api_keys import Scope
from serving.store.decisions import decisions_about
from serving.store.evidence import evidence_of_verdict
from serving.store.verdict_rows import StoredVerdict

__all__ = ["PDFS_AT_ONCE", "REPORT_ENDPOINTS", "batch_pdf_report", "html_report", "pdf_report", "report_case"]


class OtherEvidence(RequestProblem):
    """409: the document is not the one that the verdict was given on."""

    status = 409


LOCALE_PATTERN: Final = "[A-Za-z]{2,4}([_-][A-Za-z0-9]{2,8})*"
LOCALE: Final = re.compile(LOCALE_PATTERN)
"""A language, and what may follow it: script, territory, variants. No encoding and no modifier of POSIX."""

PDFS_AT_ONCE: Final = 2
"""In each worker."""

PDF_SECONDS: Final = 50.0
"""After so long a PDF is given up; less than a request may take by default."""

CASE_COST: Final = BASE_COST // 10
"""Of a turn for a PDF: laying a case out takes a tenth of the time in which a process begins."""

ANSWER_SECONDS: Final = 1.0
"""What of a request's time is left for the answer."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
POLICY: Final = (
    "default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of the page, which has its styles inside and nothing else: no script, no request."""


async def report_case(access: StoreAccess, tenant: str, stored: StoredVerdict) -> dict[str, Any]:
    """A stored verdict's case: its evidence where that is stored, and what people decided."""
    stored.read()  # what was damaged is refused
    evidence = await access.read(evidence_of_verdict, tenant, stored.verdict_id)
    decisions = await access.read(decisions_about, tenant, stored.verdict_id)
    return case_to_json(
        stored.document,
        evidence=evidence.document if evidence else None,
        evidence_sha256=evidence.evidence_sha256 if evidence else "",
        decisions=decisions,
    )


def with_evidence(
    case: Mapping[str, Any], stored: StoredVerdict, data: bytes, bounds: Bounds
) -> dict[str, Any]:
    """A case with the account document that a caller sent, which nobody stores.

    Raises
    ------
    BadInput
        If it is no account document.
    OtherEvidence
        If the verdict was given on another one.
    """
    (digest,) = account_digests(read_document(data, bounds=bounds))
    if verdict_id_of(stored.model_sha256, digest) != stored.verdict_id:
        raise OtherEvidence(
            f"Verdict {stored.verdict_id} was given on another account document; send that one, unchanged."
        )
    return {**case, "evidence": json.loads(data), "evidence_sha256": ""}


async def html_report(request: Request, case: dict[str, Any], locale: str = DEFAULT_LOCALE) -> bytes:
    """The report of a case as one HTML file, in a turn of the request's tenant.

    Raises
    ------
    MissingLibraries
        Without the libraries of the extra ``desk``.
    """
    require_libraries(HTML)

    def render() -> bytes:
        from reporting.report.html import render_report

        return render_report(case_from_json(case), locale).encode()

    return await render_in_turn(request, render)


async def pdf_report(request: Request, case: dict[str, Any], locale: str = DEFAULT_LOCALE) -> bytes:
    """The report of a case as PDF/A-3, as :func:`batch_pdf_report`."""
    return await batch_pdf_report(request, [case], "", locale)


async def batch_pdf_report(
    request: Request, cases: Sequence[dict[str, Any]], title: str, locale: str = DEFAULT_LOCALE
) -> bytes:
    """A summary and a page for each case as PDF/A-3, from a process of its own.

    The process begins in a turn of the request's tenant.

    Raises
    ------
    MissingLibraries
        Without the libraries of the extra ``desk``.
    ServiceUnavailable
        If the process failed, took too long, or could not begin early enough to end in time.
    ClientDisconnect
        If the client hangs up: its place is another's at once, and what was begun ends.
    """
    require_libraries(PDF)
    asked = json.dumps({"cases": list(cases), "locale": locale, "title": title}).encode()
    turns: FairTurns = request.app.state.pdf_turns
    async with while_client_waits(request):
        with turns.line(caller_of(request).tenant) as line:
            with waiting_for_turn("reports"):
                await line.due(len(cases) * CASE_COST)
            return await _in_child(asked)


async def _in_child(asked: bytes) -> bytes:
    command = lasting_command("reporting.report.child")
    done = None
    with move_on_after(min(PDF_SECONDS, seconds_left() - ANSWER_SECONDS)):
        done = await run_process(command, input=asked, check=False)
    if done is None:
        raise ServiceUnavailable("The report took too long.", {"Retry-After": "60"})
    if done.returncode:
        stderr_lines = done.stderr.decode(errors="replace").strip().splitlines()
        detail = (
            stderr_lines[-1] if stderr_lines and done.returncode == 2 else "The report could not be written."
        )
        raise ServiceUnavailable(detail)
    return done.stdout


async def read_html(request: Request) -> Response:
    """The report of a stored verdict as HTML."""
    case, locale = await asked_case(request)
    content = await html_report(request, case, locale)
    from reporting.report.html import style_source

    headers = HEADERS | {"Content-Security-Policy": POLICY.format(styles=style_source())}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


async def read_pdf(request: Request) -> Response:
    """The report of a stored verdict as PDF."""
    case, locale = await asked_case(request)
    content = await pdf_report(request, case, locale)
    name = f"report-{request.path_params['verdict_id']}.pdf"
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


async def read_signature(request: Request) -> Response:
    """The detached signature of the PDF that the route beside gives.

    Raises
    ------
    NotFound
        If no key is set to sign with.
    InvalidParameter
        If there is another query parameter than ``locale``.
    """
    query_values(request.query_params, "locale")
    settings: Settings = request.app.state.settings
    if settings.report_key is None:
        raise NotFound("Reports are not signed: there is no key (setting report_key).")
    case, locale = await asked_case(request)
    require_libraries(SIGNING)
    from reporting.report.signing import read_private_key, sign

    key = read_private_key(settings.report_key.get_secret_value())
    content = await pdf_report(request, case, locale)
    return Response(sign(content, key), media_type="application/octet-stream", headers=HEADERS)


async def asked_case(request: Request) -> tuple[dict[str, Any], str]:
    """The case that the path names, on the document that a POST sends, and the locale of the query.

    Raises
    ------
    NotFound
        If the caller's tenant has no such verdict.
    InvalidParameter
        If a parameter is not known, or no locale is called so.
    BadInput, OtherEvidence
        As :func:`with_evidence`.
    """
    locale = query_values(request.query_params, "locale").get("locale", DEFAULT_LOCALE)
    try:
        if not LOCALE.fullmatch(locale):
            raise WrongUsage("another form")
        Numbers(locale)
    except WrongUsage as error:
        raise InvalidParameter(
            f'locale must be a locale, such as en_GB or de. Got "{escape(locale)}".'
        ) from error
    stored = await stored_verdict(request)
    case = await report_case(store_access(request), caller_of(request).tenant, stored)
    if request.method == "POST":
        limits = screening_service(request).limits
        body = await read_body(request, limits)
        join = partial(with_evidence, case, stored, body.data, limits.bounds)
        case = await render_in_turn(request, join, len(body.data))
    return case, locale


REPORT_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    f"{VERDICT_PATH}/report.{end}": dict.fromkeys(("GET", "POST"), (Scope.READ, endpoint))
    for end, endpoint in {"html": read_html, "pdf": read_pdf, "pdf.sig": read_signature}.items()
}
"""A GET draws what is stored, a POST the account document that it sends."""
