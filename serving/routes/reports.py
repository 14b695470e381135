"""The reports of stored verdicts: HTML, PDF/A-3, and the PDF's detached signature."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from anyio import CapacityLimiter, move_on_after, run_process
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
from serving.routes.dependencies import screening_service, store_access
from serving.routes.rendering_turns import render_in_turn
from serving.routes.verdicts import VERDICT_PATH, stored_verdict
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.api_keys import Scope
from serving.store.decisions import decisions_about
from serving.store.evidence import evidence_of_verdict
from serving.store.verdict_rows import StoredVerdict

__all__ = ["REPORT_ENDPOINTS", "batch_pdf_report", "html_report", "limiter_of", "pdf_report", "report_case"]


class OtherEvidence(RequestProblem):
    """409: the document is not the one that the verdict was given on."""

    status = 409


LOCALE_PATTERN: Final = "[A-Za-z]{2,4}([_-][A-Za-z0-9]{2,8})*"
LOCALE: Final = re.compile(LOCALE_PATTERN)
"""A language, and what may follow it: script, territory, variants. No encoding and no modifier of POSIX."""

PDFS_AT_ONCE: Final = 2
PDF_SECONDS: Final = 50.0
"""After so long a PDF is given up; less than a request may take by default."""

HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
POLICY: Final = (
    "default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Of the page, which has its styles inside and nothing else: no script, no request."""


async def report_case(access: StoreAccess, tenant: str, stored: StoredVerdict) -> dict[str, Any]:
    """A stored verdict's case: its evidence where that is stored, and what people decided."""
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


async def pdf_report(case: dict[str, Any], limiter: CapacityLimiter, locale: str = DEFAULT_LOCALE) -> bytes:
    """The report of a case as PDF/A-3, from a process of its own; raises as :func:`batch_pdf_report`."""
    return await _in_child({"cases": [case], "locale": locale, "title": ""}, limiter)


async def batch_pdf_report(
    cases: Sequence[dict[str, Any]], title: str, limiter: CapacityLimiter, locale: str = DEFAULT_LOCALE
) -> bytes:
    """A summary and a page for each case as PDF/A-3, from a process of its own.

    Raises
    ------
    MissingLibraries
        Without the libraries of the extra ``desk``.
    ServiceUnavailable
        If the process failed, or took too long.
    """
    return await _in_child({"cases": list(cases), "locale": locale, "title": title}, limiter)


async def _in_child(asked: Mapping[str, Any], limiter: CapacityLimiter) -> bytes:
    require_libraries(PDF)
    command = [sys.executable, "-m", "reporting.report.child"]
    done = None
    async with limiter:
        with move_on_after(PDF_SECONDS):
            done = await run_process(command, input=json.dumps(asked).encode(), check=False)
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
    content = await pdf_report(case, limiter_of(request), locale)
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
    content = await pdf_report(case, limiter_of(request), locale)
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


def limiter_of(request: Request) -> CapacityLimiter:
    """How many PDFs are laid out at once in this worker."""
    state = request.app.state
    if not hasattr(state, "report_limiter"):
        state.report_limiter = CapacityLimiter(PDFS_AT_ONCE)
    limiter: CapacityLimiter = state.report_limiter
    return limiter


REPORT_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    f"{VERDICT_PATH}/report.{end}": dict.fromkeys(("GET", "POST"), (Scope.READ, endpoint))
    for end, endpoint in {"html": read_html, "pdf": read_pdf, "pdf.sig": read_signature}.items()
}
"""A GET draws what is stored, a POST the account document that it sends."""
