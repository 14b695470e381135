"""Both clients: what they ask, when they ask again, and what they make of the answers is written once."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from contextlib import aclosing, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar, Unpack

import httpx

from serving.client import calls
from serving.client.calls import (
    NO_JSON,
    Call,
    LineReader,
    Page,
    VerdictFilter,
    entry_of_line,
    streaming,
    unpacking,
)
from serving.client.documents import DamagedVerdict, Job, Refusal, VerdictResult, VerdictSummary
from serving.client.retries import Retries

__all__ = ["AsyncClient", "Client"]

RETRIED_STATUSES: Final = frozenset({429, 503})
IN_PROGRESS: Final = "still-in-progress"
"""The code of 409 where an earlier sending of the same request, whose answer was lost, is still worked on."""

PIECE: Final = 2**20
ENDED: Final = frozenset({"done", "failed", "cancelled"})

P = ParamSpec("P")
T = TypeVar("T")

Reply = httpx.Response | httpx.TransportError | None
Talk = Generator[Call[Any] | float, Reply, T]
"""A talk with the service: it yields requests to send and seconds to wait, and is told what came back."""


def ask(call: Call[T], retries: Retries) -> Talk[T]:
    """Send a request, again after 429, 503 and failed connections, and read the answer.

    So it is where an earlier sending of it is still worked on. Where the answer to a request was lost it is
    sent again only if that does no harm.
    """
    for wait in [*retries.waits(), None]:
        reply = yield call
        if isinstance(reply, httpx.Response):
            if wait is None or not is_passing(reply):
                return call.read_answer(reply)
            yield retries.before_next(wait, reply)
        elif reply is not None:
            if wait is None or not (call.repeatable or isinstance(reply, httpx.ConnectError)):
                raise reply
            yield retries.before_next(wait, None)
    raise AssertionError("the last try either answers or raises")


def is_passing(reply: httpx.Response) -> bool:
    """Whether the service may answer otherwise in a moment."""
    if reply.status_code != httpx.codes.CONFLICT:
        return reply.status_code in RETRIED_STATUSES
    try:
        return bool(reply.json()["code"] == IN_PROGRESS)
    except (*NO_JSON, LookupError, TypeError):
        return False


def wait_for_end(job_id: str, retries: Retries, every: float) -> Talk[Job]:
    """Ask how far a job is until it has ended."""
    while True:
        job = yield from ask(calls.job(job_id), retries)
        if job["state"] in ENDED:
            return job
        yield every


def all_of_audit(verdict_id: str, retries: Retries) -> Talk[list[Mapping[str, Any]]]:
    """Ask for the audit log's entries about a verdict, a page at a time."""
    page = yield from ask(calls.page_of_audit(verdict_id), retries)
    entries = page.items
    while page.next is not None:
        page = yield from ask(calls.page_of_audit(verdict_id, cursor=page.next), retries)
        entries += page.items
    return entries


