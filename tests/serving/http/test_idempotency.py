"""Looked up, else computed and remembered: whatever the computation does, a key has one answer."""

import asyncio
import os
import subprocess
import sys

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
    built = Request({**scope, "server": ("localhost", 80), "scheme": "http"})
    built.state.caller = ANYONE
    return built


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


def test_a_replayed_answer_names_the_model_that_gave_it(access):
    models = []
    for model in ("a" * 64, "b" * 64):  # the second took the first one's place meanwhile
        asked = request(KEY)
        asked.state.model = model
        asyncio.run(idempotent(asked, b"body", access, Computation()))
        models.append(asked.state.model)
    assert models == ["a" * 64] * 2


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


KEYS = 20
ONE_OF_SEVERAL = f"""
import asyncio, os, sys
from starlette.requests import Request
from serving.http.idempotency import Answer, idempotent
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.api_keys import ANYONE

def request(number):
    scope = {{"type": "http", "method": "POST", "path": "/x", "query_string": b"", "scheme": "http"}}
    headers = [(b"idempotency-key", b"k%d" % number)]
    made = Request({{**scope, "server": ("localhost", 80), "headers": headers}})
    made.state.caller = ANYONE
    return made

async def compute(claim):
    await asyncio.sleep(0.001)  # so that the others come meanwhile
    return Answer(b"%d" % os.getpid())

async def ask(number, access):
    body, replayed = await idempotent(request(number), b"body", access, compute)
    print(number, body.decode(), int(replayed), flush=True)

async def ask_all(access):
    await asyncio.gather(*(ask(number, access) for number in range({KEYS})))

access = StoreAccess(Settings.read())
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(ask_all(access))
access.close()
"""


def test_of_two_processes_with_the_same_keys_at_once_one_computes_each(settings):
    variables = {**os.environ, "ASSAY_HOME": str(settings.home)}
    if settings.database:
        variables["ASSAY_DATABASE"] = settings.database.get_secret_value()
    command = [sys.executable, "-c", ONE_OF_SEVERAL]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": variables}
    with subprocess.Popen(command, **pipes) as first, subprocess.Popen(command, **pipes) as second:
        for process in (first, second):
            assert process.stdout.readline() == "ready\n"
        for process in (first, second):
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [line.split() for process in (first, second) for line in process.stdout.read().splitlines()]
    assert first.returncode == second.returncode == 0
    assert len(answers) == 2 * KEYS
    for number in map(str, range(KEYS)):
        (one, computed), (other, replayed) = sorted(
            ((body, was_replayed) for name, body, was_replayed in answers if name == number),
            key=lambda answer: answer[1],
        )
        assert one == other and (computed, replayed) == ("0", "1")
