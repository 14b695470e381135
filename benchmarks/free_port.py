"""A port for a server of a test or a benchmark."""

from __future__ import annotations

import random
import socket
from typing import Final

__all__ = ["free_port"]

BELOW_OUTGOING: Final = range(12_000, 32_000)
"""Outgoing connections take theirs from 32768 on (Linux), and would take it before the server has it."""


def free_port() -> int:
    """A port of this machine, drawn at random, at which nobody listens on any of its addresses."""
    draw = random.SystemRandom()
    while True:
        port = draw.choice(BELOW_OUTGOING)
        with socket.socket() as found:
            try:
                found.bind(("", port))
            except OSError:
                continue
            return port
