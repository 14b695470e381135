"""Headers that can be read in two ways, or in none."""

from urllib.parse import unquote

import pytest

from serving.app.application import make_app
from serving.http.content_negotiation import quality_of
from serving.http.well_formed import authority_fault, use_origin_form
from serving.settings import Settings

ACCOUNT = b'{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'


@pytest.fixture
def client(tmp_path, loaded, calling):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))
    with calling(app) as caller:
        yield caller


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Authorization", ("Bearer a", "Bearer b")),
        ("Content-Type", ("application/json", "text/plain")),
        ("Content-Encoding", ("gzip", "identity")),
        ("Content-Language", ("en", "de")),
        ("Content-Location", ("/a", "/b")),
        ("Content-MD5", ("a", "a")),
        ("Content-Range", ("bytes 0-1/9", "bytes 0-1/9")),
        ("Idempotency-Key", ("a", "a")),
        ("Origin", ("http://localhost", "http://evil.example")),
        ("Host", ("localhost", "evil.example")),
    ],
)
def test_a_header_with_one_meaning_stands_once(client, name, values):
    answer = client.post("/v1/verdicts", content=ACCOUNT, headers=[(name, value) for value in values])
    assert answer.status_code == 400
    assert name.title() in answer.json()["detail"]


def test_a_body_has_one_length(client):
    both = [("Content-Length", "4"), ("Transfer-Encoding", "chunked")]
    answer = client.post("/v1/verdicts", content=ACCOUNT, headers=both)
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert "Content-Length and Transfer-Encoding" in answer.json()["detail"]


@pytest.mark.parametrize("count", [1, 1_000])
def test_a_request_line_and_headers_have_a_length_together(client, count):
    headers = [(f"X-{number}", "a" * (50_000 // count)) for number in range(count)]
    assert client.get("/livez", headers=headers).status_code == 200
    answer = client.get("/livez", headers=[*headers, ("X-Long", "a" * 16_000)])
    assert (answer.status_code, answer.headers["connection"]) == (431, "close")
    assert "64 KiB" in answer.json()["detail"]
    assert client.get(f"/livez?{'a' * 16_000}", headers=headers).status_code == 431


@pytest.mark.parametrize(
    "host", ["evil@localhost", "localhost/", "localhost:3000:1", "evil:a@127.0.0.1", "[::1", "a,localhost"]
)
def test_a_host_with_more_than_a_name_is_refused(client, host):
    assert client.get("/livez", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil@localhost", "null", "", "http://localhost/evil", "localhost"]
)
def test_an_origin_with_more_than_a_name_is_not_this_machine(client, origin):
    assert client.get("/metrics", headers={"Origin": origin}).status_code == 401


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://127.0.0.1:8000", "https://127.0.0.1", "http://127.0.0.1"]
)
def test_an_origin_of_another_port_or_name_is_another_site(client, origin):
    own = origin == client.base_url
    assert client.get("/metrics", headers={"Origin": origin}).status_code == (200 if own else 401)


@pytest.mark.parametrize("weight", ["nan", "inf", "-inf", "1e400", "0x1", "a", "", "¼", "-1", "1_0"])
def test_a_weight_that_is_no_number_counts_as_one(client, weight):
    batch = client.post(
        "/v1/verdicts/batch", content=b"[]", headers={"Accept": f"application/json;q={weight}".encode()}
    )
    assert batch.status_code == 200
    assert quality_of(f"text/csv;q={weight}", "text/csv") == 1.0


@pytest.mark.parametrize(
    ("target", "host", "fault"),
    [
        (b"http://localhost:3000/livez", b"LOCALHOST:3000", False),
        (b"HTTPS://localhost", b"localhost", False),
        (b"http://localhost/livez", b"localhost:3000", True),
        (b"http://evil@localhost/livez", b"localhost", True),
        (b"http:///livez", b"localhost", True),
        (b"/http://evil/livez", b"localhost", False),
    ],
)
def test_a_host_in_the_target_is_that_of_the_header(target, host, fault):
    assert (authority_fault(target, host) is not None) is fault


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"http://a/v1/subjects/%C3%A9//b", "/v1/subjects/\u00e9//b"),
        (b"http://a", "/"),
        (b"/v1/subjects/http://a/b", "/v1/subjects/http://a/b"),
    ],
)
def test_a_target_with_a_host_is_routed_by_its_path(target, path):
    scope = {"raw_path": target, "path": unquote(target.decode())}
    use_origin_form(scope)
    assert scope["path"] == path == unquote(scope["raw_path"].decode())
