"""The endpoints of verdicts: given, read, replayed, decided about, audited, erased."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.bodies import read_body, read_decision_body
from serving.http.idempotency import Answer, idempotent, remember_with_effects
from serving.http.problems import NotFound
from serving.http.query import InvalidParameter, ScreeningOptions, query_values, without_parameters
from serving.http.responses import answer_response, json_response, json_text_response
from serving.http.whole_numbers import whole_number
from serving.jobs.erasure import erase_from_files, erase_from_unfinished
from serving.routes.batch import screen_batch
from serving.routes.decision_body import read_decision
from serving.routes.dependencies import begun_after, screening_service, store_access
from serving.routes.finding import account_id_of, list_verdicts, read_account
from serving.screening.fair_turns import FairTurns
from serving.store.api_keys import Scope
from serving.store.audit_log import Event, entries_about
from serving.store.decisions import decisions_about, record_decision
from serving.store.idempotency_keys import KeyedRequest
from serving.store.pending_erasures import is_pending
from serving.store.pseudonyms import account_sha256
from serving.store.screenings import erase_from_screenings
from serving.store.store import Store, record_event
from serving.store.verdict_rows import (
    StoredVerdict,
    count_verdicts,
    erase_account,
    get_verdict,
)

__all__ = ["ENTRIES_IN_PAGE", "VERDICT_ENDPOINTS", "VERDICT_PATH", "stored_verdict"]


async def screen_one(request: Request) -> Response:
    """The verdict on one account."""
    service = screening_service(request)
    options = ScreeningOptions.of(request.query_params)
    since = await begun_after(request)
    body = await read_body(request, service.limits)

    async def screen(_: KeyedRequest | None) -> Answer:
        verdict = await service.screen_one(body, options, caller_of(request), since)
        return Answer(verdict.document.encode(), [verdict.account_id], since=since)

    return answer_response(*await idempotent(request, body.data, store_access(request), screen))


@without_parameters
async def read_verdict(request: Request) -> Response:
    """A stored verdict, byte for byte as it was given."""
    stored = await stored_verdict(request)
    stored.read()  # what was damaged is refused
    return json_text_response(stored.document)


@without_parameters
async def replay_verdict(request: Request) -> Response:
    """A stored verdict, computed again from the features that it was computed from."""
    stored = await stored_verdict(request)
    caller = caller_of(request)
    answer = await screening_service(request).replay(caller.tenant, stored)
    request.state.model = stored.model_sha256
    event = Event(
        "verdict.replayed", caller.actor, verdict_id=stored.verdict_id, details={"same": answer["same"]}
    )
    await store_access(request).run(record_event, caller.tenant, event)
    return json_response(answer)


@without_parameters
async def add_decision(request: Request) -> Response:
    """Store a person's decision about a verdict.

    The answer is remembered in the transaction that stores the decision.
    """
    body = await read_decision_body(request, request.app.state.settings)
    decision, access, caller = read_decision(body), store_access(request), caller_of(request)
    about = await stored_verdict(request)

    account = account_sha256(about.read()["account_id"])

    async def record(claim: KeyedRequest | None) -> Answer:
        def remember(connection: Connection, recorded: dict[str, Any]) -> None:
            remember_with_effects(request, connection, claim, json.dumps(recorded).encode(), [account])

        place = (caller.tenant, about.verdict_id)
        recorded = await access.run(record_decision, *place, decision, caller.actor, remember)
        if recorded is None:
            raise no_such_verdict(about.verdict_id)
        return Answer(json.dumps(recorded).encode(), is_remembered=True)

    return answer_response(*await idempotent(request, body, access, record), status=201)


@without_parameters
async def list_decisions(request: Request) -> Response:
    """The decisions about a verdict, the oldest first."""
    verdict_id = (await stored_verdict(request)).verdict_id
    decisions = await store_access(request).read(decisions_about, caller_of(request).tenant, verdict_id)
    return json_response({"decisions": decisions})


async def list_audit_entries(request: Request) -> Response:
    """A page of the audit log's entries about a verdict, the oldest first, also after it was erased.

    The cursor of the next page is the number of this one's last entry.

    Raises
    ------
    InvalidParameter
        If no entry about the verdict follows the cursor.
    """
    verdict_id, tenant = verdict_id_of(request), caller_of(request).tenant
    cursor = query_values(request.query_params, "cursor").get("cursor")
    after = 0 if cursor is None else whole_number(cursor, HIGHEST_ENTRY)
    entries = []
    if after is not None:
        page = (tenant, verdict_id, after, ENTRIES_IN_PAGE + 1)
        entries = await store_access(request).read(entries_about, *page)
    if not entries:
        raise no_such_verdict(verdict_id) if cursor is None else InvalidParameter(NOT_A_CURSOR)
    is_last = len(entries) <= ENTRIES_IN_PAGE
    entries = entries[:ENTRIES_IN_PAGE]
    return json_response({"entries": entries, "next": None if is_last else str(entries[-1]["entry"])})


async def erase_subject(request: Request) -> Response:
    """Erase everything that is stored of an account, in the database and in all files."""
    caller, access = caller_of(request), store_access(request)
    subject = (caller.tenant, account_id_of(request), caller.actor)
    jobs = await access.run(erase_from_unfinished, *subject)  # first: then no job adds a verdict afterwards
    screenings = await access.run(erase_from_screenings, *subject[:2])
    count = await access.run(erase_account, *subject)
    files = (access.settings, jobs, screenings, subject[1])
    if not jobs and not screenings:  # whoever has no files waits for nobody else's
        lines = await access.run(erase_from_files, *files)
    else:
        turns: FairTurns = request.app.state.erasing_turns
        with turns.line(caller.tenant) as line:
            await line.due(0)
            lines = await access.run_beside(erase_from_files, access.opened(), *files)
    request.app.state.erased.set()
    return json_response(count | {"job_lines": lines, "pending": await pending_erasure(request)})


async def read_subject(request: Request) -> Response:
    """How many verdicts there are on an account, and whether an erasure of it is still pending."""
    access, tenant, account_id = store_access(request), caller_of(request).tenant, account_id_of(request)
    count = await access.read(count_verdicts, tenant, account_id)
    return json_response({"verdicts": count, "pending": await pending_erasure(request)})


async def pending_erasure(request: Request) -> bool:
    """Whether the database's write-ahead log may still hold rows of the account that was erased."""

    def look_up(store: Store, tenant: str, account_id: str) -> bool:
        with store.database.reading() as connection:
            return is_pending(connection, tenant, store.subject(tenant, account_id))

    return await store_access(request).look_up(look_up, caller_of(request).tenant, account_id_of(request))


