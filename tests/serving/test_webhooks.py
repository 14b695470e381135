"""Webhooks: what happens is told to a receiver on this machine, and to nobody else."""

import asyncio
import base64
import hmac
import http.server
import ipaddress
import json
import socket
import sqlite3
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256

import jsonschema
import pytest
from anyio import Event, create_task_group, sleep_forever
from sqlalchemy import select, update

from detector.labels import Label
from serving.app.application import make_app
from serving.app.openapi import openapi
from serving.settings import Settings
from serving.store import outbox, webhook_queue, webhook_rows
from serving.store.access import ASKING_TENANT
from serving.store.api_keys import Scope, create_key
from serving.store.audit_check import verify_audit_logs
from serving.store.idempotency_keys import RememberedAnswer
from serving.store.outbox import (
    LONGEST_WAIT,
    Rooms,
    delivered,
    is_any_due,
    not_delivered,
    put_event,
    take_due,
)
from serving.store.store import open_store
from serving.store.tables import webhook_deliveries, webhooks
from serving.store.timestamps import now
from serving.store.verdict_rows import NewVerdict, TenantVerdict, erase_account, store_verdicts
from serving.store.webhook_queue import BEHIND, GIVEN_UP_AFTER, GIVES_WAY_AFTER, MOST_TRIED
from serving.store.webhook_rows import WebhookEvent, add_webhook, list_webhooks
from serving.webhooks import delivery as delivery_module
from serving.webhooks import destinations, sending
from serving.webhooks.delivery import AT_ONCE, OF_TENANT, Delivering, FailureLog
from serving.webhooks.destinations import Forbidden, check_addresses, destination_of, look_up
from serving.webhooks.sending import NotDelivered


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers what it is told to, and remembers what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def receiver():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.got, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def allowing(receiver, tmp_path, migrated):
    """Settings under which the receiver may be told."""
    (tmp_path / "assay.db").write_bytes((migrated / "assay.db").read_bytes())
    hosts = (f"127.0.0.1:{receiver.server_port}", f"localhost:{receiver.server_port}")
    return Settings(
        home=tmp_path, no_auth=True, webhook_hosts=hosts, webhook_networks=("127.0.0.0/8", "::1/128")
    )


@pytest.fixture
def client(allowing, loaded, calling):
    app = make_app(allowing)
    with calling(app) as one:
        yield one
    app.state.store_access.close()


@pytest.fixture
def registered(client, receiver):
    url = f"http://127.0.0.1:{receiver.server_port}/hook?of=assay"
    answer = client.post("/v1/webhooks", json={"url": url})
    assert answer.status_code == 201, answer.text
    return answer.json()


def run(client, delivering=None):
    """Deliver what is due; how much that was."""
    delivering = delivering or Delivering(client.app.state.store_access)

    async def deliver():
        async with create_task_group() as group:
            count = await delivering.begin(group)
        return count

    return client.portal.call(deliver)


def is_signed(headers, body, secret):
    named = {name.lower(): value for name, value in headers.items()}
    text = f"{named['webhook-id']}.{named['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return named["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, text, sha256)).decode()


def is_described(event):
    """Whether an event is as the document says."""
    document = openapi()
    content = document["webhooks"][event["type"]]["post"]["requestBody"]["content"]
    schema = content["application/json"]["schema"] | {"components": document["components"]}
    return jsonschema.Draft202012Validator(schema).is_valid(event)


def test_a_decision_is_told_signed_and_without_what_is_personal(client, registered, receiver, documents):
    verdict = client.post("/v1/verdicts", content=documents[0]).json()
    decision = {"outcome": "overturned", "by": "Jo", "reason": "a giveaway"}
    response = client.post(f"/v1/verdicts/{verdict['verdict_id']}/decisions", json=decision).json()
    assert run(client) == 1
    ((path, headers, body),) = receiver.got
    assert path == "/hook?of=assay" and is_signed(headers, body, registered["secret"])
    event = json.loads(body)
    assert is_described(event)
    assert (event["type"], event["id"]) == ("decision.made", headers["webhook-id"])
    assert event["data"] == {
        "verdict_id": verdict["verdict_id"], "decision_id": response["decision_id"], "outcome": "overturned",
        "decision": "overturned",
    }  # fmt: skip
    assert b"Jo" not in body and b"giveaway" not in body
    (listed,) = client.get("/v1/webhooks").json()["webhooks"]
    assert (listed["waiting"], listed["failed_at"]) == (0, None) and listed["delivered_at"]
    assert "secret" not in listed


