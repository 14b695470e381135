"""How a question may be put: its form, its parameters, and every limit by its name."""

import gzip
import json
import random
from functools import reduce

import pytest

from detector.screening import Explain
from serving.app.application import make_app
from serving.app.openapi import openapi
from serving.settings import Settings

PROBLEM = "application/problem+json"
LINES = "application/x-ndjson"
BATCH = "/v1/verdicts/batch"
GZIP = {"Content-Encoding": "gzip"}
KEYS = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}


@pytest.fixture
def app(tmp_path, loaded, calling):
    """A client of a service of its own, for each of the given settings."""
    clients = []

    def start(**changed):
        application = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False, **changed))
        clients.append(calling(application))
        return clients[-1].__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def posted(client, document, path="/v1/verdicts", **headers):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post(path, content=body, headers=headers)


def test_a_packed_body_gets_the_same_verdict(app, documents):
    client = app()
    plain = posted(client, documents[0])
    packed = client.post("/v1/verdicts", content=gzip.compress(documents[0]), headers=GZIP)
    assert (packed.status_code, packed.text) == (200, plain.text)


def test_lines_are_judged_as_a_list_is(app, documents):
    client = app()
    listed = posted(client, b"[" + b",".join(documents) + b",7]", BATCH).json()["verdicts"]
    answer = posted(
        client, b"\n\n".join([*documents, b"7"]) + b"\r\n", BATCH,
        **{"Content-Type": LINES, "Accept": LINES},
    )  # fmt: skip
    assert answer.headers["content-type"].startswith(LINES)
    assert [json.loads(line) for line in answer.text.splitlines()] == listed
    assert listed[-1]["problem"]["status"] == 422


def test_a_line_that_is_no_json_gets_its_problem_in_its_place(app, documents):
    body = b"\n".join([documents[0], b"{", b"[" * 100_000, documents[1]])
    first, broken, deep, last = posted(app(), body, BATCH, **{"Content-Type": LINES}).json()["verdicts"]
    assert "problem" not in first and "problem" not in last
    assert broken["problem"]["detail"].startswith("accounts[1]: must be JSON.")
    assert deep["problem"]["setting"] == "deepest_json"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        (LINES, LINES),
        (f"{LINES}, application/json;q=0.5", LINES),
        (f"{LINES};q=0.5, application/json", "application/json"),
        ("text/html", None),
    ],
)
def test_a_batch_is_answered_as_it_is_liked(app, accept, form):
    answer = posted(app(), [], BATCH, **({"Accept": accept} if accept else {}))
    assert answer.status_code == (406 if form is None else 200)
    assert answer.headers["content-type"].startswith(form or PROBLEM)


EXPLAIN_WORDS = {
    "none": Explain.NONE, "flagged": Explain.FLAGGED, "all": Explain.ALL,
    "reasons": Explain.FLAGGED, "full": Explain.ALL,  # what older clients send
}  # fmt: skip


@pytest.mark.parametrize("asked", ["", *(f"?explain={word}" for word in EXPLAIN_WORDS)])
def test_reasons_are_given_as_asked_for(app, detector, population, documents, asked):
    client = app()
    explain = EXPLAIN_WORDS.get(asked.removeprefix("?explain="), Explain.FLAGGED)
    texts = [posted(client, document, f"/v1/verdicts{asked}").text for document in documents]
    assert texts == [one.to_json() for one in detector.screen(population.tables, explain=explain)]
    together = posted(client, b"[" + b",".join(documents) + b"]", f"{BATCH}{asked}")
    assert [json.dumps(one) for one in together.json()["verdicts"]] == texts


def test_with_less_evidence_the_verdict_is_that_of_a_document_with_less(app, documents):
    client = app()
    whole = json.loads(documents[0])
    less = {name: whole[name] for name in (*KEYS, "posts", "history")}
    answer = posted(client, whole, "/v1/verdicts?blocks=posts,history")
    assert answer.text == posted(client, less).text
    assert set(answer.json()["evidence"]["unseen"]) >= {"profile", "comments", "audience"}
    listed = posted(client, [whole], f"{BATCH}?blocks=posts,history").json()["verdicts"]
    assert listed == [answer.json()]


