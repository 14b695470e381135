"""The endpoints that find again what is stored: verdicts by what is known of them, and one account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import caller_of
from serving.http.problems import NotFound, problem_of
from serving.http.query import InvalidParameter, query_values
from serving.http.responses import json_response
from serving.routes.dependencies import store_access
from serving.routes.finding_query import VerdictQuery
from serving.store.account_record import MOST_OF_EACH, account_record
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.verdict_pages import VerdictFilter, page_of_verdicts

__all__ = ["account_id_of", "list_verdicts", "read_account"]


async def list_verdicts(request: Request) -> Response:
    """A page of the tenant's verdicts, the newest first, with the cursor of the next page."""
    tenant = caller_of(request).tenant

    def look_up(store: Store) -> dict[str, object]:
        query = VerdictQuery.of(request.query_params, tenant, store.key)
        with store.database.reading() as connection:
            found = page_of_verdicts(connection, tenant, query.wanted, query.most + 1, query.after)
        return {"verdicts": listed(found[: query.most]), "next": query.cursor_after(found)}

    return json_response(await store_access(request).look_up(look_up))


def listed(found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Summaries as they are answered: of a verdict that was damaged its id, its time, and the problem."""
    return [
        {**one, "problem": problem_of(damage)} if (damage := one.pop("damage", None)) else one
        for one in found
    ]


async def read_account(request: Request) -> Response:
    """Everything that the tenant's store holds of one account."""
    access, tenant, account_id = store_access(request), caller_of(request).tenant, account_id_of(request)

    def look_up(store: Store) -> dict[str, object] | None:
        record = account_record(store, tenant, account_id)
        if record is not None:
            named = VerdictFilter(account_sha256(account_id))
            query = VerdictQuery(named, MOST_OF_EACH, None, tenant, store.key)
            verdicts = record["verdicts"]
            verdicts["next"] = query.cursor_after(verdicts["history"])
            verdicts["history"] = listed(verdicts["history"][:MOST_OF_EACH])
        return record

    record = await access.look_up(look_up)
    if record is None:
        raise NotFound("Nothing is stored of this account.")
    return json_response(record)


def account_id_of(request: Request) -> str:
    """The account's id in the path, else in the query parameter ``account_id``: any id can stand there.

    Raises
    ------
    InvalidParameter
        If there is a query parameter beside an id in the path, or neither.
    """
    in_path = request.path_params.get("account_id")
    values = query_values(request.query_params, *(["account_id"] if in_path is None else []))
    if account_id := in_path or values.get("account_id"):
        return str(account_id)
    raise InvalidParameter("account_id must name the account, in the path or in the query.")
