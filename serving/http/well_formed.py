"""Requests that could be read in two ways are refused before routing: by their target or their headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote, unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.http.bodies import CLOSE
from serving.http.problems import RequestProblem, problem_response

__all__ = ["WellFormed", "authority_fault", "header_fault", "target_fault"]

CONTROL_CHARACTERS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")

ABSOLUTE_FORM: Final = re.compile(rb"https?://(?P<authority>[^/]*)(?P<path>/.*)?", re.IGNORECASE | re.DOTALL)
"""A target with scheme and host (RFC 9112, section 3.2.2), without its query."""

SINGLE_HEADERS: Final = frozenset({
    b"authorization", b"host", b"idempotency-key", b"origin", b"sec-fetch-site", b"x-csrf-token",
})  # fmt: skip
"""Headers with one meaning: of two, one reader would take the first and another the last."""

ABOUT_THE_BODY: Final = b"content-"
"""How the headers begin that say how a body is to be read: they have one meaning, too."""


VERSIONS: Final = ("1.0", "1.1")
LARGEST_HEAD: Final = 2**16
SEPARATORS: Final = 4
"""The colon, the space and the line end of a header."""


class Malformed(RequestProblem):
    """400: the path, the query or a header can be read in two ways, or in none."""

    status = 400


class TooManyHeaders(RequestProblem):
    """431: the request line and the headers are longer than they may be together."""

    status = 431


class WellFormed:
    """Refuses malformed requests, before anything is decided by their path or their headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400 or 431."""
        refusal = refusal_of(scope) if scope["type"] == "http" else None
        if refusal is None:
            use_origin_form(scope)
            await self.app(scope, receive, send)
        else:
            await problem_response(refusal)(scope, receive, send)


def refusal_of(scope: Scope) -> RequestProblem | None:
    """The refusal of a request by its version, target or headers; None where nothing is wrong with them."""
    if scope.get("http_version", VERSIONS[-1]) not in VERSIONS:
        return Malformed("The request must be HTTP/1.1 or HTTP/1.0.", CLOSE)
    raw_path = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    query, headers = scope.get("query_string", b""), scope["headers"]
    size = len(raw_path) + len(query) + sum(len(name) + len(value) + SEPARATORS for name, value in headers)
    # The body is not read: its rest would be taken for the next request.
    if size > LARGEST_HEAD:
        rule = f"The request line and the headers must have at most {LARGEST_HEAD // 2**10} KiB together."
        return TooManyHeaders(rule, CLOSE)
    fault = (
        target_fault(raw_path, query)
        or header_fault(name for name, _ in headers)
        or authority_fault(raw_path, dict(headers).get(b"host", b""))
    )
    return None if fault is None else Malformed(fault, CLOSE)


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


def authority_fault(raw_path: bytes, host: bytes) -> str | None:
    """What is wrong with a target in absolute form, as clients of a proxy send it; None for any other.

    >>> authority_fault(b"http://localhost:3000/livez", b"localhost:3000")
    >>> authority_fault(b"http://evil.example/livez", b"localhost:3000")
    'The host in the request target and the header Host must be the same.'
    """
    found = ABSOLUTE_FORM.fullmatch(raw_path)
    if found is None or found["authority"].lower() == host.lower():
        return None
    return "The host in the request target and the header Host must be the same."


def use_origin_form(scope: Scope) -> None:
    """Give a request whose target is in absolute form the path alone, by which it is routed."""
    if (found := ABSOLUTE_FORM.fullmatch(scope.get("raw_path") or b"")) is not None:
        scope["raw_path"] = found["path"] or b"/"
        scope["path"] = unquote(scope["raw_path"].decode("ascii"))


def header_fault(names: Iterable[bytes]) -> str | None:
    """The refusal of headers that contradict each other, or themselves; None where none do.

    >>> header_fault([b"host", b"accept", b"accept"])
    >>> header_fault([b"authorization", b"authorization"])
    'The header Authorization must stand once. Got it 2 times.'
    >>> header_fault([b"content-language", b"content-language"])
    'The header Content-Language must stand once. Got it 2 times.'
    >>> header_fault([b"content-length", b"transfer-encoding"])
    'The headers Content-Length and Transfer-Encoding must not stand together.'
    """
    found = Counter(names)
    if b"content-length" in found and b"transfer-encoding" in found:
        return "The headers Content-Length and Transfer-Encoding must not stand together."
    for name, count in found.items():
        if count > 1 and (name in SINGLE_HEADERS or name.startswith(ABOUT_THE_BODY)):
            return f"The header {name.decode().title()} must stand once. Got it {count} times."
    return None
