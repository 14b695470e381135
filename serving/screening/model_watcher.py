"""The model watcher: every few seconds it looks for a new champion, tries it out, and swaps it in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio import to_thread

from accounts.errors import AssayError
from detector.bundle import load, try_in_child
from detector.locate import champion_path
from detector.manifest import MANIFEST
from detector.manifest import sha256 as digest
from detector.screening import Detector
from serving.observe.log import log_error, log_event

__all__ = ["BundleIdentity", "ModelWatcher", "bundle_identity", "load_in_child_first"]

BundleIdentity = tuple[int, ...]
"""Device, inode, time and size of a bundle's manifest: they differ after every promotion."""

TAKEN_UP: Final = "taken_up"
REFUSED: Final = "refused"


def bundle_identity(folder: Path) -> BundleIdentity | None:
    """The identity of the bundle in a folder; None where there is none."""
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def load_in_child_first(folder: Path) -> Detector:
    """The detector in a folder, once a child process has loaded it without harm.

    Raises
    ------
    NoUsableModel
        If it is damaged, of another catalogue, or gives other verdicts on its golden accounts.
    """
    return Detector(load(folder, expected=try_in_child(folder)))


class ModelWatcher:
    """Watches the champion's folder, and swaps the model while requests go on.

    Attributes
    ----------
    folder
        Where promotion puts the champion.
    swap
        Called with a new champion's detector, to screen with it from now on.
    current
        Gives the sha256 of the model in use; None where there is none.
    load
        Loads the bundle in a folder, or raises.
    count
        Called with the outcome of a candidate: ``taken_up`` or ``refused``.
    """

    def __init__(
        self,
        home: Path,
        swap: Callable[[Detector], None],
        current: Callable[[], str | None],
        load: Callable[[Path], Detector] = load_in_child_first,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = champion_path(home)
        self.swap = swap
        self.current = current
        self.load = load
        self.count = count
        # None, not the identity of now: the folder may have changed since the model was loaded.
        self.checked: BundleIdentity | None = None

    async def run(self, poll_seconds: float) -> None:
        """Check the folder every so many seconds, for ever; an error is logged."""
        while True:
            await asyncio.sleep(poll_seconds)
            try:
                await self.check()
            except Exception as error:
                log_error("champion_not_looked_at", error)

    async def check(self) -> None:
        """Check the folder once, and swap the model if there is a new champion.

        A candidate that was refused is not tried again until the folder changes. If the folder changes
        while it is read, the bundle may be half of either: it is then read again at the next check.
        """
        found = await to_thread.run_sync(bundle_identity, self.folder)
        if found is None or found == self.checked:
            return
        before = self.current()
        if before is not None and await to_thread.run_sync(self.is_current, before):
            self.checked = found
            return
        try:
            detector = await to_thread.run_sync(self.load, self.folder)
        except AssayError as refusal:
            if await to_thread.run_sync(bundle_identity, self.folder) != found:
                return
            self.checked = found
            self.count(REFUSED)
            log_event("champion_refused", level=logging.WARNING, reason=str(refusal), model=before)
            return
        self.checked = found
        self.swap(detector)
        self.count(TAKEN_UP)
        log_event("champion_taken_up", model=detector.bundle.sha256, before=before)

    def is_current(self, sha256: str) -> bool:
        """Whether the bundle in the folder is the one with this sha256."""
        try:
            return digest((self.folder / MANIFEST).read_bytes()) == sha256
        except OSError:
            return False
