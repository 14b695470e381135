"""The challenger: judges live requests beside the champion, after they were answered, and never delays one.

Requests that were answered wait in a bounded queue for one thread; where there is no room they are left out,
and counted. The thread waits while requests are being screened.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from accounts.errors import AssayError, NoUsableModel
from accounts.tables import Tables
from detector.labels import Explain
from detector.model_store import ChallengerStore
from detector.screening import Detector
from serving.observe.log import log_error, log_event
from serving.screening.model_watcher import bundle_identity, load_in_child_first, pointer_identity
from serving.store.access import StoreAccess
from serving.store.shadow_rows import NewShadow, store_shadows
from serving.store.verdict_rows import NewVerdict

__all__ = ["Shadow", "shadows_of"]

MOST_BYTES: Final = 64 * 2**20
"""Bytes of the documents that wait."""

PAUSE_SECONDS: Final = 0.02
LOOK_SECONDS: Final = 5.0


class Answered(NamedTuple):
    """A request that was answered: how to read its accounts again, and what was said of them."""

    tenant: str
    read: Callable[[], Tables]
    verdicts: Sequence[NewVerdict]
    bytes: int


def shadows_of(
    challenger: Detector, tenant: str, tables: Tables, verdicts: Sequence[NewVerdict]
) -> list[NewShadow]:
    """What a challenger says of accounts, beside their verdicts by another model."""
    screened = challenger.screen_batch(tables, explain=Explain.NONE).verdicts
    verdict_of = {one.account_id: one for one in screened}
    return [
        NewShadow(
            tenant, one.verdict_id, challenger.bundle.sha256, one.label.value, one.suspicion,
            verdict_of[one.account_id].label.value, verdict_of[one.account_id].suspicion,
        )
        for one in verdicts
        if one.account_id in verdict_of and one.model_sha256 != challenger.bundle.sha256
    ]  # fmt: skip


class Shadow:
    """Judges what was answered by the challenger, and stores both.

    Parameters
    ----------
    store_access
        Where both verdicts are stored.
    is_busy
        Whether a request is being screened.
    count
        Called with an outcome of an account: ``same`` or ``other`` label, ``failed`` or ``dropped``.

    Attributes
    ----------
    detector
        The challenger; None where there is none, or it is what screens.
    """

    def __init__(
        self,
        store_access: StoreAccess,
        is_busy: Callable[[], bool] = lambda: False,
        count: Callable[[str, int], object] = lambda *_: None,
    ) -> None:
        settings = store_access.settings
        self.store_access = store_access
        self.is_busy = is_busy
        self.count = count
        self.enabled = settings.shadow and settings.store_verdicts
        self.models = ChallengerStore(settings.home)
        self.detector: Detector | None = None
        self.waiting: queue.Queue[Answered | None] = queue.Queue(settings.shadow_waiting)
        self.waiting_bytes = 0
        self.lock = threading.Lock()
        self.refused: tuple[object, ...] | None = None
        self.reason: str | None = None

    def offer(self, tenant: str, read: Callable[[], Tables], answers: Sequence[object], size: int) -> None:
        """Let the challenger judge what was answered, if there is one and room; returns at once.

        Parameters
        ----------
        read
            Gives the accounts of the verdicts among the answers, in their order.
        size
            Bytes that are held until then.
        """
        verdicts = [one for one in answers if isinstance(one, NewVerdict)]
        challenger = self.detector
        if challenger is None or not verdicts:
            return
        with self.lock:
            fits = self.waiting_bytes + size <= MOST_BYTES
            if fits:
                try:
                    self.waiting.put_nowait(Answered(tenant, read, verdicts, size))
                    self.waiting_bytes += size
                except queue.Full:
                    fits = False
        if not fits:
            self.count("dropped", len(verdicts))

    def work(self) -> None:
        """Judge what waits, for ever; ends at :meth:`stop`."""
        while (answered := self.waiting.get()) is not None:
            while self.is_busy():
                time.sleep(PAUSE_SECONDS)
            self.judge_next(answered)

    def judge_next(self, answered: Answered) -> None:
        """Judge what was taken from the queue; an error is logged and counted."""
        with self.lock:
            self.waiting_bytes -= answered.bytes
        try:
            self.judge(answered)
        except BaseException as error:  # Polars' panics are no exceptions like others
            log_error("shadow_failed", error)
            self.count("failed", len(answered.verdicts))

    def judge(self, answered: Answered) -> None:
        """Judge the accounts of one request, and store both verdicts of each."""
        challenger = self.detector
        if challenger is None:
            return
        entries = shadows_of(challenger, answered.tenant, answered.read(), answered.verdicts)
        if entries:
            store_shadows(self.store_access.opened(), entries)
        for entry in entries:
            self.count("same" if entry.label == entry.challenger_label else "other", 1)

    async def run(self) -> None:
        """Keep a thread at work, and look for another challenger, until it is cancelled."""
        if not self.enabled:
            return
        threading.Thread(target=self.work, name="shadow", daemon=True).start()
        try:
            while True:
                try:
                    await asyncio.to_thread(self.look)
                except Exception as error:  # the next look may do: another challenger may be named by then
                    self.refuse(f"{type(error).__name__}: {error}")
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self.stop()

    def look(self) -> None:
        """Take up the challenger that is named, or none; one that cannot be used is logged once.

        One that was refused is tried again once it is named anew, or a file of its bundle changes: a trial
        takes a process of its own for seconds.
        """
        try:
            named = self.models.champion()
        except NoUsableModel as error:
            named = None
            self.refuse(str(error))
        sha256 = None if named is None else named.sha256
        current = self.detector
        if sha256 is None:
            self.refused = None
        if sha256 is None or (current is not None and current.bundle.sha256 == sha256):
            self.detector = current if sha256 else None
            return
        found = (sha256, pointer_identity(self.models), bundle_identity(self.models.folder_of(sha256)))
        if found == self.refused:
            return
        self.reason = None
        try:
            self.detector = load_in_child_first(self.models, sha256)
        except Exception as error:  # a bundle of whatever kind ends nothing but itself
            self.detector, self.refused = None, found
            self.refuse(str(error) if isinstance(error, AssayError) else f"{type(error).__name__}: {error}")
        else:
            self.refused = self.reason = None
            log_event("challenger_taken_up", model=sha256)

    def refuse(self, reason: str) -> None:
        """Log why there is no challenger, unless that was the reason at the last look."""
        if reason != self.reason:
            log_event("challenger_refused", reason=reason)
        self.reason = reason

    def stop(self) -> None:
        """End the thread; what waits is left out."""
        self.detector = None
        while True:
            try:
                self.waiting.put_nowait(None)
                return
            except queue.Full:
                try:
                    self.waiting.get_nowait()
                except queue.Empty:
                    continue
