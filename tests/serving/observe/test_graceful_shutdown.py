"""The service as a process of its own: slow and endless clients, and its end under load."""

import asyncio
import json
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import psutil
import pytest

from serving.observe import graceful_shutdown
from serving.observe.fellow_workers import FellowWorkers
from serving.observe.graceful_shutdown import (
    DROP_ALL,
    GracefulShutdown,
    listening_sockets,
    set_filter,
    stop_listening,
)

KEYS = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
LONGEST_SECONDS = 300
HEAD = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def home_of(tmp_path_factory):
    return tmp_path_factory.mktemp("running")


@pytest.fixture(scope="module")
def variables():
    return {
        "ASSAY_BODY_SECONDS": "1",
        "ASSAY_DRAIN_SECONDS": "6",
        "ASSAY_HEADER_SECONDS": "2",
        "ASSAY_LARGEST_BATCH_BYTES": str(2**20),
        "ASSAY_STORE_VERDICTS": "false",
    }


@pytest.fixture
def connection(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as one:
        yield one


def until_closed(connection):
    """What comes until the connection is closed from there."""
    whole = b""
    while piece := connection.recv(65536):
        whole += piece
    return whole


def answer_of(connection):
    """Status and problem, once the connection was closed from there."""
    head, _, body = until_closed(connection).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_a_body_that_comes_too_slowly_is_given_up(connection):
    connection.sendall(HEAD % b"/v1/verdicts" + b"Content-Length: 100\r\n\r\n{")
    began = time.monotonic()
    status, problem = answer_of(connection)
    assert (status, problem["setting"]) == (408, "body_seconds")
    assert time.monotonic() - began > 0.9


def test_connections_whose_headers_never_end_are_closed(address):
    host, port = address.removeprefix("http://").split(":")
    again = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /l"
    starts = [b"", b"GET /livez HTT", HEAD % b"/v1/verdicts", again]
    opened = [socket.create_connection((host, int(port)), timeout=60) for _ in starts]
    for connection, start in zip(opened, starts, strict=True):
        connection.sendall(start)
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/livez").status_code == 200
    answers = []
    for connection in opened:
        with connection:
            answers.append(until_closed(connection))
    assert answers[:3] == [b""] * 3
    assert answers[3].startswith(b"HTTP/1.1 200")


def test_a_body_in_pieces_is_refused_as_soon_as_it_is_too_large(connection):
    connection.sendall(HEAD % b"/v1/verdicts/batch" + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b" " * 2**16 + b"\r\n"
    for _ in range(16):
        connection.sendall(piece)
    connection.sendall(b"1\r\n \r\n")
    status, problem = answer_of(connection)
    assert (status, problem["setting"]) == (413, "largest_batch_bytes")


@pytest.mark.parametrize("mebibytes", [2, 6])
def test_a_refusal_reaches_a_client_that_sends_everything_first(connection, mebibytes):
    """The connection is closed after it, and not reset."""
    connection.sendall(HEAD % b"/v1/verdicts/batch" + b"Content-Length: %d\r\n\r\n" % (mebibytes * 2**20))
    for _ in range(mebibytes):
        connection.sendall(b" " * 2**20)
    status, problem = answer_of(connection)
    assert (status, problem["setting"]) == (413, "largest_batch_bytes")


@pytest.mark.parametrize("version", [b"1.1\r\nConnection: close", b"1.0"], ids=["close", "HTTP/1.0"])
def test_so_does_one_to_a_client_that_asks_for_the_end_of_the_connection(connection, version):
    head = (HEAD % b"/v2/nothing").replace(b"1.1", version)
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % (6 * 2**20))
    for _ in range(6):
        connection.sendall(b" " * 2**20)
        time.sleep(0.05)  # the refusal is there long before the body's end
    assert answer_of(connection)[0] == 404


def test_another_version_of_http_is_refused(connection):
    connection.sendall(b"GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n")
    status, problem = answer_of(connection)
    assert (status, problem["code"]) == (400, "malformed")


def test_a_length_of_thousands_of_digits_is_refused(connection):
    connection.sendall(HEAD % b"/v1/verdicts" + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n")
    assert connection.recv(65536).split()[1] in (b"400", b"413")


def test_told_to_end_it_is_not_ready_at_once_and_loses_nothing(service):
    """Last, for the service has ended then."""
    process, address = service
    answers = []

    def ask():
        """As whoever spreads requests does: nothing more once an answer asks for it."""
        with httpx.Client(base_url=address, timeout=60) as client:
            while True:
                answer = client.post("/v1/verdicts", content=KEYS)
                answers.append(answer.status_code)
                if answer.headers.get("connection") == "close":
                    return

    askers = [threading.Thread(target=ask) for _ in range(6)]
    with httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/readyz").status_code == 200
        for asker in askers:
            asker.start()
        while len(answers) <= len(askers):
            time.sleep(0.05)
        process.terminate()
        while (ready := client.get("/readyz")).status_code == 200:
            time.sleep(0.05)
        alive = client.get("/livez")
    for asker in askers:
        asker.join(30)
    assert (ready.status_code, ready.json()["detail"]) == (503, "The service is about to end.")
    assert (alive.status_code, alive.headers["connection"]) == (200, "close")
    assert set(answers) == {200}
    assert len(answers) > len(askers)
    assert process.wait(30) == 0


def connect_until(process, address, done):
    """What new connections get until the service has ended: a status, or refused."""
    found = []
    while process.poll() is None:
        try:
            with httpx.Client(base_url=address, timeout=60) as client:
                answer = client.post("/v1/verdicts", content=KEYS)
            found.append((answer.status_code, "retry-after" in answer.headers))
            if answer.status_code == 503:
                done.set()
        except httpx.ConnectError:
            found.append("refused")
            done.set()
    return found


def test_connections_after_sigterm_are_refused_and_none_hangs(tmp_path, starting):
    """A request in flight is answered, and those who connect meanwhile are told so at once, by both."""
    options = ("--no-auth", "--workers", "2")
    with starting(tmp_path, {"ASSAY_DRAIN_SECONDS": "0"}, options) as (process, address):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=60) as in_flight:
            in_flight.sendall(HEAD % b"/v1/verdicts" + b"Content-Length: %d\r\n\r\n{" % len(KEYS))
            with httpx.Client(base_url=address, timeout=60) as client:
                while "assay_requests_in_flight 2.0" not in client.get("/metrics").text:
                    time.sleep(0.05)
                process.terminate()
                while client.get("/readyz").status_code == 200:
                    time.sleep(0.05)
            refused = threading.Event()
            with ThreadPoolExecutor(2) as pool:
                others = [pool.submit(connect_until, process, address, refused) for _ in range(2)]
                assert refused.wait(60)
                in_flight.sendall(KEYS[1:])
                status, verdict = answer_of(in_flight)
                found = [answer for other in others for answer in other.result()]
    assert (status, verdict["account_id"]) == (200, "a")
    assert set(found) <= {(503, True), "refused", (200, False)}
    assert (503, True) in found


def test_an_answer_that_never_ends_does_not_keep_the_socket_listening(monkeypatch):
    steps = []

    async def stop(_):
        steps.append("stopped listening")

    monkeypatch.setattr(graceful_shutdown, "stop_listening", stop)
    monkeypatch.setattr(graceful_shutdown, "REFUSAL_SECONDS", 0.1)
    monkeypatch.setattr(graceful_shutdown, "end_for_certain", lambda _: steps.append("end for certain"))
    shutdown = GracefulShutdown(0.0, longest_seconds=0.1)
    with shutdown.answering():
        asyncio.run(shutdown._end(lambda *_: steps.append("server"), ()))
    assert steps == ["stopped listening", "end for certain", "server"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these filters")
def test_a_filtered_socket_takes_no_new_connection_until_it_is_filtered_no_more():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = listening.getsockname()
        with socket.create_connection(place) as before:
            set_filter(listening, [DROP_ALL])
            with pytest.raises(TimeoutError):
                socket.create_connection(place, timeout=0.2)
            with listening.accept()[0] as accepted:
                accepted.sendall(b"answer")
                assert before.recv(16) == b"answer"
        set_filter(listening, [])
        socket.create_connection(place, timeout=LONGEST_SECONDS).close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the server stops it at its end")
def test_a_socket_that_listens_no_more_keeps_no_loop_busy():
    """Also that of another worker, which shares it, has stopped it, and stops it a little earlier."""
    tries = []

    async def stop():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda *_: tries.append("accept"))
        async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
            place = server.sockets[0].getsockname()
            sockets = listening_sockets()
            (one,) = sockets.values()
            one.shutdown(socket.SHUT_RDWR)
            await stop_listening(sockets)
            one.close()
            tries.clear()
            for _ in range(20):
                await asyncio.sleep(0)
            return is_listened_to(place)

    assert not asyncio.run(stop())
    assert tries == []


def test_workers_see_when_none_of_them_takes_requests(tmp_path):
    steps = []

    async def end(name, seconds):
        fellows = FellowWorkers(tmp_path)
        with fellows.taking_requests():
            await asyncio.sleep(seconds)
            steps.append(f"{name} is done")
            async with fellows.all_refusing():
                steps.append(f"{name} sees all done")

    async def end_both():
        await asyncio.gather(end("one", 0), end("another", 0.2))

    asyncio.run(end_both())
    assert steps[:2] == ["one is done", "another is done"]
    assert sorted(steps[2:]) == ["another sees all done", "one sees all done"]


def test_an_answer_that_is_read_slowly_goes_on_when_the_socket_listens_no_more(monkeypatch):
    steps, stopped = [], asyncio.Event()

    async def stop(_):
        steps.append("stopped listening")
        stopped.set()

    async def answer(shutdown):
        with shutdown.answering():
            await stopped.wait()
            await asyncio.sleep(0)
            steps.append("read")

    async def end():
        shutdown = GracefulShutdown(0.0, longest_seconds=LONGEST_SECONDS)
        await asyncio.gather(answer(shutdown), shutdown._end(lambda *_: steps.append("server"), ()))

    monkeypatch.setattr(graceful_shutdown, "stop_listening", stop)
    monkeypatch.setattr(graceful_shutdown, "REFUSING_SECONDS", 0.1)
    monkeypatch.setattr(graceful_shutdown, "end_for_certain", lambda _: None)
    asyncio.run(end())
    assert steps == ["stopped listening", "read", "server"]


def is_listened_to(place):
    """Whether anybody takes connections at a host and port."""
    try:
        socket.create_connection(place, timeout=60).close()
    except ConnectionRefusedError:
        return False
    return True


def drip(connection, stopped):
    """Send a body that never ends, until nobody takes it any more."""
    with suppress(OSError):
        while not stopped.wait(0.1):
            connection.sendall(b"x" * 1_000)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_a_body_that_never_ends_holds_up_no_end(tmp_path, starting, end):
    with starting(tmp_path, {"ASSAY_DRAIN_SECONDS": "0", "ASSAY_REQUEST_SECONDS": "600"}) as (
        process,
        address,
    ):
        host, port = address.removeprefix("http://").split(":")
        place, stopped = (host, int(port)), threading.Event()
        with socket.create_connection(place, timeout=600) as upload:
            upload.sendall(HEAD % b"/v1/jobs" + b"Content-Length: 1000000000\r\n\r\n")
            dripping = threading.Thread(target=drip, args=(upload, stopped))
            dripping.start()
            process.send_signal(end)
            deadline = time.monotonic() + LONGEST_SECONDS
            try:
                while is_listened_to(place):
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
            finally:
                stopped.set()
                dripping.join()


def test_a_second_signal_ends_the_command_and_all_that_it_started(tmp_path, starting):
    with starting(tmp_path, {"ASSAY_DRAIN_SECONDS": "600"}) as (process, address):
        family = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with httpx.Client() as client:
            while client.get(f"{address}/readyz").status_code == 200:
                time.sleep(0.05)
        process.terminate()
        assert process.wait(LONGEST_SECONDS) == 0
        assert psutil.wait_procs(family, LONGEST_SECONDS)[1] == []