SOME = "blocks must be some of profile, posts, comments, history, audience."


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("explain=some", 'explain must be one of none, flagged, all. Got "some".'),
        ("explian=none", "explian is not a parameter of this route; did you mean explain?"),
        ("explain=none&explain=all", "explain must stand once. Got it twice."),
        ("blocks=", f'{SOME} Got "".'),
        ("blocks=posts,likes", f'{SOME} Got "likes".'),
        ("blocks=posts,posts", "blocks must name each block once."),
        ("%00=%ff", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/verdicts", BATCH])
def test_a_wrong_parameter_is_refused_by_name(app, path, query, sentence):
    answer = posted(app(), KEYS, f"{path}?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    assert sentence is None or answer.json()["detail"] == sentence


LONG = KEYS | {"posts": [{"caption": "long"}]}
LARGE = gzip.compress(random.Random(0).randbytes(2**18 + 1))


@pytest.mark.parametrize(
    "case",
    [
        ({"largest_document_bytes": 10}, "/v1/verdicts", KEYS, {}, 413, "largest_document_bytes"),
        ({"largest_batch_bytes": 10}, BATCH, [KEYS], {}, 413, "largest_batch_bytes"),
        ({}, "/v1/verdicts", gzip.compress(b" " * 2**20), GZIP, 413, "largest_gzip_ratio"),
        ({"largest_document_bytes": 2**18}, "/v1/verdicts", LARGE, GZIP, 413, "largest_document_bytes"),
        ({}, "/v1/verdicts", b"[" * 100_000, {}, 422, "deepest_json"),
        ({}, BATCH, b'[{"a":' * 20, {}, 422, "deepest_json"),
        ({"most_rows": 1}, "/v1/verdicts", KEYS | {"posts": [{}, {}]}, {}, 422, "most_rows"),
        ({"longest_text": 3}, "/v1/verdicts", LONG, {}, 422, "longest_text"),
        ({"most_accounts": 1}, BATCH, [KEYS, KEYS], {}, 422, "most_accounts"),
        ({"most_accounts": 1}, BATCH, b"{}\n{}", {"Content-Type": LINES}, 422, "most_accounts"),
        ({"request_seconds": 0.000001}, "/v1/verdicts", KEYS, {}, 504, "request_seconds"),
        ({}, "/v1/verdicts", KEYS, {"Host": "assay.example"}, 421, "allowed_hosts"),
    ],
)  # fmt: skip
def test_what_is_beyond_a_limit_is_refused_with_the_settings_name(app, case):
    changed, path, body, headers, status, setting = case
    answer = posted(app(**changed), body, path, **headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["setting"] == setting
    assert setting in Settings.model_fields


def test_in_a_batch_what_is_beyond_a_limit_is_refused_alone(app):
    answer = posted(app(most_rows=1), [KEYS, KEYS | {"account_id": "b", "posts": [{}, {}]}], BATCH)
    good, bad = answer.json()["verdicts"]
    assert good["account_id"] == "a"
    assert (bad["account_id"], bad["problem"]["errors"][0]["setting"]) == ("b", "most_rows")


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({"Content-Type": "text/plain"}, "/v1/verdicts", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "/v1/verdicts", 415),
        ({"Content-Type": LINES}, "/v1/verdicts", 415),
        ({"Content-Type": ""}, "/v1/verdicts", 415),
        ({"Content-Type": "Application/JSON; charset=utf-8"}, "/v1/verdicts", 200),
        ({"Content-Encoding": "br"}, "/v1/verdicts", 415),
        ({"Content-Encoding": "gzip, gzip"}, "/v1/verdicts", 415),
        ({"Content-Encoding": "identity"}, "/v1/verdicts", 200),
        (GZIP, "/v1/verdicts", 400),
    ],
)
def test_another_form_is_refused(app, headers, path, status):
    assert posted(app(), KEYS, path, **headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"{}")[:-5],
        gzip.compress(b"{}") + b"more",
        gzip.compress(b"{}") + gzip.compress(b"{}"),
        gzip.compress(b"{}")[:4] + b"\xff" * 30,
        b"",
    ],
    ids=["cut", "more", "twice", "broken", "empty"],
)
def test_a_damaged_package_is_refused(app, body):
    answer = app().post("/v1/verdicts", content=body, headers=GZIP)
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


def test_an_address_and_a_name_that_is_allowed_are_answered(app):
    client = app(allowed_hosts=("assay.example",))
    for host in ("assay.example", "ASSAY.example:443", "10.0.0.5:3000", "[::1]:3000"):
        assert client.get("/livez", headers={"Host": host}).status_code == 200
    for host in ("localhost", "evil.example", "", "["):
        assert client.get("/livez", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("charset", ["utf-16", '"latin-1"', "utf-7", ""])
@pytest.mark.parametrize("path", ["/v1/verdicts", BATCH, "/v1/observations"])
def test_json_is_utf_8_and_stated_to_be_nothing_else(app, path, charset):
    client, headers = app(), {"Content-Type": f"application/json; Charset={charset}"}
    answer = client.post(path, content=b"[]", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (415, PROBLEM)
    assert "must be UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", '"utf-8"', "us-ascii"])
def test_utf_8_may_be_stated(app, charset):
    answer = posted(app(), KEYS, **{"Content-Type": f"application/json; charset={charset}"})
    assert answer.status_code == 200


def test_no_route_passes_over_a_parameter_that_it_does_not_know(tmp_path, loaded, calling):
    """It is named before anything else is done; only probes and pages, which read none, do not look."""
    ids = {"{account_id}": "a", "{verdict_id}": "0" * 32, "{job_id}": "0" * 32, "{webhook_id}": "0" * 32}
    paths = openapi()["paths"]
    routes = [(path, method.upper()) for path in paths if path.startswith("/v1/") for method in paths[path]]
    assert len(routes) > 35
    with calling(make_app(Settings(home=tmp_path, no_auth=True))) as client:
        for template, method in routes:
            path = reduce(lambda text, named: text.replace(*named), ids.items(), template)
            query = {"surprise": "1"} | ({"account_id": "a"} if path.count("/") == 2 else {})
            answer = client.request(method, path, params=query, content=b"{}")
            assert answer.status_code == 400, (method, path, answer.text)
            assert " is not a parameter of this route." in answer.json()["detail"]
