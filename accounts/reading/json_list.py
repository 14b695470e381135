"""A JSON list of documents, taken apart before it is parsed: its documents can be read a few at a time.

Python's values of a list take five to thirty times its size. One pass over the bytes finds where each
document begins and ends; the parser then sees one document after the other, and refuses what it refused of
the whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from accounts.reading.bounds import Bounds, check_dense, check_depth, check_sizes, text_pieces
from accounts.reading.json_parser import BYTE_ORDER_MARK, ParseError, TextPosition, parse_json
from accounts.reading.quoting import quote

__all__ = ["DocumentList", "split_list"]

_SPACE: Final = re.compile(rb"[ \t\r\n]*")
_COMMA, _QUOTE, _OPEN_LIST, _OPEN, _CLOSE_LIST, _CLOSE = b',"[{]}'
_STEPS: Final = np.zeros(256, dtype=np.int8)
_STEPS[[_OPEN_LIST, _OPEN]], _STEPS[[_CLOSE_LIST, _CLOSE]] = 1, -1
_IS_MARK: Final = _STEPS != 0
_IS_MARK[_COMMA] = True


@dataclass(frozen=True)
class DocumentList:
    """The documents of a JSON list, each to be parsed when it is wanted.

    Attributes
    ----------
    data
        The list's text.
    spans
        First and last byte (exclusive) of each document that was asked for.
    count
        How many documents there are in all.
    """

    data: bytes
    spans: list[tuple[int, int]]
    count: int

    def document(self, position: int, bounds: Bounds) -> Any:
        """Parse one document; the :class:`ParseError` of one that breaks a bound by its size is returned.

        Raises
        ------
        ParseError
            If it is not JSON; the message names the place in the whole text.
        """
        start, end = self.spans[position]
        text = self.data[start:end]
        try:
            check_sizes(text, bounds)
        except ParseError as refusal:
            return refusal.with_traceback(None)  # its frames hold the whole text
        try:
            return parse_json(text, TextPosition())
        except ParseError:
            return parse_json(text, TextPosition.of(self.data, start))  # raises again, and says where


def split_list(data: bytes, bounds: Bounds, most: int) -> DocumentList:
    """Find the documents of a JSON list.

    Parameters
    ----------
    most
        Where there are more documents, they are only counted.

    Raises
    ------
    ParseError
        If it is no list, nested too deeply, dense, or does not end as a list does. Faults inside of
        a document are found when it is parsed.

    Examples
    --------
    >>> found = split_list(b'[{"a": "],["}, 7 ]', Bounds(), 1_000)
    >>> found.count, [found.document(position, Bounds()) for position in range(found.count)]
    (2, [{'a': '],['}, 7])
    >>> split_list(b'[{"a": 1}, ]', Bounds(), 1_000).document(1, Bounds())
    Traceback (most recent call last):
        ...
    accounts.reading.json_parser.ParseError: must be JSON. Column 12: expecting value
    """
    start = _after_space(data, len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0)
    if data[start : start + 1] != b"[":
        raise _no_list(data, start)
    scan = _Scan(most)
    for offset, piece in text_pieces(data):
        scan.take(offset, piece)
        if scan.end is not None:
            break
    check_depth(scan.deepest, bounds.depth)
    return _checked(data, start, scan)


class _Scan:
    """A pass over the text, piece by piece: where the documents of the list end."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.commas: list[int] = []
        self.count = 0
        self.end: int | None = None
        self.deepest = self.level = 0
        self.inside = False

    def take(self, offset: int, piece: bytes) -> None:
        """Go through the next piece."""
        codes = np.frombuffer(piece, dtype=np.uint8)
        inside = ((codes == _QUOTE).cumsum(dtype=np.int32) + self.inside) % 2 == 1
        self.inside = bool(inside[-1])
        places = np.flatnonzero(_IS_MARK[codes] & ~inside)
        marks = codes[places]
        check_dense(marks.tobytes())
        levels = self.level + _STEPS[marks].cumsum(dtype=np.int64)
        if ended := np.flatnonzero(levels <= 0)[:1].tolist():
            self.end = offset + int(places[ended[0]])
            places, marks, levels = places[: ended[0]], marks[: ended[0]], levels[: ended[0]]
        between = places[(levels == 1) & (marks == _COMMA)] + offset
        self.count += len(between)
        if len(self.commas) < self.most:
            self.commas += between[: self.most - len(self.commas)].tolist()
        if len(levels):
            self.deepest, self.level = max(self.deepest, int(levels.max())), int(levels[-1])


def _checked(data: bytes, start: int, scan: _Scan) -> DocumentList:
    """The documents that a scan found, if the list ends where the text does."""
    end = len(data) if scan.end is None else scan.end
    if scan.count == 0 and scan.end is not None and _after_space(data, start + 1) == end:
        found = DocumentList(data, [], 0)
    elif scan.count >= scan.most:
        found = DocumentList(data, [], scan.count + 1)
    else:
        spans = [(a + 1, b) for a, b in pairwise([start, *scan.commas, end])]
        found = DocumentList(data, spans, len(spans))
    if data[end : end + 1] != b"]":
        raise _fault(data, found, end, "expecting ',' delimiter")
    if (rest := _after_space(data, end + 1)) < len(data):
        raise _fault(data, found, rest, "extra data")
    return found


def _fault(data: bytes, found: DocumentList, place: int, what: str) -> ParseError:
    """The first fault of a text whose list does not end as it should: in a document, or at its end."""
    try:
        for position in range(len(found.spans)):
            found.document(position, Bounds())
    except ParseError as fault:
        return fault
    at = TextPosition.of(data, place)
    where = f"Line {at.lines + 1} column" if at.lines else "Column"
    return ParseError(f"must be JSON. {where} {at.characters + 1}: {what}")


def _after_space(data: bytes, start: int) -> int:
    found = _SPACE.match(data, start)
    assert found is not None  # it matches nothing, too
    return found.end()


def _no_list(data: bytes, start: int) -> ParseError:
    beginning = data[start : start + 100]
    got = "an object" if beginning.startswith(b"{") else quote(beginning.decode(errors="replace"))
    return ParseError(f"must be a list of account documents. Got {got}")
