"""The champion, looked at every few seconds: a new one is tried in a process of its own, then speaks."""

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
from serving.observe.log import tell, tell_error

__all__ = ["Identity", "Throne", "identity", "tried"]

Identity = tuple[int, ...]
"""What changes when another manifest lies there: device, inode, time and size."""

TAKEN_UP: Final = "taken_up"
REFUSED: Final = "refused"


def identity(folder: Path) -> Identity | None:
    """What tells the bundle in a folder from the one before it; None where there is none."""
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size)


def tried(folder: Path) -> Detector:
    """The detector in a folder, after a process of its own has loaded it without harm.

    Raises
    ------
    NoUsableModel
        If it is damaged, of another catalogue, or does not judge its golden accounts as it did.
    """
    return Detector(load(folder, expected=try_in_child(folder)))


class Throne:
    """Watches the champion's folder.

    Attributes
    ----------
    folder
        Where promotion puts the champion.
    seat
        Called with a new champion's detector.
    sitting
        Asked for the sha256 of the model in use; None where there is none.
    attempt
        Loads what lies there, or refuses it.
    count
        Called with what became of a candidate: ``taken_up`` or ``refused``.
    """

    def __init__(
        self,
        home: Path,
        seat: Callable[[Detector], None],
        sitting: Callable[[], str | None],
        attempt: Callable[[Path], Detector] = tried,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = champion_path(home)
        self.seat = seat
        self.sitting = sitting
        self.attempt = attempt
        self.count = count
        # None, not what lies there now: the folder may have changed since the model was loaded.
        self.known: Identity | None = None

    async def watch(self, seconds: float) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.look()
            except Exception as error:
                tell_error("champion_not_looked_at", error)

    async def look(self) -> None:
        """Look once, and change the model if another champion lies there.

        A candidate that was refused is not tried again until another one lies there. If the folder
        changed while it was read, what was read may be half of either: it is looked at again next time.
        """
        found = await to_thread.run_sync(identity, self.folder)
        if found is None or found == self.known:
            return
        before = self.sitting()
        if before is not None and await to_thread.run_sync(self.is_sitting, before):
            self.known = found
            return
        try:
            detector = await to_thread.run_sync(self.attempt, self.folder)
        except AssayError as refusal:
            if await to_thread.run_sync(identity, self.folder) != found:
                return
            self.known = found
            self.count(REFUSED)
            tell("champion_refused", level=logging.WARNING, reason=str(refusal), model=before)
            return
        self.known = found
        self.seat(detector)
        self.count(TAKEN_UP)
        tell("champion_taken_up", model=detector.bundle.sha256, before=before)

    def is_sitting(self, sha256: str) -> bool:
        """Whether the bundle that lies there is the model in use."""
        try:
            return digest((self.folder / MANIFEST).read_bytes()) == sha256
        except OSError:
            return False
