"""A page's way: who is it, may they, is it no forgery; then the page, or one that says what is wrong.

A room of the desk declares its pages as the API declares its endpoints: for each path its methods, and for
each method the scope that it needs. ``PUBLIC`` pages need no session: sign-in, and links with a secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accounts.errors import AssayError
from serving.desk.addresses import as_header, own_page
from serving.desk.cookies import check_cookies, session_secret
from serving.desk.csrf import FIELD, HEADER, check_origin, check_token
from serving.desk.forms import read_form
from serving.desk.rendering import error_page, is_htmx
from serving.desk.security_headers import secure
from serving.http.authentication import ScopedEndpoints
from serving.http.bodies import BodyTooLarge
from serving.http.exact_route import ExactRoute
from serving.http.hosts import is_from_loopback
from serving.http.problems import INTERNAL_ERROR, RequestProblem
from serving.observe.log import log_error
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.sessions import Session, find_session, touch_session

__all__ = [
    "Endpoint", "asks_nobody", "page_route", "public_route", "redirect", "session_of", "takes_files",
    "when_too_large",
]  # fmt: skip

Endpoint = Callable[[Request], Awaitable[Response]]

FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers of proxies: whoever sends a request with one of them may sit anywhere."""

WITH_FILES: Final[set[Endpoint]] = set()
"""The endpoints whose forms may hold files; see :func:`takes_files`."""

TOO_LARGE: Final[dict[Endpoint, Endpoint]] = {}
"""Of public endpoints, what answers a form that is too large to be read; see :func:`when_too_large`."""

NO_DATABASE: Final = "The database does not answer; the service's log says why. Try again in a moment."


class NotAllowed(RequestProblem):
    """403: the session is good, but its role or key lacks a right."""

    status = 403


class SignInFirst(Exception):
    """The page needs a session, and there is none."""


def page_route(path: str, methods: ScopedEndpoints) -> ExactRoute:
    """The route of a page that needs a session, by the scope that each of its methods needs."""

    async def endpoint(request: Request) -> Response:
        scope, handle = methods["GET" if request.method == "HEAD" else request.method]
        session = await find_own_session(request)
        if session is None:
            raise SignInFirst
        request.state.session, request.state.caller = session, session.caller
        if scope not in session.caller.scopes:
            raise NotAllowed(f"This needs the right “{scope}”, which {session.name} does not have.")
        await check_form(request, with_files=handle in WITH_FILES)
        await store_access(request).run(touch_session, session)
        return await handle(request)

    return ExactRoute(path, guarded(endpoint), methods=list(methods))


def public_route(path: str, methods: Mapping[str, Endpoint]) -> ExactRoute:
    """The route of a page that everybody may ask for."""

    async def endpoint(request: Request) -> Response:
        request.state.session = None
        handle = methods["GET" if request.method == "HEAD" else request.method]
        try:
            await check_form(request)
        except BodyTooLarge as fault:
            if handle not in TOO_LARGE:
                raise
            response = await TOO_LARGE[handle](request)
            response.status_code = fault.status
            response.headers.update(fault.headers)
            return response
        return await handle(request)

    return ExactRoute(path, guarded(endpoint), methods=list(methods))


def guarded(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose errors become pages, and whose answers have the headers of security."""

    async def answer(request: Request) -> Response:
        try:
            return secure(await answer_or_error(endpoint, request))
        finally:
            await request.close()  # what a form's files are kept in

    return answer


async def answer_or_error(endpoint: Endpoint, request: Request) -> Response:
    """The endpoint's answer, or the page about what it raised."""
    try:
        check_cookies(request)
        return await endpoint(request)
    except SignInFirst:
        return sign_in_first(request)
    except AssayError as error:
        return problem_page(request, error)
    except HTTPException as error:
        return error_page(request, error.status_code, error.detail)
    except Exception as error:
        log_error("error", error)
        return error_page(request, 500, INTERNAL_ERROR)


def problem_page(request: Request, error: AssayError) -> Response:
    """The page about an error of ours; of the database's only that it does not answer."""
    if isinstance(error, NoUsableStore):
        log_error("store_unavailable", error)
        return error_page(request, error.status, NO_DATABASE)
    response = error_page(request, error.status, str(error))
    response.headers.update(error.headers if isinstance(error, RequestProblem) else {})
    return response


async def find_own_session(request: Request) -> Session | None:
    """The session of a request's cookie; that of nobody only while the service asks nobody."""
    if (secret := session_secret(request)) is None:
        return None
    settings: Settings = request.app.state.settings
    idle = timedelta(minutes=settings.session_idle_minutes)
    session = await store_access(request).read(find_session, secret, idle)
    if session is not None and session.is_anyone and not asks_nobody(request):
        return None
    return session


def asks_nobody(request: Request) -> bool:
    """Whether a request need not sign in: ``no_auth`` is on, and it comes from this machine itself.

    With a proxy before the service every request comes over loopback: one that bears a proxy's header is
    taken for one from elsewhere, and so is one whose client's address is not loopback.
    """
    settings: Settings = request.app.state.settings
    client = request.client
    local = client is None or client.host in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
    forwarded = any(name in request.headers for name in FORWARDED)
    return settings.no_auth and local and not forwarded and is_from_loopback(request)


async def check_form(request: Request, *, with_files: bool = False) -> None:
    """Refuse a request that changes something unless one of our pages sent it.

    A form with files may have ``desk_upload_bytes``.
    """
    if request.method in ("GET", "HEAD"):
        return
    check_origin(request)
    if with_files:
        await read_form(request, request.app.state.settings.desk_upload_bytes)
    given = None if HEADER in request.headers else (await read_form(request)).get(FIELD)
    check_token(request, given if isinstance(given, str) else None)


def takes_files(endpoint: Endpoint) -> Endpoint:
    """Let an endpoint's form hold files."""
    WITH_FILES.add(endpoint)
    return endpoint


def when_too_large(endpoint: Endpoint, answer: Endpoint) -> None:
    """Let a page that changes nothing answer, unread, a form that is too large for a public endpoint."""
    TOO_LARGE[endpoint] = answer


def session_of(request: Request) -> Session:
    """The session of a request to a page of :func:`page_route`."""
    session = request.state.session
    assert isinstance(session, Session)
    return session


def sign_in_first(request: Request) -> Response:
    """Send whoever has no session to the page for signing in, and from there back to where they were."""
    came_from = request.headers.get("hx-current-url") if is_htmx(request) else str(request.url)
    path = own_page(came_from).geturl()
    back = f"?next={quote(path)}" if is_htmx(request) or request.method == "GET" else ""
    return redirect(request, f"/sign-in{back}")


def redirect(request: Request, address: str) -> Response:
    """Send the reader to another page of the desk, after a form or where htmx asked."""
    if is_htmx(request):
        return Response(headers={"HX-Redirect": as_header(address)})
    return RedirectResponse(as_header(address), 303)
