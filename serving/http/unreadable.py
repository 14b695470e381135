"""Requests that are no HTTP, or can be read in two ways: refused by a problem with an id, as any other.

uvicorn refuses them by itself, before there is a request to pass on: in plain text, without an id, and with
the connection reset where more was sent. So it does with what asks for a websocket, which nobody here speaks.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import h11

from serving.http.lingering import MOST_BYTES
from serving.http.problems import MEDIA_TYPE, RequestProblem, code_of, problem
from serving.http.request_log import REQUEST_ID_HEADER, request_id
from serving.http.well_formed import Malformed, TooManyHeaders
from serving.observe.log import log_event

__all__ = ["refuse_unreadable"]


class UnknownTransferCoding(RequestProblem):
    """501: the body has another transfer coding than chunked."""

    status = 501


CODES: Final[Mapping[int, str]] = {
    kind.status: code_of(kind) for kind in (Malformed, TooManyHeaders, UnknownTransferCoding)
}
"""The kinds of problems that others answer, too, by their status."""

LINGER_SECONDS: Final = 1.0
UNREADABLE: Final = "The request must be HTTP/1.1 that can be read in one way."
SENTENCES: Final[Mapping[str, str]] = {
    "Missing mandatory Host": "The header Host must stand once. It is missing.",
    "Found multiple Host": "The header Host must stand once. Got it more than once.",
    "conflicting Content-Length": "The header Content-Length must stand once. Got it more than once.",
    "bad Content-Length": "The header Content-Length must be a number of at most 20 digits.",
    "multiple Transfer-Encoding": "The header Transfer-Encoding must stand once. Got it more than once.",
    "Only Transfer-Encoding": "The header Transfer-Encoding must be chunked.",
    "illegal request line": "The request line must be a method, a target and HTTP/1.1, in ASCII.",
    "illegal header line": "Each header must be a name, a colon and a value, in a line of its own.",
    "Receive buffer too long": "The request line and the headers must have at most 64 KiB together.",
    "websocket": "No upgrade of the connection is accepted. The header Upgrade asks for a websocket.",
    "chunks of next to nothing": "Beyond 1,000 chunks a body must have at least 64 bytes in each.",
}
"""What is wrong, by the beginning of what h11 says of it; what it quotes of the request is left out."""


def refuse_doubled_lengths() -> None:
    """Have h11 refuse a second ``Content-Length``, of the same number too, which it would leave out itself.

    The parser tells no further of it, and has no setting for that, so that its check of headers is changed.
    """
    events: Any = h11._events
    check = events.normalize_and_validate
    if check.__name__ == "with_one_length":
        return

    def with_one_length(headers: Any, _parsed: bool = False) -> Any:
        if _parsed:
            lengths = [value for name, value in headers if name.lower() == b"content-length"]
            if len(lengths) > 1 or any(b"," in value for value in lengths):
                raise h11.LocalProtocolError("conflicting Content-Length headers")
        return check(headers, _parsed)

    events.normalize_and_validate = with_one_length


def refuse_unreadable(protocol: Any) -> None:
    """Have uvicorn refuse what it cannot read by a problem, and wait a little before it closes.

    uvicorn has no setting for that and makes its connections by itself, so that the class is changed.

    Parameters
    ----------
    protocol
        uvicorn's class of a connection.
    """
    protocol.send_400_response = refuse
    protocol.handle_websocket_upgrade = refuse_websocket
    refuse_doubled_lengths()


def refuse(self: Any, _: str) -> None:
    """Answer a connection whose data the parser has just refused; in place of uvicorn's own method."""
    error = sys.exc_info()[1]
    if self.cycle is not None and not self.cycle.response_complete:
        # The body broke off: whoever reads it learns that, asks for no more of it, and answers nothing.
        self.cycle.disconnected, self.cycle.waiting_for_100_continue = True, False
        self.cycle.message_event.set()
    if self.conn.our_state not in {h11.IDLE, h11.SEND_RESPONSE}:
        self.transport.close()
        return
    answer(self, error)


def refuse_websocket(self: Any, _: h11.Request) -> None:
    """Answer a connection that asks for a websocket; in place of uvicorn's own method."""
    answer(self, h11.RemoteProtocolError("websocket"))


def answer(self: Any, error: BaseException | None) -> None:
    """Send a refusal over uvicorn's connection, and throw away what follows."""
    for event in events_of(error):
        self.transport.write(self.conn.send(event))
    Discarding(self)


def events_of(error: BaseException | None) -> tuple[h11.Event, ...]:
    """The answer to a request that the parser refused.

    >>> start, body, _ = events_of(h11.RemoteProtocolError("Receive buffer too long", error_status_hint=431))
    >>> start.status_code, json.loads(body.data)["detail"]
    (431, 'The request line and the headers must have at most 64 KiB together.')
    """
    status = HTTPStatus(getattr(error, "error_status_hint", HTTPStatus.BAD_REQUEST))
    said = str(error)
    detail = next((sentence for start, sentence in SENTENCES.items() if said.startswith(start)), UNREADABLE)
    members = problem(status, detail, code=CODES.get(status))
    name, body = request_id(None), json.dumps(members).encode()
    log_event("unreadable_request", request_id=name, status=int(status))
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Content-Length": str(len(body)),
        REQUEST_ID_HEADER: name,
        "Connection": "close",
    }
    start = h11.Response(status_code=status, reason=status.phrase, headers=list(headers.items()))
    return start, h11.Data(data=body), h11.EndOfMessage()


class Discarding(asyncio.Protocol):
    """Throws away what still comes over a connection, for a second: closed at once it would be reset.

    Parameters
    ----------
    before
        uvicorn's connection, in whose place it is put.
    """

    def __init__(self, before: Any) -> None:
        self.before = before
        self.left = MOST_BYTES
        self.transport = before.transport
        self.end = before.loop.call_later(LINGER_SECONDS, self.transport.close)
        self.transport.set_protocol(self)
        self.transport.resume_reading()
        if self.transport.can_write_eof():
            with suppress(OSError):  # the client has hung up, which connection_lost says next
                self.transport.write_eof()

    def data_received(self, data: bytes) -> None:
        """Throw data away; too much of it ends the connection."""
        self.left -= len(data)
        if self.left < 0:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let uvicorn clear up."""
        self.end.cancel()
        self.before.connection_lost(exc)
