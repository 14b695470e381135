"""Long answers go out as they are read, and take no more memory than they may while nobody reads them."""

import asyncio
from contextlib import suppress

import pytest

from serving.http.admission import TimeLimit
from serving.http.long_answers import PIECE_BYTES, LongAnswers
from serving.limits import Limits
from serving.store.access import ASKING_TENANT

MIB = 2**20
BODY = bytes(range(256)) * (MIB // 256)


class Client:
    """Takes what is sent once it reads: a connection whose buffer is full lets its sender wait."""

    def __init__(self):
        self.reads = asyncio.Event()
        self.messages = []

    async def send(self, message):
        await self.reads.wait()
        self.messages.append(message)

    @property
    def status(self):
        return self.messages[0]["status"]

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.messages)


def answering(body, tenant="acme", **limits):
    """An application that answers with a body, within the limit of time and that of long answers."""

    async def answer(scope, receive, send):
        ASKING_TENANT.set(scope["state"].get("tenant", tenant))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    limits = Limits(**limits)
    return LongAnswers(TimeLimit(answer, "/v1/verdicts/{verdict_id}", limits), limits)


def ask(app, client, tenant="acme"):
    scope = {
        "type": "http", "method": "GET", "path": "/v1/verdicts/v", "headers": [], "state": {"tenant": tenant},
    }  # fmt: skip
    return asyncio.create_task(app(scope, None, client.send))


async def settle():
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, PIECE_BYTES + 1, MIB])
def test_an_answer_is_the_same_in_pieces(size):
    async def talk():
        client = Client()
        client.reads.set()
        await ask(answering(BODY[:size]), client)
        return client

    client = asyncio.run(talk())
    assert client.status == 200 and client.body == BODY[:size]
    assert max(len(message.get("body", b"")) for message in client.messages) <= PIECE_BYTES
    assert [message["type"] for message in client.messages].count("http.response.start") == 1
    assert [message.get("more_body", False) for message in client.messages[1:]][-1] is False


def test_a_request_lasts_until_its_answer_is_read_and_no_longer_than_it_may():
    async def talk():
        client, never = Client(), Client()
        read = ask(answering(BODY), client)
        unread = ask(answering(BODY, request_seconds=0.01, body_seconds=0.01), never)
        await settle()
        assert not read.done()
        client.reads.set()
        await asyncio.gather(read, unread)
        return client, never

    client, never = asyncio.run(talk())
    assert client.body == BODY and never.messages == []


def test_who_reads_slowly_has_longer_than_the_work_may_take():
    async def talk():
        client = Client()
        task = ask(answering(BODY, request_seconds=0.01, body_seconds=600), client)
        await asyncio.sleep(0.05)
        client.reads.set()
        await task
        return client

    assert asyncio.run(talk()).body == BODY


def test_of_answers_that_nobody_reads_one_too_many_is_503_and_each_tenant_has_its_share():
    async def talk():
        app = answering(BODY, unread_bytes=3 * MIB, tenant_share=0.75)
        waiting = [(Client(), tenant) for tenant in ("acme", "acme", "third")]
        tasks = [ask(app, *one) for one in waiting]
        await settle()
        refused, other = Client(), Client()
        refused.reads.set()
        other.reads.set()
        await ask(app, refused)
        await ask(app, other, "rival")
        for client, _ in waiting:
            client.reads.set()
        await asyncio.gather(*tasks)
        again = Client()
        again.reads.set()
        await ask(app, again)
        return refused, other, again, dict(app.unread)

    refused, other, again, unread = asyncio.run(talk())
    assert (refused.status, other.status, again.status, unread) == (503, 200, 200, {})
    assert b'"code":"too-many-unread"' in refused.body.replace(b" ", b"")
    assert (b"retry-after", b"1") in refused.messages[0]["headers"]


def test_who_hangs_up_gives_the_room_back():
    async def talk():
        app = answering(BODY)
        task = ask(app, Client())
        await settle()
        assert app.unread.total() == MIB
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return app.unread.total()

    assert asyncio.run(talk()) == 0
