"""Problem details (RFC 9457): the answer to every request that is refused or fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from errno import EAGAIN, EMFILE, ENFILE, ENOMEM
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from accounts.errors import AssayError, BadInput, Fault
from accounts.schema import LISTS
from serving.observe.log import log_event
from serving.store.engine import NoUsableStore

__all__ = [
    "CLIENT_CLOSED_REQUEST",
    "ERROR_PAGE",
    "EXCEPTION_HANDLERS",
    "INTERNAL_ERROR",
    "MEDIA_TYPE",
    "LimitExceeded",
    "NotFound",
    "RequestProblem",
    "ServiceUnavailable",
    "code_of",
    "error_response",
    "problem",
    "problem_of",
    "problem_response",
    "route_template",
    "unforeseen_error_response",
]

MEDIA_TYPE: Final = "application/problem+json"
PAGE: Final = "/docs/problems"
"""Where every kind of problem is explained; in ``type`` relative to the service, as RFC 9457 allows."""

NO_ROUTE: Final = "none"
CLIENT_CLOSED_REQUEST: Final = 499
"""As nginx logs it: nobody is left to read the answer, which only the log and the counts have."""

EXHAUSTED: Final = "The service can begin nothing more at the moment; its log says why."
NO_THREAD: Final = "can't start new thread"
"""All that Python says of it."""

INTERNAL_ERROR: Final = "Something went wrong inside; the service's log says what."
NO_DATABASE: Final = "The database does not answer; the service's log says why."

SETTINGS: Final[Mapping[str, str]] = {
    "rows": "most_rows",
    "characters": "longest_text",
    "depth": "deepest_json",
    "accounts": "most_accounts",
}
"""The setting behind each bound of a document."""

PART: Final = re.compile(rf"(?:profile|(?:{'|'.join(LISTS)})\[\d+\])\.")
"""Where a part of an account document begins in a field's path."""

IN_LIST: Final = re.compile(r"(.+)\[(\d+)\]")
"""A place in a list at the end of a path."""

ERROR_PAGE: Final = "assay.error_page"
"""Where the scope of a request to a page holds what writes an error as one: by request, status, sentence."""


class RequestProblem(AssayError):
    """A request is refused; a subclass for each status.

    Parameters
    ----------
    detail
        One sentence for the client.
    headers
        Of the answer, such as ``Retry-After``.
    """

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})


class LimitExceeded(RequestProblem):
    """A request exceeds a limit; the problem names the setting, where the limit is one."""

    def __init__(
        self, detail: str, setting: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, headers)
        self.setting = setting


class ServiceUnavailable(RequestProblem):
    """503: the service cannot answer at the moment."""

    status = 503


class NotFound(RequestProblem):
    """404: there is no such thing, or it is another tenant's; the answer does not say which."""

    status = 404


def problem(
    status: int, detail: str, faults: Sequence[Fault] = (), *, code: str | None = None
) -> dict[str, Any]:
    """A problem document; its member ``errors`` lists the faults of a request's body, if any.

    Parameters
    ----------
    code
        Its kind, as docs/problems.md lists them; otherwise that of its status.

    Examples
    --------
    >>> problem(404, "There is nothing at /v2.")
    {'type': '/docs/problems#not-found', 'title': 'Not Found', 'status': 404,
     'detail': 'There is nothing at /v2.', 'code': 'not-found'}
    """
    title = HTTPStatus(status).phrase
    kind = code or title.lower().replace(" ", "-")
    members = {
        "type": f"{PAGE}#{kind}", "title": title, "status": status, "detail": detail, "code": kind,
    }  # fmt: skip
    errors = [error_of(fault) for fault in faults]
    first = faults[0].bound if faults else None
    return members | setting_member(first and SETTINGS[first]) | ({"errors": errors} if errors else {})


def error_of(fault: Fault) -> dict[str, Any]:
    """What ``errors`` says of a fault; of its value what the rule quotes of it, escaped and cut.

    >>> error_of(Fault("", "posts[3].likes", "must be a count or null. Got -4."))["value"]
    '-4'
    """
    members = {
        "field": fault.field, "pointer": pointer_of(fault.field), "rule": fault.rule, "sentence": str(fault),
    }  # fmt: skip
    value = value_of(fault.rule)
    shown = {} if value is None else {"value": value}
    return members | shown | setting_member(fault.bound and SETTINGS[fault.bound])


def value_of(rule: str) -> str | None:
    """The refused value that a rule quotes; None where it quotes none.

    >>> some = ('"1. 2".', "an object.", '"ig"; did you mean x?', "-1: one that is hidden is left out.")
    >>> [value_of(f"must be a count. Got {text}") for text in some]
    ['"1. 2"', 'an object', '"ig"', '-1']
    """
    rest = rule.partition(" Got ")[2]
    if rest.startswith('"'):
        return rest[: rest.rindex('"') + 1]
    return re.split(r"[.;,:](?:\s|$)", rest, maxsplit=1)[0] or None


