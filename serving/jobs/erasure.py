"""Erasure: an account is removed from the files of all jobs and screenings of its tenant."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from serving.http.problems import RequestProblem
from serving.jobs.forgotten_files import remove_forgotten_files
from serving.jobs.input_lines import is_about, read_line
from serving.jobs.job_files import JobFiles, JobsFolder, sync_file, write_whole
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.settings import Settings
from serving.store.audit_log import Event, append, lock_tenants
from serving.store.job_rows import (
    JOB_ID,
    LOST,
    Job,
    ResultPiece,
    ResultsDamaged,
    is_proven,
    note_erasure,
    replace_piece,
    result_pieces,
)
from serving.store.pseudonyms import account_sha256
from serving.store.screenings import Screening, ScreeningState
from serving.store.store import Store
from serving.store.tables import jobs

__all__ = [
    "FilesElsewhere", "JobToErase", "erase_from_files", "erase_from_screening_files", "erase_from_unfinished",
    "lies_elsewhere",
]  # fmt: skip


def lies_elsewhere(folder: JobsFolder, job_id: str, named: str, *, proven: bool) -> bool:
    """Whether the files of a job or screening lie in another folder than this one, by the id in its row.

    Where nothing proves the row, files that are here are here.
    """
    return named not in (folder.name(), LOST) and (proven or not folder.with_id(job_id).path.is_dir())


class JobToErase(NamedTuple):
    """What an erasure has to know of a job.

    Attributes
    ----------
    job_id, folder
        Its id, and that of the folder that its files lie in, as its row says.
    job, pieces
        The job with the files of its results; no job where it has ended without its seal, or its rows have
        values that Assay writes nowhere: what they say is not to be relied on.
    """

    job_id: str
    folder: str
    job: Job | None
    pieces: Sequence[ResultPiece] = ()

    def lies_elsewhere(self, folder: JobsFolder) -> bool:
        """Whether its files lie in another folder."""
        return lies_elsewhere(folder, self.job_id, self.folder, proven=bool(self.job and self.job.ended))


def erase_from_files(
    store: Store,
    settings: Settings,
    own: Sequence[JobToErase],
    screenings: Sequence[Screening],
    account_id: str,
) -> int:
    """Remove an account from the files of jobs and screenings.

    All files are read, which may take minutes. Results of a job whose rows were changed, which nobody is
    handed out, go in whole files, and so does what was forgotten with these folders.

    Parameters
    ----------
    own, screenings
        As :func:`erase_from_unfinished` and :func:`~serving.store.screenings.erase_from_screenings` return
        them.

    Returns
    -------
    How many lines of jobs were removed.

    Raises
    ------
    FilesElsewhere
        If some of the files lie in another folder; those that are here are without it.
    OSError
        If a file cannot be rewritten beside the old one, for want of room on the disk, or not be removed.
    """
    folder, desk = JobsFolder(settings.jobs_path), screenings_folder(settings)
    for one in (folder, desk):
        remove_forgotten_files(store, one)
    away = [one for one in screenings if lies_elsewhere(desk, one.screening_id, one.folder, proven=False)]
    erase_from_screening_files(settings, [one for one in screenings if one not in away], account_id)
    elsewhere = {one.job_id: one.folder for one in own if one.lies_elsewhere(folder)}
    here = [(one, folder.with_id(one.job_id)) for one in own if one.job_id not in elsewhere]
    count = sum(blank_input_lines(files.lines, account_id) for _, files in here)
    for (_, _, job, pieces), files in here:
        if job is None:
            count += remove_results_about(files, account_id)
        else:
            count += sum(strike_result_lines(store, files, job, piece.number, account_id) for piece in pieces)
            remove_unnamed_results(store, files, job, account_id)
    if elsewhere or away:
        folders = {*elsewhere.values(), *(one.folder for one in away)}
        raise FilesElsewhere.of("Files of some jobs or screenings", folders)
    return count


class FilesElsewhere(RequestProblem):
    """409: files of jobs or screenings lie in the folder of another service."""

    status = 409

    @classmethod
    def of(cls, what: str, folders: Iterable[str]) -> FilesElsewhere:
        """The refusal with the ids of the folders, and with what an operator can do where one is lost."""
        return cls(
            f"{what} lie in the folder of another service ({', '.join(sorted(folders))}): ask there as well. "
            "Where such a folder is lost, an operator says so: assay jobs forget-folder ID."
        )


def erase_from_unfinished(store: Store, tenant: str, account_id: str, actor: str) -> list[JobToErase]:
    """Note in every unfinished job of a tenant that an account was erased.

    From then on none of them stores a result or a verdict about it.

    Returns
    -------
    All jobs of the tenant.
    """
    with store.database.writing() as connection:
        head = lock_tenants(connection, [tenant])[tenant]
        # A worker that finishes a piece locks its job's row, too: one of the two waits for the other.
        rows = connection.execute(select(jobs).where(jobs.c.tenant == tenant).with_for_update()).all()
        own = [job_to_erase(connection, row) for row in rows if JOB_ID.fullmatch(str(row.job_id))]
        note_erasure(connection, tenant, account_sha256(account_id))
        if own:
            subject = store.subject(tenant, account_id)
            append(connection, head, [Event("job.subject_erased", actor, subject)])
        return own


def job_to_erase(connection: Connection, row: Row[Any]) -> JobToErase:
    """What an erasure has to know of the job of a row, in the transaction that has locked it."""
    with suppress(ResultsDamaged):
        job = Job.of(row)
        if not job.ended or is_proven(connection, job):
            return JobToErase(job.job_id, job.folder, job, result_pieces(connection, job))
    return JobToErase(str(row.job_id), str(row.folder), None)


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


def strike_result_lines(store: Store, files: JobFiles, job: Job, number: int, account_id: str) -> int:
    """Write a file of results anew without an account's lines; how many there were.

    It gets another name, and its row that name, its length and its hash: whenever this ends, what the row
    says is on the disk. Which file it is, is asked once the folder is locked: another erasure may have
    rewritten it meanwhile.
    """
    try:
        with files.locked():
            if (piece := piece_now(store, job, number)) is None:
                return 0
            old = files.path / piece.file
            lines = old.read_bytes().splitlines(keepends=True)
            others = [line for line in lines if not is_about(line, account_id)]
            if len(others) < len(lines):
                rewrite_piece(store, job, old, piece, b"".join(others))
            return len(lines) - len(others)
    except FileNotFoundError:
        return 0  # its retention ended in this moment
    except ResultsDamaged:  # somebody changed its row meanwhile
        return remove_results_about(files, account_id)


def piece_now(store: Store, job: Job, number: int) -> ResultPiece | None:
    """A piece of a job's results as its row says it now; None where it was removed."""
    with store.database.reading() as connection:
        return next(iter(result_pieces(connection, job, number)), None)


