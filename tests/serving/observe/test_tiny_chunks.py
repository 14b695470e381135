"""Chunked bodies: refused where thousands of chunks hold next to nothing."""

import h11
import pytest

from serving.observe.tiny_chunks import FREE_CHUNKS, LEAST_BYTES, ChunkBound, refuse_tiny_chunks

HEAD = b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def chunks(count, size):
    return b"%x\r\n%s\r\n" % (size, b" " * size) * count


@pytest.fixture
def closings():
    return []


@pytest.fixture
def connection(closings):
    """A server's connection whose events are bounded."""
    found = h11.Connection(h11.SERVER)
    found.next_event = ChunkBound(found, lambda: closings.append(True))
    return found


def body_bytes(connection, data):
    """The bytes of the body that data brings."""
    connection.receive_data(data)
    size = 0
    while (event := connection.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
        size += len(event.data) if isinstance(event, h11.Data) else 0
    return size


def test_chunks_that_hold_an_account_each_are_taken(connection):
    count = 5 * FREE_CHUNKS
    assert body_bytes(connection, CHUNKED + chunks(count, LEAST_BYTES)) == count * LEAST_BYTES


def test_a_few_chunks_may_be_tiny_and_others_make_up_for_them(connection):
    assert body_bytes(connection, CHUNKED + chunks(FREE_CHUNKS, 1)) == FREE_CHUNKS
    large = FREE_CHUNKS * LEAST_BYTES
    assert body_bytes(connection, chunks(1, large) + chunks(10, 1)) == large + 10


def test_chunks_of_next_to_nothing_are_refused(connection, closings):
    with pytest.raises(h11.RemoteProtocolError):
        body_bytes(connection, CHUNKED + chunks(FREE_CHUNKS + 1, LEAST_BYTES - 1))
    assert not closings


def test_each_request_of_a_connection_has_its_own_count(connection):
    for _ in range(3):
        assert body_bytes(connection, CHUNKED + chunks(FREE_CHUNKS, 1) + b"0\r\n\r\n") == FREE_CHUNKS
        connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())
        connection.start_next_cycle()


def test_a_body_of_a_stated_length_may_come_in_any_pieces(connection):
    assert body_bytes(connection, HEAD + b"Content-Length: 5000\r\n\r\n") == 0
    assert sum(body_bytes(connection, b" ") for _ in range(5_000)) == 5_000


def test_where_an_answer_has_begun_the_connection_is_closed(connection, closings):
    assert body_bytes(connection, CHUNKED) == 0
    connection.send(h11.Response(status_code=413, headers=[("Content-Length", "3")]))
    body_bytes(connection, chunks(FREE_CHUNKS + 1, 1))
    assert closings


def test_every_connection_of_a_protocol_is_bounded_and_one_that_parses_otherwise_left_alone():
    class Protocol:
        def connection_made(self, transport):
            self.transport = transport

    class Transport:
        def close(self):
            """Never called here."""

    class OnH11(Protocol):
        def __init__(self):
            self.conn = h11.Connection(h11.SERVER)

    refuse_tiny_chunks(OnH11)
    refuse_tiny_chunks(Protocol)
    bounded, other = OnH11(), Protocol()
    bounded.connection_made(Transport())
    other.connection_made(Transport())
    assert isinstance(bounded.conn.next_event, ChunkBound)
    assert not hasattr(other, "conn")
