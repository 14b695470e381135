"""The service as a process of its own, started once for all tests of this file."""

import json
import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection

import jsonschema
import psutil
import pytest
from typer.testing import CliRunner

from accounts.errors import BadInput
from accounts.reading import read_document
from cli.app import app
from detector.verdict_schema import verdict_schema
from serving.app.openapi import openapi

PROBLEM = "application/problem+json"
LIVEZ = re.compile(r'assay_requests_total\{method="GET",route="/livez",status="200"\} (\d+)')


@pytest.fixture(scope="module")
def said_by_the_command_line(documents, home, tmp_path_factory):
    path = tmp_path_factory.mktemp("accounts") / "accounts.jsonl"
    path.write_bytes(b"\n".join(documents))
    done = CliRunner().invoke(app, ["screen", str(path), "--json"], env={"ASSAY_HOME": str(home)})
    assert done.exit_code == 0
    return done.stdout.splitlines()


def test_a_verdict_is_the_command_lines_to_the_last_digit(client, documents, said_by_the_command_line):
    texts = [client.post("/v1/verdicts", content=document).text for document in documents]
    assert texts == said_by_the_command_line


def test_a_batch_is_the_command_lines_to_the_last_digit(client, documents, said_by_the_command_line):
    answer = client.post("/v1/verdicts/batch", content=b"[" + b",".join(documents) + b"]")
    assert answer.status_code == 200
    assert answer.text == json.dumps({"verdicts": [json.loads(line) for line in said_by_the_command_line]})


def test_answers_at_the_same_time_are_the_same(client, documents, said_by_the_command_line):
    many = documents * 4  # the same account twice at a time, too
    with ThreadPoolExecutor(12) as pool:
        texts = list(pool.map(lambda document: client.post("/v1/verdicts", content=document).text, many))
    assert texts == said_by_the_command_line * 4


def test_a_verdict_fits_its_schema(client, documents):
    jsonschema.validate(client.post("/v1/verdicts", content=documents[0]).json(), verdict_schema())


@pytest.mark.parametrize(
    "body",
    [
        b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "posts": [{"likes": -4}]}',
        b'{"account_id": 3, "platform": "myspace", "folowers": 1}',
        b"[]",
        b"{",
        b"",
        b"\xff",
    ],
)
def test_a_wrong_document_gets_the_readers_sentences(client, body):
    answer = client.post("/v1/verdicts", content=body)
    with pytest.raises(BadInput) as refused:
        read_document(body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert [error["sentence"] for error in answer.json()["errors"]] == str(refused.value).split("\n")


def test_a_bad_document_in_a_batch_gets_its_problem_in_its_place(client, documents):
    good = json.loads(documents[0])
    body = [good, 7, {"account_id": "b", "platform": "myspace"}, good]
    verdict, number, wrong, twice = client.post("/v1/verdicts/batch", json=body).json()["verdicts"]
    assert verdict["account_id"] == good["account_id"]
    assert number["account_id"] is None
    assert wrong["account_id"] == "b"
    assert [error["field"] for error in wrong["problem"]["errors"]] == ["platform", "as_of"]
    assert wrong["problem"]["errors"][0]["sentence"].startswith("accounts[2]: platform must be one of ")
    assert twice["problem"]["errors"][0]["rule"].startswith("must be unique in the input")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ([{}] * 1001, "The body must hold at most 1,000 documents. Got 1,001."),
        ({}, "The body must be a list of account documents. Got an object."),
    ],
    ids=["long", "object"],
)
def test_a_batch_that_is_none_is_a_problem(client, body, sentence):
    answer = client.post("/v1/verdicts/batch", json=body)
    assert (answer.status_code, answer.json()["detail"]) == (422, sentence)


def test_an_empty_batch_is_answered(client):
    assert client.post("/v1/verdicts/batch", json=[]).json() == {"verdicts": []}


def test_a_stated_length_that_is_too_large_is_refused_before_it_is_read(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16777217\r\n\r\n"
        )
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert PROBLEM.encode() in answer


def test_a_body_in_pieces_that_grows_too_large_is_refused(client):
    answer = client.post("/v1/verdicts", content=(b" " * 2**20 for _ in range(17)))
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body must be at most 16 MiB long."


@pytest.mark.parametrize(
    "head", [b"POST /v1/verdicts HTTP/1.1\r\nHost: localhost", b"POST /nowhere HTTP/1.1\r\nHost: localhost"]
)
def test_a_body_in_tiny_chunks_is_refused_soon(address, client, head):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        with suppress(ConnectionError):  # the service hangs up while they are sent
            connection.sendall(b"1\r\n \r\n" * 200_000)
            assert connection.recv(65536).startswith(b"HTTP/1.1 40")
    assert client.get("/livez").status_code == 200


