"""Keys, scopes, limits, and two tenants who never see each other's anything."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

import accounts.examples
from serving.app.application import SCOPED_ENDPOINTS, make_app
from serving.desk.routes import desk_routes
from serving.http import authentication
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key, find_caller, list_keys, revoke_key
from serving.store.store import open_store
from serving.store.tables import METADATA

PROBLEM = "application/problem+json"
EXAMPLES = Path(accounts.examples.__file__).with_name("creators.jsonl")
OPEN = {"/livez", "/readyz", "/metrics", "/docs", "/docs/problems"}


@pytest.fixture
def app(settings, loaded, calling):
    """A client of a service of its own, for each of the given settings."""
    clients = []

    def start(**changed):
        application = make_app(settings.model_copy(update=changed))
        clients.append(calling(application))
        return clients[-1].__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)
        client.app.state.store_access.close()


@pytest.fixture
def store(settings):
    opened = open_store(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def key(store):
    """Makes keys, as the header that they come in."""

    def make(tenant="acme", scopes=tuple(Scope), **more):
        secret = create_key(store, tenant=tenant, name="test", scopes=scopes, **more)
        return {"Authorization": f"Bearer {secret}"}

    return make


OPERATIONS = [
    (method, path, scope)
    for path, methods in SCOPED_ENDPOINTS.items()
    for method, (scope, _) in methods.items()
]


def at(path, verdict_id="0" * 32, account_id="nobody"):
    """The path of a route; the account of ``/v1/subjects`` and ``/v1/accounts`` stands in the query."""
    asked = f"?account_id={account_id}" if path in {"/v1/subjects", "/v1/accounts"} else ""
    return path.replace("{verdict_id}", verdict_id).replace("{account_id:path}", account_id) + asked


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_every_route_wants_a_key_with_its_scope(app, key, method, path, scope):
    client = app()
    nobody = client.request(method, at(path))
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")
    assert nobody.headers["content-type"] == PROBLEM
    others = client.request(method, at(path), headers=key(scopes=set(Scope) - {scope}))
    assert (others.status_code, others.headers["content-type"]) == (403, PROBLEM)
    assert others.headers["www-authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert client.request(method, at(path), headers=key(scopes=[scope])).status_code not in (401, 403)


def test_no_other_route_is_open(app):
    client = app()
    paths = {route.path for route in client.app.routes}
    assert paths - {route.path for route in desk_routes()} == OPEN | set(SCOPED_ENDPOINTS)  # pages sign in
    assert {client.get(path).status_code for path in OPEN} == {200}


def test_from_elsewhere_the_counts_want_a_key(app, key, calling):
    with calling(app().app, "http://192.0.2.1") as afar:
        assert afar.get("/metrics").status_code == 401
        assert afar.get("/metrics", headers=key(scopes=[Scope.READ])).status_code == 403
        assert afar.get("/metrics", headers=key(scopes=[Scope.ADMIN])).status_code == 200


def owned(client, header, document):
    """A verdict with everything that may be about it."""
    verdict = client.post(
        "/v1/verdicts", content=document, headers=header | {"Idempotency-Key": "mine"}
    ).json()
    place = f"/v1/verdicts/{verdict['verdict_id']}"
    decision = {"outcome": "overturned", "by": "Jo of Acme", "reason": "a giveaway"}
    assert client.post(f"{place}/decisions", json=decision, headers=header).status_code == 201
    assert client.post(f"{place}/replay", headers=header).json()["same"]
    return verdict


def everything(client, header, verdict):
    place = f"/v1/verdicts/{verdict['verdict_id']}"
    return [client.get(place + end, headers=header).text for end in ("", "/decisions", "/audit")]


def test_two_tenants_never_see_each_others_anything(app, key, documents):
    client, ours, theirs = app(), key("acme"), key("rival")
    verdict = owned(client, ours, documents[0])
    before = everything(client, ours, verdict)
    alone = dict.fromkeys(("/v1/verdicts", "/v1/observations"), documents[1])
    fits = alone | {"/v1/verdicts/batch": b"[" + documents[1] + b"]"}
    decision = b'{"outcome": "confirmed", "by": "Mo of Rival", "reason": "seen"}'
    for method, path, _ in OPERATIONS:
        if path.startswith(("/v1/jobs", "/v1/webhooks")):
            continue  # those are asked in tests of their own
        place = at(path, verdict["verdict_id"], verdict["account_id"])
        body = fits.get(path, decision if method == "POST" else None)
        header = theirs | {"Idempotency-Key": f"mine {path}"}
        answer = client.request(method, place, content=body, headers=header)
        if "{verdict_id}" in path or path.startswith("/v1/accounts"):
            assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), place
        else:
            assert answer.status_code == 200
        assert "Acme" not in answer.text
        assert verdict["account_id"] not in answer.text
        if method == "DELETE":
            assert {count for name, count in answer.json().items() if name != "pending"} == {0}
    assert everything(client, ours, verdict) == before


def test_a_tenant_that_asks_the_same_has_its_own(app, key, documents):
    client, ours, theirs = app(), key("acme"), key("rival")
    header = {"Idempotency-Key": "mine"}
    verdict = owned(client, ours, documents[0])
    same = client.post("/v1/verdicts", content=documents[0], headers=theirs | header)
    assert same.json() == verdict
    assert "idempotent-replayed" not in same.headers
    place = f"/v1/verdicts/{verdict['verdict_id']}"
    assert client.get(f"{place}/decisions", headers=theirs).json() == {"decisions": []}
    assert [one["entry"] for one in client.get(f"{place}/audit", headers=theirs).json()["entries"]] == [2]
    assert client.delete(f"/v1/subjects/{verdict['account_id']}", headers=theirs).json()["verdicts"] == 1
    assert client.get(place, headers=theirs).status_code == 404
    assert client.get(place, headers=ours).json() == verdict


@pytest.mark.parametrize("given", ["Bearer", "Bearer assay_0_0", "Basic YTpi", "assay", "Bearer é", ""])
def test_a_key_that_is_none_is_refused(app, key, given):
    key()
    answer = app(no_auth=True).get("/v1/model", headers={"Authorization": given.encode()})
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_key_ends_when_it_is_revoked_or_expires(app, key, store, monkeypatch):
    monkeypatch.setattr(authentication, "CACHE_SECONDS", 0.0)
    client, good = app(), key()
    assert client.get("/v1/model", headers=good).status_code == 200
    revoke_key(store, list_keys(store)[0]["key_id"])
    assert client.get("/v1/model", headers=good).status_code == 401
    assert client.get("/v1/model", headers=key(expires_at="2020-01-01T00:00:00Z")).status_code == 401


def test_a_key_may_ask_so_often(app, key):
    client, few, many = app(requests_per_minute=3), key(requests_per_minute=2), key()
    assert [client.get("/v1/schema", headers=few).status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/v1/schema", headers=many).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/v1/schema", headers=few)
    assert 1 <= int(refused.headers["retry-after"]) <= 30
    assert refused.json()["detail"] == "This API key may ask 2 times a minute; try again later."


def test_without_keys_this_machine_alone_is_let_in(app, calling):
    client = app(no_auth=True, allowed_hosts=("localhost", "assay.example"))
    assert client.get("/v1/model").status_code == 200
    elsewhere = [{"Origin": origin} for origin in ("https://assay.example", "null", "http://[", "localhost")]
    for header in ({"Host": "assay.example"}, *elsewhere):
        assert client.get("/v1/model", headers=header).status_code == 401
    with calling(client.app, "http://192.0.2.1") as afar:
        assert afar.get("/v1/model").status_code == 401


def page(site, **more):
    return {"Sec-Fetch-Site": site, **more}


OURS = (
    {},
    page("none"),
    page("same-origin"),
    page("same-origin", Origin="http://127.0.0.1:3000"),
)
OTHERS = (
    page("cross-site"),  # a picture, a script, a link
    page("same-site"),  # the same of another port
    page("cross-site", Origin="http://127.0.0.1:3000"),
    page("same-site", Origin="http://127.0.0.1:4401"),
    {"Origin": "http://127.0.0.1:4401"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "https://127.0.0.1:3000"},
    {"Origin": "http://127.0.0.1"},
)


def test_without_keys_no_page_but_our_own_is_let_in(app):
    client, asked_for = app(no_auth=True), {"Host": "127.0.0.1:3000"}
    for path in ("/v1/model", "/v1/verdicts", "/metrics"):
        assert {client.get(path, headers=asked_for | headers).status_code for headers in OURS} == {200}
        for headers in OTHERS:
            answer = client.get(path, headers=asked_for | headers)
            assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
            assert "from a page of another site" in answer.json()["detail"]


def test_a_page_of_another_port_erases_nobody(app):
    client, erase = app(no_auth=True), "/v1/subjects?account_id=zz"
    foreign = page("same-site", Origin="http://127.0.0.1:4401")
    assert client.delete(erase, headers=foreign).status_code == 401
    assert client.delete(erase).status_code == 200


def test_without_keys_a_page_of_this_machine_is_let_in_where_it_is_named(app):
    near, far = "http://localhost:5173", "https://app.example.com"
    client = app(no_auth=True, cors_origins=(near, far))
    statuses = [
        client.get("/v1/model", headers=page("cross-site", Origin=origin)).status_code
        for origin in (near, "http://localhost:5174", far)
    ]
    assert statuses == [200, 401, 401]  # one of another machine asks with a key
    assert client.get("/v1/model", headers=page("cross-site")).status_code == 401


def test_where_nothing_is_kept_nothing_is_opened(tmp_path, documents, loaded, calling):
    application = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))
    with calling(application) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/verdicts", content=documents[0]).status_code == 200
        refused = client.post("/v1/verdicts", content=documents[0], headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.headers["content-type"]) == (400, PROBLEM)
    assert not list(tmp_path.iterdir())


def test_no_key_is_written_down(app, key, store, documents):
    client, header = app(), key()
    owned(client, header, documents[0])
    secret = header["Authorization"].split("_", 2)[2]
    with store.database.reading() as connection:
        names = [row[0] for row in connection.exec_driver_sql(TABLES[store.database.is_sqlite])]
        contents = [str(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in names]
    assert len(names) == len(METADATA.tables) + 1  # the revision's
    assert not [name for name, text in zip(names, contents, strict=True) if secret in text]


def test_no_commenter_is_written_down(app, key, store):
    client, header = app(), key()
    authors = set()
    for document in EXAMPLES.read_bytes().splitlines():
        authors |= {comment.get("author_id") for comment in json.loads(document).get("comments", [])} - {None}
        client.post("/v1/verdicts", content=document, headers=header)
    with store.database.reading() as connection:
        stored_documents = connection.exec_driver_sql("SELECT document FROM verdicts").scalars().all()
    assert authors and stored_documents
    assert not [author for author in authors for document in stored_documents if f'"{author}"' in document]


TABLES = {
    True: "SELECT name FROM sqlite_master WHERE type = 'table'",
    False: "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def test_made_up_keys_are_slowed_push_out_no_good_one_and_ask_the_store_once(app, key, monkeypatch):
    monkeypatch.setattr(authentication, "MOST_CACHED", 2)
    monkeypatch.setattr(authentication, "CACHE_SECONDS", 600.0)
    asked, slept = [], []
    monkeypatch.setattr(
        authentication,
        "find_caller",
        lambda connection, name: asked.append(name) or find_caller(connection, name),
    )

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr("serving.http.failed_keys.anyio.sleep", sleep)
    client, good = app(), key()
    assert client.get("/v1/schema", headers=good).status_code == 200
    for number in [*range(20), 19, 19]:
        made_up = {"Authorization": f"Bearer assay_{number:012}_{'x' * 43}"}
        assert client.get("/v1/schema", headers=made_up).status_code == 401
    assert client.get("/v1/schema", headers={"Authorization": "Bearer assay_'--_1"}).status_code == 401
    assert client.get("/v1/schema", headers=good).status_code == 200
    assert len(asked) == 21  # each once, the good one among them
    assert slept[:10] == [0.0] * 10 and sorted(slept) == slept and slept[-1] == 2.0
    assert len(client.app.state.authenticator.unknown) == 2


@pytest.mark.parametrize("is_revoked", [True, False])
def test_a_key_that_is_revoked_while_a_body_comes_in_does_nothing(app, key, store, monkeypatch, is_revoked):
    monkeypatch.setattr(authentication, "CACHE_SECONDS", 0.0)
    header = key()
    (row,) = list_keys(store)

    async def body():
        document = EXAMPLES.read_bytes().splitlines()[0]
        yield document[:100]
        if is_revoked:
            revoke_key(store, row["key_id"])
        yield document[100:]

    answer = app().post("/v1/verdicts", content=body(), headers=header | {"Content-Type": "application/json"})
    assert answer.status_code == (401 if is_revoked else 200)
    with store.database.reading() as connection:
        stored = connection.execute(select(METADATA.tables["verdicts"].c.verdict_id)).all()
    assert len(stored) == (0 if is_revoked else 1)
