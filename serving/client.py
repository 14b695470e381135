"""A small client of the service: :class:`Client` waits, :class:`AsyncClient` is awaited.

It needs httpx alone: ``pip install 'assay[client]'``.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

import httpx

__all__ = ["AsyncClient", "Client", "Refusal", "Retries", "VerdictResult"]

Explain = Literal["none", "flagged", "all", "reasons", "full"]
"""The last two are older words for ``flagged`` and ``all``."""

Block = Literal["profile", "posts", "comments", "history", "audience"]
Document = Mapping[str, Any]

RETRIED_STATUSES: Final = frozenset({429, 503})
LINES: Final = "application/x-ndjson"


@dataclass(frozen=True)
class VerdictResult:
    """The verdict on one account.

    Attributes
    ----------
    verdict_id, account_id
        The verdict's id, and the account's as it was sent.
    label
        inflated, automated, authentic, review or insufficient.
    suspicion
        From 0 to 1; None where the evidence is too little for any accusation.
    authenticity_score
        From 0 to 100, higher is better; None where suspicion is.
    reasons
        The sentences of the reasons, the weightiest first.
    model_sha256
        The model that gave the verdict.
    document
        The whole verdict, as in docs/verdict.schema.json.
    """

    verdict_id: str
    account_id: str
    label: str
    suspicion: float | None
    authenticity_score: int | None
    reasons: tuple[str, ...]
    model_sha256: str
    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The result of a verdict's document, as in docs/verdict.schema.json."""
        return cls(
            verdict_id=document["verdict_id"],
            account_id=document["account_id"],
            label=document["label"],
            suspicion=document["suspicion"],
            authenticity_score=document["authenticity_score"],
            reasons=tuple(reason["sentence"] for reason in document["reasons"]),
            model_sha256=document["model"]["sha256"],
            document=document,
        )


class Refusal(Exception):
    """The service refused; its text is the problem's detail.

    Attributes
    ----------
    status
        The HTTP status.
    problem
        The problem document (RFC 9457); ``errors`` names every fault of a document.
    account_id
        The account it belongs to, where that is known.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], account_id: str | None = None) -> None:
        super().__init__(problem.get("detail", f"The service answered {status}."))
        self.status = status
        self.problem = problem
        self.account_id = account_id


@dataclass(frozen=True)
class Retries:
    """How often to ask again where the service cannot answer, and how long to wait before.

    Attributes
    ----------
    most
        Times to ask again.
    first_seconds, longest_seconds
        The first wait, doubled every time, and the longest.
    """

    most: int = 5
    first_seconds: float = 0.2
    longest_seconds: float = 20.0

    def waits(self) -> Iterator[float]:
        """The waits, each drawn between half and the whole of what it may be: not all come back at once.

        >>> first, second = Retries(most=2).waits()
        >>> 0.1 <= first <= 0.2 <= second <= 0.4
        True
        """
        for number in range(self.most):
            yield min(self.first_seconds * 2**number, self.longest_seconds) * random.uniform(0.5, 1.0)

    def before_next(self, wait: float, answer: httpx.Response | None) -> float:
        """The wait, or what the service says if that is longer; never more than the longest."""
        stated = answer.headers.get("retry-after", "") if answer is not None else ""
        return min(max(wait, float(stated) if stated.isdecimal() else 0.0), self.longest_seconds)


class _Requests:
    """What both clients share: the requests that they send, and the retries."""

    def __init__(self, url: str, key: str | None, timeout: float, retries: Retries) -> None:
        self.retries = retries
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.settings: dict[str, Any] = {"base_url": url, "headers": headers, "timeout": timeout}

    @staticmethod
    def verdict_request(
        document: Document, explain: Explain, blocks: Iterable[Block] | None
    ) -> dict[str, Any]:
        """The request for the verdict on one account."""
        headers = {"Content-Type": "application/json"}
        content = json.dumps(document).encode()
        return {
            "url": "/v1/verdicts", "content": content, "headers": headers, "params": query(explain, blocks)
        }  # fmt: skip

    @staticmethod
    def batch_request(
        documents: Iterable[Document], explain: Explain, blocks: Iterable[Block] | None
    ) -> dict[str, Any]:
        """The request for verdicts on many accounts, as JSON Lines."""
        headers = {"Content-Type": LINES, "Accept": LINES}
        content = b"".join(json.dumps(document).encode() + b"\n" for document in documents)
        return {
            "url": "/v1/verdicts/batch", "content": content, "headers": headers,
            "params": query(explain, blocks),
        }  # fmt: skip


def query(explain: Explain, blocks: Iterable[Block] | None) -> dict[str, str]:
    """The query parameters of a request; what is the service's default is left out."""
    asked_for = {} if explain == "flagged" else {"explain": str(explain)}
    return asked_for if blocks is None else {**asked_for, "blocks": ",".join(blocks)}


