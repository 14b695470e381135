"""Requests drawn from a seed: a few hundred find nothing, and what should not be answered is found."""

import json
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from accounts.reading import read_document
from benchmarks.attack.drawn.aftermath import of_log
from benchmarks.attack.drawn.attack import SETTINGS, Plan, attack_as, prepare
from benchmarks.attack.drawn.bodies import TEXT_FAULTS, damaged, damaged_text, json_text
from benchmarks.attack.drawn.checks import Judge
from benchmarks.attack.drawn.drawing import Drawer, Request
from benchmarks.attack.drawn.files import FILES
from benchmarks.attack.drawn.hostile import PLANTED, VALUES
from benchmarks.attack.drawn.places import Places
from benchmarks.attack.drawn.routes import Route, service_routes
from benchmarks.attack.drawn.tenants import Actor, documents_of
from benchmarks.attack.drawn.wire import Answer
from benchmarks.serving.servers import serving
from cli.work.serve import welcome
from serving.app.openapi import openapi
from serving.desk.routes import desk_routes
from serving.desk.security_headers import HEADERS
from serving.store.api_keys import Scope

CLIENTS, REQUESTS = 2, 230
JSON = ("content-type", "application/json")
PROBLEM = ("content-type", "application/problem+json")
PAGE = [("content-type", "text/html"), *((name.lower(), value) for name, value in HEADERS.items())]
NOT_FOUND = {"type": "a", "title": "a", "status": 404, "detail": "a", "code": "not-found"}
WAITING = NOT_FOUND | {"status": 503, "code": "too-many-waiting"}
MODEL = {route.path: route for route in service_routes() if route.method == "GET"}["/v1/model"]
LISTS = Route("GET", "/lists", Scope.READ, None)


def test_a_few_hundred_requests_find_nothing(tmp_path):
    prepare(tmp_path)
    plan = Plan(seed=3, clients=CLIENTS, requests=REQUESTS)
    with serving(
        1, {"ASSAY_HOME": str(tmp_path), **SETTINGS}, no_auth=False, log=tmp_path / "service.log"
    ) as server:
        outcomes = list(attack_as(plan, server, tmp_path))
    assert [outcome.line() for outcome in outcomes if not outcome.holds] == []


def test_every_method_of_every_route_is_asked():
    asked = {(route.method, route.path) for route in service_routes()}
    described = {(method.upper(), path) for path, methods in openapi()["paths"].items() for method in methods}
    pages = {(method, route.path.replace(":path", "")) for route in desk_routes() for method in route.methods}
    assert described | pages <= asked


@pytest.fixture
def judge(tmp_path):
    (tmp_path / "audit.key").write_bytes(b"the-audit-key")
    tenants = [
        SimpleNamespace(name=name, marker=f"marker-of-{name}", secrets=[f"key-of-{name}"])
        for name in ("own", "other")
    ]
    return Judge(tenants, tmp_path)


def asking(route=MODEL, **more):
    actor = Actor("key: all", "own", frozenset(Scope))
    request = Request(route, actor, route.method, route.path, [], b"", "an-id", True, False, True, False)
    return replace(request, **more)


def answer(status, body, *headers, request_id="an-id"):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, [("x-request-id", request_id), *headers], content)


WRONG = [
    (asking(), answer(500, NOT_FOUND, PROBLEM), "status 500"),
    (asking(), answer(503, NOT_FOUND, PROBLEM), "status 503"),
    (asking(), answer(418, NOT_FOUND, PROBLEM), "status 418 is not described"),
    (asking(is_foreign=True), answer(200, {}, JSON), "another tenant's thing was there"),
    (asking(actor=Actor("a stranger")), answer(200, {}, JSON), "given without the right read"),
    (asking(), answer(404, b"gone", ("content-type", "text/plain")), "a refusal is text/plain"),
    (asking(), answer(404, b"gone", *PAGE), "a refusal of the interface is a page"),
    (asking(), answer(404, NOT_FOUND | {"code": "odd"}, PROBLEM), "a problem of the unknown kind odd"),
    (asking(), answer(403, NOT_FOUND, PROBLEM), "a problem without its members"),
    (asking(), answer(200, {"a": "Traceback (most recent call last)"}, JSON), "shows Traceback (most recent"),
    (asking(), answer(200, {"a": "the-audit-key"}, JSON), "shows the audit key"),
    (asking(), answer(200, {"a": "marker-of-other"}, JSON), "shows another tenant's text"),
    (asking(), answer(200, {"a": "key-of-own"}, JSON), "shows a secret"),
    (asking(LISTS), answer(200, PLANTED.encode(), *PAGE), "planted markup stands in a page"),
    (asking(), answer(200, {}, JSON, ("x-planted", "1")), "a planted header is there"),
    (asking(), answer(200, {}, JSON, request_id="another"), "the request id is another's"),
    (asking(), answer(200, {}, JSON, request_id=""), "no request id"),
    (asking(LISTS), answer(200, b"a", *PAGE[:2]), "a page without cross-origin-opener-policy"),
    (asking(LISTS), answer(303, b"", ("location", "//evil.example")), "sends to another site"),
    (asking(LISTS), answer(303, b"", ("set-cookie", "a=b; HttpOnly")), "a cookie that scripts"),
    (asking(), answer(200, b'{"a": NaN}', JSON), "the body is no application/json"),
    (asking(LISTS), answer(200, b"a", ("content-type", "application/pdf")), "the body is no application/pdf"),
    (asking(), answer(200, b"a"), "a body of no type"),
    (asking(), answer(200, {"unknown": 1}, JSON), "the document is not as described"),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "given", "fault"), WRONG, ids=[fault for _, _, fault in WRONG])
