"""A page's way: who is it, may they, is it no forgery; then the page, or one that says what is wrong.

A room of the desk declares its pages as the API declares its endpoints: for each path its methods, and for
each method the scope that it needs. ``PUBLIC`` pages need no session: sign-in, and links with a secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.desk.addresses import as_header, own_page
from serving.desk.cookies import check_cookies, session_secret
from serving.desk.csrf import FIELD, HEADER, check_origin, check_token
from serving.desk.rendering import error_page, filled_in, is_htmx
from serving.desk.security_headers import add_headers, secure
from serving.http.admission import take_place
from serving.http.authentication import ScopedEndpoints
from serving.http.bodies import BodyTooLarge, stated_type
from serving.http.exact_route import ExactRoute
from serving.http.forms import MULTIPART, ORDINARY_FORM, FormLimits, first_field, limit_form, read_form
from serving.http.hosts import is_from_own_page, is_over_loopback
from serving.http.lingering import has_body
from serving.http.problems import ERROR_PAGE, RequestProblem
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.access import ASKING_TENANT
from serving.store.sessions import Session, find_session, session_holds, touch_session

__all__ = [
    "AsPages", "Endpoint", "FormRules", "SignInFirst", "asks_nobody", "form_rules", "offers_nobody",
    "page_route", "public_route", "redirect", "session_of",
]  # fmt: skip

Endpoint = Callable[[Request], Awaitable[Response]]

FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers of proxies: whoever sends a request with one of them may sit anywhere."""


@dataclass(frozen=True)
class FormRules:
    """What holds of the form that an endpoint takes.

    Attributes
    ----------
    limits
        What it may have, by the settings.
    before
        Called before a file of it is read, once it is known that the request is no forgery.
    when_too_large
        Answers one that is too large to be read, where the endpoint is public and changes nothing.
    """

    limits: Callable[[Settings], FormLimits]
    before: Callable[[Request], Awaitable[None]] | None = None
    when_too_large: Endpoint | None = None


RULES: Final[dict[Endpoint, FormRules]] = {}
"""Of the endpoints whose forms are no ordinary ones; see :func:`form_rules`."""

ORDINARY: Final = FormRules(lambda _: ORDINARY_FORM)


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
        ASKING_TENANT.set(session.caller.tenant)
        if scope not in session.caller.scopes:
            raise NotAllowed(f"This needs the right “{scope}”, which {session.name} does not have.")
        check_origin(request)
        take_place(request.scope, session.caller.tenant)
        await check_form(request, RULES.get(handle, ORDINARY))
        if request.method not in ("GET", "HEAD") and not await still_holds(request, session):
            raise SignInFirst  # it ended while the form came in, which somebody may let take long
        await store_access(request).run(touch_session, session)
        return await handle(request)

    return ExactRoute(path, guarded(endpoint), methods=list(methods))


def public_route(path: str, methods: Mapping[str, Endpoint]) -> ExactRoute:
    """The route of a page that everybody may ask for."""

    async def endpoint(request: Request) -> Response:
        request.state.session = None
        handle = methods["GET" if request.method == "HEAD" else request.method]
        rules = RULES.get(handle, ORDINARY)
        check_origin(request)
        try:
            await check_form(request, rules)
        except BodyTooLarge as fault:
            if rules.when_too_large is None:
                raise
            response = await rules.when_too_large(request)
            response.status_code = fault.status
            response.headers.update(fault.headers)
            return response
        return await handle(request)

    return ExactRoute(path, guarded(endpoint), methods=list(methods))


def guarded(endpoint: Endpoint) -> Endpoint:
    """An endpoint that sends whoever has no session to sign in, and closes the files of its form."""

    async def answer(request: Request) -> Response:
        try:
            check_cookies(request)
            return await filled_in(await endpoint(request))
        except SignInFirst:
            return sign_in_first(request)
        finally:
            await request.close()  # what a form's files are kept in

    return answer


class AsPages:
    """Around a page's route and its limits: errors become pages, and answers have the headers of security.

    An answer before the body was read closes the connection: the rest would be taken for the next request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back."""
        scope[ERROR_PAGE] = secure_error_page
        unread = has_body(Headers(scope=scope))

        async def receive_noting_end() -> Message:
            nonlocal unread
            message = await receive()
            unread = unread and message["type"] == "http.request" and message.get("more_body", False)
            return message

        async def send_secure(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                add_headers(headers)
                if unread:
                    headers["Connection"] = "close"
            await send(message)

        await self.app(scope, receive_noting_end, send_secure)


def secure_error_page(request: Request, status: int, sentence: str) -> Response:
    """The page about an error."""
    return secure(error_page(request, status, sentence))


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


async def still_holds(request: Request, session: Session) -> bool:
    """Whether a session that was found before still holds."""
    return await store_access(request).read(session_holds, session)


def asks_nobody(request: Request) -> bool:
    """Whether a request need not sign in: with ``no_auth``, from our own pages on this machine."""
    return offers_nobody(request) and is_from_own_page(request)


def offers_nobody(request: Request) -> bool:
    """Whether a reader may be offered not to sign in, whatever link led here: ``no_auth``, on this machine.

    With a proxy before the service every request comes over loopback: one that bears a proxy's header is
    taken for one from elsewhere, and so is one whose client's address is not loopback.
    """
    settings: Settings = request.app.state.settings
    client = request.client
    local = client is None or client.host in ("127.0.0.1", "::1", "::ffff:127.0.0.1")
    forwarded = any(name in request.headers for name in FORWARDED)
    return settings.no_auth and local and not forwarded and is_over_loopback(request)


async def check_form(request: Request, rules: FormRules) -> None:
    """Refuse a form unless a page of this session sent it, before a file of it is read; then read it.

    The token stands in a header or, in a form of files, in the first field.
    """
    if request.method in ("GET", "HEAD"):
        return
    limits = rules.limits(request.app.state.settings)
    if HEADER in request.headers:
        check_token(request, None)
    limit_form(request, limits)
    if stated_type(request) == MULTIPART:
        if HEADER not in request.headers:
            check_token(request, await first_field(request, FIELD))
        if rules.before is not None:
            await rules.before(request)
    given = (await read_form(request, limits)).get(FIELD)
    if HEADER not in request.headers:
        check_token(request, given if isinstance(given, str) else None)


def form_rules(endpoint: Endpoint, rules: FormRules) -> None:
    """Let other rules hold of the form that an endpoint takes."""
    RULES[endpoint] = rules


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