def test_what_fails_is_sent_again_under_the_same_id_and_no_redirect_is_followed(
    client, registered, receiver, monkeypatch
):
    monkeypatch.setattr(delivery_module, "FIRST_SECONDS", 0.0)
    receiver.answers = [500, 302]
    store = client.app.state.store_access.opened()
    with store.database.writing() as connection:
        put_event(connection, "default", WebhookEvent.JOB_ENDED, {"job_id": "j"})
    assert [run(client) for _ in range(4)] == [1, 1, 1, 0]
    assert {path for path, _, _ in receiver.got} == {"/hook?of=assay"}
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    assert len({body for _, _, body in receiver.got}) == 1
    (listed,) = client.get("/v1/webhooks").json()["webhooks"]
    assert listed["failure"] == "The answer was 302."


@pytest.mark.parametrize("flood", [b"HTTP/1.1 103 E\r\n\r\n", b"X-A: b\r\n"])
def test_a_receiver_without_an_end_is_cut_off(client, allowing, monkeypatch, flood):
    taken = []

    def answer(listening):
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(2**16)
            connection.sendall(b"" if b"103" in flood else b"HTTP/1.1 200 OK\r\n")
            while True:
                taken.append(connection.send(flood * 1_000))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        receiving = threading.Thread(target=answer, args=(listening,))
        receiving.start()
        place = f"127.0.0.1:{listening.getsockname()[1]}"
        settings = allowing.model_copy(update={"webhook_hosts": (place,)})
        with pytest.raises(NotDelivered, match=r"No answer came: (ReadError|RemoteProtocolError)"):
            client.portal.call(sending.send, f"http://{place}/", ["whsec_YQ=="], "msg_1", "{}", settings)
        receiving.join()
    assert sum(taken) < 64 * 2**20  # what the kernel took, and no more


def test_a_test_says_what_came_of_it(client, registered, receiver):
    place = f"/v1/webhooks/{registered['webhook_id']}"
    assert client.post(f"{place}/test").json()["delivered"]
    assert is_described(json.loads(receiver.got[0][2]))
    receiver.answers = [404]
    assert client.post(f"{place}/test").json()["failure"] == "The answer was 404."
    assert client.delete(place).status_code == 204
    assert client.post(f"{place}/test").status_code == client.delete(place).status_code == 404
    assert client.get("/v1/webhooks").json() == {"webhooks": []}
    assert verify_audit_logs(client.app.state.store_access.opened())[0].fault is None


def test_a_tenant_s_webhooks_are_its_own(client, registered):
    store = client.app.state.store_access.opened()
    key = create_key(store, tenant="rival", name="t", scopes=(Scope.ADMIN,))
    header, place = {"Authorization": f"Bearer {key}"}, f"/v1/webhooks/{registered['webhook_id']}"
    assert client.get("/v1/webhooks", headers=header).json() == {"webhooks": []}
    assert client.delete(place, headers=header).status_code == 404
    assert client.post(f"{place}/test", headers=header).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"), ({"url": 3}, "url"), ({"url": "https://elsewhere.example/"}, "url"),
        ({"url": "https://u:p@127.0.0.1/"}, "url"), ({"url": "file:///etc/passwd"}, "url"),
        ({"url": "https://xn--a.example/"}, "url"), ({"url": "https://xn--hooks-.example.com/"}, "url"),
        ({"url": "http://127.0.0.1:{port}@evil.example/"}, "url"), ({"url": "https://127.0.0.1:99999/"},
         "url"),
        ({"url": "http://127.0.0.1:{port}/", "events": []}, "events"),
        ({"url": "http://127.0.0.1:{port}/", "events": ["all"]}, "events"),
        ({"url": "http://127.0.0.1:{port}/", "secret": "mine"}, "secret"),
    ],
)  # fmt: skip
def test_another_address_is_refused_by_name(client, receiver, body, field):
    text = json.dumps(body).replace("{port}", str(receiver.server_port))
    answer = client.post("/v1/webhooks", content=text)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


