"""The requests of the client: what each sends where, how its answer is read, and if it may be repeated."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx

from accounts.errors import BadInput, Fault
from accounts.media_types import JSON, LINES, MEDIA_TYPES
from serving.client.documents import (
    AccountRecord,
    DamagedVerdict,
    Decision,
    Erasure,
    Job,
    LabelledAccount,
    Observed,
    Refusal,
    Replay,
    UnreadableAnswer,
    VerdictResult,
    VerdictSummary,
)

__all__ = ["Block", "Call", "Document", "Explain", "Page", "VerdictFilter"]

Explain = Literal["none", "flagged", "all", "reasons", "full"]
"""The last two are older words for ``flagged`` and ``all``."""

Block = Literal["profile", "posts", "comments", "history", "audience"]
Document = Mapping[str, Any]
T = TypeVar("T")

JSON_BODY: Final = {"Content-Type": JSON}
GZIP_SUFFIX: Final = ".gz"
NO_JSON: Final = (ValueError, RecursionError)
"""What parsing raises of a text that is none, or is nested too deep."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and how its answer is read.

    Attributes
    ----------
    read
        Reads a good answer.
    body
        Its bytes, or the file that they are read from.
    repeatable
        Whether it does no harm where it was received and the answer was lost.
    streamed
        Whether the body of a good answer is read piece by piece, by whoever asked.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Path | None = None
    repeatable: bool = True
    streamed: bool = False

    def read_answer(self, answer: httpx.Response) -> T:
        """What a good answer says.

        Raises
        ------
        Refusal
            If it is none.
        UnreadableAnswer
            If it is not what the service answers.
        """
        with as_unreadable(raise_for_problem(answer).status_code):
            return self.read(answer)


class VerdictFilter(TypedDict, total=False):
    """Filters of stored verdicts; they were made at ``since`` or later, and before ``until``."""

    account_id: str | None
    label: str | None
    decision: str | None
    model: str | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list, and the cursor of the one that follows; None at the end."""

    items: list[T]
    next: str | None


def verdict(
    document: Document,
    *,
    explain: Explain = "flagged",
    blocks: Iterable[Block] | None = None,
    with_observed: bool = False,
    idempotency_key: str | None = None,
) -> Call[VerdictResult]:
    """The verdict on one account.

    Parameters
    ----------
    idempotency_key
        With one the request is also sent again where its answer was lost, and answered as before.

    Raises
    ------
    Refusal
        If the service refuses, also after the last try.
    UnreadableAnswer
        If what comes back is no answer of the service's, or not whole.
    httpx.HTTPError
        If it cannot be reached, or does not answer in time.
    """
    return Call(
        "POST",
        "/v1/verdicts",
        lambda answer: VerdictResult.of(json_of(answer)),
        screening_query(explain, blocks, with_observed),
        JSON_BODY | once(idempotency_key),
        json.dumps(document).encode(),
        repeatable=idempotency_key is not None,
    )


def verdicts(
    documents: Iterable[Document],
    *,
    explain: Explain = "flagged",
    blocks: Iterable[Block] | None = None,
    with_observed: bool = False,
    idempotency_key: str | None = None,
) -> Call[list[VerdictResult | Refusal]]:
    """Verdicts on up to 1,000 accounts, in order; in the place of a bad document its refusal."""
    body = as_lines(documents)
    return Call(
        "POST",
        "/v1/verdicts/batch",
        entries_reader(body.count(b"\n")),
        screening_query(explain, blocks, with_observed),
        {"Content-Type": LINES, "Accept": LINES} | once(idempotency_key),
        body,
        repeatable=idempotency_key is not None,
    )


def get_verdict(verdict_id: str) -> Call[VerdictResult]:
    """A verdict that was given before."""
    return Call("GET", verdict_path(verdict_id), lambda answer: VerdictResult.of(answer.json()))


def page_of_verdicts(
    *, page: int = 100, cursor: str | None = None, **wanted: Unpack[VerdictFilter]
) -> Call[Page[VerdictSummary | DamagedVerdict]]:
    """A page of the verdicts for which all of this holds, the newest first.

    One that was damaged in the service's database stands in its place with its ``problem``.
    """
    asked = {"limit": str(page)} if cursor is None else {"limit": str(page), "cursor": cursor}
    for name, value in wanted.items():
        if value is not None:
            asked[name] = value.isoformat() if isinstance(value, datetime) else str(value)
    return Call("GET", "/v1/verdicts", page_reader("verdicts"), asked)


def account(account_id: str) -> Call[AccountRecord]:
    """All that is stored of an account; a :class:`Refusal` with status 404 where nothing is."""
    return Call("GET", "/v1/accounts", json_of, {"account_id": account_id})


def replay(verdict_id: str) -> Call[Replay]:
    """A verdict computed again from the numbers that it rests on."""
    return Call("POST", verdict_path(verdict_id, "/replay"), json_of)


def decide(
    verdict_id: str,
    outcome: Literal["confirmed", "overturned", "needs data"],
    *,
    by: str,
    reason: str,
    idempotency_key: str | None = None,
) -> Call[Decision]:
    """Store a person's decision about a verdict, once however often it is sent."""
    body = json.dumps({"outcome": outcome, "by": by, "reason": reason}).encode()
    headers = JSON_BODY | once(idempotency_key or secrets.token_hex(16))
    return Call("POST", verdict_path(verdict_id, "/decisions"), json_of, headers=headers, body=body)


