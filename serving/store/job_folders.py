"""Folders of jobs and screenings: which are alive, and what was forgotten with them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from serving.store.engine import insert_if_absent, insert_or_replace
from serving.store.job_rows import JOB_ID
from serving.store.store import Store
from serving.store.tables import forgotten_jobs, job_folders, jobs
from serving.store.timestamps import format_timestamp

__all__ = [
    "ALIVE_FOR", "drop_forgotten", "forgotten_in", "lock_folder", "note_alive", "note_alive_in",
    "seen_lately",
]  # fmt: skip

ALIVE_FOR: Final = timedelta(minutes=10)
"""So long after a folder was seen it counts as alive; its services say so every minute."""

KEPT_FOR: Final = timedelta(days=1)
NEVER: Final = ""


def note_alive(store: Store, folder: str) -> None:
    """Note that a service has a folder, by its id; waits while the folder is being forgotten."""
    with store.database.writing() as connection:
        note_alive_in(connection, folder)
        old = format_timestamp(database_time(connection) - KEPT_FOR)
        connection.execute(delete(job_folders).where(job_folders.c.seen_at < old))


def note_alive_in(connection: Connection, folder: str) -> None:
    """As :func:`note_alive`, in a transaction that is there."""
    row = {"folder": folder, "seen_at": format_timestamp(database_time(connection))}
    connection.execute(insert_or_replace(connection, job_folders), row)


def database_time(connection: Connection) -> datetime:
    """The database's clock, so that those of the machines of a folder and of a command need not agree."""
    time: datetime = connection.execute(select(func.now())).scalar_one()
    return time if time.tzinfo else time.replace(tzinfo=UTC)  # SQLite's has no zone


def seen_lately(connection: Connection, folder: str) -> str | None:
    """When a folder was last seen, if that was less than ``ALIVE_FOR`` ago; else None."""
    since = format_timestamp(database_time(connection) - ALIVE_FOR)
    lately = (job_folders.c.folder == folder, job_folders.c.seen_at > since)
    return connection.execute(select(job_folders.c.seen_at).where(*lately)).scalar()


def lock_folder(connection: Connection, folder: str) -> None:
    """Hold up whoever would note that a folder is alive, until the end of the transaction."""
    connection.execute(insert_if_absent(connection, job_folders), {"folder": folder, "seen_at": NEVER})
    connection.execute(select(job_folders).where(job_folders.c.folder == folder).with_for_update())


def forgotten_in(connection: Connection, folder: str) -> set[str]:
    """The ids of what was forgotten with a folder, and whose files no service there has removed."""
    there = (jobs.c.job_id == forgotten_jobs.c.job_id, jobs.c.folder == folder)
    wanted = select(forgotten_jobs.c.job_id).where(forgotten_jobs.c.folder == folder, ~exists().where(*there))
    return {name for name in connection.execute(wanted).scalars() if JOB_ID.fullmatch(str(name))}


def drop_forgotten(store: Store, folder: str, job_ids: Collection[str]) -> None:
    """Note that the files of what was forgotten are removed."""
    own = (forgotten_jobs.c.folder == folder, forgotten_jobs.c.job_id == bindparam("id"))
    with store.database.writing() as connection:
        connection.execute(delete(forgotten_jobs).where(*own), [{"id": one} for one in job_ids])