def code_of(kind: type[AssayError]) -> str:
    """The code of a kind of error, by the name of its class; it never changes.

    >>> code_of(BadInput)
    'bad-input'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def pointer_of(field: str) -> str:
    """The JSON pointer (RFC 6901) of a field's path; the whole document's where it is empty.

    In a part of an account document the rest of the path is one name, whatever characters somebody gave it.

    >>> pointer_of("posts[3].likes"), pointer_of("")
    ('/posts/3/likes', '')
    >>> pointer_of("profile.a.b"), pointer_of("a.b"), pointer_of("events[1]")
    ('/profile/a.b', '/a.b', '/events/1')
    """
    within = PART.match(field)
    place, name = (within[0], field[within.end() :]) if within else ("", field)
    item = IN_LIST.fullmatch(name)
    parts = [part for part in re.split(r"[.\[\]]", place) if part]
    parts += list(item.groups()) if item else [name] if name else []
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def setting_member(setting: str | None) -> dict[str, str]:
    """The member ``setting`` of a problem; none where no setting is the limit."""
    return {} if setting is None else {"setting": setting}


def sentence_of(error: AssayError) -> str:
    """What a client reads of an error: of a database not its own sentence, which says where that is."""
    return NO_DATABASE if type(error) is NoUsableStore else str(error)


def problem_of(error: AssayError) -> dict[str, Any]:
    """The problem document of an error; of bad input the detail is the first fault."""
    if not isinstance(error, BadInput):
        return problem(error.status, sentence_of(error), code=code_of(type(error))) | setting_member(
            error.setting if isinstance(error, LimitExceeded) else None
        )
    first = error.faults[0]
    detail = str(first) if first.place or first.field else f"The body {first.rule}"
    return problem(error.status, detail, error.faults, code=code_of(type(error)))


def _response(members: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(members, members["status"], headers, media_type=MEDIA_TYPE)


def _answer(
    scope: Scope, members: dict[str, Any], headers: dict[str, str] | None = None, sentence: str = ""
) -> Response:
    """The response with a problem: as a document, or as a page where the route answers pages."""
    if (page := scope.get(ERROR_PAGE)) is None:
        return _response(members, headers)
    response = page(Request(scope), members["status"], sentence or members["detail"])
    assert isinstance(response, Response)
    response.headers.update(headers or {})
    return response


def problem_response(error: AssayError) -> Response:
    """The response to a request that raised an error of ours, before it is known which route it has."""
    return _response(problem_of(error), _headers_of(error))


def error_response(scope: Scope, error: AssayError) -> Response:
    """The response to a request that raised an error of ours; a page where its route answers pages."""
    return _answer(scope, problem_of(error), _headers_of(error), sentence_of(error))


def _headers_of(error: AssayError) -> dict[str, str] | None:
    return error.headers if isinstance(error, RequestProblem) else None


async def _assay_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AssayError)
    return error_response(request.scope, error)


async def _store_unavailable(request: Request, error: Exception) -> Response:
    assert isinstance(error, NoUsableStore)
    facts = {"reason": str(error), "request_id": getattr(request.state, "request_id", None)}
    log_event("store_unavailable", level=logging.ERROR, **facts, route=route_template(request.scope))
    sentence = f"{sentence_of(error)} Try again in a moment."
    return _answer(request.scope, problem_of(error), {"Retry-After": "2"}, sentence)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = {
        404: nothing_at(request),
        405: f"{request.method} is not possible at {request.url.path}.",
    }.get(error.status_code, error.detail)
    return _answer(request.scope, problem(error.status_code, detail), dict(error.headers or {}))


def nothing_at(request: Request) -> str:
    """That there is no such path; where it has a slash too many, that too."""
    path = request.url.path
    shorter = path.rstrip("/")
    scope = {**request.scope, "path": shorter, "raw_path": shorter.encode()}
    without = shorter != path and any(
        route.matches(scope)[0] is not Match.NONE for route in request.app.router.routes
    )
    hint = " Without the slash at its end there is." if without else ""
    return f"There is nothing at {path}.{hint}"


def unforeseen_error_response(scope: Scope, error: Exception) -> Response:
    """The response to a request that raised an unforeseen error, without the error's text.

    500; 503 where the system let nothing be begun any more.
    """
    if is_exhausted(error):
        return error_response(scope, ServiceUnavailable(EXHAUSTED, {"Retry-After": "60"}))
    return _answer(scope, problem(500, INTERNAL_ERROR))


def is_exhausted(error: Exception) -> bool:
    """Whether an error says that the system has no further process, thread, open file or memory.

    >>> is_exhausted(OSError(EMFILE, "Too many open files")), is_exhausted(FileNotFoundError())
    (True, False)
    >>> is_exhausted(RuntimeError("can't start new thread")), is_exhausted(RuntimeError())
    (True, False)
    """
    if isinstance(error, OSError):
        return error.errno in (EAGAIN, EMFILE, ENFILE, ENOMEM)
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and str(error) == NO_THREAD)


def route_template(scope: Scope) -> str:
    """The path of a request's route with its parameters' names, never their values; else ``none``."""
    return str(getattr(scope.get("route"), "path", NO_ROUTE))


async def _client_disconnected(_: Request, error: Exception) -> Response:
    return Response(status_code=CLIENT_CLOSED_REQUEST)


EXCEPTION_HANDLERS: Final = {
    NoUsableStore: _store_unavailable,
    AssayError: _assay_error,
    HTTPException: _http_exception,
    ClientDisconnect: _client_disconnected,
}
