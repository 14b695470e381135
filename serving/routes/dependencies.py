"""What every route needs: the parts of the application, and answers as they are written."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import NoUsableModel
from serving.http.bodies import Form
from serving.screening.service import Bench
from serving.store.access import Door

__all__ = ["bench_of", "door_of", "json_text", "written"]


def bench_of(request: Request) -> Bench:
    """The bench, or the reason why there is none."""
    bench = request.app.state.bench
    if isinstance(bench, NoUsableModel):
        raise bench
    assert isinstance(bench, Bench)
    request.state.model = bench.detector.bundle.sha256
    return bench


def door_of(request: Request) -> Door:
    """The way to the store."""
    door = request.app.state.door
    assert isinstance(door, Door)
    return door


def written(answer: dict[str, Any], status: int = 200) -> Response:
    """JSON with every number as Python writes it, as the command line does."""
    return json_text(json.dumps(answer), status)


def json_text(text: str | bytes, status: int = 200, form: Form = Form.JSON) -> Response:
    """JSON that is there already."""
    return Response(text, status, media_type=form)
