"""The service's log: one JSON object in each line, with no personal data in it.

What is told is named here and where it is told, word by word: no body, no account's id, no
value of a parameter, and no exception's text, which may quote any of them.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import traceback
from typing import Any, Final, TextIO

__all__ = ["LOGGER", "start", "tell", "tell_error"]

LOGGER: Final = logging.getLogger("assay")
DEEPEST: Final = 30


class Lines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The time in UTC, the level, what happened, and its facts."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        about = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(about | getattr(record, "facts", {}))


def start(stream: TextIO = sys.stderr) -> None:
    """Write the log to a stream, once."""
    if LOGGER.handlers:
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def tell(event: str, *, level: int = logging.INFO, **facts: Any) -> None:
    """Note that something happened."""
    LOGGER.log(level, event, extra={"facts": facts})


def tell_error(event: str, error: BaseException, **facts: Any) -> None:
    """Note an error that nobody foresaw: its kind, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    tell(event, level=logging.ERROR, **facts, error=type(error).__qualname__, places=places)
