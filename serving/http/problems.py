"""What the service refuses, as problem details (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from accounts.errors import AssayError, BadInput, Fault
from serving.store.engine import NoUsableStore

__all__ = [
    "INSIDE", "MEDIA_TYPE", "Beyond", "NotNow", "NotThere", "Refused", "answer_of", "broken", "handlers",
    "of_error", "problem",
]  # fmt: skip

LOG: Final = logging.getLogger("assay")
MEDIA_TYPE: Final = "application/problem+json"
INSIDE: Final = "Something went wrong inside; the service's log says what."


SETTINGS: Final[Mapping[str, str]] = {
    "rows": "most_rows",
    "characters": "longest_text",
    "depth": "deepest_json",
    "accounts": "most_accounts",
}
"""The setting behind each bound of a document."""


class Refused(AssayError):
    """A request that is refused, with what the answer's header says about it."""

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})


class Beyond(Refused):
    """A request that is beyond a limit, with the name of the setting where it is one."""

    def __init__(
        self, detail: str, setting: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail, headers)
        self.setting = setting


class NotNow(Refused):
    """The service cannot answer at the moment."""

    status = 503


class NotThere(Refused):
    """There is no such thing, or it is another tenant's, which is the same."""

    status = 404


def problem(status: int, detail: str, faults: Sequence[Fault] = ()) -> dict[str, Any]:
    """A problem's members; ``errors`` where single faults are known.

    >>> problem(404, "There is nothing at /v2.")
    {'type': 'about:blank', 'title': 'Not Found', 'status': 404, 'detail': 'There is nothing at /v2.'}
    """
    members = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    errors = [
        {"field": fault.field, "rule": fault.rule, "sentence": str(fault)}
        | named(fault.bound and SETTINGS[fault.bound])
        for fault in faults
    ]
    first = faults[0].bound if faults else None
    return members | named(first and SETTINGS[first]) | ({"errors": errors} if errors else {})


def named(setting: str | None) -> dict[str, str]:
    """The member that names a setting."""
    return {} if setting is None else {"setting": setting}


def of_error(error: AssayError) -> dict[str, Any]:
    """The problem that a refusal is; its detail is the first fault."""
    if not isinstance(error, BadInput):
        return problem(error.status, str(error)) | named(error.setting if isinstance(error, Beyond) else None)
    first = error.faults[0]
    detail = str(first) if first.place or first.field else f"The body {first.rule}"
    return problem(error.status, detail, error.faults)


def _answer(members: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(members, members["status"], headers, media_type=MEDIA_TYPE)


def answer_of(error: AssayError) -> Response:
    """A refusal as an answer."""
    return _answer(of_error(error), error.headers if isinstance(error, Refused) else None)


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, AssayError)
    return answer_of(error)


async def _no_store(_: Request, error: Exception) -> Response:
    LOG.error("%s", error)  # it says where the database is, which is nobody's business outside
    detail = "The database does not answer; the service's log says why."
    return _answer(problem(NoUsableStore.status, detail), {"Retry-After": "2"})


async def _no_such_thing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }.get(error.status_code, error.detail)
    return _answer(problem(error.status_code, detail), dict(error.headers or {}))


def broken() -> Response:
    """The answer where an error got past everything."""
    return _answer(problem(500, INSIDE))


async def _left(_: Request, error: Exception) -> Response:
    return Response(status_code=400)


handlers: Final = {
    NoUsableStore: _no_store,
    AssayError: _refused,
    HTTPException: _no_such_thing,
    ClientDisconnect: _left,
}
