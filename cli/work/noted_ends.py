"""The ends of audit logs that a log of the service notes, among whatever else stands in it."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from accounts.errors import WrongUsage
from serving.store.audit_faults import MALFORMED
from serving.store.audit_log import ChainHead

__all__ = ["LONGEST_LINE", "ends_in"]

AUDIT_END: Final = "audit_end"
NAMED: Final = re.compile(rb"audit_end(?![0-9A-Za-z_])")
"""In a line that notes an end, whatever wraps it; not in ``audit_ends_not_noted``."""

LONGEST_LINE: Final = 1 << 16
"""Bytes of a line that may note an end; the service writes a few hundred."""

KEPT: Final = len(AUDIT_END)
"""Bytes of what came of a longer line in which a name may begin."""


def ends_in(path: Path) -> set[ChainHead]:
    """The ends that a log of the service notes: a file, or a pipe that somebody writes to.

    It is read line by line, and no more of it is kept than the ends. The NULs that a rotated file begins
    with are passed over.

    Raises
    ------
    WrongUsage
        If it cannot be read, notes no end, or has a line that names one and cannot be read.
    """
    found = set()
    try:
        with opened(path) as file:
            for number, line in naming_lines(file):
                end = None if line is None else end_of(line)
                if end is None:
                    raise WrongUsage(
                        f"--since {path} line {number:,} names an end of an audit log ({AUDIT_END}) and "
                        "cannot be read: it is not as the service wrote it."
                    )
                if isinstance(end, ChainHead):
                    found.add(end)
    except OSError as error:
        raise WrongUsage(f"--since {path} cannot be read: {error.strerror}.") from error
    if not found:
        raise WrongUsage(f"--since {path} notes no end of an audit log ({AUDIT_END}).")
    return found


def opened(path: Path) -> BinaryIO:
    """A file or a pipe, to be read; a pipe that nobody has opened to write to has ended.

    Raises
    ------
    WrongUsage
        If it is anything else, such as a device, which may have no end.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # else it waits for somebody who writes to a pipe
    mode = os.fstat(handle).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        os.close(handle)
        raise WrongUsage(f"--since {path} must be a log of the service: it is neither a file nor a pipe.")
    os.set_blocking(handle, True)
    return os.fdopen(handle, "rb")


def naming_lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    r"""The lines of a log that name an end, by their numbers; None of one that is longer than any is.

    >>> from io import BytesIO
    >>> list(naming_lines(BytesIO(b"a\n" + bytes(3) + b"audit_end: b\n" + b"c" * 70_000 + b"audit_end")))
    [(2, b'audit_end: b\n'), (3, None)]
    """
    number, line, is_named, is_long = 1, b"", False, False
    while part := file.readline(LONGEST_LINE):
        line += part.replace(b"\0", b"")
        is_named = is_named or NAMED.search(line) is not None
        if part.endswith(b"\n"):
            if is_named:
                yield number, None if is_long else line
            number, line, is_named, is_long = number + 1, b"", False, False
        elif len(line) > LONGEST_LINE:
            line, is_long = line[-KEPT:], True
    if is_named:
        yield number, None if is_long else line


def end_of(line: bytes) -> ChainHead | str | None:
    """The end that a line notes which names one; the name of another event; None of what is neither.

    Whatever writes logs may have put its own text before the event.

    >>> end_of(b'web | {"event": "audit_end", "tenant": "a", "entries": 3, "hash": "0f"}')
    ChainHead(tenant='a', entries=3, hash='0f')
    >>> end_of(b'{"event": "request", "tenant": "audit_end"}')
    'request'
    """
    try:
        noted = json.loads(line[line.index(b"{") :])
        if noted["event"] != AUDIT_END:
            return noted["event"] if isinstance(noted["event"], str) else None
        end = ChainHead(noted["tenant"], noted["entries"], noted["hash"])
    except MALFORMED:
        return None
    return end if tuple(map(type, end)) == (str, int, str) else None
