"""Every method and route that the service has, from the application itself: a new one is attacked at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from serving.app.application import SCOPED_ENDPOINTS, page_routes, routes
from serving.app.openapi import openapi
from serving.desk.routes import PAGES
from serving.observe.gc_pauses import GcPauses
from serving.observe.metrics import Metrics
from serving.settings import Settings
from serving.store.api_keys import Scope

__all__ = ["PARAMETER", "Route", "place_of", "service_routes"]

PARAMETER: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
"""A parameter of a path, with or without what Starlette converts it to."""


READING: Final = ("/screen", "/screen/{screening_id}/columns")
"""What is dropped is read in a process of its own, one of each tenant at once."""


@dataclass(frozen=True)
class Route:
    """A method of a route.

    Attributes
    ----------
    method, path
        The path with its parameters' names in braces.
    scope
        The right that it needs; None where everybody may ask.
    operation
        Its description in OpenAPI; None of a page or file of the desk.
    """

    method: str
    path: str
    scope: Scope | None
    operation: Mapping[str, Any] | None

    @property
    def is_page(self) -> bool:
        """Whether it is the desk's: refusals are pages then, and not problem documents."""
        return self.operation is None

    @property
    def is_costly(self) -> bool:
        """Whether an answer takes seconds of a processor: a report is set, or a process reads files."""
        return self.path.endswith(".pdf") or (self.takes_body and self.path in READING)

    @property
    def takes_body(self) -> bool:
        """Whether anything is sent to it."""
        return self.method == "POST"

    def __str__(self) -> str:
        """As people write it."""
        return f"{self.method} {self.path}"


def place_of(path: str) -> str:
    """The beginning of a path that ends with its last parameter; empty where it has none.

    >>> place_of("/lists/{list_id}/{entry_id}/decide"), place_of("/v1/model")
    ('/lists/{list_id}/{entry_id}', '')
    """
    return path[: path.rindex("}") + 1] if "}" in path else ""


def service_routes() -> tuple[Route, ...]:
    """Every method of every route."""
    return tuple(routes_of(Settings()))


def routes_of(settings: Settings) -> Iterator[Route]:
    """The routes of an application with these settings."""
    metrics, described = Metrics(GcPauses()), openapi()["paths"]
    scoped = [SCOPED_ENDPOINTS, *PAGES]
    scopes = {PARAMETER.sub(r"{\1}", path): methods for room in scoped for path, methods in room.items()}
    for route in [*routes(settings, metrics), *page_routes(settings, metrics)]:
        path = PARAMETER.sub(r"{\1}", route.path)
        for method in sorted(route.methods or ()):
            as_declared = "GET" if method == "HEAD" else method
            scope = scopes[path][as_declared][0] if path in scopes else None
            yield Route(method, path, scope, described.get(path, {}).get(as_declared.lower()))