async def stored_verdict(request: Request) -> StoredVerdict:
    """The caller's verdict that the path names; the answer's header then names its model.

    Raises
    ------
    NotFound
        If the caller's tenant has no such verdict.
    """
    verdict_id = verdict_id_of(request)
    stored = await store_access(request).read(get_verdict, caller_of(request).tenant, verdict_id)
    if stored is None:
        raise no_such_verdict(verdict_id)
    request.state.model = stored.model_sha256
    return stored


def verdict_id_of(request: Request) -> str:
    """The verdict id in the path; :class:`NotFound` where it cannot be one."""
    verdict_id = str(request.path_params["verdict_id"])
    if not VERDICT_ID.fullmatch(verdict_id):
        raise no_such_verdict(verdict_id)
    return verdict_id


def no_such_verdict(verdict_id: str) -> NotFound:
    """One refusal for a verdict that never was, that was erased, and that is another tenant's."""
    return NotFound(f"There is no verdict {verdict_id}.")


ENTRIES_IN_PAGE: Final = 1_000
HIGHEST_ENTRY: Final = 2**63 - 1
NOT_A_CURSOR: Final = "cursor must be the `next` of an earlier answer to the same question."

VERDICT_ID: Final = re.compile("[0-9a-f]{32}")
VERDICT_PATH: Final = "/v1/verdicts/{verdict_id}"

SUBJECT_ENDPOINTS: Final[ScopedEndpoints] = {
    "GET": (Scope.ADMIN, read_subject),
    "DELETE": (Scope.ADMIN, erase_subject),
}

ACCOUNT_ENDPOINTS: Final[ScopedEndpoints] = {"GET": (Scope.READ, read_account)}

VERDICT_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/verdicts": {"POST": (Scope.SCORE, screen_one), "GET": (Scope.READ, list_verdicts)},
    "/v1/verdicts/batch": {"POST": (Scope.SCORE, screen_batch)},
    VERDICT_PATH: {"GET": (Scope.READ, read_verdict)},
    f"{VERDICT_PATH}/replay": {"POST": (Scope.READ, replay_verdict)},
    f"{VERDICT_PATH}/decisions": {
        "GET": (Scope.READ, list_decisions),
        "POST": (Scope.DECIDE, add_decision),
    },
    f"{VERDICT_PATH}/audit": {"GET": (Scope.READ, list_audit_entries)},
    # An account's id may be an address with slashes in it; any other stands in the query.
    "/v1/subjects": SUBJECT_ENDPOINTS,
    "/v1/subjects/{account_id:path}": SUBJECT_ENDPOINTS,
    "/v1/accounts": ACCOUNT_ENDPOINTS,
    "/v1/accounts/{account_id:path}": ACCOUNT_ENDPOINTS,
}
