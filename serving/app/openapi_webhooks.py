"""The operations of webhooks in OpenAPI, and their schemas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from serving.app.openapi_responses import ANY_BODY, ANY_KEY, Status, json_responses, no_content
from serving.app.openapi_schemas import (
    COUNT,
    HEX_ID,
    TEXT,
    TIMESTAMP,
    list_object,
    or_null,
    ref,
    strict_object,
)
from serving.store.api_keys import Scope
from serving.store.webhook_rows import MOST_WEBHOOKS, WebhookEvent
from serving.webhooks.destinations import LONGEST_URL, URL_PATTERN

__all__ = ["WEBHOOK", "webhook_paths"]

WEBHOOK_PARAMETER: Final = {"name": "webhook_id", "in": "path", "required": True, "schema": HEX_ID}

URL: Final = {
    "type": "string",
    "maxLength": LONGEST_URL,
    "pattern": f"^{URL_PATTERN}$",
    "description": "https, and a host that the setting `webhook_hosts` names.",
    "examples": ["https://hooks.example.com/assay"],
}

EVENTS: Final = {
    "type": "array",
    "items": {"type": "string", "enum": [event.value for event in WebhookEvent]},
    "minItems": 1,
}

WEBHOOK: Final = strict_object(
    webhook_id=HEX_ID,
    url=URL,
    events=EVENTS,
    created_at=TIMESTAMP,
    delivered_at=or_null(TIMESTAMP) | {"description": "When a delivery last came through."},
    failed_at=or_null(TIMESTAMP) | {"description": "When one last did not."},
    failure=or_null(TEXT) | {"description": "Why."},
    given_up=COUNT | {"description": "Deliveries that were given up: too old, or too many waited."},
    sequence=COUNT | {"description": "Number of its newest event; the first has 1."},
    rotated_at=or_null(TIMESTAMP) | {"description": "When its secret was last rotated."},
    gone_at=or_null(TIMESTAMP)
    | {"description": "When its receiver answered 410: nothing is sent there any more."},
    waiting=COUNT | {"description": "Deliveries that are still to come through."},
)

SECRET: Final = {
    "type": "string",
    "pattern": "^whsec_[A-Za-z0-9+/=]{44}$",
    "description": "What deliveries are signed with; shown this once.",
    "examples": ["whsec_" + "A" * 43 + "="],
}

NEW_WEBHOOK: Final = {
    "type": "object",
    "properties": {"url": URL, "events": EVENTS | {"description": "All unless told."}},
    "required": ["url"],
    "additionalProperties": False,
}

CREATED: Final = strict_object(**WEBHOOK["properties"], secret=SECRET)

ROTATED: Final = strict_object(
    webhook_id=HEX_ID,
    secret=SECRET,
    previous_valid_until=TIMESTAMP
    | {"description": "Until then deliveries have two signatures, the second with the secret before."},
)

TESTED: Final = strict_object(
    delivery_id=TEXT, delivered={"type": "boolean"}, failure=or_null(TEXT) | {"description": "Why not."}
)


def webhook_paths(keyed: Callable[..., dict[str, Any]], once: Mapping[str, Any]) -> Mapping[str, Any]:
    """The paths of webhooks; ``keyed`` is ``openapi.scoped_operation``, ``once`` the idempotency key."""
    body = {"required": True, "content": {"application/json": {"schema": NEW_WEBHOOK}}}
    return {
        "/v1/webhooks": {
            "post": keyed(
                Scope.ADMIN,
                "Register an address that is told what happens",
                json_responses(
                    "The webhook.", CREATED, Status.CONFLICT, *ANY_BODY, *ANY_KEY, status="201", again=True
                ),
                parameters=[once],
                description=f"At most {MOST_WEBHOOKS} of a tenant. 403 where the service sends none.",
                requestBody=body,
            ),
            "get": keyed(
                Scope.ADMIN,
                "The webhooks, and how their deliveries go",
                json_responses("All of them.", list_object("webhooks", ref("Webhook")), *ANY_KEY),
            ),
        },
        "/v1/webhooks/{webhook_id}": {
            "delete": keyed(
                Scope.ADMIN,
                "Remove a webhook, and what still waits for it",
                no_content(Status.NOT_FOUND, *ANY_KEY),
                parameters=[WEBHOOK_PARAMETER],
            )
        },
        "/v1/webhooks/{webhook_id}/rotate": {
            "post": keyed(
                Scope.ADMIN,
                "Give a webhook a new secret; the one before is valid for a day",
                json_responses(
                    "The new secret.", ROTATED, Status.NOT_FOUND, Status.CONFLICT, *ANY_KEY, again=True
                ),
                parameters=[WEBHOOK_PARAMETER, once],
            )
        },
        "/v1/webhooks/{webhook_id}/test": {
            "post": keyed(
                Scope.ADMIN,
                "Send one delivery now",
                json_responses("What came of it.", TESTED, Status.NOT_FOUND, Status.CONFLICT, *ANY_KEY),
                parameters=[WEBHOOK_PARAMETER],
            )
        },
    }
