"""Pieces of results as they were stored: length and hash are checked as their bytes are handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from serving.store.job_rows import ResultPiece, ResultsDamaged

__all__ = ["ShortBody", "bytes_of", "check_lengths", "checked_pieces", "of_length"]


def bytes_of(folder: Path, piece: ResultPiece) -> bytes:
    """The bytes of a piece, if they are what was written; an older Assay noted neither length nor hash.

    Raises
    ------
    ResultsDamaged
        Otherwise.
    FileNotFoundError
        If it is not there: an erasure may have written it anew, under another name.
    """
    found = (folder / piece.file).read_bytes()
    if piece.sha256 not in (None, sha256(found).hexdigest()):
        raise ResultsDamaged(piece.number)
    return found


class ShortBody(Exception):
    """A body is shorter than was stated before it began: an account was erased meanwhile."""


def of_length(parts: Iterable[bytes], length: int) -> Iterator[bytes]:
    """The parts of a body whose length was stated.

    Raises
    ------
    ShortBody
        At the end, if they are shorter.
    """
    for part in parts:
        length -= len(part)
        yield part
    if length > 0:
        raise ShortBody


def check_lengths(folder: Path, pieces: Iterable[ResultPiece]) -> int:
    """Check before the first byte goes out that no piece is left out, and each is as long as it was.

    Returns
    -------
    The bytes of all pieces.

    Raises
    ------
    ResultsDamaged
        By the first that is not.
    """
    total = 0
    for due, piece in enumerate(pieces):
        if piece.number != due:
            raise ResultsDamaged(due)
        path = folder / piece.file
        if not path.is_file() or piece.bytes not in (None, size := path.stat().st_size):
            raise ResultsDamaged(piece.number)
        total += size
    return total


def checked_pieces(
    folder: Path, pieces: Iterable[ResultPiece], look_up: Callable[[int], ResultPiece | None]
) -> Iterator[bytes]:
    """The bytes of every piece, checked.

    Parameters
    ----------
    look_up
        Gives a piece by its number as it is stored now: it may have been written anew meanwhile.

    Raises
    ------
    ResultsDamaged
        As soon as a piece is not what was written.
    """
    for piece in pieces:
        try:
            yield bytes_of(folder, piece)
        except FileNotFoundError as error:
            now = look_up(piece.number)
            if now is None or now.file == piece.file:
                raise ResultsDamaged(piece.number) from error
            yield bytes_of(folder, now)
