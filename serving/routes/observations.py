"""The endpoint of observations: what documents show of accounts at their time is stored, each once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import BadInput
from accounts.observations import Observation, observations_of
from accounts.reading import read_document, read_each
from accounts.tables import Tables
from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.bodies import Body, BodyFormat, read_batch_body
from serving.http.idempotency import Answer, idempotent
from serving.http.problems import problem_of
from serving.http.query import InvalidParameter, query_values
from serving.http.responses import json_text_response
from serving.limits import Limits
from serving.routes.dependencies import begun_after, store_access
from serving.screening.batch_documents import BatchDocuments, check_cancelled
from serving.screening.observed import keeping_store
from serving.store.api_keys import Caller, Scope
from serving.store.observation_rows import store_observations
from serving.store.store import Store
from serving.store.verdict_rows import AccountErased

__all__ = ["OBSERVATION_ENDPOINTS", "SOURCE_PATTERN"]

SOURCE_PATTERN: Final = "[A-Za-z0-9][A-Za-z0-9 ._:+-]{0,99}"
DEFAULT_SOURCE: Final = "account document"


@dataclass
class ObservedDocuments:
    """What becomes of the documents of a body while they are read, beside what they show.

    Attributes
    ----------
    is_one
        Whether the body is one document, and no list of them.
    accounts
        What they are about.
    empty
        How many show not a single count.
    refused
        ``{"account_id": ..., "problem": {...}}`` of each bad document.
    """

    is_one: bool
    accounts: set[str] = field(default_factory=set)
    empty: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


async def observe(request: Request) -> Response:
    """Store what one document, or many, show of accounts."""
    access, caller = store_access(request), caller_of(request)
    source = source_of(request)
    since = await begun_after(request)
    body = await read_batch_body(request, access.settings)
    await access.run(lambda _: keeping_store(access))

    async def store(_: object) -> Answer:
        reader = ObservationReader(body, source, access.settings)
        answer, accounts = await access.run(store_documents, caller, reader, since)
        # As refused ones: the others of an answer must have a verdict that is stored.
        return Answer(json.dumps(answer).encode(), refused=accounts, since=since)

    text, is_replayed = await idempotent(request, body.data, access, store, variant=body.format)
    response = json_text_response(text)
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def source_of(request: Request) -> str:
    """Where the documents come from: the parameter ``source``.

    Raises
    ------
    InvalidParameter
        If it is another parameter, or not a short plain name.
    """
    source = query_values(request.query_params, "source").get("source", DEFAULT_SOURCE)
    if not re.fullmatch(SOURCE_PATTERN, source):
        raise InvalidParameter("source must be a name of 1 to 100 letters, digits, spaces and . _ : + -.")
    return source


def store_documents(
    store: Store, caller: Caller, reader: ObservationReader, since: int | None
) -> tuple[dict[str, Any], list[str]]:
    """Store what documents show, some at a time; the answer, and the accounts that it is about.

    Parameters
    ----------
    since
        The last entry of the tenant's audit log when the request came.

    Raises
    ------
    BadInput
        If the body is no JSON, or one document that breaks a rule.
    AccountErased
        If it was asked about one account, which was erased meanwhile; one of several is refused.
    """
    stored = store_observations(store, caller.tenant, caller.actor, reader.observations(), since)
    found = reader.found
    if stored.erased and found.is_one:
        raise AccountErased
    erased = [{"account_id": name, "problem": problem_of(AccountErased())} for name in sorted(stored.erased)]
    answer = {
        **{name: getattr(stored, name) for name in ("new", "completed", "known")},
        "empty": found.empty,
        "refused": found.refused + erased,
    }
    refused = [one["account_id"] for one in found.refused if one["account_id"]]
    return answer, sorted({*refused, *found.accounts})


class ObservationReader:
    """Reads what the documents of a body show, a few MiB of them at a time; an account may be in several."""

    def __init__(self, body: Body, source: str, limits: Limits) -> None:
        self.body, self.source, self.limits = body, source, limits
        is_one = body.format is BodyFormat.JSON and body.data.lstrip().startswith(b"{")
        self.found = ObservedDocuments(is_one)

    def observations(self) -> Iterator[Observation]:
        """The observations that have a count, in order, while somebody waits for the answer.

        Raises
        ------
        BadInput
            If the body is no JSON, or one document that breaks a rule.
        """
        for one in self._all():
            check_cancelled()
            self.found.accounts.add(one.account_id)
            if one.is_empty:
                self.found.empty += 1
            else:
                yield one

    def _all(self) -> Iterator[Observation]:
        if self.found.is_one:
            yield from self._seen(self.body.data)
            return
        for piece in BatchDocuments.of(self.body, self.limits).pieces():
            yield from self._piece(piece.documents())

    def _piece(self, documents: Sequence[Any]) -> Iterator[Observation]:
        tables, results = read_each(documents, bounds=self.limits.bounds)
        first = _seen(tables, self.source)
        for document, result in zip(documents, results, strict=True):
            if isinstance(result, BadInput):
                named = next((one.account_id for one in result.faults if one.account_id), None)
                self.found.refused.append({"account_id": named, "problem": problem_of(result)})
            elif result:
                yield next(first)
            else:  # an account that an earlier document has, too
                yield from self._seen(document)

    def _seen(self, document: Any) -> Iterator[Observation]:
        return _seen(read_document(document, bounds=self.limits.bounds), self.source)


def _seen(tables: Tables, source: str) -> Iterator[Observation]:
    names = tables.accounts["account_id"].to_list()
    yield from observations_of(tables, dict.fromkeys(names, source))


OBSERVATION_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/observations": {"POST": (Scope.SCORE, observe)}
}
