"""What webhooks are sent, in OpenAPI: an operation of the receiver for each event, and its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from serving.app.openapi_examples import example_of
from serving.app.openapi_finding import DECISION, LABEL
from serving.app.openapi_schemas import COUNT, HEX_ID, OUTCOME_MADE, TEXT, TIMESTAMP, ref, strict_object
from serving.routes.webhooks import TEST_EVENT
from serving.store.job_rows import ACTIVE, JobState
from serving.store.webhook_rows import WebhookEvent

__all__ = ["DELIVERIES", "delivery_operations"]

ENDS: Final = [state.value for state in JobState if state not in ACTIVE]

EVENTS: Final[Mapping[str, tuple[str, str, Mapping[str, Any]]]] = {
    WebhookEvent.JOB_ENDED.value: (
        "jobEnded",
        "A bulk job is done, failed or cancelled",
        strict_object(job_id=HEX_ID, state={"type": "string", "enum": ENDS}, done=COUNT, refused=COUNT),
    ),
    WebhookEvent.VERDICT_CHANGED.value: (
        "verdictChanged",
        "A new verdict on an account has another label than the newest before",
        strict_object(
            account_id=TEXT,
            platform=TEXT,
            verdict_id=HEX_ID,
            label=LABEL,
            previous=strict_object(verdict_id=HEX_ID, label=LABEL),
        ),
    ),
    WebhookEvent.DECISION_MADE.value: (
        "decisionMade",
        "A person decided about a verdict",
        strict_object(verdict_id=HEX_ID, decision_id=HEX_ID, outcome=OUTCOME_MADE, decision=DECISION),
    ),
    TEST_EVENT: ("webhookTested", "A test that was asked for", strict_object(webhook_id=HEX_ID)),
}
"""The name of each event's operation, what it tells, and its ``data``."""


def delivery(event: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an event's body."""
    number = {"type": "integer", "minimum": 1, "description": "Its place in the order of events."}
    return strict_object(
        id=TEXT | {"description": "The same at every try, as in `webhook-id`."},
        type={"type": "string", "const": event},
        at=TIMESTAMP,
        sequence={"type": "null", "description": "A test has no place in the order."}
        if event == TEST_EVENT
        else number,
        data=data,
    )


def component_name(operation: str) -> str:
    """The name of the component that is an event's body.

    >>> component_name("jobEnded")
    'JobEndedDelivery'
    """
    return f"{operation[0].upper()}{operation[1:]}Delivery"


DELIVERIES: Final = {component_name(name): delivery(event, data) for event, (name, _, data) in EVENTS.items()}
"""The schemas of all bodies, by the name of their component."""

HEADERS: Final = [
    {"name": name, "in": "header", "required": True, "description": description, "schema": TEXT}
    for name, description in (
        ("webhook-id", "The same at every try."),
        ("webhook-timestamp", "Seconds since 1970; refuse what is minutes away."),
        ("webhook-signature", "As Standard Webhooks has it; two, with a space between, after a rotation."),
    )
]


def delivery_operations(schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The ``webhooks`` of the document: what a receiver has to answer to.

    Parameters
    ----------
    schemas
        The components, by name.
    """
    return {
        event: {"post": delivery_operation(name, summary, schemas)}
        for event, (name, summary, _) in EVENTS.items()
    }


def delivery_operation(name: str, summary: str, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The receiver's operation for an event."""
    body = ref(component_name(name))
    return {
        "operationId": name,
        "tags": ["webhooks"],
        "summary": summary,
        "security": [],
        "parameters": HEADERS,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": example_of(body, schemas, "")}},
        },
        "responses": {
            "2XX": {"description": "It came through."},
            "410": {"description": "The receiver is gone for good: nothing is sent there any more."},
            "default": {"description": "It did not come through, and is sent again later."},
        },
    }
