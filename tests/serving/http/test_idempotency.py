"""Looked up, else computed and remembered: whatever the computation does, a key has one answer."""

import asyncio

import pytest
from starlette.requests import Request

from serving.http.idempotency import Answer, InvalidKey, idempotent
from serving.store.access import StoreAccess
from serving.store.api_keys import ANYONE


@pytest.fixture
def access(settings):
    opened = StoreAccess(settings)
    yield opened
    opened.close()


def request(*headers):
    scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": list(headers)}
    made = Request({**scope, "server": ("localhost", 80), "scheme": "http"})
    made.state.caller = ANYONE
    return made


class Computation:
    """Counts how often it is asked; fails as often as it is told to."""

    def __init__(self, failures=0):
        self.calls, self.failures = 0, failures

    async def __call__(self, claim):
        self.calls += 1
        if self.calls <= self.failures:
            raise ZeroDivisionError
        return Answer(b"answer %d" % self.calls)


KEY = (b"idempotency-key", b"k")


def test_without_a_key_it_is_computed_every_time(access):
    compute = Computation()
    answers = [asyncio.run(idempotent(request(), b"body", access, compute)) for _ in range(2)]
    assert answers == [(b"answer 1", False), (b"answer 2", False)]


def test_with_a_key_it_is_computed_once(access):
    compute = Computation()
    answers = [asyncio.run(idempotent(request(KEY), b"body", access, compute)) for _ in range(2)]
    assert (answers, compute.calls) == ([(b"answer 1", False), (b"answer 1", True)], 1)


def test_a_failure_is_not_remembered(access):
    compute = Computation(failures=1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(idempotent(request(KEY), b"body", access, compute))
    assert asyncio.run(idempotent(request(KEY), b"body", access, compute)) == (b"answer 2", False)


def test_an_answer_that_says_it_is_remembered_is_not_remembered_again(access):
    async def compute(claim):
        return Answer(b"first", is_remembered=True)

    assert asyncio.run(idempotent(request(KEY), b"body", access, compute)) == (b"first", False)
    asked = idempotent(request(KEY), b"body", access, compute)
    with pytest.raises(TimeoutError):  # the claim is still open: a later request waits for its answer
        asyncio.run(asyncio.wait_for(asked, 0.2))


@pytest.mark.parametrize("key", [b"", b"\xc3\xa9", b"k" * 256])
def test_a_malformed_key_is_refused(access, key):
    with pytest.raises(InvalidKey):
        asyncio.run(idempotent(request((b"idempotency-key", key)), b"", access, Computation()))
