"""The endpoints of webhooks: registered, listed, tried, removed."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import BadInput, Fault
from accounts.reading.json_parser import DuplicateFields
from accounts.reading.quoting import escape, found_in, quote
from serving.http.authentication import ScopedEndpoints, caller_of
from serving.http.bodies import parse_object, read_decision_body
from serving.http.idempotency import Answer, idempotent, remember_with_effects
from serving.http.problems import LimitExceeded, NotFound, RequestProblem
from serving.http.query import without_parameters
from serving.http.responses import answer_response, json_response
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.api_keys import Scope
from serving.store.idempotency_keys import KeyedRequest
from serving.store.outbox import event_body
from serving.store.store import Store
from serving.store.timestamps import format_timestamp, now
from serving.store.webhook_rows import (
    BOTH_SECRETS,
    MOST_WEBHOOKS,
    Webhook,
    WebhookEvent,
    add_webhook,
    get_webhook,
    list_webhooks,
    remove_webhook,
    rotate_secret,
    webhook_secret,
)
from serving.webhooks.destinations import Forbidden, destination_of
from serving.webhooks.sending import NotDelivered, send

__all__ = ["TEST_EVENT", "WEBHOOK_ENDPOINTS"]

SECRET_VERSION: Final = "secret_version"
TEST_EVENT: Final = "webhook.test"
MEMBERS: Final = ("url", "events")
STATE: Final = (
    "webhook_id", "url", "events", "created_at", "delivered_at", "failed_at", "failure", "given_up",
    "sequence", "rotated_at", "gone_at",
)  # fmt: skip


class WebhooksOff(RequestProblem):
    """403: webhooks are off, for no host is allowed (``webhook_hosts``)."""

    status = 403


class TooManyWebhooks(LimitExceeded):
    """429: the tenant has as many webhooks as it may."""

    status = 429


class WebhookStopped(RequestProblem):
    """409: the webhook was stopped, as its receiver is gone for good."""

    status = 409


@without_parameters
async def register(request: Request) -> Response:
    """Register a webhook; its answer alone shows the secret."""
    access, caller = store_access(request), caller_of(request)
    body = await read_decision_body(request, access.settings)
    url, events = read_webhook(body, access.settings)

    def add(store: Store) -> dict[str, Any]:
        webhook = add_webhook(store, caller.tenant, url, events, caller.actor)
        if webhook is None:
            raise TooManyWebhooks(f"A tenant may have {MOST_WEBHOOKS} webhooks; remove one first.")
        return webhook_document(webhook) | {"waiting": 0, SECRET_VERSION: webhook.secret_version}

    return await answer_with_secret(request, body, add, 201)


@without_parameters
async def rotate(request: Request) -> Response:
    """Give a webhook a new secret, which the answer shows; the one before is valid for a day."""
    webhook, actor = await webhook_of(request), caller_of(request).actor

    def rotate_stored(store: Store) -> dict[str, Any]:
        rotated = rotate_secret(store, webhook, actor)
        if rotated is None:
            raise no_such_webhook(webhook.webhook_id)
        until = format_timestamp(datetime.fromisoformat(str(rotated.rotated_at)) + BOTH_SECRETS)
        version = {SECRET_VERSION: rotated.secret_version}
        return {"webhook_id": rotated.webhook_id, **version, "previous_valid_until": until}

    return await answer_with_secret(request, b"", rotate_stored)


async def answer_with_secret(
    request: Request, content: bytes, change: Callable[[Store], dict[str, Any]], status: int = 200
) -> Response:
    """Change a webhook once for each ``Idempotency-Key``, and answer with its secret.

    What is remembered says which version of the secret it was: the secret is derived for each answer anew.
    """
    access = store_access(request)

    async def compute(claim: KeyedRequest | None) -> Answer:
        def work(store: Store) -> bytes:
            with store.database.writing_together() as connection:
                text = json.dumps(change(store)).encode()
                remember_with_effects(request, connection, claim, text)
                return text

        return Answer(await access.run(work), is_remembered=True)

    text, is_replayed = await idempotent(request, content, access, compute)
    said, tenant, store = json.loads(text), caller_of(request).tenant, access.opened()
    secret = webhook_secret(store, tenant, said["webhook_id"], said.pop(SECRET_VERSION))
    return answer_response(json.dumps(said | {"secret": secret}).encode(), is_replayed, status=status)


@without_parameters
async def list_own(request: Request) -> Response:
    """The tenant's webhooks, how their deliveries go, and how many wait."""
    found = await store_access(request).read(list_webhooks, caller_of(request).tenant)
    return json_response({"webhooks": [webhook_document(one) | {"waiting": one.waiting} for one in found]})


