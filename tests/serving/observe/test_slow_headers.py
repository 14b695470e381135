"""Connections without a request, at a server of their own."""

import socket
import threading
from contextlib import ExitStack, contextmanager

import pytest
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.observe.slow_headers import close_silent_connections

LONG, MOST = 3_600.0, 8
HALF = b"GET / HTTP/1.1\r\nHost: loc"
WHOLE = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
ENDLESS = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nbegin"


async def answer(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def serving(seconds, most):
    """The address of a server with these bounds on its connections."""

    class Protocol(H11Protocol):
        pass

    close_silent_connections(Protocol, seconds, most)
    server = Server(Config(answer, http=Protocol, lifespan="off", log_config=None, timeout_keep_alive=LONG))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def connect():
    """Open a connection, and send something over it."""
    with ExitStack() as opened:
        yield lambda address, data: send(opened.enter_context(socket.create_connection(address)), data)


def send(connection, data):
    connection.sendall(data)
    return connection


def has_ended(connection):
    """Whether a connection was closed; it is reset where what was sent had not been read."""
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def test_headers_that_do_not_come_in_time_end_the_connection(connect):
    with serving(0.2, MOST) as address:
        assert has_ended(connect(address, HALF))


def test_a_connection_between_two_requests_has_time_for_the_second(connect):
    with serving(0.2, MOST) as address:
        connection = connect(address, WHOLE)
        assert connection.recv(100).startswith(b"HTTP/1.1 204")
        assert send(connection, WHOLE).recv(100).startswith(b"HTTP/1.1 204")
        assert connection.recv(100) == b""


def test_where_too_many_are_open_the_oldest_without_a_request_makes_room(connect):
    with serving(LONG, MOST) as address:
        asked = connect(address, WHOLE)
        assert asked.recv(100).startswith(b"HTTP/1.1 204")
        silent = [connect(address, HALF) for _ in range(3 * MOST)]
        assert connect(address, WHOLE).recv(100).startswith(b"HTTP/1.1 204")
        gone, left = silent[: 2 * MOST + 2], silent[2 * MOST + 2 :]
        assert all(map(has_ended, gone))
        for one in left:
            assert send(one, WHOLE[len(HALF) :]).recv(100).startswith(b"HTTP/1.1 204")
        assert send(asked, WHOLE).recv(100).startswith(b"HTTP/1.1 204"), "who has asked keeps the place"


def test_where_all_have_asked_one_that_was_answered_makes_room_though_its_body_still_comes(connect):
    with serving(LONG, MOST) as address:
        answered = [connect(address, ENDLESS) for _ in range(MOST)]
        assert all(one.recv(100).startswith(b"HTTP/1.1 204") for one in answered)
        assert connect(address, WHOLE).recv(100).startswith(b"HTTP/1.1 204")
        assert has_ended(answered[0])