def settings_of(url: str, key: str | None, timeout: float) -> dict[str, Any]:
    """The settings of httpx's clients; a redirect is not followed, for it would be shown the key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return {"base_url": url, "headers": headers, "timeout": timeout}


def request_of(call: Call[Any]) -> dict[str, Any]:
    """A request as httpx takes it, without its body."""
    return {"method": call.method, "url": call.path, "params": call.params, "headers": call.headers}


def waiting(build: Callable[P, Call[T]]) -> Callable[Concatenate[Client, P], T]:
    """The method of a client that sends the request that a function builds."""

    @functools.wraps(build)
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.run(ask(build(*args, **kwargs), self.retries))

    return method


def awaited(build: Callable[P, Call[T]]) -> Callable[Concatenate[AsyncClient, P], Awaitable[T]]:
    """The method of an asynchronous client that sends the request that a function builds."""

    @functools.wraps(build)
    async def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.run(ask(build(*args, **kwargs), self.retries))

    return method


class Client:
    """Sends requests and waits for the answers.

    Parameters
    ----------
    url
        Where the service answers.
    key
        An API key; None where none is asked for.
    timeout
        Seconds for each single try.
    retries
        How often to ask again after 429, 503, where no connection could be had, and while an earlier sending
        is still worked on.
    transport
        Of httpx; for tests.

    Examples
    --------
    ::

        with Client("http://127.0.0.1:3000", key) as assay:
            verdict = assay.verdict(document, explain="all")
            for entry in assay.verdicts(documents):
                print(entry.label if isinstance(entry, VerdictResult) else entry)
            for summary in assay.find(label="inflated", decision="none"):
                print(summary["account_id"])
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.retries = retries or Retries()
        self.http = httpx.Client(**settings_of(url, key, timeout), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the client's connections."""
        self.http.close()

    verdict = waiting(calls.verdict)
    verdicts = waiting(calls.verdicts)
    get_verdict = waiting(calls.get_verdict)
    page_of_verdicts = waiting(calls.page_of_verdicts)
    account = waiting(calls.account)
    replay = waiting(calls.replay)
    decide = waiting(calls.decide)
    decisions = waiting(calls.decisions)
    labels = waiting(calls.labels)
    observe = waiting(calls.observe)
    erase = waiting(calls.erase)
    subject = waiting(calls.subject)
    create_job = waiting(calls.create_job)
    job = waiting(calls.job)
    page_of_jobs = waiting(calls.page_of_jobs)
    cancel_job = waiting(calls.cancel_job)
    remove_job = waiting(calls.remove_job)
    model = waiting(calls.model)

    def find(self, **wanted: Unpack[VerdictFilter]) -> Iterator[VerdictSummary | DamagedVerdict]:
        """All verdicts for which all of this holds, the newest first, asked for a page at a time."""
        return pages(lambda cursor: self.page_of_verdicts(cursor=cursor, **wanted))

    def jobs(self) -> Iterator[Job]:
        """All jobs, the newest first, asked for a page at a time."""
        return pages(lambda cursor: self.page_of_jobs(cursor=cursor))

    def audit(self, verdict_id: str) -> list[Mapping[str, Any]]:
        """What the audit log says of a verdict, the oldest first, also after it was erased."""
        return self.run(all_of_audit(verdict_id, self.retries))

    def wait_for_job(self, job_id: str, *, every: float = 1.0) -> Job:
        """The job once it has ended, asked for every so many seconds."""
        return self.run(wait_for_end(job_id, self.retries, every))

    def results(self, job_id: str) -> Iterator[VerdictResult | Refusal]:
        """The results of a job that has ended, in input order, streamed; for a bad document its refusal."""
        answer, lines = self.run(ask(calls.results(job_id), self.retries)), LineReader()
        with closing(answer), streaming(answer.status_code):
            for piece in answer.iter_bytes():
                for line in lines.add(piece):
                    yield entry_of_line(answer.status_code, line)
        for line in lines.rest():
            yield entry_of_line(answer.status_code, line)

    def run(self, talk: Talk[T]) -> T:
        """Have a talk with the service to its end."""
        reply: Reply = None
        while True:
            try:
                step = talk.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = None
            if isinstance(step, Call):
                reply = self.attempt(step)
            else:
                time.sleep(step)

    def attempt(self, call: Call[Any]) -> httpx.Response | httpx.TransportError:
        """Send a request once; the answer, or why there is none."""
        try:
            if isinstance(call.body, Path):
                with call.body.open("rb") as file:
                    return self.send(call, iter(lambda: file.read(PIECE), b""))
            return self.send(call, call.body)
        except httpx.TransportError as error:
            return error

    def send(self, call: Call[Any], body: bytes | Iterator[bytes] | None) -> httpx.Response:
        """Send a request once; an answer that is not streamed is read to its end."""
        answer = self.http.send(self.http.build_request(**request_of(call), content=body), stream=True)
        if not (call.streamed and answer.is_success):
            with closing(answer), unpacking(answer.status_code):
                answer.read()
        return answer


class AsyncClient:
    """Sends requests and is awaited; otherwise as :class:`Client`."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 60.0,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.retries = retries or Retries()
        self.http = httpx.AsyncClient(**settings_of(url, key, timeout), transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the client's connections."""
        await self.http.aclose()

    verdict = awaited(calls.verdict)
    verdicts = awaited(calls.verdicts)
    get_verdict = awaited(calls.get_verdict)
    page_of_verdicts = awaited(calls.page_of_verdicts)
    account = awaited(calls.account)
    replay = awaited(calls.replay)
    decide = awaited(calls.decide)
    decisions = awaited(calls.decisions)
    labels = awaited(calls.labels)
    observe = awaited(calls.observe)
    erase = awaited(calls.erase)
    subject = awaited(calls.subject)
    create_job = awaited(calls.create_job)
    job = awaited(calls.job)
    page_of_jobs = awaited(calls.page_of_jobs)
    cancel_job = awaited(calls.cancel_job)
    remove_job = awaited(calls.remove_job)
    model = awaited(calls.model)

    def find(self, **wanted: Unpack[VerdictFilter]) -> AsyncIterator[VerdictSummary | DamagedVerdict]:
        """All verdicts for which all of this holds; as :meth:`Client.find`."""
        return awaited_pages(lambda cursor: self.page_of_verdicts(cursor=cursor, **wanted))

    def jobs(self) -> AsyncIterator[Job]:
        """All jobs; as :meth:`Client.jobs`."""
        return awaited_pages(lambda cursor: self.page_of_jobs(cursor=cursor))

    async def audit(self, verdict_id: str) -> list[Mapping[str, Any]]:
        """What the audit log says of a verdict; as :meth:`Client.audit`."""
        return await self.run(all_of_audit(verdict_id, self.retries))

    async def wait_for_job(self, job_id: str, *, every: float = 1.0) -> Job:
        """The job once it has ended; as :meth:`Client.wait_for_job`."""
        return await self.run(wait_for_end(job_id, self.retries, every))

    async def results(self, job_id: str) -> AsyncIterator[VerdictResult | Refusal]:
        """The results of a job that has ended; as :meth:`Client.results`."""
        answer, lines = await self.run(ask(calls.results(job_id), self.retries)), LineReader()
        try:
            with streaming(answer.status_code):
                async for piece in answer.aiter_bytes():
                    for line in lines.add(piece):
                        yield entry_of_line(answer.status_code, line)
        finally:
            await answer.aclose()
        for line in lines.rest():
            yield entry_of_line(answer.status_code, line)

    async def run(self, talk: Talk[T]) -> T:
        """Have a talk with the service to its end."""
        reply: Reply = None
        while True:
            try:
                step = talk.send(reply)
            except StopIteration as end:
                result: T = end.value
                return result
            reply = None
            if isinstance(step, Call):
                reply = await self.attempt(step)
            else:
                await asyncio.sleep(step)

    async def attempt(self, call: Call[Any]) -> httpx.Response | httpx.TransportError:
        """Send a request once; the answer, or why there is none."""
        try:
            body = pieces(call.body) if isinstance(call.body, Path) else call.body
            request = self.http.build_request(**request_of(call), content=body)
            answer = await self.http.send(request, stream=True)
            if not (call.streamed and answer.is_success):
                async with aclosing(answer):
                    with unpacking(answer.status_code):
                        await answer.aread()
            return answer
        except httpx.TransportError as error:
            return error


def pages(page_after: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """The items of all pages."""
    page = page_after(None)
    yield from page.items
    while page.next is not None:
        page = page_after(page.next)
        yield from page.items


async def awaited_pages(page_after: Callable[[str | None], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """The items of all pages."""
    cursor: str | None = None
    while True:
        page = await page_after(cursor)
        for item in page.items:
            yield item
        if page.next is None:
            return
        cursor = page.next


async def pieces(path: Path) -> AsyncIterator[bytes]:
    """A file in pieces, each read in a thread."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
