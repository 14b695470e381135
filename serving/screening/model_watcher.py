"""The model watcher: every few seconds it looks for a new champion, tries it out, and swaps it in."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio import to_thread

from accounts.errors import AssayError
from detector.bundle import load
from detector.model_store import ModelStore
from detector.screening import Detector
from serving.observe.log import log_error, log_event

__all__ = ["ModelWatcher", "PointerIdentity", "bundle_identity", "load_in_child_first", "pointer_identity"]

PointerIdentity = tuple[int, ...]
"""Device, inode, time and size of ``champion.json``: they differ after every promotion."""

TAKEN_UP: Final = "taken_up"
REFUSED: Final = "refused"
AGAIN_SECONDS: Final = 600.0
"""After which a refused champion is tried again: its trial may have been ended from outside."""


def pointer_identity(models: ModelStore) -> PointerIdentity | None:
    """The identity of the file that names the champion; None where there is none."""
    try:
        found = models.pointer.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def bundle_identity(folder: Path) -> tuple[tuple[object, ...], ...]:
    """The identity of a bundle's files: it differs once one of them is written, added or removed."""
    try:
        found = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError:
        return ()
    return tuple(sorted((name, one.st_ino, one.st_size, one.st_mtime_ns) for name, one in found))


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
        self.checked: tuple[object, ...] | None = None
        self.again_at = math.inf

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

        A candidate that was refused is tried again once the pointer or a file of its bundle is written, and
        after ten minutes. If that happens while it is loaded, the next check sees it, for the identity was
        taken first.
        """
        found = await to_thread.run_sync(self.identity)
        if found is None or (found == self.checked and time.monotonic() < self.again_at):
            return
        before = self.current()
        try:
            detector = await to_thread.run_sync(self.candidate, before)
        except AssayError as refusal:
            self.checked, self.again_at = found, time.monotonic() + AGAIN_SECONDS
            self.count(REFUSED)
            log_event("champion_refused", level=logging.WARNING, reason=str(refusal), model=before)
            return
        self.checked, self.again_at = found, math.inf
        if detector is not None:
            self.swap(detector)
            self.count(TAKEN_UP)
            log_event("champion_taken_up", model=detector.bundle.sha256, before=before)

    def identity(self) -> tuple[object, ...] | None:
        """The identity of the pointer and of the bundle that it names; None where there is no pointer."""
        pointer = pointer_identity(self.models)
        if pointer is None:
            return None
        try:
            champion = self.models.champion()
        except AssayError:
            champion = None
        return pointer, bundle_identity(self.models.folder_of(champion.sha256)) if champion else ()

    def candidate(self, current: str | None) -> Detector | None:
        """The champion, loaded; None if it is the model in use, or none is named any more."""
        champion = self.models.champion()
        if champion is None or champion.sha256 == current:
            return None
        return self.load(self.models, champion.sha256)
