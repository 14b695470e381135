"""Cross-site request forgery: a request that changes something must come from one of our own pages.

Three checks, any of which would do: the browser sends the session's cookie with our own pages' requests
only (``SameSite=Strict``), the headers that say where a request comes from must name this host, and a
token that only our pages know must come with it. The token is a number that each page has of its own, with
its digest by the session's secret: it says as well which page a form was on (:mod:`serving.desk.sent_forms`).
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request

from serving.desk.cookies import form_secret, is_https, session_secret
from serving.http.hosts import OWN_SITES
from serving.http.problems import RequestProblem

__all__ = ["FIELD", "HEADER", "check_origin", "check_token", "given_token", "token_of"]

FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"
NUMBER: Final = 32
"""Digits of a page's own number."""

HOST: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)
ORIGIN: Final = re.compile(rf"(?P<scheme>https?)://{HOST.pattern}", re.ASCII)


class ForgedRequest(RequestProblem):
    """403: the request does not come from a page of this session."""

    status = 403


def token_of(request: Request, number: str = "") -> str:
    """The token for the forms of a page: of the session, or of the browser where there is none.

    Parameters
    ----------
    number
        The page's own; a new page has a new one.
    """
    secret = session_secret(request) or form_secret(request)
    number = number or secrets.token_hex(NUMBER // 2)
    return number + hmac.new(secret.encode(), f"assay desk form {number}".encode(), sha256).hexdigest()


def check_origin(request: Request) -> None:
    """Refuse a request that another site's page sent, before its body is read.

    Raises
    ------
    ForgedRequest
        If its headers say so.
    """
    if request.method in ("GET", "HEAD"):
        return
    origin = request.headers.get("origin")
    foreign = request.headers.get("sec-fetch-site", "none") not in OWN_SITES
    if foreign or (origin is not None and not is_own_origin(request, origin)):
        raise ForgedRequest("This request came from another site.")


def is_own_origin(request: Request, origin: str) -> bool:
    """Whether an origin is this service's, by scheme, host and port.

    A page over plain HTTP is none of a service whose readers come over TLS. Where nothing says that they do,
    a page over TLS of the same host is: a proxy may end the encryption without saying so.
    """
    given = ORIGIN.fullmatch(origin)
    asked_for = HOST.fullmatch(request.headers.get("host", ""))
    if given is None or (is_https(request) and given["scheme"] != "https"):
        return False
    if origin == request.app.state.settings.public_address:
        return True
    return asked_for is not None and with_port(given) == with_port(asked_for, given["scheme"])


def with_port(found: re.Match[str], scheme: str | None = None) -> tuple[str, str]:
    """The host of an origin or a ``Host`` header in small letters, and its port, which a scheme implies."""
    implied = "443" if (scheme or found["scheme"]) == "https" else "80"
    return found["host"].lower(), found["port"] or implied


def check_token(request: Request, given: str | None) -> None:
    """Refuse a request without the token of its session.

    Raises
    ------
    ForgedRequest
        If it has none, or another one.
    """
    given = request.headers.get(HEADER) or given or ""
    if not hmac.compare_digest(given.encode(), token_of(request, given[:NUMBER] or "-").encode()):
        raise ForgedRequest("This page is too old, or from another session; load it again and repeat.")


def given_token(request: Request, form: FormData) -> str:
    """The token that came with a form: its field, which htmx has anew after each answer, else the header."""
    given = form.get(FIELD)
    return given if isinstance(given, str) and given else request.headers.get(HEADER, "")
