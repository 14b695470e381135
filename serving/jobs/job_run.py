"""A job that is leased, piece by piece to its end."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from accounts.errors import BadInput, Fault
from accounts.reading.documents import Source
from accounts.reading.seen_ids import SeenIds
from detector.bundle import load, save
from detector.locate import open_detector
from detector.screening import FLAGGED, Detector
from detector.words import Label
from serving.jobs.input_lines import Lines, named_in, pieces
from serving.jobs.job_files import Files, Folder, whole
from serving.jobs.parquet_input import unpack
from serving.jobs.piece_screening import Results, judge, seen_before
from serving.observe.log import tell_error
from serving.settings import Settings
from serving.store.engine import NoUsableStore
from serving.store.job_rows import Job, State, files
from serving.store.leases import LeaseLost, Piece, beat, begin, erased_of, finish, next_piece, record
from serving.store.store import Store, account_sha256
from serving.store.verdict_rows import Made

__all__ = ["Run", "Stopped", "beating"]

PLACES: Final = {"ndjson": "line", "parquet": "row"}
KEPT: Final = {"none": frozenset[Label](), "flagged": FLAGGED, "all": frozenset(Label)}
"""Labels of the verdicts that are kept beside the results, by the setting ``job_verdicts``."""

LONGEST_PIECE_SECONDS: Final = 600.0
"""A piece, or a part of Parquet, that takes longer hangs: the process ends itself, and so another tries."""
HUNG: Final = 3


class Stopped(Exception):
    """The worker was told to end."""


@dataclass
class Run:
    """One job at work.

    Attributes
    ----------
    settings, store
        Of the service.
    job
        The job, leased.
    stopping
        Set when the worker is to end.
    moved
        When it last came further, by this process's own clock.
    """

    settings: Settings
    store: Store
    job: Job
    stopping: threading.Event
    moved: float = field(default_factory=time.monotonic)

    def to_the_end(self) -> None:
        """Judge what is still to be judged.

        Raises
        ------
        LeaseLost
            If it was cancelled, or another works on it.
        Stopped
            If the worker is to end.
        """
        with beating(self, self.settings.job_lease_seconds / 3):
            total = self.unpacked()
            detector = self.detector()
            begin(self.store, self.job, total, named(detector))
            self.judge_all(detector)
        finish(self.store, self.job, State.DONE, timedelta(days=self.settings.job_days))

    @property
    def files(self) -> Files:
        """Its files."""
        return Folder(self.settings.jobs_path).of(self.job)

    def unpacked(self) -> int:
        """Make lines of the input if it has none yet; how many accounts there are."""
        if not self.files.lines.exists() and self.files.parquet.exists():
            total = unpack(
                self.files.parquet,
                self.files.lines,
                most_rows=self.settings.job_accounts,
                most_bytes=self.settings.job_bytes,
                unwanted=self.unwanted(),
                moved=self.move,
            )
            begin(self.store, self.job, total, self.job.model or {})
            return total
        self.files.parquet.unlink(missing_ok=True)
        if not self.files.lines.exists():
            raise BadInput(Fault("", "", "is no longer there."))
        return self.job.total or 0

    def move(self) -> None:
        """Note that it came further: it does not hang."""
        self.moved = time.monotonic()

    def unwanted(self) -> Callable[[bytes], bool]:
        """Whether a document is about somebody who was erased while the job waited."""
        with self.store.database.reading() as connection:
            erased = erased_of(connection, self.job)
        return lambda line: bool(erased) and not erased.isdisjoint(map(account_sha256, named_in(line)))

    def detector(self) -> Detector:
        """The model that the job started with, kept beside its input; the one in use if it starts now.

        Raises
        ------
        NoUsableModel
            If there is none, or the one that it started with is of another version of Assay.
        """
        if self.job.model:
            return Detector(load(self.files.model, expected=self.job.model["sha256"]))
        detector = open_detector(self.settings.model, self.settings.home)
        save(detector.bundle, self.files.model)
        return detector

    def judge_all(self, detector: Detector) -> None:
        """Judge the pieces that are not finished, and see no account twice."""
        with self.store.database.reading() as connection:
            number, byte, line = next_piece(connection, self.job)
            finished = files(connection, self.job)
        self.files_only(set(finished))
        seen = SeenIds()
        for name in finished:
            seen_before(seen, (self.files.path / name).read_bytes().splitlines())
        most, longest = self.job.piece_accounts, self.settings.largest_document_bytes
        for place, piece in enumerate(pieces(self.files.lines, byte, line, most, longest), number):
            results = judge(detector, self.placed(piece), seen, self.settings.bounds)
            while not self.keep(place, piece, results):
                pass

    def files_only(self, finished: set[str]) -> None:
        """Remove what others left that did not finish."""
        for path in self.files.path.glob("*-*.jsonl"):
            if path.name not in finished:
                path.unlink(missing_ok=True)

    def placed(self, piece: Lines) -> list[tuple[str, Source]]:
        """The documents, each with what a refusal calls its place."""
        place = PLACES[self.job.form]
        return [(f"{place} {number}", document) for number, document in piece.documents]

    def keep(self, number: int, piece: Lines, results: Results) -> bool:
        """Put results on the disk and note it; False if somebody was erased at the same time."""
        if self.stopping.is_set():
            raise Stopped
        with self.store.database.reading() as connection:
            erased = erased_of(connection, self.job)
        told = [line for name, line in results.lines if name is None or account_sha256(name) not in erased]
        made = [one for one in self.wanted(results) if account_sha256(one.account_id) not in erased]
        path = self.files.piece(number, self.job.owner or "")
        whole(path, (f"{line}\n".encode() for line in told))
        finished = Piece(
            number, path.name, piece.next_byte, piece.next_line, len(results.lines), results.refused
        )
        self.move()
        return record(self.store, self.job, finished, erased, made)

    def wanted(self, results: Results) -> list[Made]:
        """The verdicts that are kept beside the results, to be looked up and decided about one by one."""
        wanted = KEPT[self.settings.job_verdicts]
        return [one for one in results.made if one.label in wanted]


def named(detector: Detector) -> dict[str, str]:
    """What a job calls its model."""
    return {"version": detector.name.version, "sha256": detector.name.sha256}


@contextmanager
def beating(run: Run, every_seconds: float) -> Iterator[None]:
    """Renew the lease meanwhile, from a thread, until it is lost."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(every_seconds):
            if time.monotonic() - run.moved > LONGEST_PIECE_SECONDS:
                os._exit(HUNG)
            try:
                beat(run.store, run.job)
            except NoUsableStore:
                continue  # it may come back
            except LeaseLost:
                return  # the next piece finds the same
            except Exception as error:
                tell_error("lease_not_renewed", error)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