def decisions(verdict_id: str) -> Call[list[Decision]]:
    """The decisions about a verdict, the oldest first."""
    return Call("GET", verdict_path(verdict_id, "/decisions"), list_reader("decisions"))


def page_of_audit(verdict_id: str, *, cursor: str | None = None) -> Call[Page[Mapping[str, Any]]]:
    """A page of what the audit log says of a verdict, the oldest first, also after it was erased."""
    more = {} if cursor is None else {"cursor": cursor}
    return Call("GET", verdict_path(verdict_id, "/audit"), page_reader("entries"), more)


def labels() -> Call[list[LabelledAccount]]:
    """What people decided that accounts are, one for each account, to learn from."""
    return Call("GET", "/v1/labels", list_reader("labels"))


def observe(documents: Iterable[Document], *, source: str = "account document") -> Call[Observed]:
    """Store what documents show of accounts at their time; the same again changes nothing."""
    return Call(
        "POST", "/v1/observations", json_of, {"source": source}, {"Content-Type": LINES}, as_lines(documents)
    )


def erase(account_id: str) -> Call[Erasure]:
    """Erase all that is stored of an account."""
    return Call("DELETE", "/v1/subjects", json_of, {"account_id": account_id})


def subject(account_id: str) -> Call[Mapping[str, Any]]:
    """How many verdicts there are on an account, and whether an erasure of it is still ``pending``."""
    return Call("GET", "/v1/subjects", json_of, {"account_id": account_id})


def create_job(
    documents: Iterable[Document] | Path | str, *, idempotency_key: str | None = None
) -> Call[Job]:
    """A job that judges many accounts, created once however often it is sent.

    Parameters
    ----------
    documents
        Account documents, which are held in memory; or the path of a file, which is streamed as what its name
        says: JSON, JSON Lines, CSV, TSV, a workbook or Parquet, each also packed by gzip (``.gz``).

    Raises
    ------
    BadInput
        If jobs take no file of such a name; nothing was sent.
    """
    key = once(idempotency_key or secrets.token_hex(16))
    if isinstance(documents, Path | str):
        path = Path(documents)
        return Call("POST", "/v1/jobs", job_of, headers=file_headers(path) | key, body=path)
    headers = {"Content-Type": LINES} | key
    return Call("POST", "/v1/jobs", job_of, headers=headers, body=as_lines(documents))