def raise_for_problem(answer: httpx.Response) -> httpx.Response:
    """The answer itself, if it is good.

    Raises
    ------
    Refusal
        With the problem of any other.
    """
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    raise Refusal(answer.status_code, problem if isinstance(problem, dict) else {})


def entries(answer: httpx.Response) -> list[VerdictResult | Refusal]:
    """The entries of a batch's answer, in the order of the documents."""
    return [entry(json.loads(line)) for line in answer.text.splitlines()]


def entry(document: Mapping[str, Any]) -> VerdictResult | Refusal:
    """An entry of a batch's answer: the verdict, or the refusal of its document."""
    if "problem" in document:
        problem = document["problem"]
        return Refusal(problem["status"], problem, document["account_id"])
    return VerdictResult.of(document)


class Client(_Requests):
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
        How often to ask again after 429, 503 and where no connection could be had.
    transport
        Of httpx; for tests.

    Examples
    --------
    ::

        with Client("http://127.0.0.1:3000", key) as assay:
            verdict = assay.verdict(document, explain="all")
            for entry in assay.verdicts(documents):
                print(entry.label if isinstance(entry, VerdictResult) else entry)
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
        super().__init__(url, key, timeout, retries or Retries())
        self.http = httpx.Client(**self.settings, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the client's connections."""
        self.http.close()

    def verdict(
        self, document: Document, *, explain: Explain = "flagged", blocks: Iterable[Block] | None = None
    ) -> VerdictResult:
        """The verdict on one account.

        Raises
        ------
        Refusal
            If the service refuses, also after the last try.
        httpx.HTTPError
            If it cannot be reached, or does not answer in time.
        """
        return VerdictResult.of(
            raise_for_problem(self.send(self.verdict_request(document, explain, blocks))).json()
        )

    def verdicts(
        self,
        documents: Iterable[Document],
        *,
        explain: Explain = "flagged",
        blocks: Iterable[Block] | None = None,
    ) -> list[VerdictResult | Refusal]:
        """Verdicts on up to 1,000 accounts, in order; in the place of a bad document its refusal."""
        return entries(raise_for_problem(self.send(self.batch_request(documents, explain, blocks))))

    def send(self, request: Mapping[str, Any]) -> httpx.Response:
        """Send a request, again after 429, 503 and failed connections; the answer to the last try."""
        for wait in self.retries.waits():
            answer = self.attempt(request)
            if answer is not None and answer.status_code not in RETRIED_STATUSES:
                return answer
            time.sleep(self.retries.before_next(wait, answer))
        return self.http.post(**request)

    def attempt(self, request: Mapping[str, Any]) -> httpx.Response | None:
        """Send a request once; None where there was no connection, so that it was not received."""
        try:
            return self.http.post(**request)
        except httpx.ConnectError:
            return None


class AsyncClient(_Requests):
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
        super().__init__(url, key, timeout, retries or Retries())
        self.http = httpx.AsyncClient(**self.settings, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the client's connections."""
        await self.http.aclose()

    async def verdict(
        self, document: Document, *, explain: Explain = "flagged", blocks: Iterable[Block] | None = None
    ) -> VerdictResult:
        """The verdict on one account; raises as :meth:`Client.verdict` does."""
        return VerdictResult.of(
            raise_for_problem(await self.send(self.verdict_request(document, explain, blocks))).json()
        )

    async def verdicts(
        self,
        documents: Iterable[Document],
        *,
        explain: Explain = "flagged",
        blocks: Iterable[Block] | None = None,
    ) -> list[VerdictResult | Refusal]:
        """Verdicts on up to 1,000 accounts, in order; in the place of a bad document its refusal."""
        return entries(raise_for_problem(await self.send(self.batch_request(documents, explain, blocks))))

    async def send(self, request: Mapping[str, Any]) -> httpx.Response:
        """Send a request, again after 429, 503 and failed connections; the answer to the last try."""
        for wait in self.retries.waits():
            answer = await self.attempt(request)
            if answer is not None and answer.status_code not in RETRIED_STATUSES:
                return answer
            await asyncio.sleep(self.retries.before_next(wait, answer))
        return await self.http.post(**request)

    async def attempt(self, request: Mapping[str, Any]) -> httpx.Response | None:
        """Send a request once; None where there was no connection, so that it was not received."""
        try:
            return await self.http.post(**request)
        except httpx.ConnectError:
            return None