def test_there_are_none_unless_a_setting_allows_hosts(tmp_path, migrated, loaded, calling):
    (tmp_path / "assay.db").write_bytes((migrated / "assay.db").read_bytes())
    app = make_app(Settings(home=tmp_path, no_auth=True))
    with calling(app) as client:
        answer = client.post("/v1/webhooks", json={"url": "https://hooks.example.com/"})
    app.state.store_access.close()
    assert (answer.status_code, answer.json()["code"]) == (403, "webhooks-off")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "::1", "::", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1", "3fff::1", "192.88.99.1",
        "64:ff9b:1::7f00:1", "ff0e::1", "::ffff:10.0.0.1", "::ffff:0.0.0.0", "fe80::1",
        "2001:db8::1", "240.0.0.1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::", "255.255.255.255",
    ],
)  # fmt: skip
def test_an_address_inside_a_network_is_refused_also_beside_a_public_one(address):
    settings = Settings(webhook_hosts=("hooks.example.com",))
    both = [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address(address)]
    check_addresses(both[:1], settings, is_tls=True)
    with pytest.raises(Forbidden, match="inside a network"):
        check_addresses(both, settings, is_tls=True)
    with pytest.raises(Forbidden, match="https"):
        check_addresses(both[:1], settings, is_tls=False)