def job(job_id: str) -> Call[Job]:
    """A job with its state and progress."""
    return Call("GET", job_path(job_id), job_of)


def page_of_jobs(*, page: int = 100, cursor: str | None = None) -> Call[Page[Job]]:
    """A page of the jobs, the newest first."""
    more = {} if cursor is None else {"cursor": cursor}
    return Call("GET", "/v1/jobs", page_reader("jobs"), {"limit": str(page), **more})


def cancel_job(job_id: str) -> Call[Job]:
    """End a job that waits or runs; the results that it has stay."""
    return Call("POST", job_path(job_id, "/cancel"), job_of, repeatable=False)


def remove_job(job_id: str) -> Call[None]:
    """Remove a job that has ended, with its results."""
    return Call("DELETE", job_path(job_id), lambda _: None, repeatable=False)


def results(job_id: str) -> Call[httpx.Response]:
    """The results of a job that has ended, as an answer whose lines are still to be read."""
    headers = {"Accept": LINES}
    return Call("GET", job_path(job_id, "/results"), lambda answer: answer, headers=headers, streamed=True)


def model() -> Call[Mapping[str, Any]]:
    """What the model in use is, promises and rests on."""
    return Call("GET", "/v1/model", json_of)


def screening_query(explain: Explain, blocks: Iterable[Block] | None, with_observed: bool) -> dict[str, str]:
    """The query parameters of a screening; what is the service's default is left out.

    >>> screening_query("all", ["posts", "history"], False)
    {'explain': 'all', 'blocks': 'posts,history'}
    """
    asked = {
        "explain": None if explain == "flagged" else str(explain),
        "blocks": None if blocks is None else ",".join(blocks),
        "with_observed": "true" if with_observed else None,
    }
    return {name: value for name, value in asked.items() if value is not None}


def once(key: str | None) -> dict[str, str]:
    """The header with which a request may be sent twice and is done once."""
    return {} if key is None else {"Idempotency-Key": key}


def file_headers(path: Path) -> dict[str, str]:
    """The headers that say of what format a file is, and if it is packed, by its name.

    >>> file_headers(Path("accounts.CSV")), file_headers(Path("accounts.json.gz"))
    ({'Content-Type': 'text/csv'}, {'Content-Type': 'application/json', 'Content-Encoding': 'gzip'})

    Raises
    ------
    BadInput
        If it is none that jobs take.
    """
    is_packed = path.suffix.lower() == GZIP_SUFFIX
    suffix = (path.with_suffix("") if is_packed else path).suffix.lower()
    if suffix not in MEDIA_TYPES:
        rule = f"must end in {', '.join(MEDIA_TYPES)}, each also with {GZIP_SUFFIX}."
        raise BadInput(Fault(path.name, "", rule))
    return {"Content-Type": MEDIA_TYPES[suffix]} | ({"Content-Encoding": "gzip"} if is_packed else {})


def as_lines(documents: Iterable[Document]) -> bytes:
    """Documents as JSON Lines."""
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def verdict_path(verdict_id: str, end: str = "") -> str:
    """The path of a verdict.

    >>> verdict_path("../model", "/audit")
    '/v1/verdicts/..%2Fmodel/audit'
    """
    return f"/v1/verdicts/{quote(verdict_id, safe='')}{end}"


def job_path(job_id: str, end: str = "") -> str:
    """The path of a job."""
    return f"/v1/jobs/{quote(job_id, safe='')}{end}"


@contextmanager
def as_unreadable(status: int) -> Iterator[None]:
    """Raise :class:`UnreadableAnswer` for what an answer lacks, or has too much, as it is read."""
    try:
        yield
    except LookupError as error:
        raise UnreadableAnswer(status, f"{error} is missing") from error
    except (*NO_JSON, TypeError, AttributeError) as error:
        raise UnreadableAnswer(status, str(error)) from error


