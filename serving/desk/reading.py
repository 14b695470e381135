"""Reading what was dropped on the desk, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anyio import to_thread
from starlette.requests import Request

from serving.jobs.reading_apart import FilesToRead, read_apart
from serving.jobs.screening_files import ScreeningFiles
from serving.routes.dependencies import store_access

__all__ = ["read_dropped"]


async def read_dropped(
    request: Request,
    tenant: str,
    files: ScreeningFiles,
    form: Mapping[str, Any] | None = None,
    erased: Iterable[str] = (),
) -> None:
    """Read what was dropped, with what a form corrects of it; documents, faults and the summary are written.

    Parameters
    ----------
    erased
        The SHA-256 of the ids of accounts that are left out.

    Raises
    ------
    AssayError
        As :func:`~serving.jobs.reading_apart.read_apart`.
    """
    order = {
        "key": store_access(request).opened().key.hex(),
        "tenant": tenant,
        "form": None if form is None else dict(form),
        "erased": list(erased),
    }
    size = await to_thread.run_sync(files.size)
    await read_apart(request, FilesToRead(tenant, files.path, size, "serving.desk.reading_child"), order)