@pytest.mark.parametrize("path", ["/docs.json", "/schema.json", "/v1", "/static_content/x"])
def test_nothing_else_is_open(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["detail"] == f"There is nothing at {path}."


def test_a_wrong_method_is_a_problem(client):
    answer = client.get("/v1/verdicts/batch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_model_health_and_interface_fit_their_descriptions(client):
    description = client.get("/v1/openapi.json").json()
    assert description == openapi()
    for path in ("/v1/model", "/v1/openapi.json", "/livez", "/readyz"):
        good = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.validate(client.get(path).json(), good | {"components": description["components"]})


def test_a_job_is_worked_on_beside_the_service(client, documents, said_by_the_command_line):
    header = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/v1/jobs", content=b"\n".join(documents), headers=header)
    deadline = time.monotonic() + 600
    while not (job := client.get(answer.headers["location"]).json())["results"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert job["state"] == "done"
    assert client.get(job["results"]).text.splitlines() == said_by_the_command_line


@pytest.mark.parametrize("upgrade", ["websocket", "h2c"])
def test_no_upgrade_is_taken_and_nothing_behind_one_is_a_request(address, upgrade):
    host, port = address.removeprefix("http://").split(":")
    headers = ["POST /v1/verdicts HTTP/1.1", "Host: 127.0.0.1", f"Upgrade: {upgrade}", "Connection: Upgrade"]
    if upgrade == "websocket":
        headers += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        headers[0] = "GET /v1/verdicts HTTP/1.1"
    body = b"GET /v1/model HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-ID: smuggled\r\n\r\n"
    headers += [f"Content-Length: {len(body)}", "", ""]
    with socket.create_connection((host, int(port)), timeout=2) as connection:
        connection.sendall("\r\n".join(headers).encode())
        time.sleep(0.3)
        connection.sendall(body)
        answer = b""
        with suppress(TimeoutError, ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
    assert answer.split(b" ")[1][:1] == b"4"
    assert b"smuggled" not in answer
    assert b"x-request-id: " in answer.lower() and b"application/problem+json" in answer


def test_headers_without_end_are_refused(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 2**20)
        assert connection.recv(65536).startswith(b"HTTP/1.1 4")


def asked_raw(address, request):
    """The head and the body of the answer to bytes, read once all of them were sent."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.partition(b"\r\n\r\n")[::2]


@pytest.mark.parametrize(
    ("request_bytes", "status", "words"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "Host must stand once"),
        (b"GET /livez HTTP/1.1\r\n\r\n", 400, "Host must stand once"),
        (b"nonsense\r\n\r\n", 400, "request line"),
        (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "request line"),
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400, "Each header"),
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, "Content-Length"),
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "chunked"),
        (b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 4 * 2**20, 431, "64 KiB"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "request line"),
    ],
)
def test_what_is_no_request_is_refused_as_every_other_one(address, request_bytes, status, words):
    head, body = asked_raw(address, request_bytes)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert headers[b"content-type"] == PROBLEM.encode()
    assert re.fullmatch(b"[0-9a-f]{16}", headers[b"x-request-id"])
    assert json.loads(body)["status"] == status
    assert words in json.loads(body)["detail"]


@pytest.mark.parametrize("mebibytes", [17, 70])
def test_a_client_that_sends_all_before_it_reads_learns_that_it_was_too_much(address, mebibytes):
    connection = HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.request("POST", "/v1/verdicts", body=b" " * (mebibytes * 2**20))
    answer = connection.getresponse()
    assert answer.status == 413
    assert json.loads(answer.read())["setting"] == "largest_document_bytes"
    connection.close()


def test_the_host_may_stand_in_the_target_where_it_is_the_same(address):
    host = address.removeprefix("http://").encode()
    lines = b" HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
    head, body = asked_raw(address, b"GET http://%s/v1/model" % host + lines)
    assert head.startswith(b"HTTP/1.1 200 ") and b'"sha256"' in body
    head, body = asked_raw(address, b"GET http://evil.example/v1/model" + lines)
    assert head.startswith(b"HTTP/1.1 400 ") and b"must be the same" in body


def test_requests_are_counted(client):
    def requests():
        return sum(map(int, LIVEZ.findall(client.get("/metrics").text)))

    before = requests()
    for _ in range(3):
        assert client.get("/livez").status_code == 200
    assert requests() == before + 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_when_the_command_is_killed_nothing_of_it_stays(starting, home_of):
    with starting(home_of, {}) as (process, _):
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert len(family) > 1
    assert not psutil.wait_procs(family, timeout=30)[1]
