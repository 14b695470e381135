"""The endpoints that describe the service: its model, its features, its schemas."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.document import json_schema
from detector.verdict_schema import verdict_schema
from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.query import without_parameters
from serving.http.responses import json_response
from serving.routes.dependencies import screening_service
from serving.routes.feature_list import feature_list
from serving.store.api_keys import Scope

__all__ = ["ABOUT_ENDPOINTS"]


@without_parameters
async def read_model(request: Request) -> Response:
    """The model in use: what it is, what it promises, what it was trained on."""
    return json_response(screening_service(request).model_document(caller_of(request).tenant))


@without_parameters
async def read_features(_: Request) -> Response:
    """Every feature of the catalogue with its meaning."""
    return json_response(feature_list())


@without_parameters
async def read_schemas(_: Request) -> Response:
    """The JSON schemas of the account document and of the verdict."""
    return json_response({"account": json_schema(), "verdict": verdict_schema()})


ABOUT_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/model": {"GET": (Scope.READ, read_model)},
    "/v1/features": {"GET": (Scope.READ, read_features)},
    "/v1/schema": {"GET": (Scope.READ, read_schemas)},
}
