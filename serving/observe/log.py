"""The service's log: one JSON object in each line, with no personal data in it.

What is told is named here and where it is told, word by word: no body, no account's id, no
value of a parameter, and no exception's text, which may quote any of them. Of what libraries log
the first line of the message is told, before its values are put in, and where an error came from.
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
        own = record.name.partition(".")[0] == LOGGER.name
        about = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else str(record.msg).partition("\n")[0],
        }
        return json.dumps(about | (getattr(record, "facts", {}) if own else facts_of(record)))


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What may be told of a library's record."""
    error = record.exc_info[1] if record.exc_info else None
    return {"logger": record.name} | (where(error) if error else {})


def start(stream: TextIO = sys.stderr) -> None:
    """Write to a stream what we log and what libraries warn of, in place of any other log."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.root.handlers = [handler]
    LOGGER.setLevel(logging.INFO)


def tell(event: str, *, level: int = logging.INFO, **facts: Any) -> None:
    """Note that something happened."""
    LOGGER.log(level, event, extra={"facts": facts})


def tell_error(event: str, error: BaseException, **facts: Any) -> None:
    """Note an error that nobody foresaw: its kind, and where it came from."""
    tell(event, level=logging.ERROR, **facts, **where(error))


def where(error: BaseException) -> dict[str, Any]:
    """An error's kind, and the lines that it came through."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__qualname__, "places": places}
