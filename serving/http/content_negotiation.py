"""Content negotiation: the media type of an answer, chosen by the request's ``Accept`` header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from serving.http.problems import RequestProblem

__all__ = ["NotAcceptable", "negotiate", "quality_of"]

QUALITY: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{0,9})?|\.[0-9]{1,9}")
"""Decimal numbers, and nothing else that ``float`` reads: no ``nan``, no ``inf``, no exponent."""


class NotAcceptable(RequestProblem):
    """406: the Accept header excludes every media type that the answer can have."""

    status = 406


def negotiate(request: Request, media_types: Sequence[str]) -> str:
    """The media type with the highest quality; of equals one that is named, and else the first.

    Raises
    ------
    NotAcceptable
        If all of them have the quality 0.
    """
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    qualities = {media_type: quality_of(accept, media_type) for media_type in media_types}
    best = max(qualities.values())
    if not best:
        raise NotAcceptable(f"The answer can be {' or '.join(media_types)}.")
    candidates = [media_type for media_type in media_types if qualities[media_type] == best]
    return next((name for name in candidates if name in accept.lower()), candidates[0])


def quality_of(accept: str, media_type: str) -> float:
    """The quality of a media type, from 0 to 1, by the most specific part of an Accept header.

    >>> quality_of("application/x-ndjson, */*;q=0.1", "application/x-ndjson")
    1.0
    >>> quality_of("text/html, application/*;q=0.5", "application/json")
    0.5
    >>> quality_of("text/html", "application/json")
    0.0
    """
    family = f"{media_type.partition('/')[0]}/*"
    qualities: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        qualities[name] = next((parse_quality(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
    return next((qualities[name] for name in (media_type, family, "*/*") if name in qualities), 0.0)


def parse_quality(text: str) -> float:
    """A quality value between 0 and 1; 1 where it is not a decimal number.

    >>> [parse_quality(text) for text in ("0.5", "7", "high", "nan", "-1", "")]
    [0.5, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    return min(float(text), 1.0) if QUALITY.fullmatch(text) else 1.0
