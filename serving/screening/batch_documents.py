"""The documents of a batch's body, read a few MiB at a time, so that memory does not grow with the body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from anyio import NoEventLoopError, from_thread

from accounts.errors import BadInput, Fault
from accounts.reading.json_list import split_list
from accounts.reading.json_parser import ParseError
from serving.http.bodies import Body, BodyFormat
from serving.limits import Limits

__all__ = ["PIECE_ACCOUNTS", "BatchDocuments", "Piece", "check_cancelled"]

PIECE_BYTES: Final = 4 * 2**20
PIECE_ACCOUNTS: Final = 500
"""Documents between two looks whether the request was cancelled."""


class Piece(NamedTuple):
    """Some documents that follow each other: the position of the first, their bytes, and what reads them."""

    start: int
    bytes: int
    documents: Callable[[], list[Any]]


@dataclass(frozen=True)
class BatchDocuments:
    """The documents of a body; all of JSON that is not in lines has been parsed once, and found good.

    Attributes
    ----------
    sizes
        The bytes of each.
    document
        The document at a position: JSON text, or what the parser made of it.
    """

    sizes: list[int]
    document: Callable[[int], Any]

    @classmethod
    def of(cls, body: Body, limits: Limits) -> BatchDocuments:
        """Take a body apart.

        Raises
        ------
        BadInput
            If it is not JSON, not a list, nested too deeply, or too long a list.
        """
        if body.format is BodyFormat.LINES:
            return _lines(body.data, limits)
        try:
            return _list(body.data, limits)
        except ParseError as error:
            raise BadInput(Fault("", "", f"{error}.", bound=error.bound)) from error

    def pieces(self) -> Iterator[Piece]:
        """The documents in order, up to 4 MiB at a time, or one that is larger."""
        start = size = 0
        for end, more in enumerate(self.sizes):
            if end > start and (size + more > PIECE_BYTES or end - start == PIECE_ACCOUNTS):
                yield self._piece(start, end, size)
                start, size = end, 0
            size += more
        if start < len(self.sizes):
            yield self._piece(start, len(self.sizes), size)

    def _piece(self, start: int, end: int, size: int) -> Piece:
        return Piece(start, size, lambda: [self.document(position) for position in range(start, end)])


def _list(data: bytes, limits: Limits) -> BatchDocuments:
    found = split_list(data, limits.bounds, limits.most_accounts)
    _check_count(found.count, limits)
    sizes = [end - start for start, end in found.spans]
    if len(data) <= PIECE_BYTES:
        parsed = [found.document(position, limits.bounds) for position in range(found.count)]
        return BatchDocuments(sizes, parsed.__getitem__)
    for position in range(found.count):  # a fault at the end refuses the whole, before anything is screened
        check_cancelled()
        found.document(position, limits.bounds)
    return BatchDocuments(sizes, lambda position: found.document(position, limits.bounds))


def _lines(data: bytes, limits: Limits) -> BatchDocuments:
    spans: list[tuple[int, int]] = []
    for span in _line_spans(data, most_blank=limits.most_accounts):
        spans.append(span)
        _check_count(len(spans), limits)
    return BatchDocuments(
        [end - start for start, end in spans], lambda position: data[slice(*spans[position])]
    )


def _line_spans(data: bytes, most_blank: int) -> Iterator[tuple[int, int]]:
    """First and last byte (exclusive) of the lines that are not blank.

    Raises
    ------
    BadInput
        If there are more blank lines than that.
    """
    start = blank = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if data[start:end].strip():
            yield start, end
        else:
            blank += 1
        if blank > most_blank:
            raise BadInput(Fault("", "", f"must have at most {most_blank:,} blank lines.", bound="accounts"))
        start = end + 1


def _check_count(count: int, limits: Limits) -> None:
    if count > (most := limits.most_accounts):
        rule = f"must hold at most {most:,} documents. Got {count:,}."
        raise BadInput(Fault("", "", rule, bound="accounts"))


def check_cancelled() -> None:
    """Raise anyio's cancellation in this thread if its request was cancelled."""
    with suppress(NoEventLoopError):
        from_thread.check_cancelled()
