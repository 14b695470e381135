"""One rule for paths: what a route takes to the last character, and what is refused before routing."""

import json
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.schema import MAX_IDENTIFIER_LENGTH
from serving.app.application import SCOPED_ENDPOINTS, make_app
from serving.settings import Settings

OF_ACCOUNTS = ("/v1/subjects/", "/v1/accounts/")
ACCOUNT = {"platform": "x", "as_of": "2026-11-01T00:00:00Z"}
PLACES = {
    "{verdict_id}": "0" * 32,
    "{job_id}": "0" * 32,
    "{webhook_id}": "0" * 32,
    "{account_id:path}": "somebody",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory, detector):
    patch = pytest.MonkeyPatch()
    patch.setattr("serving.app.lifespan.open_detector", lambda *_: detector)
    application = make_app(
        Settings(home=tmp_path_factory.mktemp("paths"), no_auth=True, largest_batch_bytes=2**16)
    )
    patch.undo()
    yield application
    application.state.store_access.close()


@pytest.fixture(scope="module")
def client(app, calling):
    with calling(app) as caller:
        yield caller


@pytest.fixture(scope="module")
def targets(app):
    """A method and a path for every method of every route."""
    found = []
    for route in app.routes:
        path = route.path
        for place, value in PLACES.items():
            path = path.replace(place, value)
        found += [(route, method, path) for method in route.methods]
    return found


@pytest.mark.parametrize("end", ["%0A", "%0D", "%00", "%0d%0a", "%1f", "%7F", "%C2%85"])
def test_a_control_character_behind_any_route_is_refused(client, targets, end):
    for _, method, path in targets:
        answer = client.request(method, path + end)
        assert answer.status_code == 400, (method, path)
        assert answer.headers["connection"] == "close"
        if method != "HEAD":
            assert "control characters" in answer.json()["detail"]


@pytest.mark.parametrize("end", ["/", "%2F", "%2f%2f", "%20", ";a", "%3F"])
def test_a_path_with_something_behind_it_is_another_path(client, targets, end):
    for route, method, path in targets:
        ours = route.path in SCOPED_ENDPOINTS  # pages have ids of their own
        if ours and not unquote(path + end).startswith(OF_ACCOUNTS):
            assert client.request(method, path + end).status_code in {404, 405}, (method, path)


def test_a_path_that_is_no_text_is_refused(client):
    for path in ("/v1/verdicts/%FF", "/v1/subjects?account_id=%E9", "/%ED%A0%80"):
        assert client.delete(path).status_code == 400


def test_a_route_owns_all_methods_of_its_path(client):
    answer = client.get("/v1/verdicts/batch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def screened(client, account_id):
    answer = client.post("/v1/verdicts", content=json.dumps(ACCOUNT | {"account_id": account_id}))
    assert answer.status_code == 200, account_id
    return answer.json()


def test_an_id_with_a_line_end_erases_nobody_else(client):
    verdict = screened(client, "victim")
    assert client.delete("/v1/subjects/victim%0A").status_code == 400
    assert client.delete("/v1/subjects?account_id=victim%0A").json()["verdicts"] == 0
    assert client.get(f"/v1/verdicts/{verdict['verdict_id']}").status_code == 200


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_every_id_that_is_read_can_be_fetched_and_erased(client, account_id):
    verdict = screened(client, account_id)
    place = f"/v1/verdicts/{verdict['verdict_id']}"
    assert verdict["account_id"] == client.get(place).json()["account_id"] == account_id
    assert client.request("DELETE", "/v1/subjects", params={"account_id": account_id}).json()["verdicts"] == 1
    assert client.get(place).status_code == 404


@pytest.mark.parametrize(
    "account_id",
    [
        *("a\n", "\r", "\0", "..", ".", "a/", "/", "//a", "%0A", "a b", "a+b", "é\u0301", "\u2028", "𝕏"),
        "x" * MAX_IDENTIFIER_LENGTH,
    ],
)
def test_ids_that_paths_bend_can_be_erased(client, account_id):
    screened(client, account_id)
    assert client.request("DELETE", "/v1/subjects", params={"account_id": account_id}).json()["verdicts"] == 1


def test_an_id_that_was_refused_for_its_length_can_be_erased(client):
    """The answer that refuses it is remembered, and names it."""
    account_id = "x" * (MAX_IDENTIFIER_LENGTH + 1)
    documents, header = [ACCOUNT | {"account_id": account_id}], {"Idempotency-Key": "too long"}
    refused = client.post("/v1/verdicts/batch", content=json.dumps(documents), headers=header)
    assert refused.json()["verdicts"][0]["account_id"] == account_id
    assert client.request("DELETE", "/v1/subjects", params={"account_id": account_id}).json()["answers"] == 1


@pytest.mark.parametrize(
    "path", ["/v1/subjects", "/v1/subjects?account_id=", "/v1/subjects/", "/v1/subjects/a?account_id=b"]
)
def test_erasing_names_one_account(client, path):
    assert client.delete(path).status_code == 400


def test_limits_hang_on_the_route(client):
    """However a path is written that leads to a route, the route's own limit of bytes holds."""
    for path in ("/v1/verdicts/batch", "/v1/verdicts/%62atch", "/v1/%76erdicts/batch"):
        assert client.post(path, content=b" " * (2**16 + 1)).status_code == 413
