"""Contests: a link that expires lets a creator see the reasons about them, answer, explain and add facts.

The link holds a random secret, of which the store holds only the SHA-256. What a creator states reopens
the case; it is shown beside the verdict, and changes it only where somebody at the desk takes it over.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from accounts.errors import AssayError, WrongUsage
from serving.store.audit_log import Event, append, canonical, lock_tenants, sha256_of
from serving.store.list_entries import EntryState, JudgedMeanwhile, check_entry
from serving.store.row_seals import seal_rows, sealed_row
from serving.store.store import Store
from serving.store.stored_documents import read_object
from serving.store.tables import contest_statements, contests, list_entries
from serving.store.timestamps import now

__all__ = [
    "MOST_BYTES", "MOST_STATEMENTS", "Contest", "LinkExpired", "Statement", "add_statement",
    "close_contest", "contests_about", "find_contest", "link_works", "newest_statement", "open_contest",
    "statements_of",
]  # fmt: skip

MOST_STATEMENTS: Final = 20
MOST_BYTES: Final = 400_000
"""Of all statements of one contest together."""

CREATOR: Final = "creator"


class LinkExpired(AssayError):
    """The link of a contest has expired or was ended; HTTP 404."""

    status = 404

    def __init__(self) -> None:
        super().__init__("This link has expired, or whoever sent it has ended it.")


@dataclass(frozen=True)
class Contest:
    """A link for a creator, by its place; ``expires_at`` and the like are timestamps."""

    tenant: str
    contest_id: str
    list_id: str
    entry_id: str
    created_at: str
    created_by: str
    expires_at: str
    seen_at: str | None

    @property
    def is_open(self) -> bool:
        """Whether its link still works."""
        return self.expires_at > now()


@dataclass(frozen=True)
class Statement:
    """What a creator stated.

    Attributes
    ----------
    statement_id, at
        Which, and when.
    document
        ``kind`` (answer, event or facts) and what was written.
    """

    statement_id: str
    at: str
    document: Mapping[str, Any]


_COLUMNS: Final = tuple(contests.c[name] for name in Contest.__dataclass_fields__)


def open_contest(  # noqa: PLR0913, PLR0917 - a place, a lifetime and who
    store: Store, tenant: str, list_id: str, entry_id: str, lifetime: timedelta, actor: str,
    secret: str | None = None,
) -> str:  # fmt: skip
    """Open a contest; the secret of its link, which nobody can look up again.

    Parameters
    ----------
    secret
        The one that it is to have, as hard to guess; None: a new one.

    Raises
    ------
    EntryRemoved
        If the entry is gone.
    """
    secret = secret or secrets.token_urlsafe(32)
    row = {
        "tenant": tenant,
        "contest_id": secrets.token_hex(16),
        "list_id": list_id,
        "entry_id": entry_id,
        "secret_sha256": sha256_of(secret),
        "created_at": now(),
        "created_by": actor,
        "expires_at": now(plus=lifetime),
    }
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        check_entry(connection, tenant, list_id, entry_id)
        connection.execute(insert(contests), row)
        (seal,) = seal_rows(connection, contests, contests.c.secret_sha256 == row["secret_sha256"])
        details = {
            "contest_id": row["contest_id"], "entry_id": entry_id, "expires_at": row["expires_at"],
            "seal": seal,
        }  # fmt: skip
        append(connection, head, [Event("contest.opened", actor, details=details)])
    return secret


def find_contest(store: Store, secret: str) -> Contest | None:
    """The contest of a link, also of one that has expired; the first look at an open one is noted.

    None where its row was changed by somebody without the store's key.
    """
    with store.database.reading() as connection:
        contest = _contest_of(connection, secret)
    if contest is not None and contest.seen_at is None and contest.is_open:
        place = contests.c.secret_sha256 == sha256_of(secret)
        with store.database.writing() as connection:
            connection.execute(update(contests).where(place).values(seen_at=now()))
    return contest


def link_works(connection: Connection, secret: str) -> bool:
    """Whether a link with this secret still works; not noted as a look at it."""
    contest = _contest_of(connection, secret)
    return contest is not None and contest.is_open


def _contest_of(connection: Connection, secret: str) -> Contest | None:
    row = sealed_row(connection, contests, contests.c.secret_sha256 == sha256_of(secret))
    return row and Contest(*(row._mapping[column] for column in _COLUMNS))


def contests_about(connection: Connection, tenant: str, list_id: str, entry_id: str) -> list[Contest]:
    """The contests of an entry, the newest first."""
    own = (contests.c.tenant == tenant, contests.c.list_id == list_id, contests.c.entry_id == entry_id)
    query = select(*_COLUMNS).where(*own).order_by(contests.c.created_at.desc())
    return [Contest(*row) for row in connection.execute(query)]


def close_contest(store: Store, contest: Contest, actor: str) -> None:
    """End a link before its time."""
    own = (contests.c.tenant == contest.tenant, contests.c.contest_id == contest.contest_id)
    with store.database.writing() as connection:
        head = lock_tenants(connection, [contest.tenant])[contest.tenant]
        before = connection.execute(select(contests.c.seal).where(*own)).scalar()
        if not connection.execute(update(contests).where(*own).values(expires_at=now())).rowcount:
            return  # it went with its entry
        (seal,) = seal_rows(connection, contests, *own)
        details = {"contest_id": contest.contest_id, "seal": seal, "ended_seals": [before]}
        append(connection, head, [Event("contest.closed", actor, details=details)])


def statements_of(connection: Connection, tenant: str, contest_id: str) -> list[Statement]:
    """What was stated in a contest, the oldest first."""
    table = contest_statements
    own = (table.c.tenant == tenant, table.c.contest_id == contest_id)
    columns = (table.c.statement_id, table.c.at, table.c.document)
    query = select(*columns).where(*own).order_by(table.c.at, table.c.statement_id)
    return [
        Statement(name, at, read_object(text, f"Statement {name}", ["kind"], is_proven=False))
        for name, at, text in connection.execute(query)
    ]


def newest_statement(connection: Connection, tenant: str, list_id: str, entry_id: str) -> str:
    """The id of the newest that was stated in any contest of an entry; empty where nothing was."""
    own = (contests.c.tenant == tenant, contests.c.list_id == list_id, contests.c.entry_id == entry_id)
    about = select(contests.c.contest_id).where(*own)
    table = contest_statements
    query = select(table.c.statement_id).where(table.c.tenant == tenant, table.c.contest_id.in_(about))
    newest = query.order_by(table.c.at.desc(), table.c.statement_id.desc()).limit(1)
    return str(connection.execute(newest).scalar() or "")


def add_statement(store: Store, contest: Contest, document: Mapping[str, Any], verdict_id: str) -> None:
    """Add what a creator states of a verdict; the case is open again, as a contested one.

    Raises
    ------
    WrongUsage
        If this contest holds as much as it may.
    EntryRemoved
        If the entry that it is about is gone, and the contest with it.
    JudgedMeanwhile
        If the entry has another verdict than the creator was shown.
    LinkExpired
        If its link was ended since the contest was found.
    """
    text, tenant = canonical(document), contest.tenant
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        entry = check_entry(connection, tenant, contest.list_id, contest.entry_id)
        about = contests_about(connection, tenant, contest.list_id, contest.entry_id)
        if not any(one.is_open for one in about if one.contest_id == contest.contest_id):
            raise LinkExpired
        if entry.verdict_id != verdict_id:
            raise JudgedMeanwhile
        before = statements_of(connection, tenant, contest.contest_id)
        size = sum(len(canonical(one.document)) for one in before) + len(text)
        if len(before) >= MOST_STATEMENTS or size > MOST_BYTES:
            raise WrongUsage(
                f"This page takes at most {MOST_STATEMENTS} statements of {MOST_BYTES // 1000} kB together;"
                " write to whoever sent you the link for more."
            )
        row = {"tenant": tenant, "contest_id": contest.contest_id, "statement_id": secrets.token_hex(16)}
        connection.execute(insert(contest_statements), row | {"at": now(), "document": text})
        place = (
            list_entries.c.tenant == tenant,
            list_entries.c.list_id == contest.list_id,
            list_entries.c.entry_id == contest.entry_id,
        )
        state = {"state": EntryState.CONTESTED.value, "changed_at": now()}
        connection.execute(update(list_entries).where(*place).values(state))
        details = {"contest_id": contest.contest_id, "statement_sha256": sha256_of(text)}
        append(connection, head, [Event("contest.answered", CREATOR, details=details)])
