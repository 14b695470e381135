"""Everything that a tenant's store holds of one account, in one document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.exc import DataError

from serving.store.decisions import decisions_about, waiting_decision
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import evidence, list_entries, observations, verdicts
from serving.store.verdict_pages import VerdictFilter, page_of_verdicts

__all__ = ["MOST_OF_EACH", "account_record"]

MOST_OF_EACH: Final = 30
"""Verdicts, observations, places in lists and pieces of evidence that a record holds at most."""

OBSERVATION: Final = "An observation of this account"

COUNTS: Final = ("followers", "following", "posts")


def account_record(store: Store, tenant: str, account_id: str) -> dict[str, Any] | None:
    """The record of a tenant's account, of one moment; None where nothing is stored of it.

    Its history has one verdict more than :data:`MOST_OF_EACH` where there are more.
    """
    account = account_sha256(account_id)
    with store.database.snapshot() as connection:
        history = page_of_verdicts(connection, tenant, VerdictFilter(account), MOST_OF_EACH + 1, None)
        record = {
            "verdicts": {"count": count_of(connection, verdicts, tenant, account), "history": history},
            "waiting": waiting_decisions(connection, tenant, account),
            "observations": {
                "count": count_of(connection, observations, tenant, account),
                "newest": newest_observations(connection, tenant, account),
            },
            "lists": places_in_lists(connection, tenant, account),
            "evidence": stored_evidence(connection, tenant, account),
        }
        platforms = platforms_of(connection, tenant, account)
    return {"account_id": account_id, "platforms": platforms, **record} if is_known(record) else None


def is_known(record: dict[str, Any]) -> bool:
    """Whether a record holds anything."""
    counted = record["verdicts"]["count"] + record["observations"]["count"]
    return bool(counted or record["lists"] or record["evidence"])


def own_rows(table: Table, tenant: str, account: str, *columns: Column[Any]) -> Select[Any]:
    """A query of the account's rows in a table."""
    return select(*columns).where(table.c.tenant == tenant, table.c.account_sha256 == account)


def count_of(connection: Connection, table: Table, tenant: str, account: str) -> int:
    """How many rows of a table are about the account."""
    query = own_rows(table, tenant, account).with_only_columns(func.count()).select_from(table)
    return int(connection.execute(query).scalar_one())


def platforms_of(connection: Connection, tenant: str, account: str) -> list[str]:
    """The platforms that the account was judged or seen on: ids are unique in one only."""
    found = [
        connection.execute(own_rows(table, tenant, account, table.c.platform).distinct()).scalars()
        for table in (verdicts, observations)
    ]
    return sorted({name for some in found for name in some})


def waiting_decisions(connection: Connection, tenant: str, account: str) -> list[dict[str, Any]]:
    """The decisions about the account's verdicts that wait for a second person."""
    names = own_rows(verdicts, tenant, account, verdicts.c.verdict_id).where(verdicts.c.decision == "waiting")
    found = (
        waiting_decision(decisions_about(connection, tenant, name))
        for name in connection.execute(names.limit(MOST_OF_EACH)).scalars()
    )
    return [dict(one) for one in found if one]


def newest_observations(connection: Connection, tenant: str, account: str) -> list[dict[str, Any]]:
    """What was observed of the account, the newest first; of posts only how many, as the database counts.

    Raises
    ------
    DocumentDamaged
        If the posts of an observation cannot be read.
    """
    names = ("observed_at", "platform", "source", *COUNTS)
    query = own_rows(observations, tenant, account, *(observations.c[name] for name in names))
    query = query.add_columns(count_of_posts(connection).label("of_posts"))
    try:
        rows = connection.execute(query.order_by(observations.c.observed_at.desc()).limit(MOST_OF_EACH)).all()
    except DataError as error:
        raise DocumentDamaged(OBSERVATION, is_proven=False) from error
    if any(row.of_posts is None for row in rows):
        raise DocumentDamaged(OBSERVATION, is_proven=False)
    return [dict(row._mapping) for row in rows]


def count_of_posts(connection: Connection) -> ColumnElement[int]:
    """How many posts an observation has; of what is no list null on SQLite, and an error on PostgreSQL."""
    text = observations.c.of_posts
    if connection.dialect.name == "postgresql":
        return func.json_array_length(cast(text, JSON))
    length = case((func.json_type(text) == "array", func.json_array_length(text)))
    return case((func.json_valid(text) == 1, length))


def places_in_lists(connection: Connection, tenant: str, account: str) -> list[dict[str, Any]]:
    """Where the account stands in the desk's lists."""
    names = ("list_id", "entry_id", "state", "verdict_id", "screened_at")
    return mappings(connection, list_entries, tenant, account, names)


def stored_evidence(connection: Connection, tenant: str, account: str) -> list[dict[str, Any]]:
    """The account documents that are stored for the desk, without their texts."""
    return mappings(connection, evidence, tenant, account, ("evidence_sha256", "stored_at", "bytes"))


def mappings(
    connection: Connection, table: Table, tenant: str, account: str, names: Sequence[str]
) -> list[dict[str, Any]]:
    """Some columns of the account's rows in a table."""
    query = own_rows(table, tenant, account, *(table.c[name] for name in names))
    rows = connection.execute(query.order_by(table.c[names[0]]).limit(MOST_OF_EACH))
    return [dict(row._mapping) for row in rows]
