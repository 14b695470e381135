"""The desk's own style sheet, scripts and icon: read once, addressed by their content, cached for ever."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reporting.charts import CHARTS_CSS
from serving.desk.security_headers import secure
from serving.http.problems import NotFound, problem_response

__all__ = ["STATIC_ROUTE", "static_address"]

FOLDER: Final = Path(__file__).with_name("static")
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"


class StaticFile(NamedTuple):
    """A file's bytes, and the part of its address that changes with them."""

    content: bytes
    version: str


@cache
def static_files() -> dict[str, StaticFile]:
    """All files by the path in their folder."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            digest = sha256(content).hexdigest()
            found[path.relative_to(FOLDER).as_posix()] = StaticFile(content, digest[:16])
    charts = CHARTS_CSS.read_bytes()
    found["charts.css"] = StaticFile(charts, sha256(charts).hexdigest()[:16])
    return found


def static_address(name: str) -> str:
    """The address of a file, which is another one whenever the file is.

    >>> static_address("desk.css").startswith("/static/desk.css?v=")
    True
    """
    return f"/static/{name}?v={static_files()[name].version}"


async def static_file(request: Request) -> Response:
    """One of the files; whoever asks for the version that is there may keep it for ever."""
    name = str(request.path_params["name"])
    if (found := static_files().get(name)) is None:
        return secure(problem_response(NotFound(f"There is nothing at {request.url.path}.")))
    response = Response(found.content, headers={"Content-Type": MEDIA_TYPES[Path(name).suffix]})
    if request.query_params.get("v") == found.version:
        response.headers["Cache-Control"] = FOR_EVER
    return secure(response)


STATIC_ROUTE: Final = Route("/static/{name:path}", static_file, methods=["GET"])
