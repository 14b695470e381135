"""The endpoint of drift: the newest daily report about the caller's accounts and the model in use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.query import without_parameters
from serving.http.responses import json_response
from serving.routes.dependencies import screening_service, store_access
from serving.store.api_keys import Scope
from serving.store.drift_rows import drift_report_of

__all__ = ["DRIFT_ENDPOINTS"]

EMPTY: Final[Mapping[str, Any]] = {"comparison": None, "features": [], "promise": None}


@without_parameters
async def read_drift(request: Request) -> Response:
    """The report; without a time and all that it says where none was made yet."""
    model = screening_service(request).detector.bundle.sha256
    report = await store_access(request).read(drift_report_of, caller_of(request).tenant, model)
    document = EMPTY if report is None else report.document
    return json_response({
        "model": model,
        "made_at": report and report.made_at,
        "broken": report and report.broken,
        **{name: finite(document[name]) for name in EMPTY},
    })  # fmt: skip


def finite(value: Any) -> Any:
    """A JSON value with null in place of what is no number: a distance of which a side is absent.

    >>> finite({"ks": float("nan"), "absent": (0.0, 1.0)})
    {'ks': None, 'absent': [0.0, 1.0]}
    """
    if isinstance(value, dict):
        return {name: finite(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


DRIFT_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {"/v1/drift": {"GET": (Scope.READ, read_drift)}}
