"""The service where SIGHUP comes to all of its processes, alone or with SIGTERM, as systemd may send it."""

import os
import signal
import socket
import time

import httpx
import psutil
import pytest

BODY = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
HEAD = b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
VARIABLES = {"ASSAY_DRAIN_SECONDS": "0", "ASSAY_STORE_VERDICTS": "false"}


@pytest.fixture(autouse=True)
def sighup():
    """Whoever runs the tests may ignore SIGHUP, as nohup does, and children inherit that."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    "ends", [(signal.SIGHUP,), (signal.SIGTERM, signal.SIGHUP)], ids=["alone", "with SIGTERM"]
)
def test_requests_in_flight_are_answered_as_after_sigterm(tmp_path, starting, ends):
    with starting(tmp_path, VARIABLES) as (process, address):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as in_flight:
            in_flight.sendall(HEAD % len(BODY) + BODY[:1])
            with httpx.Client(base_url=address, timeout=60) as client:
                while "assay_requests_in_flight 2.0" not in client.get("/metrics").text:
                    time.sleep(0.05)
                family = psutil.Process(process.pid).children(recursive=True)
                os.kill(process.pid, signal.SIGSTOP)  # so that its signals reach it together
                for end in ends:
                    process.send_signal(end)
                for one in family:
                    one.send_signal(signal.SIGHUP)
                os.kill(process.pid, signal.SIGCONT)
                while client.get("/readyz").status_code == 200:
                    time.sleep(0.05)
            in_flight.sendall(BODY[1:])
            assert in_flight.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert process.wait(60) == 0
    assert psutil.wait_procs(family, timeout=60)[1] == []


def test_who_ignores_sighup_is_not_ended_by_it(tmp_path, starting):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with starting(tmp_path, VARIABLES) as (process, address):
        before = psutil.Process(process.pid).children(recursive=True)
        for one in (process, *before):
            one.send_signal(signal.SIGHUP)
        for _ in range(10):
            assert httpx.get(f"{address}/readyz").status_code == 200
        assert psutil.Process(process.pid).children(recursive=True) == before