def test_an_answer_that_should_not_be_is_found(judge, request_, given, fault):
    assert any(found.startswith(fault) for found in judge.faults(request_, given))


@pytest.mark.parametrize(("request_", "given"), [
    (asking(), answer(404, NOT_FOUND, PROBLEM)), (asking(LISTS), answer(200, b"a", *PAGE)),
    (asking(), answer(503, WAITING, PROBLEM, ("retry-after", "1"))),
])  # fmt: skip
def test_an_answer_that_may_be_is_not(judge, request_, given):
    found = list(judge.faults(request_, given))
    assert found == (["status 404 is not described"] if given.status == 404 else [])


def test_what_a_request_named_itself_shows_nothing_of_another_tenant(judge):
    named = asking(target="/v1/accounts/%6darker-of-other", is_route=False)
    said = answer(404, NOT_FOUND | {"detail": "There is nothing at /v1/accounts/marker-of-other."}, PROBLEM)
    assert list(judge.faults(named, said)) == []


def test_what_is_drawn_leaves_the_hostile_values_as_they_are():
    before, rng, value = repr(VALUES), random.Random(1), {"a": [{"b": 1}], "c": {"d": [2]}}
    for _ in range(2_000):
        value = damaged(rng, value) if isinstance(value, dict | list) and value else {"a": [1]}
    assert repr(VALUES) == before


@pytest.mark.parametrize("seed", range(8))
def test_the_documents_of_a_tenant_are_accepted(seed):
    for document in documents_of(seed, "marker"):
        assert read_document(document).accounts.height == 1


def test_the_same_seed_draws_the_same_requests():
    routes = service_routes()

    def drawn():
        member = Actor("lead", "own", frozenset(Scope), [], "token")
        tenant = SimpleNamespace(
            name="own", actors=[Actor("key: all", "own", frozenset(Scope)), member], places=Places(routes),
            documents=[{"account_id": "a"}], unlike=lambda rng: {"account_id": "a", "posts": [{"likes": 1}]},
        )  # fmt: skip
        draw = Drawer("1 0", "http://127.0.0.1:3000", routes, [tenant])
        return [bytes(draw()) for _ in range(2 * len(routes))]

    assert drawn() == drawn()


def test_what_an_answer_only_repeats_is_not_learned():
    places = Places([Route("GET", "/lists/{list_id}", None, None)])
    address = "/lists/" + "a" * 32
    places.note(f"There is nothing at {address}.", sent=f"GET {address}")
    assert places.draw(random.Random(1), "/lists/{list_id}") is None
    places.note(f'<a href="{address}">')
    assert places.draw(random.Random(1), "/lists/{list_id}") == address


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_drawn_can_be_sent(seed):
    rng = random.Random(seed)
    document = {"account_id": "a", "posts": [{"likes": 1, "caption": "a"}], "profile": {"followers": 12}}
    text = json_text(damaged(rng, document)).encode()
    for change in TEXT_FAULTS:
        assert isinstance(change(rng, text), bytes)
    content, headers = damaged_text(rng, (text, [("Content-Type", "application/json")]))
    assert isinstance(content, bytes) and all(name.isascii() for name, _ in headers)
    for make in FILES:
        assert isinstance(make(rng)[0], bytes)


def test_a_welcome_behind_the_first_request_is_no_strange_line_of_a_log(tmp_path):
    asked = json.dumps({"event": "request", "level": "info"})
    path = tmp_path / "service.log"
    path.write_text("\n".join([asked, welcome("127.0.0.1", 3000, open_to_all=False, keys=False)]))
    assert all(outcome.holds for outcome in of_log(path))
    path.write_text(f"{asked}\nTraceback (most recent call last):\n")
    assert [outcome.step for outcome in of_log(path) if not outcome.holds] == [
        "lines of the log that are no JSON"
    ]
