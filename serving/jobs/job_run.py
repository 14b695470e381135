"""A run of a leased job: its input is screened piece by piece, and its results written to its end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final

from accounts.errors import AssayError, BadInput, Fault
from accounts.reading.documents import RawDocument
from accounts.reading.seen_ids import SeenIds
from accounts.tables import Tables
from detector.bundle import load
from detector.labels import Label
from detector.locate import find, open_detector
from detector.screening import FLAGGED, Detector
from features.outside import use_features
from serving.jobs.challenger import JobChallenger
from serving.jobs.input_lines import InputPiece, input_pieces
from serving.jobs.job_files import JobFiles, JobsFolder, write_whole
from serving.jobs.parquet_child import unpack_parquet
from serving.jobs.piece_screening import PieceResults, mark_seen, screen_piece
from serving.jobs.processor_wait import processor_waits, waited_since
from serving.jobs.result_pieces import bytes_of
from serving.jobs.upload import TenantFull
from serving.observe.log import log_error
from serving.screening.kept_models import keep_model
from serving.screening.promises import with_caveat
from serving.screening.records import screen_each
from serving.settings import Settings
from serving.store.drift_rows import broken_promises
from serving.store.engine import NoUsableStore
from serving.store.job_rows import Job, JobState, ResultPiece, result_pieces, stored_bytes
from serving.store.leases import (
    FinishedPiece,
    LeaseLost,
    erased_accounts,
    finish_job,
    next_piece,
    record_piece,
    renew_lease,
    start_job,
)
from serving.store.observation_rows import join_stored
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.verdict_rows import NewVerdict

__all__ = ["FeaturesNotUsable", "JobRun", "WorkerStopping", "renewing_lease"]

PLACE_NAMES: Final = {"ndjson": "line", "parquet": "row", "files": "account"}
STORED_LABELS: Final = {"none": frozenset[Label](), "flagged": FLAGGED, "all": frozenset(Label)}
"""Labels of the verdicts that are stored beside the results, by the setting ``job_verdicts``."""

LONGEST_PIECE_SECONDS: Final = 600.0
"""Without progress for so long the run hangs: the process exits, and the next worker tries again."""
HUNG: Final = 3


class FeaturesNotUsable(Exception):
    """The service's own features cannot be used in this process."""


class WorkerStopping(Exception):
    """The worker is shutting down: the job is released for another."""


