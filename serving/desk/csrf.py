"""Cross-site request forgery: a request that changes something must come from one of our own pages.

Three checks, any of which would do: the browser sends the session's cookie with our own pages' requests
only (``SameSite=Strict``), the headers that say where a request comes from must name this host, and a
token that only our pages know must come with it. The token is a keyed digest of the session's secret.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from starlette.requests import Request

from serving.desk.cookies import form_secret, session_secret
from serving.http.problems import RequestProblem

__all__ = ["FIELD", "HEADER", "check_origin", "check_token", "token_of"]

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
OWN_SITES: Final = ("same-origin", "none")


class ForgedRequest(RequestProblem):
    """403: the request does not come from a page of this session."""

    status = 403


def token_of(request: Request) -> str:
    """The token for the forms of a page: of the session, or of the browser where there is none."""
    secret = session_secret(request) or form_secret(request)
    return hmac.new(secret.encode(), b"assay desk form", sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Refuse a request that another site's page sent, before its body is read.

    Raises
    ------
    ForgedRequest
        If its headers say so.
    """
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES or (
        origin is not None and origin.partition("://")[2] != request.headers.get("host")
    ):
        raise ForgedRequest("This request came from another site.")


def check_token(request: Request, given: str | None) -> None:
    """Refuse a request without the token of its session.

    Raises
    ------
    ForgedRequest
        If it has none, or another one.
    """
    given = request.headers.get(HEADER) or given or ""
    if not hmac.compare_digest(given.encode(), token_of(request).encode()):
        raise ForgedRequest("This page is too old, or from another session; load it again and repeat.")
