"""The endpoint of labels: what people decided about accounts, to retrain on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.query import without_parameters
from serving.http.responses import json_response
from serving.routes.dependencies import store_access
from serving.store.api_keys import Scope
from serving.store.human_labels import human_labels

__all__ = ["LABEL_ENDPOINTS"]


@without_parameters
async def read_labels(request: Request) -> Response:
    """One label for each account that somebody decided about, by the newest decision that holds."""
    labels = await store_access(request).read(label_documents, caller_of(request).tenant)
    return json_response({"labels": labels})


def label_documents(connection: Connection, tenant: str) -> list[dict[str, Any]]:
    """A tenant's labels as JSON; the counts that somebody named as a list."""
    labels = map(asdict, human_labels(connection, tenant))
    return [label | {"counts": label["counts"].split("+") if label["counts"] else []} for label in labels]


LABEL_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {"/v1/labels": {"GET": (Scope.READ, read_labels)}}
