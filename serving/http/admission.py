"""Who is let in at all: by the name that they ask for, how many at once, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.problems import Beyond, answer_of
from serving.limits import Limits
from serving.observe.metrics import Metrics

__all__ = ["BOUNDED", "Crowd", "hostname", "permitted"]

BOUNDED: Final[Mapping[str, str]] = {
    "/v1/verdicts": "most_waiting",
    "/v1/verdicts/batch": "most_batches_waiting",
}
"""The routes that only so many may wait at, with the setting that says how many."""


class OtherHost(Beyond):
    """The request is meant for somebody else."""

    status = 421


class TooMany(Beyond):
    """Too many are waiting already."""

    status = 503


class TooLong(Beyond):
    """The answer took too long."""

    status = 504


class Crowd:
    """Turns away what is too much before anything is read of it, and ends what takes too long."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self.app = app
        self.limits = limits
        self.metrics = metrics
        self.most = {path: int(getattr(limits, setting)) for path, setting in BOUNDED.items()}
        self.waiting = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request in, or not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif not permitted(Headers(scope=scope).get("host", ""), self.limits.allowed_hosts):
            refusal = OtherHost("Assay is not known here by the name in the Host header.", "allowed_hosts")
            await answer_of(refusal)(scope, receive, send)
        elif (place := scope["path"]) in self.most and scope["method"] == "POST":
            await self.among_others(place, scope, receive, send)
        else:
            await self.in_time(scope, receive, send)

    async def among_others(self, place: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one in if there is room."""
        if self.waiting[place] >= self.most[place]:
            self.metrics.turned_away.labels(place).inc()
            rule = f"No more than {self.most[place]:,} may wait here at the same time; try again later."
            refusal = TooMany(rule, BOUNDED[place], {"Retry-After": str(self.limits.retry_after_seconds)})
            await answer_of(refusal)(scope, receive, send)
            return
        self.waiting[place] += 1
        try:
            await self.in_time(scope, receive, send)
        finally:
            self.waiting[place] -= 1

    async def in_time(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one within the time that it may take; after that nobody works on it any more."""
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        setting = "transfer_seconds" if is_transfer(scope["method"], scope["path"]) else "request_seconds"
        seconds = getattr(self.limits, setting)
        with move_on_after(seconds) as patience:
            await self.app(scope, receive, answer)
        if patience.cancelled_caught and not begun:
            rule = f"The answer took longer than the {seconds:g} seconds that it may."
            await answer_of(TooLong(rule, setting, {"Connection": "close"}))(scope, receive, send)


def is_transfer(method: str, path: str) -> bool:
    """Whether the request carries a bulk job's input or its results, or goes through those of all jobs.

    >>> is_transfer("POST", "/v1/jobs"), is_transfer("GET", "/v1/jobs/ab/results")
    (True, True)
    >>> is_transfer("DELETE", "/v1/subjects/a"), is_transfer("GET", "/v1/jobs")
    (True, False)
    """
    of_a_job = path.startswith("/v1/jobs/") and path.endswith("/results")
    erasing = method == "DELETE" and path.startswith("/v1/subjects/")
    return of_a_job or erasing or (method, path) == ("POST", "/v1/jobs")


def permitted(host: str, names: tuple[str, ...]) -> bool:
    """Whether the service may be asked for by this name; an address in numbers is nobody's name.

    A page of another site can have its own name lead to this machine, but never an address.

    >>> permitted("127.0.0.1:3000", ()), permitted("[::1]", ()), permitted("evil.example", ("localhost",))
    (True, True, False)
    >>> permitted("Assay.Example:443", ("assay.example",)), permitted("", ("*",))
    (True, True)
    """
    name = hostname(host)
    if name in names or "*" in names:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def hostname(host: str) -> str:
    """The name in a Host header, without its port.

    >>> hostname("[::1]:3000"), hostname("a b"), hostname("[")
    ('::1', 'a b', '')
    """
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
