"""JSON responses: every number in them stands as Python writes it, as on the command line."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from serving.http.bodies import BodyFormat

__all__ = ["answer_response", "json_response", "json_text_response"]


def json_response(document: dict[str, Any], status: int = 200) -> Response:
    """A document as JSON.

    With a space after every comma and colon, which Starlette's own class leaves out.

    >>> json_response({"share": 0.1}).body
    b'{"share": 0.1}'
    """
    return json_text_response(json.dumps(document), status)


def json_text_response(
    text: str | bytes, status: int = 200, media_type: BodyFormat = BodyFormat.JSON
) -> Response:
    """JSON text, byte for byte as it was stored."""
    return Response(text, status, media_type=media_type)


def answer_response(
    body: bytes,
    is_replayed: bool,
    media_type: BodyFormat = BodyFormat.JSON,
    status: int = 200,
) -> Response:
    """The response with an idempotent answer; its header says if an earlier request computed it."""
    response = json_text_response(body, status, media_type)
    if is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
