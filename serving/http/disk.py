"""The refusal of what the disk has no room for."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import gettempdir

from starlette.requests import Request
from starlette.responses import Response

from serving.http.bodies import CLOSE
from serving.http.problems import RequestProblem, ServiceUnavailable, error_response
from serving.observe.log import log_error, log_event
from serving.settings import Settings
from serving.store.disk_space import CannotLock, is_disk_full

__all__ = ["DiskFull", "answer_disk_error"]


class DiskFull(RequestProblem):
    """507: the disk has no room for the body."""

    status = 507

    def __init__(self) -> None:
        super().__init__("There is not enough space left on the service's disk.", CLOSE)


async def answer_disk_error(request: Request, error: Exception) -> Response:
    """The response to a request that found a disk full, or a folder of the service's unusable.

    Another error is raised again.
    """
    assert isinstance(error, OSError)
    if is_disk_full(error):
        return error_response(request.scope, DiskFull())
    if isinstance(error, FileNotFoundError) and not Path(gettempdir()).is_dir():
        log_event("temporary_folder_missing", level=logging.ERROR, folder=gettempdir())
        refusal = ServiceUnavailable("The folder for temporary files is not there.", {"Retry-After": "60"})
        return error_response(request.scope, refusal)
    settings: Settings = request.app.state.settings
    own = (settings.home, settings.jobs_path, Path(gettempdir()))
    is_own = error.filename and any(Path(str(error.filename)).is_relative_to(one) for one in own)
    if is_own or isinstance(error, CannotLock):
        log_error("folder_unusable", error, reason=error.strerror)
        rule = "A folder of the service cannot be used; the service's log says why."
        return error_response(request.scope, ServiceUnavailable(rule, {"Retry-After": "60"}))
    raise error