@without_parameters
async def remove(request: Request) -> Response:
    """Remove a webhook, and what still waits for it."""
    webhook = await webhook_of(request)
    await store_access(request).run(remove_webhook, webhook, caller_of(request).actor)
    return Response(status_code=204)


@without_parameters
async def test(request: Request) -> Response:
    """Send one delivery now, and say what came of it; nothing is sent where the receiver said 410."""
    webhook, access = await webhook_of(request), store_access(request)
    check_on(access.settings)
    if webhook.gone_at is not None:
        raise WebhookStopped(
            f"Its receiver said at {webhook.gone_at} that it is gone for good (410): nothing is sent there "
            "any more. Remove the webhook, and register the address anew when somebody listens there again."
        )
    delivery_id = f"msg_{secrets.token_hex(16)}"
    body = event_body(delivery_id, TEST_EVENT, now(), None, {"webhook_id": webhook.webhook_id})
    answer: dict[str, Any] = {"delivery_id": delivery_id, "delivered": True, "failure": None}
    try:
        await send(webhook.url, webhook.secrets(access.opened()), delivery_id, body, access.settings)
    except NotDelivered as failure:
        answer |= {"delivered": False, "failure": str(failure)}
    return json_response(answer)


def check_on(settings: Settings) -> None:
    """Refuse where no host is allowed, or nothing is stored."""
    if not (settings.webhook_hosts and settings.store_verdicts):
        raise WebhooksOff("Webhooks are off: no host is allowed (webhook_hosts).")


def read_webhook(body: bytes, settings: Settings) -> tuple[str, list[WebhookEvent]]:
    """Address and events of a webhook.

    Raises
    ------
    BadInput
        With every fault of the document.
    WebhooksOff
        If no address is allowed.
    """
    document = parse_object(body)
    check_on(settings)
    if faults := list(webhook_faults(document, settings)):
        raise BadInput(*faults)
    asked = document.get("events", list(WebhookEvent))
    return document["url"], [event for event in WebhookEvent if event in asked]


def webhook_faults(document: Mapping[str, Any], settings: Settings) -> Iterator[Fault]:
    """Every fault of a webhook's document."""
    for name in document.names if isinstance(document, DuplicateFields) else ():
        yield Fault("", escape(name), "must be given once.")
    for name in document:
        if name not in MEMBERS:
            yield Fault("", escape(name), f"is unknown: a webhook has {', '.join(MEMBERS)}.")
    url = document.get("url")
    if isinstance(url, str):
        try:
            destination_of(url, settings)
        except Forbidden as refusal:
            yield Fault("", "url", f"{refusal}.")
    else:
        yield Fault("", "url", f"must be a text. {found_in(document, 'url')}")
    events = document.get("events", list(WebhookEvent))
    known = isinstance(events, list) and all(isinstance(one, str) for one in events)
    if not known or not events or set(events) - set(WebhookEvent):
        wrong = next((one for one in events if one not in set(WebhookEvent)), events) if known else events
        yield Fault("", "events", f"must be some of {', '.join(WebhookEvent)}. Got {quote(wrong)}.")


def webhook_document(webhook: Webhook) -> dict[str, Any]:
    """What is told of a webhook; never its secret."""
    return {name: getattr(webhook, name) for name in STATE} | {"events": list(webhook.events)}


async def webhook_of(request: Request) -> Webhook:
    """The tenant's webhook that the path names.

    Raises
    ------
    NotFound
        If the caller's tenant has no such webhook.
    """
    name, found = str(request.path_params["webhook_id"]), None
    if WEBHOOK_ID.fullmatch(name):
        found = await store_access(request).read(get_webhook, caller_of(request).tenant, name)
    if found is None:
        raise no_such_webhook(name)
    return found


def no_such_webhook(name: str) -> NotFound:
    """One refusal for a webhook that never was, that was removed, and that is another tenant's."""
    return NotFound(f"There is no webhook {name}.")


WEBHOOK_ID: Final = re.compile("[0-9a-f]{32}")
WEBHOOK_PATH: Final = "/v1/webhooks/{webhook_id}"

WEBHOOK_ENDPOINTS: Final[dict[str, ScopedEndpoints]] = {
    "/v1/webhooks": {"GET": (Scope.ADMIN, list_own), "POST": (Scope.ADMIN, register)},
    WEBHOOK_PATH: {"DELETE": (Scope.ADMIN, remove)},
    f"{WEBHOOK_PATH}/rotate": {"POST": (Scope.ADMIN, rotate)},
    f"{WEBHOOK_PATH}/test": {"POST": (Scope.ADMIN, test)},
}