@contextmanager
def unpacking(status: int) -> Iterator[None]:
    """Raise :class:`UnreadableAnswer` for a body that is not packed as its header says."""
    try:
        yield
    except httpx.DecodingError as error:
        raise UnreadableAnswer(status, str(error)) from error


@contextmanager
def streaming(status: int) -> Iterator[None]:
    """As :func:`unpacking`, also for a body that ends before its length, or its last chunk, has come."""
    try:
        with unpacking(status):
            yield
    except httpx.RemoteProtocolError as error:
        raise UnreadableAnswer(status, str(error)) from error


def json_of(answer: httpx.Response) -> Any:
    """The document of an answer; ValueError where it has none."""
    document = answer.json()
    if not isinstance(document, dict):
        raise ValueError(f"an object was expected, and not {type(document).__name__}")
    return document


def job_of(answer: httpx.Response) -> Any:
    """The job of an answer, which has its id and its state."""
    document = json_of(answer)
    for name in ("job_id", "state"):
        if not isinstance(document[name], str):
            raise ValueError(f"{name} is no text")
    return document


def list_reader(name: str) -> Callable[[httpx.Response], list[Any]]:
    """Reads a list that stands under a name."""

    def read(answer: httpx.Response) -> list[Any]:
        found = json_of(answer)[name]
        if not isinstance(found, list):
            raise ValueError(f"{name} is no list")
        if not all(isinstance(item, dict) for item in found):
            raise ValueError(f"{name} holds what is no object")
        return found

    return read


def entries_reader(count: int) -> Callable[[httpx.Response], list[VerdictResult | Refusal]]:
    """Reads the entries of a batch of so many documents, a line each.

    JSON may hold what else ends a line in Unicode, so that lines are told apart as bytes.
    """

    def read(answer: httpx.Response) -> list[VerdictResult | Refusal]:
        lines = [line for line in answer.content.split(b"\n") if line.strip()]
        entries = [entry_of(json.loads(line)) for line in lines]
        if len(entries) != count:
            raise ValueError(f"{count:,} documents were sent, and {len(entries):,} are answered")
        return entries

    return read


class LineReader:
    r"""Tells the lines of a body apart as it comes in pieces.

    >>> lines = LineReader()
    >>> lines.add(b'{"a": 1}\n{"b"'), lines.add(b': 2}\n\n'), lines.rest()
    ([b'{"a": 1}'], [b'{"b": 2}'], [])
    """

    def __init__(self) -> None:
        self.begun = b""

    def add(self, piece: bytes) -> list[bytes]:
        """The lines that are whole with another piece."""
        *lines, self.begun = (self.begun + piece).split(b"\n")
        return [line for line in lines if line.strip()]

    def rest(self) -> list[bytes]:
        """The last line, where nothing ends it."""
        return [self.begun] if self.begun.strip() else []


def entry_of_line(status: int, line: bytes) -> VerdictResult | Refusal:
    """The entry of a line of results; :class:`UnreadableAnswer` where it is none, or was cut off."""
    with as_unreadable(status):
        return entry_of(json.loads(line))


def page_reader(name: str) -> Callable[[httpx.Response], Page[Any]]:
    """Reads a page whose items stand under a name."""

    def read(answer: httpx.Response) -> Page[Any]:
        items, cursor = list_reader(name)(answer), json_of(answer)["next"]
        if not isinstance(cursor, str | None):
            raise ValueError("next is no text")
        return Page(items, cursor)

    return read


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
    except NO_JSON:
        problem = None
    raise Refusal(answer.status_code, problem if isinstance(problem, dict) else {})


def entry_of(document: Mapping[str, Any]) -> VerdictResult | Refusal:
    """An entry of a batch's answer or of a job's results: the verdict, or the refusal of its document."""
    if "problem" in document:
        problem = document["problem"]
        return Refusal(problem["status"], problem, document["account_id"])
    return VerdictResult.of(document)
