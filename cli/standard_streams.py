"""Standard output and error as they may be found: closed, or with an encoding of few characters."""

from __future__ import annotations

import io
import os
import sys
from typing import Final

from accounts.errors import WrongUsage

__all__ = ["StandardOutputClosed", "prepare_standard_streams"]

STANDARD_DESCRIPTORS: Final = (0, 1, 2)


class StandardOutputClosed(WrongUsage):
    """Something was to be written to standard output, which was closed before the program began."""


class ClosedOutput(io.TextIOBase):
    """Standard output that was closed before the program began: whoever writes to it is refused."""

    def write(self, text: str) -> int:
        """Refuse any text.

        Raises
        ------
        StandardOutputClosed
            Unless the text is empty.
        """
        if text:
            raise StandardOutputClosed("Standard output is closed.")
        return 0

    def writable(self) -> bool:
        """True, as of any output."""
        return True


def prepare_standard_streams() -> None:
    """Make standard output and error safe to write to.

    A closed descriptor is taken by the null device, so that no file that is opened later gets its
    number; sentences for a closed standard error go nowhere. Files and pipes are written in UTF-8,
    as files of ``--out`` are; what a terminal cannot show becomes a question mark.
    """
    for descriptor in STANDARD_DESCRIPTORS:
        occupy_if_closed(descriptor)
    sys.stdout = sys.stdout or ClosedOutput()
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def occupy_if_closed(descriptor: int) -> None:
    """Open the null device under the number of a closed descriptor."""
    try:
        os.fstat(descriptor)
    except OSError:
        null = os.open(os.devnull, os.O_RDWR)
        if null != descriptor:
            os.dup2(null, descriptor)
            os.close(null)
