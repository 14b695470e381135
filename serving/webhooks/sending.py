"""One delivery: signed, sent to the address that was checked, and judged by the status of the answer alone.

Signatures are those of Standard Webhooks (https://www.standardwebhooks.com), which receivers have libraries
for: HMAC-SHA-256 over id, time and body.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Sequence
from functools import cache
from ssl import SSLContext
from typing import Final

import httpcore
import httpx
from anyio import fail_after

from serving.settings import Settings
from serving.webhooks.destinations import Destination, Forbidden, destination_of, resolved
from serving.webhooks.short_answers import ShortAnswers

__all__ = ["NotDelivered", "ReceiverGone", "send", "signature"]

SECONDS: Final = 10.0
"""For a whole delivery, from the look-up of the name to the answer's first line."""


GONE: Final = 410


class NotDelivered(Exception):
    """A delivery did not come through; the text says why."""


class ReceiverGone(NotDelivered):
    """The receiver answered 410: it is gone for good, and wants nothing more."""


def signature(secret: str, delivery_id: str, at: int, body: str) -> str:
    """The signature of a delivery.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...           '{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return (
        "v1," + base64.b64encode(hmac.digest(key, f"{delivery_id}.{at}.{body}".encode(), "sha256")).decode()
    )


async def send(url: str, secrets: Sequence[str], delivery_id: str, body: str, settings: Settings) -> int:
    """Send a delivery once, signed with each secret; the answer's status, of which nothing else is read.

    Raises
    ------
    ReceiverGone
        Where the answer is 410.
    NotDelivered
        Where the address is not allowed, nobody answers, or the answer is none of 2xx; also a redirect, which
        is not followed.
    """
    try:
        with fail_after(SECONDS):
            destination = destination_of(url, settings)
            address = str(await resolved(destination, settings))
            status = await post(destination, address, secrets, delivery_id, body)
    except Forbidden as error:
        raise NotDelivered(f"The address {error}.") from error
    except TimeoutError as error:
        raise NotDelivered(f"There was no answer within {SECONDS:g} seconds.") from error
    except Exception as error:  # whatever a receiver or an address brings about ends this delivery alone
        raise NotDelivered(f"No answer came: {type(error).__name__}.") from error
    if status == GONE:
        raise ReceiverGone(f"The answer was {status}.")
    if not 200 <= status < 300:
        raise NotDelivered(f"The answer was {status}.")
    return status


async def post(
    destination: Destination, address: str, secrets: Sequence[str], delivery_id: str, body: str
) -> int:
    """Post to the address in numbers under the host's name; the certificate must be the name's."""
    at = int(time.time())
    headers = {
        "Host": destination.url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": "Assay-Webhook/1",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signature(secret, delivery_id, at, body) for secret in secrets),
    }
    pinned = destination.url.copy_with(host=address)
    # No proxy and no .netrc of the environment, no cookies of an earlier answer, no redirect.
    async with (
        httpcore.AsyncConnectionPool(tls_context(), network_backend=ShortAnswers()) as pool,
        pool.stream(
            "POST", str(pinned), content=body.encode(), headers=list(headers.items()),
            extensions={"sni_hostname": destination.host},
        ) as answer,
    ):  # fmt: skip
        return answer.status


@cache
def tls_context() -> SSLContext:
    """The certificates that are trusted, read once."""
    return httpx.create_ssl_context(trust_env=False)
