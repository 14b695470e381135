"""The one sentence at ``/`` where the desk is not there: it is switched off, or lacks something."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from serving.desk.libraries import missing_libraries
from serving.desk.security_headers import secure
from serving.settings import Settings

__all__ = ["unavailable_route", "why_unavailable"]


def why_unavailable(settings: Settings) -> str | None:
    """Why there is no desk, in one sentence; None where there can be one."""
    if not settings.desk:
        return "Assay's interface is at /v1; its desk is switched off (setting desk)."
    if not settings.store_verdicts:
        return "Assay's interface is at /v1; its desk needs the setting store_verdicts."
    if missing := missing_libraries():
        names = ", ".join(missing)
        return f"Assay's interface is at /v1; its desk needs pip install 'assay[desk]' (missing: {names})."
    return None


def unavailable_route(sentence: str) -> Route:
    """The route at ``/`` that says the sentence."""

    async def say(_: Request) -> Response:
        return secure(PlainTextResponse(f"{sentence}\n", 404))

    return Route("/", say, methods=["GET"])
