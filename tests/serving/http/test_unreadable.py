"""What uvicorn cannot read: a connection is given back to it, however it ends."""

import asyncio
import json
import logging

import h11
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from serving.app.problem_page import problem_rows
from serving.http.unreadable import Discarding, events_of, refuse_unreadable


class Transport:
    """A connection to a client; ``write_eof`` fails where the client has hung up."""

    def __init__(self, hung_up=False):
        self.hung_up, self.closed, self.written, self.protocol = hung_up, False, b"", None

    def set_protocol(self, protocol):
        self.protocol = protocol

    def resume_reading(self):
        """Nothing was paused."""

    def can_write_eof(self):
        return True

    def write_eof(self):
        if self.hung_up:
            raise OSError("not connected")

    def write(self, data):
        self.written += data

    def close(self):
        self.closed = True


class Connection:
    """uvicorn's, as far as it is asked."""

    def __init__(self, transport):
        self.conn, self.cycle, self.transport = h11.Connection(h11.SERVER), None, transport
        self.loop, self.lost = asyncio.new_event_loop(), []

    def connection_lost(self, error):
        self.lost.append(error)


@pytest.fixture(params=[False, True], ids=["listening", "hung up"])
def connection(request):
    one = Connection(Transport(request.param))
    yield one
    one.loop.close()


def test_a_connection_that_is_refused_is_cleared_up_in_the_end(connection):
    refuse_unreadable(Connection)
    connection.conn.receive_data(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
    try:
        connection.conn.next_event()
    except h11.RemoteProtocolError:
        connection.send_400_response("")
    head, _, body = connection.transport.written.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head and b"X-Request-ID: " in head
    assert "Host must stand once" in json.loads(body)["detail"]
    assert isinstance(connection.transport.protocol, Discarding)
    connection.transport.protocol.connection_lost(None)
    assert connection.lost == [None]


@pytest.mark.parametrize("lengths", [b"Content-Length: 2\r\nContent-Length: 2", b"Content-Length: 2, 2"])
def test_a_doubled_length_is_refused_though_both_are_equal(connection, lengths):
    refuse_unreadable(Connection)
    connection.conn.receive_data(b"POST /v1/verdicts HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n\r\n{}")
    with pytest.raises(h11.RemoteProtocolError, match="conflicting Content-Length"):
        connection.conn.next_event()


def test_too_much_more_ends_the_connection(connection):
    discarding = Discarding(connection)
    discarding.left = 10
    discarding.data_received(b" " * 10)
    assert not connection.transport.closed
    discarding.data_received(b" ")
    assert connection.transport.closed
    discarding.connection_lost(None)


@pytest.mark.parametrize(("said", "status"), [
    ("Found multiple Host: headers", 400), ("Receive buffer too long", 431),
    ("Only Transfer-Encoding: chunked", 501),
])  # fmt: skip
def test_the_kind_of_problem_is_one_that_the_page_lists(said, status):
    start, body, _ = events_of(h11.RemoteProtocolError(said, error_status_hint=status))
    found = json.loads(body.data)
    assert start.status_code == found["status"] == status
    assert (found["code"], status) in {(code, of) for code, of, _ in problem_rows()}


def test_nothing_of_the_request_is_quoted():
    error = h11.RemoteProtocolError("illegal request line: bytearray(b'jane')")
    assert all(b"jane" not in getattr(event, "data", b"") for event in events_of(error))
    assert json.loads(events_of(ValueError("jane"))[1].data)["detail"].startswith("The request must be HTTP")


ANSWER = (
    {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]},
    {"type": "http.response.body", "body": b""},
)


def answer_to(app, sent):
    """What uvicorn answers to what is sent to it; the client hangs up after the application has ended."""

    async def exchange():
        ended = asyncio.Event()

        async def app_to_its_end(scope, receive, send):
            try:
                await app(scope, receive, send)
            finally:
                ended.set()

        class OwnProtocol(H11Protocol):
            """Changed here alone."""

        refuse_unreadable(OwnProtocol)
        server = uvicorn.Server(
            uvicorn.Config(app_to_its_end, http=OwnProtocol, port=0, lifespan="off", log_config=None)
        )
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        answer = await reader.read()
        await ended.wait()
        writer.close()
        server.should_exit = True
        await serving
        return answer

    return asyncio.run(exchange())


@pytest.mark.parametrize("acts", ["reads", "answers"])
def test_who_waits_for_a_body_that_broke_off_learns_it_and_fails_at_nothing(acts, caplog):
    received = []

    async def app(scope, receive, send):
        await asyncio.sleep(0.2)  # by then the body has broken off, and a refusal was sent
        if acts == "reads":
            received.append(await receive())
        else:
            for message in ANSWER:
                await send(message)

    with caplog.at_level(logging.ERROR):
        answer = answer_to(app, b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                b"Transfer-Encoding: chunked\r\n\r\nno length\r\n")  # fmt: skip
    assert answer.startswith(b"HTTP/1.1 400 ") and b"100 Continue" not in answer
    assert received == ([{"type": "http.disconnect"}] if acts == "reads" else [])
    assert not caplog.records
