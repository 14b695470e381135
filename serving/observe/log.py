"""The service's log: one JSON object in each line, with no personal data in it.

Every caller names the facts that it logs: never a body, an account's id, a parameter's value or
an exception's text, which may quote any of them. Of a library's record only the first line of the
message, before its values are put in, and the place of an error are logged.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import os
import time
import traceback
from contextlib import suppress
from queue import Full, Queue
from threading import Thread
from typing import Any, Final

__all__ = ["LOGGER", "LastingError", "error_location", "log_error", "log_event", "start_logging"]

LOGGER: Final = logging.getLogger("assay")
MOST_FRAMES: Final = 30
STANDARD_ERROR: Final = 2
MOST_UNREAD: Final = 10_000
"""Lines that wait for whoever reads the log; what comes beyond them is counted alone."""

LAST_SECONDS: Final = 1.0
"""How long the last lines are waited for at the end of the process."""

LINE_SECONDS: Final = 60.0
"""Between two lines about an error that is met again and again."""


class JsonFormatter(logging.Formatter):
    """Formats a log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """A JSON object with the time in UTC, the level, the event and its facts."""
        time = dt.datetime.fromtimestamp(record.created, dt.UTC)
        own = record.name.partition(".")[0] == LOGGER.name
        line = {
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if own else str(record.msg).partition("\n")[0],
        }
        return json.dumps(line | (getattr(record, "facts", {}) if own else library_facts(record)))


def library_facts(record: logging.LogRecord) -> dict[str, Any]:
    """The facts of a library's record without personal data: its logger, and the place of an error."""
    error = record.exc_info[1] if record.exc_info else None
    return {"logger": record.name} | (error_location(error) if error else {})


class PatientHandler(logging.Handler):
    """Writes lines in a thread of its own: who logs never waits for whoever reads the log.

    Where nobody reads it, lines beyond ``MOST_UNREAD`` are lost, and a line says how many once somebody does.

    Parameters
    ----------
    descriptor
        The file or pipe that is written to.
    """

    def __init__(self, descriptor: int = STANDARD_ERROR) -> None:
        super().__init__()
        self.descriptor = descriptor
        self.lines: Queue[str] = Queue(MOST_UNREAD)
        self.lost = 0
        Thread(target=self._write_for_ever, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Have a record written, unless too many wait."""
        try:
            self.lines.put_nowait(self.format(record))
        except Full:
            self.lost += 1
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Wait until all lines are written, for a second at most, as at the end of the process."""
        with self.lines.all_tasks_done:
            self.lines.all_tasks_done.wait_for(lambda: not self.lines.unfinished_tasks, LAST_SECONDS)

    def _write_for_ever(self) -> None:
        while True:
            self._write(self.lines.get())
            self.lines.task_done()
            if self.lost:
                self._write(self.format(self._record_of_lost()))

    def _record_of_lost(self) -> logging.LogRecord:
        self.acquire()
        try:
            facts, self.lost = {"count": self.lost}, 0
        finally:
            self.release()
        event = "log_lines_lost"
        return LOGGER.makeRecord(LOGGER.name, logging.ERROR, "", 0, event, (), None, extra={"facts": facts})

    def _write(self, line: str) -> None:
        rest = f"{line}\n".encode()
        with suppress(OSError):  # nobody can be told: the disk is full, or the reader has gone
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]


def start_logging(handler: logging.Handler | None = None) -> None:
    """Send our log and the warnings of libraries to a handler alone, that of standard error unless given."""
    handler = handler or PatientHandler()
    handler.setFormatter(JsonFormatter())
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.root.handlers = [handler]
    LOGGER.setLevel(logging.INFO)


def log_event(event: str, *, level: int = logging.INFO, **facts: Any) -> None:
    """Log an event with its facts."""
    LOGGER.log(level, event, extra={"facts": facts})


def log_error(event: str, error: BaseException, **facts: Any) -> None:
    """Log an unforeseen error by its class and its traceback, without its text."""
    log_event(event, level=logging.ERROR, **facts, **error_location(error))


class LastingError:
    """An error that is met again and again: a line for it once a minute at most, and one when it is over.

    Attributes
    ----------
    event
        Of its lines.
    times
        How often it was met since it was over last.
    """

    def __init__(self, event: str) -> None:
        self.event = event
        self.times = 0
        self.logged = False
        self.logged_at = -math.inf

    def add(self, error: BaseException) -> None:
        """Count the error, and log it unless there was a line about one within the last minute."""
        self.times += 1
        if time.monotonic() - self.logged_at >= LINE_SECONDS:
            log_error(self.event, error, times=self.times)
            self.logged, self.logged_at = True, time.monotonic()

    def end(self) -> None:
        """Log that the error is over, if one was logged."""
        if self.logged:
            log_event(self.event, over=True, times=self.times)
        self.times, self.logged = 0, False


def error_location(error: BaseException) -> dict[str, Any]:
    """An error's class, and the last lines of its traceback."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": type(error).__qualname__, "places": places}
