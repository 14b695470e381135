"""An account taken out of all jobs of its tenant: out of inputs that wait, and results that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from serving.http.problems import Refused
from serving.jobs.input_lines import named_in, read_line
from serving.jobs.job_files import Files, Folder, settle, whole
from serving.jobs.upload import NoSpace, is_full
from serving.settings import Settings
from serving.store.audit_log import Event, append, hold
from serving.store.engine import new_rows
from serving.store.job_rows import Job, files
from serving.store.store import Store, account_sha256
from serving.store.tables import job_erasures, jobs

__all__ = ["erase_from_files", "forbid"]


def erase_from_files(settings: Settings, own: Sequence[tuple[Job, list[str]]], account_id: str) -> int:
    """Take an account out of the files of jobs that :func:`forbid` named; how many lines there were.

    All of them are read, which may take minutes.

    Raises
    ------
    NotHere
        If there are results that cannot be reached; those that can be are without it.
    NoSpace
        If the disk cannot hold what is left of some results beside them.
    """
    folder = Folder(settings.jobs_path)
    here = [(folder.of(job), names) for job, names in own if job.folder == folder.name()]
    try:
        count = sum(blank(places.lines, account_id) for places, _ in here)
        count += sum(
            strike(places, places.path / name, account_id) for places, names in here for name in names
        )
    except OSError as error:
        raise NoSpace() if is_full(error) else error from error
    if len(here) < len(own):
        raise NotHere("Some of the jobs lie in the folder of another service; ask there as well.")
    return count


class NotHere(Refused):
    """Files of jobs lie where this service does not reach."""

    status = 409


def forbid(store: Store, tenant: str, account_id: str, actor: str) -> list[tuple[Job, list[str]]]:
    """Note for every job that has not ended that the account was erased; all jobs, with their files.

    From then on none of them keeps a result or a verdict about it.
    """
    with store.database.writing() as connection:
        head = hold(connection, [tenant])[tenant]
        # Whoever finishes a piece waits for these rows, or is waited for.
        rows = connection.execute(select(jobs).where(jobs.c.tenant == tenant).with_for_update())
        own = [Job.of(row._mapping) for row in rows]
        for job in own:
            note(connection, job, account_sha256(account_id))
        if own:
            subject = store.subject(tenant, account_id)
            append(connection, head, [Event("job.subject_erased", actor, subject)])
        return [(job, files(connection, job)) for job in own]


def note(connection: Connection, job: Job, account: str) -> None:
    """Note it for a job that has not ended."""
    if not job.ended:
        row = {"tenant": job.tenant, "job_id": job.job_id, "account_sha256": account}
        connection.execute(new_rows(connection, job_erasures), row)


def blank(path: Path, account_id: str) -> int:
    """Overwrite the account's lines of an input with spaces; no other line moves."""
    try:
        with path.open("r+b") as file:
            places = list(places_of(path, account_id))
            for start, length in places:
                file.seek(start)
                file.write(b" " * length)
            settle(file)
    except FileNotFoundError:
        return 0  # its job has ended, or it is still Parquet, and the account is left out when it is read
    return len(places)


def places_of(path: Path, account_id: str) -> Iterator[tuple[int, int]]:
    """Where lines about an account begin, and how long they are without their end."""
    start = 0
    with path.open("rb") as file:
        while (found := read_line(file))[1]:
            document, length = found
            if isinstance(document, bytes) and account_id in named_in(document):
                yield start, len(document)
            start += length


def strike(places: Files, path: Path, account_id: str) -> int:
    """Write results again without an account, if it is in them."""
    try:
        with places.held():
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if account_id not in named_in(line)]
            if len(kept) < len(lines):
                whole(path, kept)
            return len(lines) - len(kept)
    except FileNotFoundError:
        return 0  # its time was over in this very moment
