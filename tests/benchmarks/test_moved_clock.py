"""The clock that attacks move: in every process of a service, at once, and nothing but the wall clock."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from benchmarks.attack import moved_clock, run
from benchmarks.attack.moved_clock import MovedClock
from benchmarks.attack.receiver import HOST, receiving

MOVED = Path(run.__file__).with_name("moved")
ASKED = """
import sys, time
from datetime import UTC, datetime
for _ in sys.stdin:
    time.sleep(0.01)
    print(datetime.now(UTC).isoformat(), time.monotonic(), flush=True)
"""


@pytest.mark.skipif(moved_clock.library() is None, reason="libfaketime is not installed")
def test_a_process_sees_each_jump_of_its_wall_clock_and_none_of_the_other(tmp_path):
    clock = MovedClock(tmp_path)
    settings = {**os.environ, **clock.settings()}
    with subprocess.Popen(
        [sys.executable, "-c", ASKED],
        env=settings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip

        def seen():
            process.stdin.write("\n")
            process.stdin.flush()
            wall, monotonic = process.stdout.readline().split()
            return datetime.fromisoformat(wall), float(monotonic)

        before = seen()
        for offset in (timedelta(days=40), timedelta(days=-2), timedelta()):
            clock.move_to(offset)
            wall, monotonic = seen()
            assert abs(wall - datetime.now(UTC) - offset) < timedelta(hours=1)
            assert 0 <= monotonic - before[1] < 3_600
        process.stdin.close()


def test_a_clock_is_moved_from_where_it_is(tmp_path):
    clock = MovedClock(tmp_path)
    clock.settings()
    clock.move(timedelta(hours=1))
    clock.move(timedelta(days=-2))
    assert (tmp_path / "clock").read_text() == "-169200\n"
    assert clock.now() < MovedClock(tmp_path).now(plus=-timedelta(hours=46))


@pytest.mark.parametrize("name", ["clock", "day"])
def test_without_libfaketime_an_attack_is_not_run_and_neither_held_nor_broken(name, monkeypatch, capsys):
    monkeypatch.setattr(moved_clock, "library", lambda: None)
    monkeypatch.setattr(run, "record", lambda *_: pytest.fail("it was recorded"))
    assert run.main([name]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"== {name}",
        "not run: libfaketime, which moves a service's clock, is not installed",
    ]


def test_long_sleeps_of_a_service_that_hurries_are_shortened_and_no_others():
    code = (
        "import asyncio, sitecustomize\n"
        "slept = []\n"
        "async def sleep(delay, result=None): slept.append(delay)\n"
        "sitecustomize.sleep_in_loop = sleep\n"
        "async def main():\n"
        "    for delay in (3600, 300, 299, 0.5): await asyncio.sleep(delay)\n"
        "asyncio.run(main())\n"
        "print(slept)"
    )
    variables = {**os.environ, "PYTHONPATH": str(MOVED), "ATTACK_RATE": "60"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[60.0, 5.0, 299, 0.5]"


def test_a_receiver_takes_what_it_does_not_refuse():
    with receiving() as receiver:
        url = f"http://{HOST}:{receiver.port}/"
        receiver.refuses = True
        assert httpx.post(url, json={"sequence": 1, "data": "a"}).status_code == 503
        receiver.refuses = False
        assert httpx.post(url, json={"sequence": 2, "data": "b"}).status_code == 204
        assert (receiver.refused, receiver.taken) == (1, {2: "b"})
