"""The log says an error that lasts once a minute, and when it is over; who logs waits for no reader of it."""

import json
import logging
import os

import pytest

from serving.observe import log
from serving.observe.log import LOGGER, LastingError, PatientHandler, log_event, start_logging


@pytest.fixture
def clock(monkeypatch):
    at = [1_000.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: at[0])
    return at


def facts(caplog):
    return [(record.levelname, record.facts["times"], "over" in record.facts) for record in caplog.records]


def test_an_error_that_lasts_has_a_line_a_minute_and_one_when_it_is_over(caplog, clock):
    caplog.set_level(logging.INFO, logger=log.LOGGER.name)
    lasting = LastingError("log_not_truncated")
    lasting.end()
    for _ in range(40):
        lasting.add(OSError("full"))
        clock[0] += 2.0
    lasting.end()
    lasting.end()
    assert facts(caplog) == [("ERROR", 1, False), ("ERROR", 31, False), ("INFO", 40, True)]
    assert {record.message for record in caplog.records} == {"log_not_truncated"}


def test_an_error_that_comes_and_goes_has_no_more_lines(caplog, clock):
    caplog.set_level(logging.INFO, logger=log.LOGGER.name)
    lasting = LastingError("log_not_truncated")
    for _ in range(30):
        lasting.add(OSError("full"))
        lasting.end()
        clock[0] += 1.0
    assert facts(caplog) == [("ERROR", 1, False), ("INFO", 1, True)]


@pytest.fixture
def pipe(monkeypatch):
    """A pipe that all is logged to."""
    monkeypatch.setattr(logging.root, "handlers", [])
    reading, writing = os.pipe()
    start_logging(PatientHandler(writing))
    with open(reading, encoding="utf-8") as lines:
        yield lines
    LOGGER.setLevel(logging.NOTSET)
    os.close(writing)


def test_who_logs_does_not_wait_for_the_log_to_be_read(pipe, monkeypatch):
    monkeypatch.setattr(log, "LAST_SECONDS", 0.1)
    given = 3 * log.MOST_UNREAD
    for number in range(given):
        log_event("happened", number=number)
    logging.root.handlers[0].flush()
    numbers, lost = [], 0
    while len(numbers) + lost < given:
        line = json.loads(pipe.readline())
        if line["event"] == "log_lines_lost":
            lost += line["count"]
        else:
            numbers.append(line["number"])
    assert lost > 0
    assert numbers == sorted(set(numbers))


def test_a_log_whose_reader_has_gone_fails_nothing(pipe):
    pipe.close()
    log_event("happened")
    logging.root.handlers[0].flush()
