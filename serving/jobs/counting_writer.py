"""The one way for what others send to lie on the disk: counted as it comes, whatever it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shutil import disk_usage
from typing import BinaryIO, Final

from serving.store.disk_space import RESERVED_BYTES, SPACE_CHECK_BYTES

__all__ = ["RESERVED_BYTES", "CountingWriter", "Excess", "ExcessError"]

FREE_RATIO_BYTES: Final = 16 * 2**20
"""Up to this unpacked size the ratio does not matter."""


class Excess(StrEnum):
    """What there is too much of, or too little."""

    BYTES = "bytes"
    ROWS = "rows"
    RATIO = "ratio"
    SPACE = "space"


class ExcessError(Exception):
    """More would be written than may be.

    Attributes
    ----------
    excess
        Of what.
    written
        How many bytes were written before.
    """

    def __init__(self, excess: Excess, written: int) -> None:
        super().__init__(excess.value)
        self.excess = excess
        self.written = written


@dataclass
class CountingWriter:
    """Writes to a file, and counts bytes and rows; the disk's free space is looked at every 16 MiB.

    Attributes
    ----------
    file, folder
        Where to, and a folder on the same disk.
    most_bytes, most_rows
        How many there may be; None: as many as there are.
    packed_bytes, most_ratio
        How large it came, and how many times larger it may become; None: it came as it is.
    written_bytes, written_rows
        How many so far.
    left_out_bytes
        How many came that were not written: they count as well.
    """

    file: BinaryIO
    folder: Path
    most_bytes: int
    most_rows: int | None = None
    packed_bytes: int | None = None
    most_ratio: int = 100
    written_bytes: int = 0
    written_rows: int = 0
    left_out_bytes: int = 0
    unchecked: int = SPACE_CHECK_BYTES

    def write(self, data: bytes, rows: int = 0, came: int = 0) -> None:
        """Write some bytes, which hold so many rows, and may have come as more bytes than they are.

        Raises
        ------
        ExcessError
            Before anything is written that there is no room for.
        """
        left_out = max(0, came - len(data))
        for excess in (self.excess_of(len(data) + left_out, rows), self.lack_of_space(len(data))):
            if excess is not None:
                raise ExcessError(excess, self.written_bytes)
        self.file.write(data)
        self.written_bytes += len(data)
        self.written_rows += rows
        self.left_out_bytes += left_out

    def excess_of(self, size: int, rows: int) -> Excess | None:
        """What there would be too much of after so many bytes and rows more."""
        total = self.written_bytes + self.left_out_bytes + size
        if total > self.most_bytes:
            return Excess.BYTES
        if self.most_rows is not None and self.written_rows + rows > self.most_rows:
            return Excess.ROWS
        if self.packed_bytes is not None and total > max(
            FREE_RATIO_BYTES, self.packed_bytes * self.most_ratio
        ):
            return Excess.RATIO
        return None

    def lack_of_space(self, size: int) -> Excess | None:
        """Whether the disk would have less than ``RESERVED_BYTES`` left."""
        self.unchecked += size
        if self.unchecked < SPACE_CHECK_BYTES:
            return None
        self.unchecked = 0
        return Excess.SPACE if disk_usage(self.folder).free - size < RESERVED_BYTES else None
