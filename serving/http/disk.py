"""The refusal of what the disk has no room for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from serving.http.bodies import CLOSE
from serving.http.disk_space import is_disk_full
from serving.http.problems import RequestProblem, error_response

__all__ = ["DiskFull", "answer_full_disk"]


class DiskFull(RequestProblem):
    """507: the disk has no room for the body."""

    status = 507

    def __init__(self) -> None:
        super().__init__("There is not enough space left on the service's disk.", CLOSE)


async def answer_full_disk(request: Request, error: Exception) -> Response:
    """The response to a request that found a disk full, wherever that was; another error is raised again."""
    assert isinstance(error, OSError)
    if not is_disk_full(error):
        raise error
    return error_response(request.scope, DiskFull())
