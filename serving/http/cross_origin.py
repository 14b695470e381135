"""CORS: pages of origins that a setting names may ask the interface, with a key and without cookies."""

from __future__ import annotations

from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.settings import Settings

__all__ = ["CrossOrigin"]

INTERFACE: Final = "/v1/"
METHODS: Final = ("GET", "POST", "DELETE")
SENT: Final = ("Authorization", "Content-Type", "Content-Encoding", "Idempotency-Key", "X-Request-ID")
SHOWN: Final = (
    "X-Request-ID", "Assay-Model", "Idempotent-Replayed", "Retry-After", "Location", "RateLimit",
    "RateLimit-Policy", "Content-Disposition",
)  # fmt: skip


class CrossOrigin:
    """Answers preflights and names the origin, below ``/v1/`` alone: the desk is nobody else's to read."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.open = (
            CORSMiddleware(
                app, allow_origins=settings.cors_origins, allow_methods=METHODS, allow_headers=SENT,
                expose_headers=SHOWN, max_age=600,
            )
            if settings.cors_origins
            else app
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        inside = scope["type"] == "http" and scope["path"].startswith(INTERFACE)
        await (self.open if inside else self.app)(scope, receive, send)
