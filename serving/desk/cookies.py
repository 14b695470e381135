"""The desk's cookies: the session's, and one for forms before anybody has signed in."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from serving.http.problems import RequestProblem

__all__ = [
    "check_cookies", "forget_session", "form_secret", "is_https", "keep_form_secret", "keep_session",
    "session_secret",
]  # fmt: skip

SESSION: Final = "assay_session"
FORM: Final = "assay_form"
FORM_LIFETIME: Final = timedelta(hours=12)


class DoubledCookie(RequestProblem):
    """400: a cookie of ours stands twice, and one reader would take the first, another the last."""

    status = 400


def check_cookies(request: Request) -> None:
    """Refuse a request in which a cookie of ours stands more than once: some other page may have set one.

    Raises
    ------
    DoubledCookie
        By the cookie's name.
    """
    for name in (SESSION, FORM):
        if (times := len(_values(request, name))) > 1:
            raise DoubledCookie(f"The cookie {_name(request, name)} must stand once. Got it {times} times.")


def _values(request: Request, name: str) -> list[str]:
    """The values that a request has of a cookie.

    Python's own reader takes time by the square of a value's length before 3.11.10 (CVE-2024-7592).
    """
    given = [one.partition("=") for one in ";".join(request.headers.getlist("cookie")).split(";")]
    return [value.strip() for own, _, value in given if own.strip() == _name(request, name)]


def _value(request: Request, name: str) -> str | None:
    return next(iter(_values(request, name)), None)


def is_https(request: Request) -> bool:
    """Whether the reader's connection is encrypted, also where a proxy ends the encryption and says so."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))


def _name(request: Request, name: str) -> str:
    """A browser takes a cookie of this prefix only over TLS, for this very host and every path."""
    return f"__Host-{name}" if is_https(request) else name


def _set(request: Request, response: Response, name: str, value: str, lifetime: timedelta) -> None:
    response.set_cookie(
        _name(request, name), value, max_age=int(lifetime.total_seconds()), path="/",
        secure=is_https(request), httponly=True, samesite="strict",
    )  # fmt: skip


def keep_session(request: Request, response: Response, secret: str, lifetime: timedelta) -> None:
    """Let the browser keep a session's secret, which no script can read and no other site can use."""
    _set(request, response, SESSION, secret, lifetime)


def session_secret(request: Request) -> str | None:
    """The secret of the session that a request belongs to; None where there is none."""
    return _value(request, SESSION)


def forget_session(request: Request, response: Response) -> None:
    """Let the browser drop the session's secret."""
    _set(request, response, SESSION, "", timedelta())


def form_secret(request: Request) -> str:
    """The secret that a browser's forms are bound to before it has a session; a new one at first."""
    known = _value(request, FORM) or getattr(request.state, "form_secret", None)
    request.state.form_secret = known or secrets.token_urlsafe(32)
    return str(request.state.form_secret)


def keep_form_secret(request: Request, response: Response) -> None:
    """Let the browser keep that secret, where an answer used it."""
    if secret := getattr(request.state, "form_secret", None):
        _set(request, response, FORM, secret, FORM_LIFETIME)
