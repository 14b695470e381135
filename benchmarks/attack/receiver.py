"""A receiver of webhooks on this machine, which can be told to refuse."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.free_port import free_port
from benchmarks.serving.servers import webhook_settings

__all__ = ["HOST", "Receiver", "receiving"]

HOST = "127.0.0.1"
BUSY, TAKEN = 503, 204


class Receiver:
    """What came, and what is answered.

    Attributes
    ----------
    port
        Where it listens.
    refuses
        Whether every delivery is answered 503.
    refused
        How many were.
    taken
        The data of what was taken, by the event's number.
    """

    def __init__(self, port: int) -> None:
        self.port, self.refuses, self.refused = port, False, 0
        self.taken: dict[int, Any] = {}

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a service that may send here."""
        return webhook_settings(self.port)

    def answer(self, body: bytes) -> int:
        """Take a delivery, or refuse it."""
        if self.refuses:
            self.refused += 1
            return BUSY
        event = json.loads(body)
        self.taken[event["sequence"]] = event["data"]
        return TAKEN


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver until the end of the block."""
    receiver = Receiver(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = receiver.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing of each delivery."""

    with ThreadingHTTPServer((HOST, receiver.port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
