"""The model watcher: every few seconds it looks for a new champion, tries it out, and swaps it in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio import to_thread

from accounts.errors import AssayError
from detector.bundle import load
from detector.model_store import ModelStore
from detector.screening import Detector
from serving.observe.log import log_error, log_event

__all__ = ["ModelWatcher", "PointerIdentity", "load_in_child_first", "pointer_identity"]

PointerIdentity = tuple[int, ...]
"""Device, inode, time and size of ``champion.json``: they differ after every promotion."""

TAKEN_UP: Final = "taken_up"
REFUSED: Final = "refused"


def pointer_identity(models: ModelStore) -> PointerIdentity | None:
    """The identity of the file that names the champion; None where there is none."""
    try:
        found = models.pointer.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def load_in_child_first(models: ModelStore, sha256: str) -> Detector:
    """The detector with this sha256, once a child process has loaded it without harm.

    Raises
    ------
    NoUsableModel
        If it is missing or damaged, reads a feature that is gone or has another meaning, or gives other
        verdicts on its golden accounts.
    """
    return Detector(load(models.check_in_child(sha256), expected=sha256))


class ModelWatcher:
    """Watches the pointer to the champion, and swaps the model while requests go on.

    Attributes
    ----------
    models
        The models of the home, one of which is the champion.
    swap
        Called with a new champion's detector, to screen with it from now on.
    current
        Gives the sha256 of the model in use; None where there is none.
    load
        Loads the model with a sha256, or raises.
    count
        Called with the outcome of a candidate: ``taken_up`` or ``refused``.
    """

    def __init__(
        self,
        home: Path,
        swap: Callable[[Detector], None],
        current: Callable[[], str | None],
        load: Callable[[ModelStore, str], Detector] = load_in_child_first,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.models = ModelStore(home)
        self.swap = swap
        self.current = current
        self.load = load
        self.count = count
        # None, not the identity of now: the pointer may have changed since the model was loaded.
        self.checked: PointerIdentity | None = None

    async def run(self, poll_seconds: float) -> None:
        """Check the pointer every so many seconds, for ever; an error is logged."""
        while True:
            await asyncio.sleep(poll_seconds)
            try:
                await self.check()
            except Exception as error:
                log_error("champion_not_looked_at", error)

    async def check(self) -> None:
        """Check the pointer once, and swap the model if there is a new champion.

        A candidate that was refused is not tried again until the pointer is written again. If that happens
        while the candidate is loaded, the next check sees it, for the identity was taken first.
        """
        found = await to_thread.run_sync(pointer_identity, self.models)
        if found is None or found == self.checked:
            return
        before = self.current()
        try:
            detector = await to_thread.run_sync(self.candidate, before)
        except AssayError as refusal:
            self.checked = found
            self.count(REFUSED)
            log_event("champion_refused", level=logging.WARNING, reason=str(refusal), model=before)
            return
        self.checked = found
        if detector is not None:
            self.swap(detector)
            self.count(TAKEN_UP)
            log_event("champion_taken_up", model=detector.bundle.sha256, before=before)

    def candidate(self, current: str | None) -> Detector | None:
        """The champion, loaded; None if it is the model in use, or none is named any more."""
        champion = self.models.champion()
        if champion is None or champion.sha256 == current:
            return None
        return self.load(self.models, champion.sha256)
