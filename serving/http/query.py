"""Query parameters, read strictly: an unknown, repeated or invalid one is refused by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Final, TypeAlias

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from accounts.reading.quoting import escape, suggest
from detector.labels import Explain
from features.evidence import BLOCKS
from serving.http.problems import RequestProblem

__all__ = ["EXPLAIN", "InvalidParameter", "ScreeningOptions", "flag", "query_values", "without_parameters"]

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

EXPLAIN: Final[Mapping[str, Explain]] = {
    **{one.value: one for one in Explain},
    "reasons": Explain.FLAGGED,
    "full": Explain.ALL,
}
"""Whose verdicts get reasons, by the value of ``explain``; the last two are what older clients send."""

PARAMETERS: Final = ("explain", "blocks", "with_observed")


class InvalidParameter(RequestProblem):
    """400: a query parameter is unknown, repeated, or has a value that it cannot have."""

    status = 400


@dataclass(frozen=True)
class ScreeningOptions:
    """How accounts are to be screened: the query parameters of the routes that give verdicts.

    Attributes
    ----------
    explain
        Which verdicts get their reasons.
    blocks
        The evidence blocks that the detector reads; the others are masked.
    with_observed
        Whether what was observed of the accounts before joins the documents.
    """

    explain: Explain = Explain.FLAGGED
    blocks: frozenset[str] = frozenset(BLOCKS)
    with_observed: bool = False

    @classmethod
    def of(cls, parameters: QueryParams) -> ScreeningOptions:
        """Read the query parameters.

        Raises
        ------
        InvalidParameter
            By the parameter's name.

        Examples
        --------
        >>> sorted(ScreeningOptions.of(QueryParams("blocks=posts,history&explain=none")).blocks)
        ['history', 'posts']
        >>> ScreeningOptions.of(QueryParams("explain=some"))
        Traceback (most recent call last):
            ...
        serving.http.query.InvalidParameter: explain must be one of none, flagged, all. Got "some".
        """
        values = query_values(parameters, *PARAMETERS)
        return cls(
            _explain(values.get("explain", Explain.FLAGGED)),
            _blocks(values.get("blocks", ",".join(BLOCKS))),
            flag(values, "with_observed"),
        )


def query_values(parameters: QueryParams, *known: str) -> dict[str, str]:
    """The query parameters by name, each given once and known to the route.

    Raises
    ------
    InvalidParameter
        By the parameter's name.

    Examples
    --------
    >>> query_values(QueryParams("limt=5"), "limit", "cursor")
    Traceback (most recent call last):
        ...
    serving.http.query.InvalidParameter: limt is not a parameter of this route; did you mean limit?
    """
    values: dict[str, str] = {}
    for name, value in parameters.multi_items():
        if name not in known:
            raise InvalidParameter(f"{escape(name)} is not a parameter of this route{suggest(name, known)}")
        if name in values:
            raise InvalidParameter(f"{name} must stand once. Got it twice.")
        values[name] = value
    return values


def without_parameters(endpoint: Endpoint) -> Endpoint:
    """An endpoint of a route without query parameters: any is refused by its name."""

    @wraps(endpoint)
    async def strict(request: Request) -> Response:
        query_values(request.query_params)
        return await endpoint(request)

    return strict


def _explain(value: str) -> Explain:
    if value not in EXPLAIN:
        raise InvalidParameter(f'explain must be one of {", ".join(Explain)}. Got "{escape(value)}".')
    return EXPLAIN[value]


def flag(values: Mapping[str, str], name: str) -> bool:
    """A query parameter that is true or false; false where it is not given.

    Raises
    ------
    InvalidParameter
        If it is anything else.
    """
    value = values.get(name, "false")
    if value not in ("true", "false"):
        raise InvalidParameter(f'{name} must be true or false. Got "{escape(value)}".')
    return value == "true"


def _blocks(value: str) -> frozenset[str]:
    blocks = value.split(",")
    if unknown := [block for block in blocks if block not in BLOCKS]:
        raise InvalidParameter(f'blocks must be some of {", ".join(BLOCKS)}. Got "{escape(unknown[0])}".')
    if len(set(blocks)) < len(blocks):
        raise InvalidParameter("blocks must name each block once.")
    return frozenset(blocks)