def remove_unnamed_results(store: Store, files: JobFiles, job: Job, account_id: str) -> None:
    """Remove what no row names: a process that was ended left it, such as results from before an erasure.

    Of a job that has not ended only results about the account go: its worker stores none of these any more.
    """
    with suppress(FileNotFoundError, ResultsDamaged), files.locked():
        with store.database.reading() as connection:
            named = {piece.file for piece in result_pieces(connection, job)}
        if job.ended:
            files.keep_only(named)
        for path in files.results():
            if path.name not in named and any(lines_about(path, account_id)):
                path.unlink(missing_ok=True)


def remove_results_about(files: JobFiles, account_id: str) -> int:
    """Remove the files of results with a line about an account; how many lines these had."""
    count = 0
    for path in files.results():
        with suppress(FileNotFoundError), files.locked():
            lines = len(list(lines_about(path, account_id)))
            count += lines
            if lines:
                path.unlink()
    return count


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

    One that was not started loses its files if they speak of the account, or may: they must be dropped again.
    """
    for screening in screenings:
        files = ScreeningFiles.of(settings, screening.screening_id)
        if screening.state not in (ScreeningState.ARRIVING, ScreeningState.RECEIVED):
            files.erase(account_id)
        elif files.may_mention(account_id):
            files.remove()
