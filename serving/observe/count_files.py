"""Counts of one process in files that every worker reads, written by ordinary writes.

``prometheus_client`` maps such files into memory with holes in them. A page that a full disk has no room
for then ends the process by SIGBUS, and so every process after it, at its first count.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Final

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

__all__ = ["CountFile", "use_count_files", "write_count_files"]

STEP_BYTES: Final = 64 * 2**10
"""A file grows by so much: the counts that it has room for are written on a full disk, too."""

LENGTH, NUMBERS = struct.Struct("i"), struct.Struct("dd")
HEADER_BYTES, ALIGNMENT = 8, 8


class CountFile:
    """Counts in memory, in the format of ``prometheus_client.mmap_dict``, and the file for them.

    Takes the place of ``MmapedDict``, which the values of ``prometheus_client`` keep their numbers in,
    under a lock of theirs. A file that exists is of a process that had the same id: its counts go on.

    Attributes
    ----------
    content
        What is to be in the file: how many bytes are used, and each key with its value and its timestamp.
    places
        By key where its numbers are in it.
    """

    of_process: ClassVar[list[CountFile]] = []

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self.content = bytearray(LENGTH.pack(HEADER_BYTES).ljust(HEADER_BYTES, b"\0"))
        self.places: dict[str, int] = {}
        self.written = b""
        self.file: int | None = None
        if self.path.exists():
            for key, value, timestamp, _ in read_counts(self.path):
                self.write_value(key, value, timestamp)
        self.of_process.append(self)

    def read_value(self, key: str) -> tuple[float, float]:
        """Value and timestamp of a key; a new one has 0 and 0."""
        value, timestamp = NUMBERS.unpack_from(self.content, self.place(key))
        return value, timestamp

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Keep a key's value and timestamp until the file is written."""
        place = self.place(key)
        self.content[place : place + NUMBERS.size] = NUMBERS.pack(value, timestamp)

    def place(self, key: str) -> int:
        """Where a key's numbers are, after it was added if it is new."""
        if key not in self.places:
            name = key.encode()
            padding = b" " * (ALIGNMENT - (len(name) + LENGTH.size) % ALIGNMENT)
            self.content += LENGTH.pack(len(name)) + name + padding + NUMBERS.pack(0.0, 0.0)
            self.places[key] = len(self.content) - NUMBERS.size
            self.content[: LENGTH.size] = LENGTH.pack(len(self.content))
        return self.places[key]

    def write(self) -> None:
        """Write the file, if anything has changed; raises OSError where the disk does not take it."""
        content = bytes(self.content)  # at once: other threads go on counting
        if content == self.written:
            return
        used = LENGTH.unpack_from(content)[0]
        content = content[:used]
        whole = content.ljust(-(-used // STEP_BYTES) * STEP_BYTES, b"\0")
        if self.file is None:
            self.create(whole)
        else:
            # The header last: it tells readers how much of the rest is there.
            write_whole(self.file, whole[HEADER_BYTES:], HEADER_BYTES)
            write_whole(self.file, whole[:HEADER_BYTES], 0)
        self.written = content

    def create(self, whole: bytes) -> None:
        """Make the file with all that is in it, for nobody may read it before."""
        new = self.path.with_name(f"{self.path.name}.new")
        file = os.open(new, os.O_CREAT | os.O_TRUNC | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            write_whole(file, whole, 0)
            new.replace(self.path)
        except OSError:
            os.close(file)
            with suppress(OSError):
                new.unlink()
            raise
        self.file = file

    def close(self) -> None:
        """Write what is left, as far as the disk takes it, and close the file."""
        with suppress(OSError):
            self.write()
        if self.file is not None:
            os.close(self.file)
        self.file = None
        self.of_process.remove(self)


def read_counts(path: Path) -> Iterator[tuple[str, float, float, int]]:
    """Keys, values, timestamps and places of a file."""
    yield from MmapedDict.read_all_values_from_file(path)  # type: ignore[no-untyped-call]


def write_whole(file: int, content: bytes, start: int) -> None:
    """Write all bytes at a place of a file.

    Raises
    ------
    OSError
        If the disk does not take all of them.
    """
    left = memoryview(content)
    while left:
        count = os.pwrite(file, left, start)
        left, start = left[count:], start + count


def use_count_files() -> None:
    """Let the values of ``prometheus_client`` that are made from now on keep their numbers in such files."""
    values.MmapedDict = CountFile  # type: ignore[attr-defined, assignment]


def write_count_files() -> None:
    """Write the counts of this process where anything has changed.

    Raises
    ------
    OSError
        If the disk does not take it; the counts are kept, and written once it does.
    """
    for file in tuple(CountFile.of_process):
        file.write()
