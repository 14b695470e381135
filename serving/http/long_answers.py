"""Long answers go out in pieces: a request lasts until its client has read all but the last of them.

The server's connection takes whatever it is given, and keeps it for as long as nobody reads it: the request
is over by then, with its place and its time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.http.problems import LimitExceeded, error_response
from serving.limits import Limits
from serving.store.access import ASKING_TENANT

__all__ = ["LongAnswers"]

PIECE_BYTES: Final = 2**16


class TooManyUnread(LimitExceeded):
    """503: answers that were not read yet take as many bytes as they may."""

    status = 503


class LongAnswers:
    """Sends long answers piece by piece, as their clients read them, and refuses one too many.

    One tenant's may take ``tenant_share`` of the bytes.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.most = limits.unread_bytes
        self.most_of_tenant = math.ceil(self.most * limits.tenant_share)
        self.retry_after = str(limits.retry_after_seconds)
        self.unread: Counter[str | None] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a long answer that finds no room is 503 with ``Retry-After``."""
        if scope["type"] == "http":
            send = LongAnswer(self, scope, receive, send).send
        await self.app(scope, receive, send)

    @contextmanager
    def room_for(self, size: int) -> Iterator[None]:
        """Room for the bytes of the asking tenant's answer until they are read; its only one always has it.

        Raises
        ------
        TooManyUnread
            If others of the tenant's wait to be read, and there is too little room.
        """
        tenant = ASKING_TENANT.get()
        own = self.unread[tenant]
        if own and (self.unread.total() + size > self.most or own + size > self.most_of_tenant):
            rule = "Answers that were not read yet take as many bytes as they may; read them first."
            raise TooManyUnread(rule, "unread_bytes", {"Retry-After": self.retry_after})
        self.unread[tenant] += size
        try:
            yield
        finally:
            self.unread[tenant] -= size
            self.unread += Counter()  # without those that have none


class LongAnswer:
    """One answer, whose beginning waits for its first bytes: until then it can still be refused."""

    def __init__(self, answers: LongAnswers, scope: Scope, receive: Receive, send: Send) -> None:
        self.answers = answers
        self.scope, self.receive, self.send_on = scope, receive, send
        self.start: Message | None = None
        self.refused = False

    async def send(self, message: Message) -> None:
        """Send a message on, a long one piece by piece."""
        if self.refused:
            return
        if message["type"] == "http.response.start":
            self.start = message
            return
        body = message.get("body", b"")
        if len(body) <= PIECE_BYTES:
            await self._begin()
            await self.send_on(message)
        elif self.start is None:  # a file that is read as it is sent
            await self._send_pieces(body, message)
        else:
            try:
                with self.answers.room_for(len(body)):
                    await self._begin()
                    await self._send_pieces(body, message)
            except TooManyUnread as refusal:
                self.refused = True
                await error_response(self.scope, refusal)(self.scope, self.receive, self.send_on)

    async def _begin(self) -> None:
        if self.start is not None:
            start, self.start = self.start, None
            await self.send_on(start)

    async def _send_pieces(self, body: bytes, message: Message) -> None:
        pieces = memoryview(body)
        for at in range(0, len(body), PIECE_BYTES):
            piece = bytes(pieces[at : at + PIECE_BYTES])
            await self.send_on({"type": message["type"], "body": piece, "more_body": True})
        await self.send_on({**message, "body": b""})
