"""Room on the disk: how much of it what others send leaves free, and the refusal where there is less."""

from __future__ import annotations

from typing import Final

from serving.http.bodies import CLOSE
from serving.http.problems import RequestProblem

__all__ = ["RESERVED_BYTES", "SPACE_CHECK_BYTES", "DiskFull"]

RESERVED_BYTES: Final = 256 * 2**20
"""Bytes that are left free on the disk, for results and everything else there."""

SPACE_CHECK_BYTES: Final = 16 * 2**20
"""After how many written bytes the free space is looked at."""


class DiskFull(RequestProblem):
    """507: the disk has no room for the body."""

    status = 507

    def __init__(self) -> None:
        super().__init__("There is not enough space left on the service's disk.", CLOSE)
