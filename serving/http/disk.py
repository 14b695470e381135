"""Room on the disk: how much of it what others send leaves free, and the refusal where there is none."""

from __future__ import annotations

from errno import EDQUOT, EFBIG, ENOSPC
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from serving.http.bodies import CLOSE
from serving.http.problems import RequestProblem, error_response

__all__ = ["RESERVED_BYTES", "SPACE_CHECK_BYTES", "DiskFull", "answer_full_disk", "is_disk_full"]

RESERVED_BYTES: Final = 256 * 2**20
"""Bytes that are left free on the disk, for results and everything else there."""

SPACE_CHECK_BYTES: Final = 16 * 2**20
"""After how many written bytes the free space is looked at."""


class DiskFull(RequestProblem):
    """507: the disk has no room for the body."""

    status = 507

    def __init__(self) -> None:
        super().__init__("There is not enough space left on the service's disk.", CLOSE)


def is_disk_full(error: OSError) -> bool:
    """Whether an error says that the disk, the quota or the largest file is full."""
    return error.errno in (ENOSPC, EDQUOT, EFBIG)


async def answer_full_disk(request: Request, error: Exception) -> Response:
    """The response to a request that found a disk full, wherever that was; another error is raised again."""
    assert isinstance(error, OSError)
    if not is_disk_full(error):
        raise error
    return error_response(request.scope, DiskFull())