def test_a_host_is_the_one_that_is_named_and_its_port():
    settings = Settings(webhook_hosts=("hooks.example.com", "other.example:8443"))
    assert destination_of("https://HOOKS.example.com/a", settings).host == "hooks.example.com"
    for url in (
        "https://hooks.example.com:8443/", "https://other.example/", "https://a.hooks.example.com/",
        "https://hooks.example.com./", "http://hooks.example.com/", "https://hooks.example.com\\@evil.example/",
        "https://hooks.example.com:0/",
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            destination_of(url, settings)


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(client, receiver, monkeypatch):
    """A name that leads elsewhere the second time leads nowhere else."""
    asked = []

    async def look_up(host, port, **_):
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1" if len(asked) == 1 else "192.0.2.1", port))]

    monkeypatch.setattr(destinations, "look_up", look_up)
    url = f"http://localhost:{receiver.server_port}/hook"
    webhook = client.post("/v1/webhooks", json={"url": url, "events": ["job.ended"]}).json()
    assert client.post(f"/v1/webhooks/{webhook['webhook_id']}/test").json()["delivered"]
    assert asked == ["localhost"]
    assert receiver.got[0][1]["Host"] == f"localhost:{receiver.server_port}"
    answer = client.post(f"/v1/webhooks/{webhook['webhook_id']}/test").json()
    assert answer["failure"] == "The address must be https://."


def test_a_host_whose_name_server_is_silent_takes_one_thread(monkeypatch):
    asked, answer, original = [], threading.Event(), socket.getaddrinfo

    def getaddrinfo(host, *rest, **named):
        asked.append(host)
        if host == "silent.example":
            answer.wait()
        return original("127.0.0.1", *rest, **named)

    async def run():
        silent = [asyncio.create_task(look_up("silent.example", 443)) for _ in range(100)]
        try:
            while not asked:
                await asyncio.sleep(0.001)
            for given_up in silent[1:50]:
                given_up.cancel()
            others = await asyncio.gather(*(look_up(f"{number}.example", 443) for number in range(20)))
            assert len(others) == 20 and not any(one.done() for one in (silent[0], *silent[50:]))
        finally:
            answer.set()
        found = await asyncio.gather(silent[0], *silent[50:])
        await look_up("silent.example", 443)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    found = asyncio.run(run())
    assert {entry[4] for one in found for entry in one} == {("127.0.0.1", 443)}
    assert asked.count("silent.example") == 2


def verdict(verdict_id, label, account_id="yt:1"):
    new_verdict = NewVerdict(
        verdict_id, account_id, "youtube", label, "posts", "a" * 64, "1", b"", json.dumps({"label": label})
    )
    return TenantVerdict("acme", "key:abc", new_verdict)


@pytest.fixture
def store(settings):
    opened = open_store(settings)
    yield opened
    opened.database.close()


def delivered_events(store):
    with store.database.reading() as connection:
        return [json.loads(body) for body in connection.execute(select(webhook_deliveries.c.body)).scalars()]


def test_a_changed_label_is_told_and_erased_with_its_account(store):
    add_webhook(store, "acme", "https://a.example/", [WebhookEvent.VERDICT_CHANGED], "key:abc")
    add_webhook(store, "other", "https://a.example/", list(WebhookEvent), "key:abc")
    v1, v2, v3, w = (digit * 32 for digit in "1234")
    store_verdicts(store, [verdict(v1, Label.AUTHENTIC), verdict(w, Label.REVIEW, "yt:2")])
    store_verdicts(store, [verdict(v2, Label.AUTHENTIC)])
    store_verdicts(store, [verdict(v1, Label.AUTHENTIC), verdict(v3, Label.INFLATED)])
    (event,) = delivered_events(store)
    assert is_described(event)
    assert (event["type"], event["data"]) == (
        "verdict.changed",
        {
            "account_id": "yt:1", "platform": "youtube", "verdict_id": v3, "label": "inflated",
            "previous": {"verdict_id": v2, "label": "authentic"},
        },
    )  # fmt: skip
    assert erase_account(store, "acme", "yt:1", "key:abc")["deliveries"] == 1
    assert delivered_events(store) == []


def test_a_tenant_with_much_that_is_due_keeps_no_other_s_back(store):
    for tenant in ("many", "few"):
        add_webhook(store, tenant, "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    with store.database.writing() as connection:
        for number in range(40):
            put_event(connection, "many", WebhookEvent.JOB_ENDED, {"number": number})
        put_event(connection, "few", WebhookEvent.JOB_ENDED, {})
    deliveries = take_due(store, Rooms(16, 12), delivery_module.LEASE)
    assert Counter(one.webhook.tenant for one in deliveries) == {"many": 12, "few": 1}
    numbers = [json.loads(one.body)["data"].get("number") for one in deliveries]
    assert [number for number in numbers if number is not None] == list(range(12))
    left = Rooms(16, 12, Counter(many=9, other=2))
    assert len(take_due(store, left, delivery_module.LEASE)) == 3  # nobody else is there
    assert take_due(store, Rooms(16, 12, Counter(many=12)), delivery_module.LEASE) == []
    assert len(take_due(store, Rooms(16, 12, Counter(other=12)), delivery_module.LEASE)) == 4


def test_a_webhook_that_was_damaged_keeps_no_other_s_back(store):
    for tenant in ("damaged", "good"):
        add_webhook(store, tenant, "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
        with store.database.writing() as connection:
            put_event(connection, tenant, WebhookEvent.JOB_ENDED, {})
    with store.database.writing() as connection:
        connection.execute(update(webhooks).where(webhooks.c.tenant == "damaged").values(events="no event"))
    due = take_due(store, Rooms(16, 12), delivery_module.LEASE)
    assert [delivery.webhook.tenant for delivery in due] == ["good"]


def test_receivers_that_never_answer_leave_places_to_other_tenants(client, monkeypatch):
    access = client.app.state.store_access
    store, told = access.opened(), Event()

    async def send_or_hang(url, *_):
        if "slow" in url:
            await sleep_forever()
        told.set()

    def happen(tenant, count):
        with store.database.writing() as connection:
            for _ in range(count):
                put_event(connection, tenant, WebhookEvent.JOB_ENDED, {})

    async def deliver():
        delivering = Delivering(access)
        async with create_task_group() as group:
            taken = [await delivering.begin(group), await delivering.begin(group)]
            happen("beta", 1)
            taken.append(await delivering.begin(group))
            await told.wait()
            group.cancel_scope.cancel()
        return taken, delivering.rooms.free

    for tenant, name in (("alpha", "slow"), ("beta", "fast")):
        add_webhook(store, tenant, f"https://{name}.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    happen("alpha", 40)
    monkeypatch.setattr(delivery_module, "send", send_or_hang)
    assert client.portal.call(deliver) == ([OF_TENANT, 0, 1], AT_ONCE)


def test_what_became_of_a_delivery_is_noted_in_the_threads_of_its_tenant(client, registered, monkeypatch):
    asking = []

    async def ask(*_):
        asking.append(ASKING_TENANT.get())

    monkeypatch.setattr(delivery_module, "deliver", ask)
    told_of_jobs(client, 2)
    assert run(client) == 2
    assert asking == ["default"] * 2 and ASKING_TENANT.get() is None


def test_an_error_that_nobody_foresaw_ends_one_delivery_alone(client, registered, receiver, monkeypatch):
    store, post, failing = client.app.state.store_access.opened(), sending.post, [UnicodeError("odd")]

    async def failing_once(*given):
        if failing:
            raise failing.pop()
        return await post(*given)

    monkeypatch.setattr(sending, "post", failing_once)
    with store.database.writing() as connection:
        for number in range(2):
            put_event(connection, "default", WebhookEvent.JOB_ENDED, {"number": number})
    assert run(client) == 2
    assert len(receiver.got) == 1
    (listed,) = client.get("/v1/webhooks").json()["webhooks"]
    assert (listed["waiting"], listed["failure"]) == (1, "No answer came: UnicodeError.")


def test_a_clock_that_is_set_back_by_days_keeps_no_delivery_back(store):
    add_webhook(store, "acme", "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    with store.database.writing() as connection:
        put_event(connection, "acme", WebhookEvent.JOB_ENDED, {"job_id": "j"})
    (first,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
    not_delivered(store, first, "x", LONGEST_WAIT)
    with store.database.writing() as connection:
        assert not is_any_due(connection)
        connection.execute(webhook_deliveries.update().values(due_at=now(plus=timedelta(days=2))))
        assert is_any_due(connection)
    (again,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
    assert (again.delivery_id, again.tries) == (first.delivery_id, 2)
    assert take_due(store, Rooms(9, 9), delivery_module.LEASE) == []


def test_what_was_taken_comes_again_after_its_lease_and_ends_with_the_webhook(store):
    webhook = add_webhook(store, "acme", "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    with store.database.writing() as connection:
        put_event(connection, "acme", WebhookEvent.JOB_ENDED, {"job_id": "j"})
        put_event(connection, "acme", WebhookEvent.DECISION_MADE, {})
    lease = delivery_module.LEASE
    (first,) = take_due(store, Rooms(9, 9), lease)
    assert take_due(store, Rooms(9, 9), lease) == []
    with store.database.writing() as connection:
        connection.execute(webhook_deliveries.update().values(due_at=now()))
    (again,) = take_due(store, Rooms(9, 9), lease)
    assert (again.delivery_id, again.body, again.tries) == (first.delivery_id, first.body, 2)
    with store.database.writing() as connection:
        connection.execute(webhook_deliveries.update().values(created_at=now(plus=-GIVEN_UP_AFTER)))
    not_delivered(store, again, "x" * 900, timedelta(seconds=5))
    delivered(store, again)
    with store.database.reading() as connection:
        (listed,) = list_webhooks(connection, "acme")
    assert (listed.webhook_id, listed.given_up, listed.waiting) == (webhook.webhook_id, 1, 0)


def put_events(store, *numbers, tenant="acme", account=""):
    with store.database.writing() as connection:
        for number in numbers:
            put_event(connection, tenant, WebhookEvent.JOB_ENDED, {"number": number}, account)


def taken_numbers(deliveries):
    return [json.loads(one.body)["data"]["number"] for one in deliveries]


def end_waits(store):
    with store.database.writing() as connection:
        waits = webhook_deliveries.update().where(webhook_deliveries.c.due_at < BEHIND)
        connection.execute(waits.values(due_at=now()))


def fail_first(store, *numbers):
    """A webhook with these events, of which those that were taken at once have failed."""
    add_webhook(store, "acme", "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    put_events(store, *numbers)
    failed = take_due(store, Rooms(16, 12), delivery_module.LEASE)
    for one in failed:
        not_delivered(store, one, "x", timedelta(seconds=5))
    assert take_due(store, Rooms(16, 12), delivery_module.LEASE) == []
    return failed


@pytest.mark.parametrize("fails", [False, True])
def test_all_that_wait_are_tried_in_their_order(store, fails):
    """More than may be tried at once, and one that happens while they go out."""
    count, numbers = MOST_TRIED + 20, []
    if fails:
        assert taken_numbers(fail_first(store, *range(count))) == list(range(12))
        end_waits(store)
        (probe,) = take_due(store, Rooms(16, 12), delivery_module.LEASE)
        assert (taken_numbers([probe]), probe.tries) == ([0], 2)
        delivered(store, probe)
        numbers.append(0)
    else:
        add_webhook(store, "acme", "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
        put_events(store, *range(count))
    put_events(store, count)
    while deliveries := take_due(store, Rooms(5, 5), delivery_module.LEASE):
        numbers += taken_numbers(deliveries)
        for one in deliveries:
            delivered(store, one)
    assert numbers == list(range(count + 1))
    assert delivered_events(store) == []


def test_a_webhook_that_fails_holds_up_no_other(store):
    fail_first(store, 1, 2)
    url = "https://b.example/"
    other = add_webhook(store, "acme", url, [WebhookEvent.JOB_ENDED], "key:abc")
    add_webhook(store, "rival", url, [WebhookEvent.JOB_ENDED], "key:abc")
    put_events(store, 3)
    put_events(store, 4, tenant="rival")
    deliveries = take_due(store, Rooms(16, 12), delivery_module.LEASE)
    assert sorted(taken_numbers(deliveries)) == [3, 4]
    assert {one.webhook.url for one in deliveries} == {url}
    with store.database.reading() as connection:
        waiting = {one.webhook_id: one.waiting for one in list_webhooks(connection, "acme")}
    assert waiting.pop(other.webhook_id) == 1 and list(waiting.values()) == [3]


def test_what_is_too_old_is_given_up_at_once_and_the_next_goes_on_with_the_waits(store):
    fail_first(store, 1, 2, 3)
    with store.database.writing() as connection:
        too_old = now(plus=timedelta(minutes=1) - GIVEN_UP_AFTER)
        for row in connection.execute(select(webhook_deliveries)).all():
            if taken_numbers([row])[0] < 3:
                own = webhook_deliveries.c.delivery_id == row.delivery_id
                connection.execute(webhook_deliveries.update().where(own).values(created_at=too_old))
    end_waits(store)
    (probe,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
    found = not_delivered(store, probe, "x", timedelta(minutes=2))
    assert found.given_up == 2
    end_waits(store)
    (probe,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
    assert (taken_numbers([probe]), probe.tries) == ([3], 3)


def test_a_delivery_that_is_always_refused_gives_way_to_the_next(store):
    fail_first(store, 1, 2)
    numbers = []
    for _ in range(GIVES_WAY_AFTER):
        end_waits(store)
        (probe,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
        numbers += taken_numbers([probe])
        if numbers[-1] == 1:
            not_delivered(store, probe, "x", timedelta(seconds=5))
    assert numbers == [1] * (GIVES_WAY_AFTER - 1) + [2]
    put_events(store, 3)
    delivered(store, probe)
    assert taken_numbers(take_due(store, Rooms(9, 9), delivery_module.LEASE)) == [1, 3]


def test_the_next_follows_what_is_erased(store):
    add_webhook(store, "acme", "https://a.example/", [WebhookEvent.JOB_ENDED], "key:abc")
    put_events(store, 1, account=sha256(b"yt:1").hexdigest())
    (first,) = take_due(store, Rooms(9, 9), delivery_module.LEASE)
    not_delivered(store, first, "x", LONGEST_WAIT)
    put_events(store, 2, 3)
    assert take_due(store, Rooms(9, 9), delivery_module.LEASE) == []
    assert erase_account(store, "acme", "yt:1", "key:abc")["deliveries"] == 1
    assert taken_numbers(take_due(store, Rooms(9, 9), delivery_module.LEASE)) == [2, 3]


def test_of_more_than_may_wait_the_oldest_behind_are_given_up(store, monkeypatch):
    monkeypatch.setattr(webhook_queue, "MOST_WAITING", 4)
    monkeypatch.setattr(outbox, "COUNTED_EACH", 1)
    fail_first(store, 1)
    put_events(store, *range(2, 8))
    left = {event["data"]["number"] for event in delivered_events(store)}
    assert left == {1, 5, 6, 7}
    with store.database.reading() as connection:
        (listed,) = list_webhooks(connection, "acme")
    assert (listed.waiting, listed.given_up) == (4, 3)
    end_waits(store)
    assert taken_numbers(take_due(store, Rooms(9, 9), delivery_module.LEASE)) == [1]


def test_a_webhook_that_fails_is_tried_with_one_and_logged_once_a_minute(
    client, registered, receiver, monkeypatch
):
    lines = []
    monkeypatch.setattr(delivery_module, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(delivery_module, "log_event", lambda event, **facts: lines.append((event, facts)))
    receiver.answers = [500] * 3
    delivering = Delivering(client.app.state.store_access)
    told_of_jobs(client, 1)
    assert run(client, delivering) == 1
    told_of_jobs(client, 4)
    assert [run(client, delivering) for _ in range(2)] == [1, 1]
    ((event, facts),) = lines
    assert (event, facts["failures"], facts["why"]) == ("webhook_not_delivered", 1, "The answer was 500.")
    assert [run(client, delivering) for _ in range(3)] == [1, 4, 0]
    sent = [json.loads(body)["sequence"] for _, _, body in receiver.got]
    assert (sent[:4], sorted(sent[4:])) == ([1, 1, 1, 1], [2, 3, 4, 5])


def test_the_log_counts_failures_between_two_lines_and_forgets_webhooks(client, monkeypatch):
    lines = []
    monkeypatch.setattr(delivery_module, "log_event", lambda _, **facts: lines.append(facts))

    async def fail(log, *names):
        for name in names:
            log.add(name, why="x")

    log = FailureLog()
    client.portal.call(fail, log, "a", "a", "b", "a")
    monkeypatch.setattr(delivery_module, "LINE_SECONDS", 0.0)
    client.portal.call(fail, log, "a")
    assert [(line["webhook_id"], line["failures"]) for line in lines] == [("a", 1), ("b", 1), ("a", 3)]
    monkeypatch.setattr(delivery_module, "FORGOTTEN_SECONDS", 0.0)
    client.portal.call(fail, log, "c")
    assert list(log.seen) == ["c"]


def told_of_jobs(client, count):
    store = client.app.state.store_access.opened()
    for number in range(count):
        with store.database.writing() as connection:
            put_event(connection, "default", WebhookEvent.JOB_ENDED, {"number": number})


def signatures(headers):
    return {name.lower(): value for name, value in headers.items()}["webhook-signature"].split(" ")


def test_a_rotated_secret_signs_beside_the_one_before_for_a_day(client, registered, receiver, monkeypatch):
    place = f"/v1/webhooks/{registered['webhook_id']}"
    rotated = client.post(f"{place}/rotate").json()
    assert rotated["secret"] != registered["secret"]
    told_of_jobs(client, 1)
    assert run(client) == 1
    ((_, headers, body),) = receiver.got
    both = signatures(headers)
    assert len(both) == 2
    for signature, secret in zip(both, (rotated["secret"], registered["secret"]), strict=True):
        assert is_signed(headers | {"webhook-signature": signature}, body, secret)
    (listed,) = client.get("/v1/webhooks").json()["webhooks"]
    assert listed["rotated_at"] < rotated["previous_valid_until"]
    assert rotated["secret"] not in json.dumps(listed)
    monkeypatch.setattr(webhook_rows, "BOTH_SECRETS", timedelta(0))  # a day later
    assert client.post(f"{place}/test").json()["delivered"]
    _, headers, body = receiver.got[1]
    assert len(signatures(headers)) == 1 and is_signed(headers, body, rotated["secret"])
    assert client.post(f"{place[:-1]}/rotate").status_code == 404
    store = client.app.state.store_access.opened()
    assert verify_audit_logs(store)[0].fault is None


def test_a_receiver_that_is_gone_is_told_nothing_more(client, registered, receiver):
    told_of_jobs(client, 3)
    receiver.answers = [410, 410, 410]
    run(client)
    told_of_jobs(client, 2)
    sent = len(receiver.got)
    assert run(client) == 0
    assert len(receiver.got) == sent
    (listed,) = client.get("/v1/webhooks").json()["webhooks"]
    assert (listed["waiting"], listed["given_up"], listed["failure"]) == (0, 0, "The answer was 410.")
    assert listed["gone_at"] == listed["failed_at"]
    refused = client.post(f"/v1/webhooks/{registered['webhook_id']}/test")
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook-stopped")
    assert f"said at {listed['gone_at']} that it is gone for good (410)" in refused.json()["detail"]
    assert len(receiver.got) == sent


def test_events_are_numbered_in_their_order_by_webhook(client, registered, receiver):
    url = f"http://127.0.0.1:{receiver.server_port}/decisions"
    client.post("/v1/webhooks", json={"url": url, "events": ["decision.made"]})
    told_of_jobs(client, 3)
    store = client.app.state.store_access.opened()
    with store.database.writing() as connection:
        put_event(connection, "default", WebhookEvent.DECISION_MADE, {})
    assert run(client) == 5
    by_path = {}
    for path, _, body in receiver.got:
        by_path.setdefault(path, []).append(json.loads(body)["sequence"])
    assert {path: sorted(numbers) for path, numbers in by_path.items()} == {
        "/hook?of=assay": [1, 2, 3, 4], "/decisions": [1],
    }  # fmt: skip
    client.post(f"/v1/webhooks/{registered['webhook_id']}/test")
    assert json.loads(receiver.got[-1][2])["sequence"] is None


KEYED = {"Idempotency-Key": "retry-1"}


def text_of(value):
    """A stored value as text; what is compressed unpacked."""
    if not isinstance(value, bytes):
        return str(value)
    return RememberedAnswer.unpack(value).body.decode() if value[:1] == b"x" else value.decode("latin-1")


def texts_of(store):
    """Everything that a database holds."""
    with closing(sqlite3.connect(store.database.place)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in tables for row in database.execute(f'SELECT * FROM "{name}"')]
    return "\n".join(text_of(value) for row in rows for value in row)


def test_a_registration_that_is_sent_again_with_its_key_is_one_webhook(client, receiver):
    sent = {"json": {"url": f"http://127.0.0.1:{receiver.server_port}/x"}, "headers": KEYED}
    first, again = (client.post("/v1/webhooks", **sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [one.headers.get("Idempotent-Replayed") for one in (first, again)] == [None, "true"]
    assert len(client.get("/v1/webhooks").json()["webhooks"]) == 1
    client.post(f"/v1/webhooks/{first.json()['webhook_id']}/test")
    headers, body = receiver.got[-1][1:]
    assert is_signed(headers, body, again.json()["secret"])
    other = client.post("/v1/webhooks", json=sent["json"] | {"events": ["job.ended"]}, headers=KEYED)
    assert (other.status_code, len(client.get("/v1/webhooks").json()["webhooks"])) == (409, 1)
    assert client.post("/v1/webhooks", **sent | {"headers": {}}).json()["webhook_id"] not in first.text


def test_a_rotation_that_is_sent_again_with_its_key_rotates_once(client, registered):
    place = f"/v1/webhooks/{registered['webhook_id']}/rotate"
    first, again = (client.post(place, headers=KEYED) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    third = client.post(place, headers={"Idempotency-Key": "retry-2"}).json()["secret"]
    assert len({registered["secret"], first.json()["secret"], third}) == 3
    assert client.post(place, headers=KEYED).content == first.content


def test_no_remembered_answer_holds_a_webhooks_secret(client, receiver):
    sent = {"json": {"url": f"http://127.0.0.1:{receiver.server_port}/x"}, "headers": KEYED}
    webhook = client.post("/v1/webhooks", **sent).json()
    place, other = f"/v1/webhooks/{webhook['webhook_id']}/rotate", {"Idempotency-Key": "retry-2"}
    rotated = client.post(place, headers=other).json()
    held = texts_of(client.app.state.store_access.opened())
    assert webhook["webhook_id"] in held
    for secret in (webhook["secret"], rotated["secret"]):
        assert secret not in held and secret.removeprefix("whsec_") not in held


def test_a_webhook_and_its_remembered_answer_are_one_transaction(client, receiver, monkeypatch):
    sent = {"json": {"url": f"http://127.0.0.1:{receiver.server_port}/x"}, "headers": KEYED}
    with monkeypatch.context() as killed:
        killed.setattr("serving.http.idempotency.remember_answer", lambda *_: 1 / 0)
        assert client.post("/v1/webhooks", **sent).status_code == 500
    assert client.get("/v1/webhooks").json() == {"webhooks": []}
    assert client.post("/v1/webhooks", **sent).status_code == 201
