"""A small client of the service: :class:`Client` waits, :class:`AsyncClient` is awaited; both ask alike.

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

Explain = Literal["none", "reasons", "full"]
Block = Literal["profile", "posts", "comments", "history", "audience"]
Document = Mapping[str, Any]

AGAIN: Final = frozenset({429, 503})
LINES: Final = "application/x-ndjson"


@dataclass(frozen=True)
class VerdictResult:
    """What the service says of one account.

    Attributes
    ----------
    verdict_id, account_id
        The verdict's name, and the account's as given.
    label
        inflated, automated, authentic, review or insufficient.
    suspicion
        From 0 to 1; None where the evidence may accuse of nothing.
    authenticity_score
        From 0 to 100, higher is better; None where suspicion is.
    reasons
        The sentences that speak for the signals, the weightiest first.
    model_sha256
        Which model spoke.
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
        """Read the service's answer."""
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
        said = answer.headers.get("retry-after", "") if answer is not None else ""
        return min(max(wait, float(said) if said.isdecimal() else 0.0), self.longest_seconds)


class _Asking:
    """What both clients share: how a question is put, and what becomes of an answer."""

    def __init__(self, url: str, key: str | None, timeout: float, retries: Retries) -> None:
        self.retries = retries
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.settings: dict[str, Any] = {"base_url": url, "headers": headers, "timeout": timeout}

    @staticmethod
    def one(document: Document, explain: Explain, blocks: Iterable[Block] | None) -> dict[str, Any]:
        """A question about one account."""
        headers = {"Content-Type": "application/json"}
        content = json.dumps(document).encode()
        return {
            "url": "/v1/verdicts", "content": content, "headers": headers, "params": asked(explain, blocks)
        }  # fmt: skip

    @staticmethod
    def many(
        documents: Iterable[Document], explain: Explain, blocks: Iterable[Block] | None
    ) -> dict[str, Any]:
        """A question about many."""
        headers = {"Content-Type": LINES, "Accept": LINES}
        content = b"".join(json.dumps(document).encode() + b"\n" for document in documents)
        return {
            "url": "/v1/verdicts/batch", "content": content, "headers": headers,
            "params": asked(explain, blocks),
        }  # fmt: skip


def asked(explain: Explain, blocks: Iterable[Block] | None) -> dict[str, str]:
    """A question's parameters."""
    return {"explain": explain} | ({} if blocks is None else {"blocks": ",".join(blocks)})


def checked(answer: httpx.Response) -> httpx.Response:
    """An answer that is none of a refusal's."""
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    raise Refusal(answer.status_code, problem if isinstance(problem, dict) else {})


def entries(answer: httpx.Response) -> list[VerdictResult | Refusal]:
    """The lines of a batch's answer, in order."""
    return [entry(json.loads(line)) for line in answer.text.splitlines()]


def entry(document: Mapping[str, Any]) -> VerdictResult | Refusal:
    """One line."""
    if "problem" in document:
        problem = document["problem"]
        return Refusal(problem["status"], problem, document["account_id"])
    return VerdictResult.of(document)


class Client(_Asking):
    """Asks and waits.

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
            verdict = assay.verdict(document, explain="full")
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
        """Close the connections."""
        self.http.close()

    def verdict(
        self, document: Document, *, explain: Explain = "reasons", blocks: Iterable[Block] | None = None
    ) -> VerdictResult:
        """The verdict on one account.

        Raises
        ------
        Refusal
            If the service refuses, also after the last try.
        httpx.HTTPError
            If it cannot be reached, or does not answer in time.
        """
        return VerdictResult.of(checked(self.asked(self.one(document, explain, blocks))).json())

    def verdicts(
        self,
        documents: Iterable[Document],
        *,
        explain: Explain = "reasons",
        blocks: Iterable[Block] | None = None,
    ) -> list[VerdictResult | Refusal]:
        """Verdicts on up to 1,000 accounts, in order; in the place of a bad document its refusal."""
        return entries(checked(self.asked(self.many(documents, explain, blocks))))

    def asked(self, question: Mapping[str, Any]) -> httpx.Response:
        """The answer, after as many tries as there may be."""
        for wait in self.retries.waits():
            answer = self.attempt(question)
            if answer is not None and answer.status_code not in AGAIN:
                return answer
            time.sleep(self.retries.before_next(wait, answer))
        return self.http.post(**question)

    def attempt(self, question: Mapping[str, Any]) -> httpx.Response | None:
        """One try; None where no connection could be had, and so nothing was asked."""
        try:
            return self.http.post(**question)
        except httpx.ConnectError:
            return None


class AsyncClient(_Asking):
    """Asks and is awaited; otherwise as :class:`Client`."""

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
        """Close the connections."""
        await self.http.aclose()

    async def verdict(
        self, document: Document, *, explain: Explain = "reasons", blocks: Iterable[Block] | None = None
    ) -> VerdictResult:
        """The verdict on one account; raises as :meth:`Client.verdict` does."""
        return VerdictResult.of(checked(await self.asked(self.one(document, explain, blocks))).json())

    async def verdicts(
        self,
        documents: Iterable[Document],
        *,
        explain: Explain = "reasons",
        blocks: Iterable[Block] | None = None,
    ) -> list[VerdictResult | Refusal]:
        """Verdicts on up to 1,000 accounts, in order; in the place of a bad document its refusal."""
        return entries(checked(await self.asked(self.many(documents, explain, blocks))))

    async def asked(self, question: Mapping[str, Any]) -> httpx.Response:
        """The answer, after as many tries as there may be."""
        for wait in self.retries.waits():
            answer = await self.attempt(question)
            if answer is not None and answer.status_code not in AGAIN:
                return answer
            await asyncio.sleep(self.retries.before_next(wait, answer))
        return await self.http.post(**question)

    async def attempt(self, question: Mapping[str, Any]) -> httpx.Response | None:
        """One try; None where no connection could be had, and so nothing was asked."""
        try:
            return await self.http.post(**question)
        except httpx.ConnectError:
            return None
