"""Requests that could be read in two ways are refused before routing: by their target or their headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.problems import RequestProblem, problem_response

__all__ = ["WellFormed", "header_fault", "target_fault"]

CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")

SINGLE_HEADERS: Final = frozenset({
    b"authorization", b"content-encoding", b"content-length", b"content-type", b"host", b"idempotency-key",
    b"origin",
})  # fmt: skip
"""Headers with one meaning: of two, one reader would take the first and another the last."""


class Malformed(RequestProblem):
    """400: the path, the query or a header can be read in two ways, or in none."""

    status = 400


class WellFormed:
    """Refuses malformed requests, before anything is decided by their path or their headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400."""
        fault = request_fault(scope) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        # The body is not read: its rest would be taken for the next request.
        await problem_response(Malformed(fault, {"Connection": "close"}))(scope, receive, send)


def request_fault(scope: Scope) -> str | None:
    """What is wrong with a request's target or headers; None where nothing is."""
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    query = scope.get("query_string", b"")
    return target_fault(raw_path, query) or header_fault(name for name, _ in scope["headers"])


def target_fault(raw_path: bytes, query: bytes) -> str | None:
    """What is wrong with a request's target, as it was sent.

    A query may have control characters, for an account's id may; a path may not: routers, proxies and logs
    differ about where it ends then.

    >>> target_fault(b"/v1/verdicts/batch%0A", b"")
    'The path must not have control characters; an account id with any goes into the query.'
    >>> target_fault(b"/v1/subjects", b"account_id=a%0A"), target_fault(b"/v1/subjects/%C3%A9", b"")
    (None, None)
    >>> target_fault(b"/v1/subjects/%E9", b"")
    'The path and the query must be UTF-8 once they are unescaped.'
    """
    try:
        path = unquote_to_bytes(raw_path).decode()
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return "The path and the query must be UTF-8 once they are unescaped."
    if CONTROL_CHARACTERS.search(path):
        return "The path must not have control characters; an account id with any goes into the query."
    return None


def header_fault(names: Iterable[bytes]) -> str | None:
    """The refusal of a header that stands more than once and must not; None where there is none.

    >>> header_fault([b"host", b"accept", b"accept"])
    >>> header_fault([b"authorization", b"authorization"])
    'The header Authorization must stand once. Got it 2 times.'
    """
    for name, count in Counter(names).items():
        if count > 1 and name in SINGLE_HEADERS:
            return f"The header {name.decode().title()} must stand once. Got it {count} times."
    return None
