"""What must hold of every answer, whatever was asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from jsonschema import Draft202012Validator

from benchmarks.attack.drawn.drawing import Request
from benchmarks.attack.drawn.hostile import PLANTED
from benchmarks.attack.drawn.tenants import Tenant
from benchmarks.attack.drawn.wire import Answer
from serving.app.openapi import openapi
from serving.app.problem_page import problem_rows
from serving.desk.security_headers import HEADERS
from serving.http.problems import MEDIA_TYPE
from serving.http.request_log import SAFE_ID

__all__ = ["Judge"]

REFUSED, FAILED, FIRST_GOOD, NOT_GOOD = 400, 500, 200, 300
NOT_IMPLEMENTED, UNAVAILABLE, TOO_LATE, FULL = 501, 503, 504, 507
NO_BODY: Final = (204, 304)
LARGEST_VALIDATED: Final = 65_536
LEAKS: Final = re.compile(
    rb"Traceback \(most recent|site-packages|/usr/lib/|File \"|sqlalchemy|sqlite3\.|psycopg\.|"
    rb"\bSELECT .+ FROM\b|INSERT INTO "
)
"""What no answer may show of the inside."""

BEGINNINGS: Final[Mapping[str, bytes]] = {
    "application/pdf": b"%PDF-", "application/vnd.apache.parquet": b"PAR1",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK",
}  # fmt: skip
OWN_ADDRESS: Final = re.compile(r"/(?![/\\])[\x21-\x7e]*")
NO_CONSTANTS: Final = "NaN and infinities are no JSON"


class Judge:
    """Judges answers: each fault is a sentence.

    Parameters
    ----------
    tenants
        Whose texts and keys nobody else may see.
    home
        The service's folder: its path, and what its files keep secret, stand in no answer.
    """

    def __init__(self, tenants: Sequence[Tenant], home: Path) -> None:
        self.tenants, self.home = tenants, str(home).encode()
        self.audit_key = (home / "audit.key").read_bytes().strip()
        self.codes = {code for code, _, _ in problem_rows()}

    def faults(self, request: Request, answer: Answer) -> Iterator[str]:
        """What is wrong with an answer."""
        yield from self.wrong_status(request, answer)
        yield from self.wrong_access(request, answer)
        yield from self.wrong_problem(request, answer)
        yield from self.shown_inside(request, answer)
        yield from wrong_headers(request, answer)
        if answer.body:
            yield from wrong_content(answer)
            yield from wrong_schema(request, answer)

    def wrong_status(self, request: Request, answer: Answer) -> Iterator[str]:
        """A failure of the service that is no deliberate refusal, and a status that is described nowhere."""
        waits = answer.header("retry-after") is not None
        allowed = (NOT_IMPLEMENTED, TOO_LATE, FULL, *([UNAVAILABLE] if waits else []))
        if answer.status >= FAILED and answer.status not in allowed:
            yield f"status {answer.status}"
        described = (request.route.operation or {}).get("responses")
        if request.is_route and request.is_framed and described and str(answer.status) not in described:
            yield f"status {answer.status} is not described"

    def wrong_access(self, request: Request, answer: Answer) -> Iterator[str]:
        """What was given without the right to it, or of another tenant."""
        if not FIRST_GOOD <= answer.status < NOT_GOOD or not request.is_route or is_sign_in(answer):
            return
        if request.is_foreign:
            yield "another tenant's thing was there"
        scope, actor = request.route.scope, request.actor
        if scope is not None and not actor.is_member and scope not in actor.scopes:
            yield f"given without the right {scope}"

    def wrong_problem(self, request: Request, answer: Answer) -> Iterator[str]:
        """A refusal that is no problem document with a known code; the desk's are pages, too."""
        if answer.status < REFUSED or not answer.body:
            return
        if answer.kind == "text/html" and request.target.partition("?")[0].startswith(
            ("/v1/", "/livez", "/readyz", "/metrics")
        ):
            yield "a refusal of the interface is a page"
        if answer.kind not in (MEDIA_TYPE, "text/html"):
            yield f"a refusal is {answer.kind or 'of no type'}"
        if answer.kind == MEDIA_TYPE:
            document = json.loads(answer.body)
            if document.get("code") not in self.codes:
                yield f"a problem of the unknown kind {document.get('code')}"
            if document.get("status") != answer.status or not {"type", "title", "detail"} <= document.keys():
                yield "a problem without its members"

    def shown_inside(self, request: Request, answer: Answer) -> Iterator[str]:
        """What an answer shows of the inside, or of another tenant."""
        everything = answer.body + repr(answer.headers).encode()
        sent = bytes(request) + unquote_to_bytes(request.target)
        if (leak := LEAKS.search(answer.body)) and leak[0] not in sent:
            yield f"shows {leak[0].decode()}"
        for name, secret in (("the service's folder", self.home), ("the audit key", self.audit_key)):
            if secret in everything:
                yield f"shows {name}"
        if PLANTED.encode() in answer.body and answer.kind == "text/html":
            yield "planted markup stands in a page"
        if any(name == "x-planted" for name, _ in answer.headers):
            yield "a planted header is there"
        if "{secret}" not in request.route.path:
            for tenant in self.tenants:
                marker = tenant.marker.encode()
                if tenant.name != request.actor.tenant and marker in everything and marker not in sent:
                    yield "shows another tenant's text"
        for tenant in self.tenants:
            if any(secret.encode() in answer.body for secret in list(tenant.secrets)):
                yield "shows a secret"


