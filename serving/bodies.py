"""Request bodies, read up to a limit."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from serving.problems import TooLarge

__all__ = ["LARGEST_BATCH", "LARGEST_DECISION", "LARGEST_DOCUMENT", "read_body"]

LARGEST_DECISION: Final = 64 * 2**10
LARGEST_DOCUMENT: Final = 16 * 2**20
LARGEST_BATCH: Final = 64 * 2**20


async def read_body(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is known to be larger than ``most`` bytes.

    Raises
    ------
    TooLarge
        By the length that it states, before any of it is read, or by what has come.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise _too_large(most)
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > most:
            raise _too_large(most)
    return bytes(pieces)


def _too_large(most: int) -> TooLarge:
    size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most // 2**10} KiB"
    return TooLarge(f"The body must be at most {size} long.")
