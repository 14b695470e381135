"""A service whose wall clock can be moved while it works, by libfaketime; its monotonic clock goes on."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.attack.outcome import NotRun
from serving.store.timestamps import format_timestamp

__all__ = ["MovedClock", "library"]

FOLDERS: Final = ("/usr/lib", "/usr/local/lib", "/opt/homebrew/lib")


def library() -> Path | None:
    """Where libfaketime is; None where it is not installed."""
    found = (path for folder in FOLDERS for path in Path(folder).glob("**/faketime/libfaketimeMT.so.1"))
    return next(found, None)


class MovedClock:
    """The clock of a service, by a file in its home that every process of it reads again at every look.

    Parameters
    ----------
    home
        Of the service.
    rate
        How many times as fast it is going to run: long sleeps of the service are as much shorter.

    Attributes
    ----------
    offset
        By how much the service's wall clock is ahead of this machine's.
    """

    def __init__(self, home: Path, rate: float = 1) -> None:
        self.file, self.rate = home / "clock", rate
        self.offset = timedelta()

    def settings(self) -> dict[str, str]:
        """The variables of a service that goes by this clock, which is right until it is moved.

        Raises
        ------
        NotRun
            If libfaketime is missing.
        """
        preloaded = library()
        if preloaded is None:
            raise NotRun("libfaketime, which moves a service's clock, is not installed")
        self.move_to(timedelta())
        return {
            "LD_PRELOAD": str(preloaded), "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(Path(__file__).with_name("moved")), "ATTACK_RATE": f"{self.rate:g}",
        }  # fmt: skip

    def move_to(self, offset: timedelta) -> None:
        """Set the clock, in one step for all processes."""
        draft = self.file.with_name("clock.part")
        draft.write_text(f"{offset.total_seconds():+.0f}\n", encoding="ascii")
        os.replace(draft, self.file)
        self.offset = offset

    def move(self, change: timedelta) -> None:
        """Set the clock forward, or back."""
        self.move_to(self.offset + change)

    def now(self, plus: timedelta = timedelta()) -> str:
        """The service's own time, or one so much later, as its store keeps it."""
        return format_timestamp(datetime.now(UTC) + self.offset + plus)
