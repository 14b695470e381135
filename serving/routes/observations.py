"""The endpoint of observations: what documents show of accounts at their time is stored, each once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import BadInput
from accounts.observations import Observation, observations_of
from accounts.reading import Bounds, read_document, read_each
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


@dataclass(frozen=True)
class ObservedDocuments:
    """What the documents of a body show, and those that were refused.

    Attributes
    ----------
    observations
        In order.
    refused
        ``{"account_id": ..., "problem": {...}}`` of each bad document.
    is_one
        Whether the body is one document, and no list of them.
    """

    observations: list[Observation] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    is_one: bool = False


async def observe(request: Request) -> Response:
    """Store what one document, or many, show of accounts."""
    access, caller = store_access(request), caller_of(request)
    source = source_of(request)
    await access.run(lambda _: keeping_store(access))
    since = await begun_after(request)
    body = await read_batch_body(request, access.settings)

    async def store(_: object) -> Answer:
        found = await to_thread.run_sync(read_observations, body, source, access.settings)
        answer, accounts = await access.run(store_found, caller, found, since)
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


def store_found(
    store: Store, caller: Caller, found: ObservedDocuments, since: int | None
) -> tuple[dict[str, Any], list[str]]:
    """Store what documents show; the answer, and the accounts that it is about.

    Parameters
    ----------
    since
        The last entry of the tenant's audit log when the request came.

    Raises
    ------
    AccountErased
        If it was asked about one account, which was erased meanwhile; one of several is refused.
    """
    counted = [one for one in found.observations if not one.is_empty]
    stored = store_observations(store, caller.tenant, caller.actor, while_waited_for(counted), since)
    if stored.erased and found.is_one:
        raise AccountErased
    erased = [{"account_id": name, "problem": problem_of(AccountErased())} for name in sorted(stored.erased)]
    answer = {
        **{name: getattr(stored, name) for name in ("new", "completed", "known")},
        "empty": len(found.observations) - len(counted),
        "refused": found.refused + erased,
    }
    refused = [one["account_id"] for one in found.refused if one["account_id"]]
    return answer, sorted({*refused, *(one.account_id for one in found.observations)})


def while_waited_for(given: Iterable[Observation]) -> Iterator[Observation]:
    """Observations, as long as the request of this thread was not ended: what was stored before stays."""
    for one in given:
        check_cancelled()
        yield one


def read_observations(body: Body, source: str, limits: Limits) -> ObservedDocuments:
    """The observations of a body's documents; an account may stand in several of them.

    Raises
    ------
    BadInput
        If the body is no JSON, or one document that breaks a rule.
    """
    if body.format is BodyFormat.JSON and body.data.lstrip().startswith(b"{"):
        seen = _seen(read_document(body.data, bounds=limits.bounds), source)
        return ObservedDocuments(list(seen), is_one=True)
    found = ObservedDocuments()
    for piece in BatchDocuments.of(body, limits).pieces():
        _read_piece(piece.documents(), source, limits.bounds, found)
    return found


def _read_piece(documents: Sequence[Any], source: str, bounds: Bounds, found: ObservedDocuments) -> None:
    """Add what some documents show to what was found before."""
    tables, results = read_each(documents, bounds=bounds)
    first = iter(_seen(tables, source))
    for document, result in zip(documents, results, strict=True):
        check_cancelled()
        if isinstance(result, BadInput):
            named = next((one.account_id for one in result.faults if one.account_id), None)
            found.refused.append({"account_id": named, "problem": problem_of(result)})
        elif result:
            found.observations.append(next(first))
        else:  # an account that an earlier document has, too
            found.observations.extend(_seen(read_document(document, bounds=bounds), source))


def _seen(tables: Tables, source: str) -> Iterator[Observation]:
    names = tables.accounts["account_id"].to_list()
    yield from observations_of(tables, dict.fromkeys(names, source))


OBSERVATION_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/observations": {"POST": (Scope.SCORE, observe)}
}
