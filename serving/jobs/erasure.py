"""Erasure: an account is removed from the files of all jobs and screenings of its tenant."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from serving.http.problems import RequestProblem
from serving.jobs.input_lines import is_about, read_line
from serving.jobs.job_files import JobFiles, JobsFolder, sync_file, write_whole
from serving.jobs.screening_files import ScreeningFiles
from serving.settings import Settings
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.job_rows import LOST, Job, ResultPiece, note_erasure, replace_piece, result_pieces
from serving.store.screenings import Screening, ScreeningState
from serving.store.store import Store, account_sha256
from serving.store.tables import jobs

__all__ = ["FilesElsewhere", "erase_from_files", "erase_from_screening_files", "erase_from_unfinished"]


def erase_from_files(
    store: Store, settings: Settings, own: Sequence[tuple[Job, list[ResultPiece]]], account_id: str
) -> int:
    """Remove an account from the files of the jobs that :func:`erase_from_unfinished` returned.

    All files are read, which may take minutes.

    Returns
    -------
    How many lines were removed.

    Raises
    ------
    FilesElsewhere
        If some of the files lie in another folder; those in this one are without it.
    OSError
        If a file cannot be rewritten beside the old one, for want of room on the disk.
    """
    folder = JobsFolder(settings.jobs_path)
    here = [(job, pieces) for job, pieces in own if not job.lies_elsewhere(folder.name())]
    count = sum(blank_input_lines(folder.of(job).lines, account_id) for job, _ in here)
    count += sum(
        strike_result_lines(store, folder.of(job), job, piece, account_id)
        for job, pieces in here
        for piece in pieces
    )
    if len(here) < len(own):
        raise FilesElsewhere.of("Files of some jobs", {job.folder for job, _ in own} - {folder.name(), LOST})
    return count


class FilesElsewhere(RequestProblem):
    """409: files of jobs lie in the folder of another service."""

    status = 409

    @classmethod
    def of(cls, what: str, folders: Iterable[str]) -> FilesElsewhere:
        """The refusal with the ids of the folders, and with what an operator can do where one is lost."""
        return cls(
            f"{what} lie in the folder of another service ({', '.join(sorted(folders))}): ask there as well. "
            "Where such a folder is lost, an operator says so: assay jobs forget-folder ID."
        )


def erase_from_unfinished(
    store: Store, tenant: str, account_id: str, actor: str
) -> list[tuple[Job, list[ResultPiece]]]:
    """Note in every unfinished job of a tenant that an account was erased.

    From then on none of them stores a result or a verdict about it.

    Returns
    -------
    All jobs of the tenant, each with the pieces of its results.
    """
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        # A worker that finishes a piece locks its job's row, too: one of the two waits for the other.
        rows = connection.execute(select(jobs).where(jobs.c.tenant == tenant).with_for_update())
        own = [Job.of(row._mapping) for row in rows]
        note_erasure(connection, tenant, account_sha256(account_id))
        if own:
            subject = store.subject(tenant, account_id)
            append(connection, head, [Event("job.subject_erased", actor, subject)])
        return [(job, result_pieces(connection, job)) for job in own]


def blank_input_lines(path: Path, account_id: str) -> int:
    """Overwrite an account's lines of an input with spaces, so that no other line moves; how many."""
    try:
        with path.open("r+b") as file:
            places = list(lines_about(path, account_id))
            for start, length in places:
                file.seek(start)
                file.write(b" " * length)
            sync_file(file)
    except FileNotFoundError:
        return 0  # its job has ended, or it is still Parquet, and the account is left out when it is read
    return len(places)


def lines_about(path: Path, account_id: str) -> Iterator[tuple[int, int]]:
    """Start and length in bytes, without the line's end, of every line about an account."""
    start = 0
    with path.open("rb") as file:
        while (found := read_line(file))[1]:
            document, length = found
            if isinstance(document, bytes) and is_about(document, account_id):
                yield start, len(document)
            start += length


def strike_result_lines(store: Store, files: JobFiles, job: Job, piece: ResultPiece, account_id: str) -> int:
    """Write a file of results anew without an account's lines; how many there were.

    It gets another name, and its row that name, its length and its hash: whenever this ends, what the row
    says is on the disk.
    """
    old = files.path / piece.file
    try:
        with files.locked():
            lines = old.read_bytes().splitlines(keepends=True)
            others = [line for line in lines if not is_about(line, account_id)]
            if len(others) < len(lines):
                rewrite_piece(store, job, old, piece, b"".join(others))
            return len(lines) - len(others)
    except FileNotFoundError:
        return 0  # its retention ended in this moment


def rewrite_piece(store: Store, job: Job, old: Path, piece: ResultPiece, text: bytes) -> None:
    """Write a piece anew under another name, and note that in its row."""
    path = old.with_name(f"{old.name.partition('.')[0]}.{secrets.token_hex(4)}.jsonl")
    new = ResultPiece(piece.number, path.name, len(text), sha256(text).hexdigest())
    write_whole(path, [text])
    with store.database.writing() as connection:
        is_noted = replace_piece(connection, job, piece, new)
    (old if is_noted else path).unlink(missing_ok=True)


def erase_from_screening_files(settings: Settings, screenings: Sequence[Screening], account_id: str) -> None:
    """Erase an account from the files of the desk's screenings.

    One that was not started and speaks of the account loses all its files; they must be dropped again.
    """
    for screening in screenings:
        files = ScreeningFiles.of(settings, screening.screening_id)
        if screening.state not in (ScreeningState.ARRIVING, ScreeningState.RECEIVED):
            files.erase(account_id)
        elif files.mention(account_id):
            files.remove()
