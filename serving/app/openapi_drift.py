"""The operation of drift in OpenAPI, and its schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from serving.app.openapi_responses import ANY_KEY, Status, json_responses
from serving.app.openapi_schemas import COUNT, SHA256, TEXT, TIMESTAMP, or_null, ref, strict_object
from serving.store.api_keys import Scope

__all__ = ["DRIFT", "drift_operation"]

NUMBER: Final = {"type": "number"}
BEFORE_AND_AFTER: Final = {"minItems": 2, "maxItems": 2}


def pair(items: dict[str, Any]) -> dict[str, Any]:
    """Two values: before, and after."""
    return {"type": "array", "items": items, **BEFORE_AND_AFTER}


def by_name(values: dict[str, Any]) -> dict[str, Any]:
    """An object of values by their names."""
    return {"type": "object", "additionalProperties": values}


STATISTIC: Final = strict_object(
    value=NUMBER,
    p_value=NUMBER | {"description": "Of all statistics together."},
    usual=NUMBER | {"description": "Median without drift, at these sizes."},
    alarm_above=NUMBER | {"description": "What it exceeds without drift as rarely as `drift_level` says."},
)

COMPARISON: Final = strict_object(
    sizes=pair(COUNT) | {"description": "Accounts of the model's first days, and of the last ones."},
    statistics=by_name(STATISTIC)
    | {"description": "`ks suspicion`, `psi suspicion`, `ks p-value`, `psi p-value`, `psi label`."},
    p_value=NUMBER,
    alarm={"type": "boolean", "description": "Whether the scores have drifted."},
    slices={
        "type": "array",
        "description": "Labels by platform and evidence level, the largest first; no part of the alarm.",
        "items": strict_object(
            kind=TEXT, name=TEXT, before=by_name(COUNT), after=by_name(COUNT), p_value=or_null(NUMBER)
        ),
    },
    histograms=pair({"type": "array", "items": NUMBER})
    | {"description": "Shares of the suspicion in twentieths; what had no suspicion stands last."},
)

FEATURE_SHIFT: Final = strict_object(
    feature=TEXT, psi=or_null(NUMBER), ks=or_null(NUMBER), absent=pair(NUMBER), medians=pair(or_null(NUMBER))
)

PROMISE: Final = strict_object(
    alpha=NUMBER | {"description": "The false-accusation rate that is promised."},
    judged=COUNT,
    confirmed=COUNT | {"description": "Accounts that people called authentic."},
    wrong=COUNT | {"description": "Those of them that were accused."},
    binomial=NUMBER | {"description": "Valid for one look alone; the tests are for daily ones."},
    tests={
        "type": "array",
        "description": "Bets against the promise: base-10 logarithms of their capital, which starts at 0.",
        "items": strict_object(
            name=TEXT,
            accounts=COUNT,
            largest=or_null(NUMBER),
            alarm_at=NUMBER,
            path={"type": "array", "items": or_null(NUMBER)},
        ),
    },
    broken=or_null(TEXT),
)

DRIFT: Final = strict_object(
    model=SHA256 | {"description": "The model in use, which the report is about."},
    made_at=or_null(TIMESTAMP) | {"description": "Null where none was made yet."},
    broken=or_null(TEXT) | {"description": "Why the promise is not to be relied on."},
    comparison=or_null(COMPARISON) | {"description": "Null where either side has under 20 accounts."},
    features={
        "type": "array",
        "description": "Those that moved most; no part of the alarm.",
        "items": FEATURE_SHIFT,
    },
    promise=or_null(PROMISE) | {"description": "Null where nobody called an account authentic."},
)


def drift_operation(keyed: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The operation; ``keyed`` is ``openapi.scoped_operation``."""
    return keyed(
        Scope.READ,
        "Whether scores have drifted, and whether the promise still holds",
        json_responses("The newest daily report.", ref("Drift"), Status.BAD_REQUEST, *ANY_KEY),
        description="About the caller's accounts and the model in use; it names no account.",
    )
