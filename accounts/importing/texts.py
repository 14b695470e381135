"""Text of any encoding, and tables of any separator."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from accounts.errors import BadInput, Fault
from accounts.importing.title_rows import MOST_TITLES
from accounts.importing.vocabulary import concept_of
from accounts.reading.csv_rows import csv_rows

__all__ = ["decoded", "table_of"]

_MARKS: Final = ",;\t|"
_LONGEST_HEAD: Final = 2**16
_PROBED_NAMES: Final = 200
"""Names of columns by which an encoding is known."""
_NATIONAL: Final = (
    "cp1252",
    "cp1251",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "big5",
    "cp1254",
    "cp1250",
    "cp1256",
)


def decoded(content: bytes, name: str) -> str:
    """The text of bytes: UTF-8, UTF-16 by its mark or its zeros, or the encoding of one script.

    Which script it is, the names of a table's columns tell: подписчики is a word in cp1251 alone.

    >>> [decoded("Größe".encode(encoding), "") for encoding in ("utf-8", "utf-16", "cp1252")]
    ['Größe', 'Größe', 'Größe']
    >>> decoded("имя;подписчики".encode("cp1251"), ""), decoded("昵称,粉丝数".encode("gb18030"), "")
    ('имя;подписчики', '昵称,粉丝数')

    Raises
    ------
    BadInput
        If it is in none of them.
    """
    for encoding in _candidates(content):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(Fault(name, "", "must be a text, best in UTF-8."))


def _candidates(content: bytes) -> Iterator[str]:
    """The encodings that bytes may be in, the likeliest first, each found out only if it is asked for."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        yield "utf-16"
    elif content[:400].count(0) > len(content[:400]) // 4:
        yield "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        yield "utf-8-sig"
        yield _national(content)
        yield "latin-1"


def _national(content: bytes) -> str:
    """Of the encodings of one script, that in which most names of columns are known; the Western one else."""
    head = content[:_LONGEST_HEAD].split(b"\n", 1)[0]
    return max(_NATIONAL, key=lambda encoding: _known_columns(head, encoding))


def _known_columns(head: bytes, encoding: str) -> int:
    try:
        names = re.split(f"[{_MARKS}]", head.decode(encoding))
    except UnicodeDecodeError:
        return -1
    return sum(concept_of(name.strip().strip('"')) is not None for name in names[:_PROBED_NAMES])


def table_of(content: bytes, name: str) -> Iterator[list[str]]:
    r"""Cells of a table, line by line; its separator is the mark that the header has most of.

    >>> list(table_of(b"a;b\n1;2,5\n", ""))
    [['a', 'b'], ['1', '2,5']]

    Raises
    ------
    BadInput
        If a line is no line of a table.
    """
    written = decoded(content, name)
    first_lines = written[:_LONGEST_HEAD].split("\n", MOST_TITLES)[:MOST_TITLES]
    head = first_lines[0].strip()
    if head.lower().startswith("sep=") and len(head) == 5:  # Excel's own line before the header
        mark, written = head[4], written.split("\n", 1)[-1]
    else:
        mark = _mark(first_lines)
    yield from csv_rows(io.StringIO(written, newline=""), name, separator=mark)


def _mark(lines: Sequence[str]) -> str:
    r"""The separator: of the first line in which it parts the name of something, else of the first line.

    >>> _mark(["Shortlist, spring", "", "Creator;Followers"]), _mark(["a;b", "1;2,5"])
    (';', ';')
    """
    for line in lines:
        mark = max(_MARKS, key=line.count)
        if mark in line and any(map(concept_of, line.split(mark))):
            return mark
    return max(_MARKS, key=lines[0].count)