def is_sign_in(answer: Answer) -> bool:
    """Whether an answer sends to the page for signing in, as htmx is told to."""
    return (answer.header("hx-redirect") or "").startswith("/sign-in")


def wrong_headers(request: Request, answer: Answer) -> Iterator[str]:
    """Headers that are missing, or are another request's."""
    given = answer.header("x-request-id") or ""
    if not SAFE_ID.fullmatch(given):
        yield "no request id"
    elif request.is_framed and request.is_route and given != request.request_id:
        yield "the request id is another's"
    if answer.kind == "text/html":
        names = {name for name, _ in answer.headers}
        needed = {"content-security-policy", "x-content-type-options"}
        if (
            request.route.is_page
            and request.is_route
            and answer.header("content-security-policy") is not None
        ):
            needed |= {name.lower() for name in HEADERS}
        if missing := sorted(needed - names):
            yield f"a page without {', '.join(missing)}"
    for name, value in answer.headers:
        if name == "set-cookie" and not {"httponly", "samesite=strict"} <= {
            part.strip().lower() for part in value.split(";")
        }:
            yield "a cookie that scripts or other sites may use"
        if name in ("location", "hx-redirect") and not OWN_ADDRESS.fullmatch(value):
            yield "sends to another site"


def wrong_content(answer: Answer) -> Iterator[str]:
    """A body that is not what its type says."""
    kind, body = answer.kind, answer.body
    try:
        if kind in ("application/json", MEDIA_TYPE):
            parsed(body)
        elif kind == "application/x-ndjson":
            for line in body.splitlines():
                parsed(line)
        elif kind.startswith("text/"):
            body.decode()
    except ValueError as error:
        yield f"the body is no {kind}: {type(error).__name__}"
    if not body.startswith(BEGINNINGS.get(kind, b"")):
        yield f"the body is no {kind}"
    if not kind:
        yield "a body of no type"


def parsed(text: bytes) -> Any:
    """JSON as others read it, without NaN; raises ``ValueError`` where it is none."""

    def refuse(_: str) -> None:
        raise ValueError(NO_CONSTANTS)

    return json.loads(text, parse_constant=refuse)


def wrong_schema(request: Request, answer: Answer) -> Iterator[str]:
    """A document that the OpenAPI description does not allow."""
    described = (request.route.operation or {}).get("responses", {}).get(str(answer.status), {})
    schema = described.get("content", {}).get(answer.kind, {}).get("schema")
    is_json = answer.kind in ("application/json", MEDIA_TYPE)
    if not request.is_route or not schema or not is_json or len(answer.body) > LARGEST_VALIDATED:
        return
    try:
        document = parsed(answer.body)
    except ValueError:
        return  # said already
    where = (request.route.path, request.route.method, str(answer.status), answer.kind)
    if error := next(validator(*where).iter_errors(document), None):
        yield f"the document is not as described: {error.json_path} {error.validator}"


@cache
def validator(path: str, method: str, status: str, kind: str) -> Draft202012Validator:
    """What a document is held against."""
    document = openapi()
    operation = document["paths"][path]["get" if method == "HEAD" else method.lower()]
    schema = operation["responses"][status]["content"][kind]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})
