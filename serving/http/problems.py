"""Problem details (RFC 9457): the answer to every request that is refused or fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from accounts.errors import AssayError, BadInput, Fault
from serving.observe.log import log_event
from serving.store.engine import NoUsableStore

__all__ = [
    "EXCEPTION_HANDLERS",
    "INTERNAL_ERROR",
    "MEDIA_TYPE",
    "LimitExceeded",
    "NotFound",
    "RequestProblem",
    "ServiceUnavailable",
    "code_of",
    "internal_error_response",
    "problem",
    "problem_of",
    "problem_response",
]

MEDIA_TYPE: Final = "application/problem+json"
PAGE: Final = "/docs/problems"
"""Where every kind of problem is explained; in ``type`` relative to the service, as RFC 9457 allows."""

INTERNAL_ERROR: Final = "Something went wrong inside; the service's log says what."

SETTINGS: Final[Mapping[str, str]] = {
    "rows": "most_rows",
    "characters": "longest_text",
    "depth": "deepest_json",
    "accounts": "most_accounts",
}
"""The setting behind each bound of a document."""


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

    >>> some = ('"1. 2".', "an object.", '"ig"; did you mean x?')
    >>> [value_of(f"must be a count. Got {text}") for text in some]
    ['"1. 2"', 'an object', '"ig"']
    """
    rest = rule.partition(" Got ")[2]
    if rest.startswith('"'):
        return rest[: rest.rindex('"') + 1]
    return re.split(r"[.;,](?:\s|$)", rest, maxsplit=1)[0] or None


def code_of(kind: type[AssayError]) -> str:
    """The code of a kind of error, by the name of its class; it never changes.

    >>> code_of(BadInput)
    'bad-input'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def pointer_of(field: str) -> str:
    """The JSON pointer (RFC 6901) of a field's path; the whole document's where it is empty.

    >>> pointer_of("posts[3].likes"), pointer_of("")
    ('/posts/3/likes', '')
    """
    parts = [part for part in re.split(r"[.\[\]]", field) if part]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def setting_member(setting: str | None) -> dict[str, str]:
    """The member ``setting`` of a problem; none where no setting is the limit."""
    return {} if setting is None else {"setting": setting}


def problem_of(error: AssayError) -> dict[str, Any]:
    """The problem document of an error; of bad input the detail is the first fault."""
    if not isinstance(error, BadInput):
        return problem(error.status, str(error), code=code_of(type(error))) | setting_member(
            error.setting if isinstance(error, LimitExceeded) else None
        )
    first = error.faults[0]
    detail = str(first) if first.place or first.field else f"The body {first.rule}"
    return problem(error.status, detail, error.faults, code=code_of(type(error)))


def _response(members: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(members, members["status"], headers, media_type=MEDIA_TYPE)


def problem_response(error: AssayError) -> Response:
    """The response to a request that raised an error of ours."""
    return _response(problem_of(error), error.headers if isinstance(error, RequestProblem) else None)


async def _assay_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, AssayError)
    return problem_response(error)


async def _store_unavailable(_: Request, error: Exception) -> Response:
    # Logged, not answered: it says where the database is.
    log_event("store_unavailable", level=logging.ERROR, reason=str(error))
    detail = "The database does not answer; the service's log says why."
    return _response(problem(NoUsableStore.status, detail, code=code_of(NoUsableStore)), {"Retry-After": "2"})


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = {
        404: nothing_at(request),
        405: f"{request.method} is not possible at {request.url.path}.",
    }.get(error.status_code, error.detail)
    return _response(problem(error.status_code, detail), dict(error.headers or {}))


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


def internal_error_response() -> Response:
    """The response to a request that raised an unforeseen error: 500, without the error's text."""
    return _response(problem(500, INTERNAL_ERROR))


async def _client_disconnected(_: Request, error: Exception) -> Response:
    return Response(status_code=400)


EXCEPTION_HANDLERS: Final = {
    NoUsableStore: _store_unavailable,
    AssayError: _assay_error,
    HTTPException: _http_exception,
    ClientDisconnect: _client_disconnected,
}
