"""What an attack expects of the service, and what it got; and a raw way to ask it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["ACCOUNT", "NotRun", "Outcome", "raw_answer", "status_of"]

ACCOUNT = b'{"account_id": "victim", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
LONGEST_SECONDS = 20.0


class NotRun(Exception):
    """An attack cannot be run on this machine; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one step of an attack.

    Attributes
    ----------
    step
        What was done.
    due
        What should happen.
    found
        What happened.
    holds
        Whether that is what should have.
    """

    step: str
    due: str
    found: str
    holds: bool

    @classmethod
    def equal(cls, step: str, due: object, found: object) -> Outcome:
        """The outcome of a step that has one right answer."""
        return cls(step, str(due), str(found), due == found)

    def line(self) -> str:
        """The outcome as a line of text.

        >>> Outcome.equal("GET /a", 404, 200).line()
        'BROKEN GET /a: should be 404, was 200'
        """
        return f"{'holds ' if self.holds else 'BROKEN'} {self.step}: should be {self.due}, was {self.found}"


def raw_answer(url: str, request: bytes, seconds: float = LONGEST_SECONDS) -> bytes:
    """What the service answers to bytes that no client would send; empty where it only closes."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=seconds) as connection:
        try:
            connection.sendall(request)
            whole = b""
            while piece := connection.recv(65_536):
                whole += piece
        except (ConnectionResetError, BrokenPipeError):
            return b"reset"
        except TimeoutError:
            return whole or b"nothing within the time"
    return whole


def status_of(answer: bytes) -> int | str:
    r"""The status of a raw answer; the answer itself where it is none.

    >>> status_of(b"HTTP/1.1 404 Not Found\r\n"), status_of(b"reset")
    (404, 'reset')
    """
    words = answer.split(b" ", 2)
    return int(words[1]) if words[0].startswith(b"HTTP/") else answer[:60].decode(errors="replace")