@dataclass
class JobRun:
    """One run of a job.

    Attributes
    ----------
    settings, store
        Of the service.
    job
        The job, leased by this worker.
    stopping
        Set when the worker shuts down.
    challenger
        Judges what was judged, too, where a setting says so.
    progressed_at
        When the run last made progress, in seconds of this process's monotonic clock.
    waits
        How long threads had waited for a processor by then.
    screened
        The accounts of the piece at hand, where there is a challenger.
    """

    settings: Settings
    store: Store
    job: Job
    stopping: threading.Event
    challenger: JobChallenger | None = None
    progressed_at: float = field(default_factory=time.monotonic)
    waits: Mapping[str, float] = field(default_factory=processor_waits)
    screened: Tables | None = None

    def run(self) -> None:
        """Screen all pieces that have no results yet, and finish the job.

        Raises
        ------
        LeaseLost
            If the job was cancelled, or another worker took it over.
        WorkerStopping
            If the worker shuts down.
        """
        with renewing_lease(self, self.settings.job_lease_seconds / 3):
            total = self.prepare_input()
            detector = self.load_detector()
            start_job(self.store, self.job, total, model_name(detector))
            self.challenger = JobChallenger.open(
                self.settings, self.store, self.job.tenant, detector.bundle.sha256
            )
            self.screen_pieces(detector)
        finish_job(self.store, self.job, JobState.DONE, timedelta(days=self.settings.job_days))

    @property
    def files(self) -> JobFiles:
        """The paths of the job's files."""
        return JobsFolder(self.settings.jobs_path).of(self.job)

    def prepare_input(self) -> int:
        """Turn a Parquet input into JSON Lines, unless that is done; how many accounts there are."""
        if not self.files.lines.exists() and self.files.parquet.exists():
            unpacked = unpack_parquet(
                self.files.parquet, self.files.lines, self.input_limits(), self.note_progress
            )
            start_job(self.store, self.job, unpacked.rows, self.job.model or {}, unpacked.bytes)
            return unpacked.rows
        self.files.parquet.unlink(missing_ok=True)
        if not self.files.lines.exists():
            raise BadInput(Fault("", "", "is no longer there."))
        return self.job.total or 0

    def note_progress(self) -> None:
        """Note that the run does not hang."""
        self.progressed_at, self.waits = time.monotonic(), processor_waits()

    @property
    def hangs(self) -> bool:
        """Whether it makes no progress for too long, but for the time in which others had the processors.

        The process has a low priority: where others take all, a piece may take hours, and nothing is wrong.
        """
        seconds = time.monotonic() - self.progressed_at
        if seconds <= LONGEST_PIECE_SECONDS:
            return False
        return seconds - waited_since(self.waits, processor_waits()) > LONGEST_PIECE_SECONDS

    def input_limits(self) -> dict[str, Any]:
        """How much a Parquet input may hold, and the accounts that were erased since the job was created."""
        with self.store.database.reading() as connection:
            erased = erased_accounts(connection, self.job)
        return {
            "most_rows": self.settings.job_accounts,
            "most_bytes": self.settings.job_bytes,
            "most_ratio": self.settings.largest_gzip_ratio,
            "erased": sorted(erased),
        }

    def load_detector(self) -> Detector:
        """The model that the job started with; the one in use where it starts now.

        Raises
        ------
        NoUsableModel
            If there is no model, or the one that it started with is gone or of another version.
        FeaturesNotUsable
            If the service's own features are gone, or were changed.
        """
        try:
            use_features(self.settings.features)
        except AssayError as error:
            raise FeaturesNotUsable from error
        if self.job.model:
            return self.started_with(self.job.model["sha256"])
        return keep_model(open_detector(self.settings.model, self.settings.home), self.settings.home)

    def started_with(self, sha256: str) -> Detector:
        """The model with this sha256: of the home or the starter, or the copy that an older Assay made."""
        folder = find(sha256, self.settings.home) or self.files.old_model
        return keep_model(Detector(load(folder, expected=sha256)), self.settings.home)

    def screen_pieces(self, detector: Detector) -> None:
        """Screen the pieces that are not finished; an account id of an earlier piece is refused."""
        with self.store.database.reading() as connection:
            number, byte, line = next_piece(connection, self.job)
            broken = broken_promises(connection).get((self.job.tenant, detector.bundle.sha256))
        seen = SeenIds()
        for finished in self.finished_pieces():
            mark_seen(seen, bytes_of(self.files.path, finished).splitlines())
        most, longest = self.job.piece_accounts, self.settings.largest_document_bytes
        for place, piece in enumerate(input_pieces(self.files.lines, byte, line, most, longest), number):
            documents, bounds = self.with_places(piece), self.settings.bounds
            results = screen_piece(partial(self.screen_tables, detector, broken), documents, seen, bounds)
            while not self.write_results(place, piece, results):
                pass
            self.judge_beside(results)
            del results, documents, piece

    def judge_beside(self, results: PieceResults) -> None:
        """Let the challenger judge what a finished piece judged, if there is one."""
        if self.challenger is not None and self.screened is not None:
            self.challenger.judge(self.screened, results.verdicts)
        self.screened = None

    def screen_tables(
        self, detector: Detector, broken: str | None, tables: Tables
    ) -> list[NewVerdict | Exception]:
        """Screen accounts; where the model's promise is broken for the tenant, verdicts say so."""
        joined = self.join_observed(tables)
        self.screened = joined if self.challenger else None
        screened = screen_each(detector, joined)
        return [with_caveat(one, broken) if isinstance(one, NewVerdict) else one for one in screened]

    def join_observed(self, tables: Tables) -> Tables:
        """The accounts with what its tenant observed of them, where the job asks for that."""
        return join_stored(self.store, self.job.tenant, tables) if self.job.with_observed else tables

    def finished_pieces(self) -> list[ResultPiece]:
        """The pieces that are finished; results that other workers did not finish, or write, are removed."""
        with self.files.locked(), self.store.database.reading() as connection:
            finished = result_pieces(connection, self.job)
            names = {piece.file for piece in finished}
            for path in (*self.files.results(), *self.files.drafts()):
                if path.name not in names:
                    path.unlink(missing_ok=True)
        return finished

    def with_places(self, piece: InputPiece) -> list[tuple[str, RawDocument]]:
        """A piece's documents, each with its place in the input as the user sent it, such as ``row 12``."""
        place = PLACE_NAMES[self.job.form]
        return [(f"{place} {number}", document) for number, document in piece.documents]

    def write_results(self, number: int, piece: InputPiece, results: PieceResults) -> bool:
        """Write a piece's results to the disk, and record it as finished.

        False if an account was erased meanwhile: the results must then be written again without it.
        """
        if self.stopping.is_set():
            raise WorkerStopping
        with self.store.database.reading() as connection:
            erased = erased_accounts(connection, self.job)
            if stored_bytes(connection, self.job.tenant) > self.settings.tenant_bytes:
                raise TenantFull(self.settings.tenant_bytes)
        lines = [line for name, line in results.lines if name is None or not self.is_erased(name, erased)]
        judged = [one for one in results.verdicts if not self.is_erased(one.account_id, erased)]
        path = self.files.piece(number, self.job.owner or "")
        text = "".join(f"{line}\n" for line in lines).encode()
        write_whole(path, [text])
        finished = FinishedPiece(
            number, path.name, piece.next_byte, piece.next_line, len(results.lines), results.refused,
            len(text), sha256(text).hexdigest(),
        )  # fmt: skip
        self.note_progress()
        return record_piece(self.store, self.job, finished, erased, self.to_store(judged), judged)

    def is_erased(self, account_id: str, erased: frozenset[str]) -> bool:
        """Whether an account is among those that were erased, by the one or the other of its digests."""
        if not erased:
            return False
        return (
            account_sha256(account_id) in erased or self.store.subject(self.job.tenant, account_id) in erased
        )

    def to_store(self, judged: Sequence[NewVerdict]) -> list[NewVerdict]:
        """The verdicts that are stored beside the results, by ``job_verdicts``: they can be looked up."""
        labels = STORED_LABELS[self.settings.job_verdicts]
        return [one for one in judged if one.label in labels]


def model_name(detector: Detector) -> dict[str, str]:
    """A model's version and sha256, as a job records it."""
    return {"version": detector.name.version, "sha256": detector.name.sha256}


@contextmanager
def renewing_lease(run: JobRun, every_seconds: float) -> Iterator[None]:
    """Renew a run's lease from a thread until the block ends or the lease is lost.

    A run without progress for too long ends the whole process.
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(every_seconds):
            if run.hangs:
                os._exit(HUNG)
            try:
                renew_lease(run.store, run.job)
            except NoUsableStore:
                continue  # the database may come back
            except LeaseLost:
                return  # the next piece raises it
            except Exception as error:
                log_error("lease_not_renewed", error)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
