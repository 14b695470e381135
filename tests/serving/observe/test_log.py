"""The log says an error that lasts once a minute, and when it is over."""

import logging

import pytest

from serving.observe import log
from serving.observe.log import LastingError


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
